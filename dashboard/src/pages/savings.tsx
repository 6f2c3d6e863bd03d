/** What was saved: planned, measured and verified side by side, what each rests on, and the building's model with its gates. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { SavingsDto } from "../../../server/contract/savings.ts";
import type { createHistoryChart } from "../charts/history.ts";
import { format, lang, t, text, word } from "../i18n.ts";
import { deviceName, policyName } from "../names.ts";
import { SelectFilter } from "../parts/filters.tsx";
import { LastDays, useLastDays } from "../parts/last-days.tsx";
import { Empty } from "../parts/marks.tsx";
import { Problem } from "../parts/notice.tsx";
import { SavingsEntries } from "../parts/savings-entries.tsx";
import { query } from "../router.ts";
import { offsetOf } from "../series.ts";
import { clockNow, site } from "../store.ts";
import { dark } from "../theme.ts";
import "../style/savings.css";

const DAY = 86_400_000;
const DAYS = [7, 30, 90] as const;
const USUAL = 30;
const SHOWN_COMMANDS = 12;

type Estimate = SavingsDto["planned"]["kwh"];
type Modelled = NonNullable<SavingsDto["verified"]>;

function amount({ value, low, high }: Estimate, unit = "kWh", range: "savings.range" | "savings.bounds" = "savings.range") {
  return (
    <>
      <strong>{format.value.quantity(value, unit)}</strong>
      <span class="muted savings-range">{t(range, { low: format.value.quantity(low, unit), high: format.value.quantity(high, unit) })}</span>
    </>
  );
}

/** Three different things, never added up. */
function Kinds({ savings }: { readonly savings: SavingsDto }) {
  const { planned, measured, verified, unverified } = savings;
  return (
    <ul class="plain-list savings-kinds">
      <li class="panel" data-testid="planned">
        <h2>{t("savings.planned")}</h2>
        {planned.findings === 0 || planned.kwh.high <= 0 ? (
          <p>{t("savings.none")}</p>
        ) : (
          <p class="savings-figure">{amount(planned.kwh, "kWh", "savings.bounds")}</p>
        )}
        <p class="muted">{t("savings.planned-means", { n: planned.findings })}</p>
      </li>
      <li class="panel" data-testid="measured">
        <h2>{t("savings.measured")}</h2>
        {measured.commands === 0 ? <p>{t("savings.none")}</p> : <p class="savings-figure">{amount(measured.kwh)}</p>}
        {measured.m3.value > 0 && <p class="savings-figure">{amount(measured.m3, "m³")}</p>}
        <p class="muted">{t("savings.measured-means", { n: measured.commands })}</p>
      </li>
      <li class={`panel ${verified === null ? "" : "is-verified"}`} data-testid="verified">
        <h2>{t("savings.verified")}</h2>
        {verified === null ? <p>{t("savings.not-verified")}</p> : <p class="savings-figure">{amount(verified.amount)}</p>}
        {verified === null && unverified !== null && (
          <p class="muted">{t("savings.unverified", { kwh: format.value.quantity(unverified.amount.value, "kWh") })}</p>
        )}
        <p class="muted">{t("savings.verified-means")}</p>
      </li>
    </ul>
  );
}

