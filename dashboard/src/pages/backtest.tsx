/** A policy tried on what is stored, before it acts: two sets of figures side by side. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { BacktestDto } from "../../../server/contract/backtests.ts";
import type { PolicyDto } from "../../../server/contract/policies.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { List } from "../api.ts";
import { ask, get, post } from "../api.ts";
import { format, lookup, t, word } from "../i18n.ts";
import { deviceName, policyName } from "../names.ts";
import { notAllowed } from "../parts/action.tsx";
import { Bars } from "../parts/bars.tsx";
import { SelectFilter } from "../parts/filters.tsx";
import { Empty } from "../parts/marks.tsx";
import { Problem, tellDone, tellProblem } from "../parts/notice.tsx";
import { pathTo, query } from "../router.ts";
import { now, policies } from "../store.ts";

const AGAIN_MS = 1000;
const DAYS = [1, 7, 30, 90] as const;
const over = (run: BacktestDto) => run.state !== "queued" && run.state !== "running";

/** What a link proposes to try of a policy: `p.<policy>.hold=300`, within the parameter's range. */
function givenParams(policy: Pick<PolicyDto, "id" | "params">, given: URLSearchParams): Record<string, string> {
  const draft: Record<string, string> = {};
  for (const { name, min, max } of policy.params) {
    const text = given.get(`p.${policy.id}.${name}`);
    const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
    if (value >= min && value <= max) draft[name] = String(value);
  }
  return draft;
}

function AskForm({ policy: p, start }: { readonly policy: PolicyDto; readonly start: (body: object) => Promise<void> }) {
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>(() => givenParams(p, query.peek()));
  const [days, setDays] = useState(7);
  const why = notAllowed("export", null);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (why !== null) return;
    const params = Object.fromEntries(p.params.map((x) => [x.name, Number(draft[x.name] ?? x.value)]));
    void start({ params, from: new Date(now.peek() - days * 86_400_000).toISOString(), to: new Date(now.peek()).toISOString() });
  };
  return (
    <form class="params backtest-form" noValidate onSubmit={send}>
      <div class="param">
        <label for="backtest-days">{t("backtest.period")}</label>
        <select id="backtest-days" value={days} onChange={(e) => setDays(Number(e.currentTarget.value))}>
          {DAYS.map((d) => (
            <option key={d} value={d}>
              {t("backtest.last-days", { n: d })}
            </option>
          ))}
        </select>
      </div>
      {p.params.map((x) => (
        <div class="param" key={x.name}>
          <label for={`backtest-${x.name}`}>{word("param", x.name)}</label>
          <span class="with-unit">
            <input
              id={`backtest-${x.name}`}
              type="number"
              step="any"
              min={x.min}
              max={x.max}
              value={draft[x.name] ?? String(x.value)}
              onInput={(e) => setDraft({ ...draft, [x.name]: e.currentTarget.value })}
              data-testid={`backtest-${x.name}`}
            />
            <i>{lookup(`unit.${x.unit}`) ?? x.unit}</i>
          </span>
        </div>
      ))}
      <p class="form-end">
        <button type="submit" class="primary" aria-disabled={why !== null} title={why ?? undefined} data-testid="backtest-run">
          {t("backtest.run")}
        </button>
      </p>
    </form>
  );
}

function range(e: { readonly value: number; readonly low: number; readonly high: number }, unit: string): string {
  const f = format.value;
  return t("backtest.bounds", { value: f.quantity(e.value, unit), low: f.quantity(e.low, unit), high: f.quantity(e.high, unit) });
}

type Result = NonNullable<BacktestDto["result"]>;

