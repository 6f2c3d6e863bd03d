/** The office's rules: how strictly each is kept, and with which figures. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PolicyDto } from "../../../server/contract/policies.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { ask } from "../api.ts";
import { format, lookup, t, word } from "../i18n.ts";
import { can } from "../me.ts";
import { floorName, personName, policyName, policyRule, spaceName } from "../names.ts";
import { notAllowed } from "../parts/action.tsx";
import { SeverityMark } from "../parts/marks.tsx";
import { Problem, problemText, tellDone, tellProblem } from "../parts/notice.tsx";
import { PolicyEditor } from "../parts/policy-editor.tsx";
import { ScopeDialog } from "../parts/scope-form.tsx";
import { query } from "../router.ts";
import { policies } from "../store.ts";

/** The way to trust: from only looking to acting everywhere. Advising is a way of its own. */
const MODES = ["observe", "shadow", "canary", "advise", "enforce"] as const;

async function change(id: string, body: object): Promise<ProblemDto | null> {
  const answer = await ask<PolicyDto>("PUT", `/policies/${encodeURIComponent(id)}`, body);
  if (!answer.ok) return answer.problem;
  policies.merge([answer.data]);
  return null;
}

/** A duration parameter reads better with its minutes beside its seconds. */
function paramHint(p: PolicyDto["params"][number]): string {
  const f = format.value;
  const say = (value: number) => (p.unit === "s" ? f.duration(value * 1000) : f.quantity(value, p.unit));
  const range = t("policies.range", { min: say(p.min), max: say(p.max), standard: say(p.default) });
  return p.unit === "s" && p.value >= 60 && p.value !== p.default ? t("policies.means", { value: say(p.value), range }) : range;
}

function Scope({ scope }: { readonly scope: PolicyDto["scope"] }) {
  const parts = [
    ...(scope.buildings ?? []),
    ...(scope.floors ?? []).map(floorName),
    ...(scope.spaces ?? []).map((s) => spaceName(s)),
    ...(scope.classes ?? []).map((c) => word("class", c)),
    ...(scope.kinds ?? []).map((k) => word("kind", k)),
    ...(scope.tags ?? []).map((tag) => `#${tag}`),
  ];
  return <span>{parts.length === 0 ? t("policies.everywhere") : parts.join(" · ")}</span>;
}

function Params({ policy: p, why }: { readonly policy: PolicyDto; readonly why: string | null }) {
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ readonly field: string | null; readonly problem: ProblemDto } | null>(null);
  const changed = p.params.filter((x) => draft[x.name] !== undefined && Number(draft[x.name]) !== x.value);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (why !== null || busy || changed.length === 0) return;
    setBusy(true);
    const failed = await change(p.id, { params: Object.fromEntries(changed.map((x) => [x.name, Number(draft[x.name])])) });
    setBusy(false);
    if (failed === null) {
      setDraft({});
      setProblem(null);
      tellDone(t("policies.saved", { policy: policyName(p.id) }));
    } else setProblem({ field: typeof failed["param"] === "string" ? failed["param"] : changed.length === 1 ? changed[0]!.name : null, problem: failed });
  };
  if (p.params.length === 0) return null;
  return (
    <form class="params" noValidate onSubmit={(e) => void save(e)}>
      {p.params.map((x) => {
        const wrong = problem?.field === x.name ? problem.problem : null;
        const id = `param-${p.id}-${x.name}`;
        return (
          <div class={`param ${wrong === null ? "" : "wrong"}`} key={x.name}>
            <label for={id}>{word("param", x.name)}</label>
            <span class="with-unit">
              <input
                id={id}
                data-testid={id}
                type="number"
                inputMode="decimal"
                step="any"
                min={x.min}
                max={x.max}
                readOnly={why !== null}
                value={draft[x.name] ?? String(x.value)}
                aria-invalid={wrong !== null}
                aria-describedby={`${id}-hint`}
                onInput={(e) => setDraft({ ...draft, [x.name]: e.currentTarget.value })}
              />
              <i>{lookup(`unit.${x.unit}`) ?? x.unit}</i>
            </span>
            <small id={`${id}-hint`} role={wrong === null ? undefined : "alert"} class={wrong === null ? "hint" : "problem"}>
              {wrong === null ? paramHint(x) : `${problemText(wrong)} ${paramHint(x)}`}
            </small>
          </div>
        );
      })}
      {problem !== null && problem.field === null && <Problem problem={problem.problem} />}
      <p class="form-end">
        {changed.length > 0 && (
          <button
            type="button"
            class="quiet"
            onClick={() => {
              setDraft({});
              setProblem(null);
            }}
          >
            {t("common.undo")}
          </button>
        )}
        <button
          type="submit"
          class="primary"
          data-testid={`save-${p.id}`}
          aria-disabled={changed.length === 0 || why !== null || busy}
          title={why ?? undefined}
        >
          {t("common.save")}
        </button>
      </p>
    </form>
  );
}

