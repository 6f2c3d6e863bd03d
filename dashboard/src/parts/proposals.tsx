/** Our own bad rules: why each is one, which change would have spared how much, and the way to try and to apply it. */
import type { AlarmHealthDto } from "../../../server/contract/alarm-health.ts";
import type { PolicyDto } from "../../../server/contract/policies.ts";
import { ask } from "../api.ts";
import { format, lookup, t, word } from "../i18n.ts";
import { deviceName, policyName } from "../names.ts";
import { pathTo } from "../router.ts";
import { policies } from "../store.ts";
import { ActionButton } from "./action.tsx";
import { Icon } from "./icon.tsx";
import { Empty } from "./marks.tsx";
import { tellDone, tellProblem } from "./notice.tsx";

type Proposal = AlarmHealthDto["proposals"][number];
type Change = Proposal["changes"][number];

function sayParam(value: number, unit: string): string {
  return unit === "s" && value >= 60 ? format.value.duration(value * 1000) : format.value.quantity(value, unit);
}

/** What of the figures speaks against the rule. */
function reasons(p: Proposal): string[] {
  return [
    t("health.raised", { n: p.count, share: format.value.quantity(p.share, "%") }),
    ...(p.chattering > 0 ? [t("health.chattered", { n: p.chattering })] : []),
    ...(p.fleeting > 0 ? [t("health.fleeted", { n: p.fleeting })] : []),
    ...(p.stale > 0 ? [t("health.stood", { n: p.stale })] : []),
    ...(p.median === null ? [] : [t("health.stood-for", { value: format.value.duration(p.median * 1000) })]),
  ];
}

function ChangeRow({
  proposal: p,
  change: c,
  best,
  applied,
}: {
  readonly proposal: Proposal;
  readonly change: Change;
  readonly best: boolean;
  readonly applied: () => void;
}) {
  const apply = async () => {
    const answer = await ask<PolicyDto>("PUT", `/policies/${encodeURIComponent(p.policy)}`, { params: { [c.param]: c.to } });
    if (!answer.ok) return tellProblem(answer.problem);
    policies.merge([answer.data]);
    tellDone(t("policies.saved", { policy: policyName(p.policy) }));
    applied();
  };
  return (
    <div class={`change ${best ? "best" : ""}`} data-testid="change" data-param={c.param}>
      <p class="change-what">
        <span class="label">{word("param", c.param)}</span>
        <span class="before-after">
          <s>{sayParam(c.from, c.unit)}</s>
          <Icon name="chevron" size={16} />
          <b>{sayParam(c.to, c.unit)}</b>
        </span>
      </p>
      <p class="spared">
        <span class="bar" aria-hidden="true">
          <i style={{ width: `${Math.min(100, (c.spared / Math.max(1, p.count)) * 100)}%` }} />
        </span>
        {t("health.spared", { n: c.spared, of: p.count })}
      </p>
      <p class="buttons">
        <a
          class="button plain"
          href={`/backtest?policy=${encodeURIComponent(p.policy)}&p.${encodeURIComponent(p.policy)}.${c.param}=${c.to}`}
          data-testid="try-change"
        >
          {t("backtest.open")}
        </a>
        <ActionButton action="change-policy" department={null} run={apply} tone={best ? "primary" : "plain"} testId="apply-change">
          {t("health.apply")}
        </ActionButton>
      </p>
    </div>
  );
}

function Card({ proposal: p, applied }: { readonly proposal: Proposal; readonly applied: () => void }) {
  const [best, ...others] = p.changes;
  return (
    <li class="panel proposal" data-testid="proposal" data-policy={p.policy}>
      <header class="panel-head">
        <h3>{policyName(p.policy)}</h3>
        <span class="tags">
          {p.faults.map((f) => (
            <span key={f} class="tag attention">
              {lookup(`value.what.${f}`) ?? f}
            </span>
          ))}
        </span>
      </header>
      <ul class="plain-list">
        {p.device !== null && (
          <li>
            {t("health.one-device")} <a href={pathTo("devices", p.device)}>{deviceName(p.device)}</a>
          </li>
        )}
        {reasons(p).map((r) => (
          <li key={r}>{r}</li>
        ))}
      </ul>
      {best === undefined ? <p class="muted">{t("health.no-change")}</p> : <ChangeRow proposal={p} change={best} best applied={applied} />}
      {others.length > 0 && (
        <details>
          <summary>{t("health.others")}</summary>
          {others.map((c) => (
            <ChangeRow key={c.param} proposal={p} change={c} best={false} applied={applied} />
          ))}
        </details>
      )}
    </li>
  );
}

export function Proposals({ health, applied }: { readonly health: AlarmHealthDto; readonly applied: () => void }) {
  return (
    <section aria-labelledby="health-proposals">
      <h2 id="health-proposals">{t("health.proposals")}</h2>
      {health.proposals.length === 0 ? (
        <div class="panel">
          <Empty text={t("health.no-proposals")} />
        </div>
      ) : (
        <ul class="proposals">
          {health.proposals.map((p) => (
            <Card key={p.policy} proposal={p} applied={applied} />
          ))}
        </ul>
      )}
    </section>
  );
}