/** The rows of the comparison: what it is, and how it is said of one run. */
const ROWS: readonly { readonly key: string; readonly say: (r: Result) => string | null }[] = [
  { key: "findings", say: (r) => format.value.number(r.findings) },
  { key: "hours", say: (r) => format.value.quantity(r.hours, "h") },
  { key: "commands", say: (r) => format.value.number(r.commands) },
  { key: "held", say: (r) => (r.held === 0 ? null : format.value.number(r.held)) },
  {
    key: "wasted",
    say: (r) =>
      [
        r.wasted.kwh > 0 && format.value.quantity(r.wasted.kwh, "kWh"),
        r.wasted.m3 > 0 && format.value.quantity(r.wasted.m3, "m³"),
        format.value.quantity(r.wasted.cny, "CNY"),
      ]
        .filter(Boolean)
        .join(" · "),
  },
  { key: "saved-kwh", say: (r) => (r.saved.kwh.high === 0 ? null : range(r.saved.kwh, "kWh")) },
  { key: "saved-m3", say: (r) => (r.saved.m3.high === 0 ? null : range(r.saved.m3, "m³")) },
  { key: "saved-cny", say: (r) => range(r.saved.cny, "CNY") },
  { key: "unmetered", say: (r) => (r.unmeteredHours === 0 ? null : format.value.quantity(r.unmeteredHours, "h")) },
  { key: "sheets", say: (r) => (r.sheets === 0 ? null : format.value.quantity(r.sheets, "sheets")) },
  { key: "returns", say: (r) => t("backtest.of-commands", { n: r.comfort.returns, of: r.commands }) },
  { key: "occupied", say: (r) => format.value.quantity(r.comfort.occupiedHours, "h") },
  { key: "degrees", say: (r) => (r.comfort.degreeHours === 0 ? null : format.value.quantity(r.comfort.degreeHours, "K·h")) },
  { key: "unknown", say: (r) => (r.comfort.unknown === 0 ? null : format.value.number(r.comfort.unknown)) },
  { key: "gaps", say: (r) => format.value.quantity(r.gaps * 100, "%") },
];

function RunHead({ run, policy, onDrop }: { readonly run: BacktestDto; readonly policy: PolicyDto; readonly onDrop: () => void }) {
  const changed = policy.params.filter((x) => run.params[x.name] !== x.value);
  const why = notAllowed("change-policy", null);
  const use = async () => {
    if (why !== null) return;
    const answer = await ask<PolicyDto>("PUT", `/policies/${encodeURIComponent(policy.id)}`, { params: run.params });
    if (!answer.ok) return tellProblem(answer.problem);
    policies.merge([answer.data]);
    tellDone(t("policies.saved", { policy: policyName(policy.id) }));
  };
  return (
    <div class="run-head">
      <p>
        <b>{t("backtest.between", { from: format.value.time(run.from, now.peek()), until: format.value.time(run.to, now.peek()) })}</b>
      </p>
      <ul class="plain-list">
        {policy.params.map((x) => (
          <li key={x.name} class={run.params[x.name] === x.value ? "muted" : "strong"}>
            {word("param", x.name)}{" "}
            {x.unit === "s" ? format.value.duration((run.params[x.name] ?? 0) * 1000) : format.value.quantity(run.params[x.name] ?? 0, x.unit)}
          </li>
        ))}
      </ul>
      <p class="buttons">
        {changed.length > 0 && over(run) && (
          <button type="button" class="plain" aria-disabled={why !== null} title={why ?? undefined} onClick={() => void use()} data-testid="backtest-use">
            {t("backtest.use")}
          </button>
        )}
        <button type="button" class="quiet" onClick={onDrop}>
          {t(over(run) ? "backtest.hide" : "backtest.cancel")}
        </button>
      </p>
    </div>
  );
}

function Progress({ run }: { readonly run: BacktestDto }) {
  const percent = Math.round(run.progress * 100);
  return (
    <div class="run-progress" role="status">
      <progress max={100} value={percent} aria-label={t("backtest.progress")} />
      <small class="muted">
        {run.state === "queued"
          ? t("backtest.queued")
          : t("backtest.reading", { percent: format.value.quantity(percent, "%"), readings: format.value.number(run.readings) })}
      </small>
    </div>
  );
}