function Gates({ savings: { gates, baseline } }: { readonly savings: SavingsDto }) {
  const passed = gates.filter((g) => g.ok).length;
  const figure = (gate: SavingsDto["gates"][number]["gate"], value: number) =>
    gate === "length" ? t("savings.days", { n: value }) : gate === "r2" ? format.value.quantity(value, "") : format.value.quantity(value * 100, "%");
  return (
    <section class="panel" aria-labelledby="savings-gates">
      <header class="panel-head">
        <h2 id="savings-gates">{t("savings.gates", { passed, of: gates.length })}</h2>
      </header>
      {baseline.refused !== null && <p data-testid="refused">{t("savings.refused", { why: word("savings-refused", baseline.refused.split(":")[0]!) })}</p>}
      <ul class="plain-list savings-gates">
        {gates.map((g) => (
          <li key={g.gate} data-testid={`gate-${g.gate}`} data-ok={String(g.ok)}>
            <span class={`gate-mark ${g.ok ? "good" : "bad"}`}>{t(g.ok ? "savings.passed" : "savings.failed")}</span>
            <span>
              {word("savings-gate", g.gate)}: {g.value === null ? t("savings.unknown") : figure(g.gate, g.value)}{" "}
              <span class="muted">{t(g.sense === "at-least" ? "savings.at-least" : "savings.at-most", { limit: figure(g.gate, g.limit) })}</span>
              <small class="muted gate-source">{g.source}</small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Lines by day in a canvas. */
function DayChart({
  lines,
  label,
  testId,
}: {
  readonly lines: readonly { readonly label: string; readonly values: readonly (readonly [string, number])[] }[];
  readonly label: string;
  readonly testId: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<ReturnType<typeof createHistoryChart> | null>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    let gone = false;
    const offset = offsetOf(clockNow.peek()?.now ?? "");
    const at = (date: string) => Date.parse(`${date}T00:00:00Z`) - offset;
    const drawnLines = lines.map((l) => ({ label: l.label, unit: "kWh", stepped: false, samples: l.values.map(([date, y]) => ({ x: at(date), y })) }));
    const xs = drawnLines.flatMap((l) => l.samples.map((s) => s.x));
    void import("../charts/history.ts").then((module) => {
      if (gone || canvas.current === null || xs.length === 0) return;
      chart.current ??= module.createHistoryChart(canvas.current);
      chart.current.draw({
        lines: drawnLines,
        from: Math.min(...xs),
        to: Math.max(Math.min(...xs) + DAY, ...xs),
        offset,
        timeText: (x) => format.value.dateTime(x).slice(5, 10),
        fullTimeText: (x) => format.value.dateTime(x).slice(0, 10),
        valueText: (value, unit) => format.value.quantity(value, unit),
      });
      setDrawn(true);
    });
    return () => {
      gone = true;
    };
  }, [lines, lang.value, dark.value]);
  useEffect(() => () => chart.current?.close(), []);
  return (
    <div class="canvas-box">
      <canvas ref={canvas} role="img" aria-label={label} data-testid={testId} data-drawn={String(drawn)} />
    </div>
  );
}

function Model({ savings, modelled }: { readonly savings: SavingsDto; readonly modelled: Modelled }) {
  const { model } = savings.baseline;
  const last = modelled.days.at(-1)?.cusum ?? 0;
  return (
    <section class="panel wide" aria-labelledby="savings-model">
      <header class="panel-head">
        <h2 id="savings-model">{t("savings.model")}</h2>
      </header>
      {modelled.days.length === 0 ? (
        <Empty text={t("savings.no-days")} />
      ) : (
        <>
          <p class="legend savings-legend">
            <span class="line-1">{t("savings.day-expected")}</span>
            <span class="line-2">{t("savings.day-measured")}</span>
          </p>
          <DayChart
            testId="chart-model"
            label={t("savings.model-label", {
              expected: format.value.quantity(modelled.expected, "kWh"),
              measured: format.value.quantity(modelled.measured, "kWh"),
            })}
            lines={[
              { label: t("savings.day-expected"), values: modelled.days.map((d) => [d.date, d.expected] as const) },
              { label: t("savings.day-measured"), values: modelled.days.map((d) => [d.date, d.measured] as const) },
            ]}
          />
          <h3>{t("savings.cusum")}</h3>
          <DayChart
            testId="chart-cusum"
            label={t("savings.cusum-label", { kwh: format.value.quantity(last, "kWh") })}
            lines={[{ label: t("savings.cusum"), values: modelled.days.map((d) => [d.date, d.cusum] as const) }]}
          />
        </>
      )}
      {model !== null && (
        <p class="muted" data-testid="model-figures">
          {t("savings.quality", {
            days: model.days,
            effective: Math.round(model.effectiveDays),
            r2: model.r2.toFixed(2),
            cv: format.value.quantity(model.cvRmse * 100, "%"),
            nmbe: format.value.quantity(model.nmbe * 100, "%"),
            rho: model.autocorrelation.toFixed(2),
          })}
        </p>
      )}
      {modelled.adjusted !== 0 && <p data-testid="adjusted">{t("savings.adjusted-by", { kwh: format.value.quantity(modelled.adjusted, "kWh") })}</p>}
    </section>
  );
}

function Commands({ measured }: { readonly measured: SavingsDto["measured"] }) {
  const unit = (quantity: "kwh" | "m3") => (quantity === "kwh" ? "kWh" : "m³");
  if (measured.commands === 0) return null;
  return (
    <section class="panel wide" aria-labelledby="savings-policies">
      <header class="panel-head">
        <h2 id="savings-policies">{t("savings.by-policy")}</h2>
      </header>
      <ul class="plain-list savings-rows" data-testid="by-policy">
        {measured.byPolicy
          .toSorted((a, b) => b.amount.value - a.amount.value)
          .map((p) => (
            <li key={`${p.policy} ${p.quantity}`}>
              <span>{policyName(p.policy)}</span>
              <span>{amount(p.amount, unit(p.quantity))}</span>
              <span class="muted">{t("savings.commands", { n: p.commands })}</span>
            </li>
          ))}
      </ul>
      <h3>{t("savings.largest")}</h3>
      <ul class="plain-list savings-rows" data-testid="largest">
        {measured.largest.slice(0, SHOWN_COMMANDS).map((c) => (
          <li key={c.command}>
            <span>
              {deviceName(c.device)} <span class="muted">{format.value.dateTime(Date.parse(c.at)).slice(5, 16)}</span>
            </span>
            <span>{amount(c.amount, unit(c.quantity))}</span>
            <span class="muted">{t("savings.basis", { basis: word("savings-basis", c.basis), n: c.pasts.own + c.pasts.others })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function SavingsPage() {
  const building = query.value.get("building");
  const { report: savings, problem, reload } = useLastDays<SavingsDto>("/reports/savings", DAYS, USUAL, { building });
  const modelled = savings?.verified ?? savings?.unverified ?? null;
  const buildings = site.value?.buildings ?? [];
  return (
    <div class="page" data-testid="savings-page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.savings")}</h1>
      </header>
      <div class="filters">
        <LastDays choices={DAYS} usual={USUAL} />
        {buildings.length > 1 && <SelectFilter name="building" label={t("savings.building")} options={buildings.map((b) => [b.id, text(b.name)] as const)} />}
      </div>
      <Problem problem={problem} />
      {savings !== null && (
        <>
          <Kinds savings={savings} />
          <div class="savings-grid">
            {modelled !== null && <Model savings={savings} modelled={modelled} />}
            <Gates savings={savings} />
            <SavingsEntries savings={savings} changed={reload} />
            <Commands measured={savings.measured} />
          </div>
        </>
      )}
    </div>
  );
}