function Card({ policy: p }: { readonly policy: PolicyDto }) {
  const ref = useRef<HTMLElement>(null);
  const here = query.value.get("policy") === p.id;
  const why = notAllowed("change-policy", null);
  const [dialog, setDialog] = useState<"scope" | "canary" | "edit" | null>(null);
  useEffect(() => {
    if (here) ref.current?.scrollIntoView({ block: "center" });
  }, [here]);
  const set = async (body: object) => {
    if (why !== null) return;
    const problem = await change(p.id, body);
    if (problem !== null) tellProblem(problem);
    else tellDone(t("policies.saved", { policy: policyName(p.id) }));
  };
  return (
    <article
      class={`panel policy ${p.enabled ? "" : "disabled"} ${here ? "here" : ""}`}
      ref={ref}
      data-testid={`policy-${p.id}`}
      aria-labelledby={`name-${p.id}`}
    >
      <header>
        <div>
          <h2 id={`name-${p.id}`}>{policyName(p.id)}</h2>
          <p class="rule">{policyRule(p.id)}</p>
        </div>
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={p.enabled}
            aria-disabled={why !== null}
            title={why ?? undefined}
            data-testid={`enabled-${p.id}`}
            onClick={(e) => {
              if (why !== null) e.preventDefault();
            }}
            onChange={(e) => void set({ enabled: e.currentTarget.checked })}
          />
          <span>{t(p.enabled ? "policies.enabled" : "policies.disabled")}</span>
        </label>
      </header>
      <div class="policy-body">
        <div class="policy-facts">
          <div class="segments" role="group" aria-label={t("table.mode")}>
            {MODES.map((m) => (
              <button
                type="button"
                key={m}
                aria-pressed={p.mode === m}
                aria-disabled={why !== null}
                title={why ?? word("mode-effect", m)}
                data-testid={`policy-mode-${p.id}-${m}`}
                onClick={() => (m === "canary" && p.canary.length === 0 ? why === null && setDialog("canary") : p.mode !== m && void set({ mode: m }))}
              >
                {word("mode", m)}
              </button>
            ))}
          </div>
          <p class="hint">{word("mode-effect", p.mode)}</p>
          <dl class="facts small">
            <div>
              <dt>{t("figures.open")}</dt>
              <dd>
                <a href={`/findings?state=open&policy=${p.id}`} class={p.open > 0 ? "strong" : ""}>
                  {format.value.number(p.open)}
                </a>
              </dd>
            </div>
            <div>
              <dt>{t("table.severity")}</dt>
              <dd>
                <SeverityMark severity={p.severity} /> {word("severity", p.severity)}
              </dd>
            </div>
            <div>
              <dt>{t("policies.priority")}</dt>
              <dd data-testid={`priority-${p.id}`}>{format.value.number(p.priority)}</dd>
            </div>
            <div>
              <dt>{t("policies.judges")}</dt>
              <dd>{p.kinds.map((k) => word("kind", k)).join(" · ")}</dd>
            </div>
            <div>
              <dt>{t("policies.scope")}</dt>
              <dd>
                <Scope scope={p.scope} />{" "}
                {why === null && (
                  <button type="button" class="link" onClick={() => setDialog("scope")} data-testid={`scope-${p.id}`}>
                    {t("policies.change")}
                  </button>
                )}
              </dd>
            </div>
            {(p.mode === "canary" || p.canary.length > 0) && (
              <div>
                <dt>{t("policies.canary")}</dt>
                <dd>
                  {p.canary.map((s) => spaceName(s)).join(" · ")}{" "}
                  {why === null && (
                    <button type="button" class="link" onClick={() => setDialog("canary")}>
                      {t("policies.change")}
                    </button>
                  )}
                </dd>
              </div>
            )}
            <div>
              <dt>{t("policies.owner")}</dt>
              <dd>{p.owner === null ? "—" : personName(p.owner)}</dd>
            </div>
          </dl>
        </div>
        <div>
          <Params policy={p} why={why} />
          <p class="buttons policy-ways">
            <a class="button plain" href={`/backtest?policy=${encodeURIComponent(p.id)}`} data-testid={`backtest-${p.id}`}>
              {t("backtest.open")}
            </a>
            {p.custom?.source === "page" && why === null && (
              <>
                <button type="button" class="plain" onClick={() => setDialog("edit")}>
                  {t("editor.change")}
                </button>
                <button type="button" class="quiet" onClick={() => void remove(p.id)}>
                  {t("editor.remove")}
                </button>
              </>
            )}
          </p>
        </div>
      </div>
      {(dialog === "scope" || dialog === "canary") && <ScopeDialog policy={p} canary={dialog === "canary"} onClose={() => setDialog(null)} />}
      {dialog === "edit" && <PolicyEditor known={p} onClose={() => setDialog(null)} />}
    </article>
  );
}

async function remove(id: string): Promise<void> {
  const name = policyName(id);
  const answer = await ask("DELETE", `/policies/${encodeURIComponent(id)}`);
  if (!answer.ok) return tellProblem(answer.problem);
  policies.drop([id]);
  tellDone(t("editor.removed", { policy: name }));
}

/** In the order in which they win where they want different things of one device. */
function byPriority(a: PolicyDto, b: PolicyDto): number {
  return b.priority - a.priority || (a.id < b.id ? -1 : 1);
}

export function Policies() {
  const [writing, setWriting] = useState(false);
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.policies")}</h1>
        {can("change-policy") ? (
          <button type="button" class="primary" onClick={() => setWriting(true)} data-testid="write-policy">
            {t("editor.title")}
          </button>
        ) : (
          <p class="muted">{notAllowed("change-policy", null)}</p>
        )}
      </header>
      <p class="muted" data-testid="priority-order">
        {t("policies.order")}
      </p>
      <div class="policy-list">
        {[...policies.all()].sort(byPriority).map((p) => (
          <Card key={p.id} policy={p} />
        ))}
      </div>
      {writing && <PolicyEditor known={null} onClose={() => setWriting(false)} />}
    </div>
  );
}