function Compare({ runs, policy, drop }: { readonly runs: readonly BacktestDto[]; readonly policy: PolicyDto; readonly drop: (run: BacktestDto) => void }) {
  const done = runs.filter((r) => r.result !== null);
  const dates = [...new Set(done.flatMap((r) => r.result!.byDay.map((d) => d.date)))].sort();
  return (
    <div class="table-box">
      <table class="compare" data-testid="backtest-results">
        <caption class="sr-only">{t("backtest.title")}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="sr-only">{t("table.what")}</span>
            </th>
            {runs.map((run) => (
              <th scope="col" key={run.id}>
                <RunHead run={run} policy={policy} onDrop={() => drop(run)} />
                {!over(run) && <Progress run={run} />}
                {run.state === "failed" && <p class="problem">{run.error}</p>}
                {run.state === "canceled" && <p class="muted">{t("backtest.canceled")}</p>}
              </th>
            ))}
          </tr>
        </thead>
        {done.length > 0 && (
          <tbody>
            {ROWS.map(({ key, say }) => {
              const said = runs.map((r) => (r.result === null ? null : say(r.result)));
              return said.every((s) => s === null) ? null : (
                <tr key={key}>
                  <th scope="row">{word("backtest-row", key)}</th>
                  {said.map((s, i) => (
                    <td key={runs[i]!.id} class="figures" data-testid={`backtest-${key}-${i}`}>
                      {s ?? "—"}
                    </td>
                  ))}
                </tr>
              );
            })}
            <tr>
              <th scope="row">{t("backtest.per-day")}</th>
              {runs.map((r) => (
                <td key={r.id}>
                  {r.result !== null && (
                    <Bars
                      label={t("backtest.per-day")}
                      values={dates.map((date) => ({ name: date, value: r.result!.byDay.find((d) => d.date === date)?.findings ?? 0 }))}
                    />
                  )}
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">{t("backtest.most")}</th>
              {runs.map((r) => (
                <td key={r.id}>
                  <ol class="plain-list">
                    {(r.result?.byDevice ?? []).slice(0, 8).map((d) => (
                      <li key={d.device}>
                        <a href={pathTo("devices", d.device)}>{deviceName(d.device)}</a>{" "}
                        <small class="muted">
                          {format.value.quantity(d.hours, "h")} · {d.m3 > 0 ? format.value.quantity(d.m3, "m³") : format.value.quantity(d.kwh, "kWh")}
                        </small>
                      </li>
                    ))}
                  </ol>
                </td>
              ))}
            </tr>
          </tbody>
        )}
      </table>
    </div>
  );
}

export function BacktestPage() {
  const chosen = query.value.get("policy") ?? "";
  const all = [...policies.all()];
  const policy = all.find((p) => p.id === chosen);
  const [runs, setRuns] = useState<readonly BacktestDto[]>([]);
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const asked = useRef(0);
  const load = async () => {
    const question = ++asked.current;
    const answer = await get<List<BacktestDto>>(`/backtests?policy=${encodeURIComponent(chosen)}`);
    // Another policy may have been chosen meanwhile.
    if (answer.ok && question === asked.current) setRuns(answer.data.items);
  };
  const running = runs.some((r) => !over(r));
  useEffect(() => {
    setRuns([]);
    setProblem(null);
    if (chosen !== "") void load();
  }, [chosen]);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => void load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [running, chosen]);
  const start = async (body: object) => {
    const answer = await post<BacktestDto>(`/policies/${encodeURIComponent(chosen)}/backtest`, body);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setRuns([answer.data, ...runs]);
  };
  const drop = async (run: BacktestDto) => {
    if (over(run)) return setHidden([...hidden, run.id]);
    await ask("DELETE", `/backtests/${run.id}`);
    await load();
  };
  // The older of the two stands to the left.
  const shown = runs
    .filter((r) => !hidden.includes(r.id))
    .slice(0, 2)
    .reverse();
  return (
    <div class="page" data-testid="backtest-page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("backtest.title")}</h1>
      </header>
      <p class="lead">{t("backtest.explained")}</p>
      <div class="filters">
        <SelectFilter name="policy" label={t("table.policy")} all={t("backtest.choose")} options={all.map((p) => [p.id, policyName(p.id)] as const)} />
      </div>
      {policy === undefined ? null : (
        <>
          <section class="panel">
            <AskForm key={policy.id} policy={policy} start={start} />
            <Problem problem={problem} />
          </section>
          {shown.length === 0 ? <Empty text={t("backtest.none")} /> : <Compare runs={shown} policy={policy} drop={(run) => void drop(run)} />}
          <details class="muted assumptions">
            <summary>{t("backtest.assumptions")}</summary>
            <p>{t("backtest.assumption-obey")}</p>
            <p>{t("backtest.assumption-bounds")}</p>
            <p>{t("backtest.assumption-alone")}</p>
          </details>
        </>
      )}
    </div>
  );
}
