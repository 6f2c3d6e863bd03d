/** The house in figures, each with its unit. */
import type { ComponentChildren } from "preact";
import { format, t, word } from "../i18n.ts";
import { overview } from "../store.ts";

const KINDS = ["ac", "light", "plug", "copier", "other"] as const;

function Figure({
  label,
  value,
  unit,
  rest,
  to,
  tone,
}: {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly rest?: ComponentChildren;
  readonly to?: string;
  readonly tone?: "good" | "attention";
}) {
  const inner = (
    <>
      <span class="label">{label}</span>
      <span class={`figure-value ${tone ?? ""}`}>
        {value}
        {unit !== undefined && <small>{unit}</small>}
      </span>
      {rest !== undefined && <span class="figure-rest">{rest}</span>}
    </>
  );
  return to === undefined ? (
    <div class="figure">{inner}</div>
  ) : (
    <a class="figure" href={to}>
      {inner}
    </a>
  );
}

function PowerFigure() {
  const power = overview.value!.powerW;
  const total = Math.max(1, power.total);
  const text = format.value;
  const big = text.power(power.total).split("\u00a0");
  return (
    <div class="figure power">
      <span class="label">{t("figures.power")}</span>
      <span class="figure-value">
        {big[0]}
        <small>{big[1]}</small>
      </span>
      <span class="stack" role="img" aria-label={KINDS.map((k) => `${word("kind", k)} ${text.power(power[k])}`).join(", ")}>
        {KINDS.map((k) => (
          <i key={k} class={`part-${k}`} style={{ width: `${(Math.max(0, power[k]) / total) * 100}%` }} />
        ))}
      </span>
      <ul class="legend">
        {KINDS.filter((k) => power[k] > 0).map((k) => (
          <li key={k}>
            <i class={`part-${k}`} />
            {word("kind", k)} <b>{text.power(power[k])}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Figures() {
  const all = overview.value;
  if (all === null) return null;
  const f = format.value;
  const { today } = all;
  return (
    <section class="figures-grid" aria-label={t("figures.label")}>
      <PowerFigure />
      <Figure label={t("figures.water")} value={f.number(all.flowLpm, 1)} unit="L/min" />
      <Figure label={t("figures.occupied")} value={f.number(all.occupiedSpaces)} unit={`/ ${f.number(all.knownSpaces)} ${t("figures.spaces")}`} to="/spaces" />
      <Figure label={t("figures.outdoor")} value={all.outdoorC === null ? "—" : f.number(all.outdoorC, 1)} unit="°C" rest={word("season", all.day.season)} />
      <Figure label={t("figures.open")} value={f.number(all.openFindings)} unit={t("figures.places", { n: all.openFindings })} to="/findings?state=open" />
      <Figure
        label={t("figures.proven")}
        value={f.number(today.proven)}
        unit={t("figures.times", { n: today.proven })}
        tone="good"
        rest={t("figures.found", { n: today.findings })}
      />
      <Figure
        label={t("figures.wasted")}
        value={f.number(today.wastedKwh, today.wastedKwh < 10 ? 2 : 1)}
        unit="kWh"
        rest={`${f.quantity(today.wastedM3, "m³", true)} · ${f.money(today.wastedCny)}`}
      />
    </section>
  );
}
