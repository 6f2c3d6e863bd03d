/** A number that can say where it comes from: which readings, which rows, which formula. */
import type { Millis, PointId } from "../reading.ts";
import { tidy } from "./consumption.ts";
import type { CostedLine, QuantityAccount } from "./settlement.ts";

export const FORMULAS = ["sum", "cost", "coal", "co2", "per-head", "per-area", "quota", "change", "total"] as const;

export interface Provenance {
  readonly kind: (typeof FORMULAS)[number];
  /** The formula with its numbers, as one would write it by hand. */
  readonly formula: string;
  /** The points whose readings are in it, the largest first, at most `SHOWN_POINTS`, and how many there are. */
  readonly points: readonly PointId[];
  readonly pointCount: number;
  /** Readings of [from, to). */
  readonly from: Millis;
  readonly to: Millis;
  /** Ids of the rows that it was reckoned by. */
  readonly rows: readonly string[];
}

export interface Figure {
  /** null: it is not known, and `why` says so. */
  readonly value: number | null;
  readonly unit: string;
  readonly why: "no-tariff" | "no-factor" | "no-headcount" | "no-area" | "not-settled" | "was-zero" | "no-readings" | null;
  readonly from: Provenance;
}

export const SHOWN_POINTS = 50;
/** Terms of a sum that are written out. */
const SHOWN_TERMS = 8;

export interface FigureContext {
  readonly from: Millis;
  readonly to: Millis;
}

/** At most six significant places of what is written out; the value itself is whole. */
function written(value: number): string {
  return String(Number(value.toPrecision(8)));
}

function terms(parts: readonly string[]): string {
  return parts.length <= SHOWN_TERMS ? parts.join(" + ") : `${parts.slice(0, SHOWN_TERMS).join(" + ")} + … (${parts.length})`;
}

function provenance(
  context: FigureContext,
  kind: Provenance["kind"],
  lines: readonly CostedLine[],
  formula: string,
  rows: readonly (string | null)[] = [],
): Provenance {
  const points = [...new Set(lines.toSorted((a, b) => b.amount - a.amount).map((l) => l.point))];
  return {
    kind,
    formula,
    points: points.slice(0, SHOWN_POINTS),
    pointCount: points.length,
    from: context.from,
    to: context.to,
    rows: [...new Set(rows.filter((r) => r !== null))],
  };
}

/** What lines come to together. */
export function amountFigure(context: FigureContext, lines: readonly CostedLine[], unit: string): Figure {
  const value = tidy(lines.reduce((sum, l) => sum + l.amount, 0));
  const largest = lines.toSorted((a, b) => b.amount - a.amount).map((l) => written(l.amount));
  return {
    value: lines.length === 0 ? null : value,
    unit,
    why: lines.length === 0 ? "no-readings" : null,
    from: provenance(context, "sum", lines, lines.length === 0 ? "" : `${terms(largest)} = ${written(value)} ${unit}`),
  };
}

/** Amounts by bucket, times what a unit came to there. */
function rated(
  context: FigureContext,
  of: "cost" | "coal" | "co2",
  lines: readonly CostedLine[],
  { buckets }: QuantityAccount,
  units: { readonly amount: string; readonly result: string },
): Figure {
  const parts = buckets.map((b, i) => ({
    amount: tidy(lines.reduce((sum, l) => sum + (l.amounts[i] ?? 0), 0)),
    rate: of === "cost" ? b.price : of === "coal" ? b.coalRate : b.co2Rate,
    row: of === "cost" ? b.tariff : of === "coal" ? b.coal : b.co2,
  }));
  const used = parts.filter((p) => p.amount !== 0);
  const known = lines.length > 0 && parts.some((p) => p.rate !== null) && used.every((p) => p.rate !== null);
  const value = known ? tidy(lines.reduce((sum, l) => sum + (l[of] ?? 0), 0)) : null;
  const formula = used.map((p) => `${written(p.amount)} ${units.amount} × ${p.rate === null ? "?" : written(p.rate)}`);
  return {
    value,
    unit: units.result,
    why: known ? null : lines.length === 0 ? "no-readings" : of === "cost" ? "no-tariff" : "no-factor",
    from: provenance(
      context,
      of,
      lines,
      `${terms(formula)}${value === null ? "" : ` = ${written(value)} ${units.result}`}`,
      used.map((p) => p.row),
    ),
  };
}

export const costFigure = (context: FigureContext, lines: readonly CostedLine[], account: QuantityAccount, unit: string) =>
  rated(context, "cost", lines, account, { amount: unit, result: "CNY" });
export const coalFigure = (context: FigureContext, lines: readonly CostedLine[], account: QuantityAccount, unit: string) =>
  rated(context, "coal", lines, account, { amount: unit, result: "kgce" });
export const co2Figure = (context: FigureContext, lines: readonly CostedLine[], account: QuantityAccount, unit: string) =>
  rated(context, "co2", lines, account, { amount: unit, result: "kg" });

/** A figure shared among people or m². */
export function sharedFigure(of: Figure, among: number | null, by: "head" | "area"): Figure {
  const unit = `${of.unit}/${by === "head" ? "person" : "m²"}`;
  const kind = by === "head" ? "per-head" : "per-area";
  if (of.value === null || among === null || among === 0)
    return { value: null, unit, why: of.value === null ? of.why : by === "head" ? "no-headcount" : "no-area", from: { ...of.from, kind, formula: "" } };
  const value = tidy(of.value / among);
  return { value, unit, why: null, from: { ...of.from, kind, formula: `${written(of.value)} ${of.unit} ÷ ${written(among)} = ${written(value)} ${unit}` } };
}

/** % of change against another month; `before` null: that month is not settled. */
export function changeFigure(of: Figure, before: number | null): Figure {
  const unit = "%";
  const from = { ...of.from, kind: "change" as const };
  if (of.value === null) return { value: null, unit, why: of.why, from: { ...from, formula: "" } };
  if (before === null) return { value: null, unit, why: "not-settled", from: { ...from, formula: "" } };
  if (before === 0) return { value: null, unit, why: "was-zero", from: { ...from, formula: `${written(of.value)} − 0` } };
  const value = tidy(((of.value - before) / before) * 100);
  return { value, unit, why: null, from: { ...from, formula: `(${written(of.value)} − ${written(before)}) ÷ ${written(before)} = ${written(value)} %` } };
}

/** % of a quota that was used. */
export function quotaFigure(of: Figure, quota: number, row: string): Figure {
  if (of.value === null || quota === 0) return { value: null, unit: "%", why: of.why, from: { ...of.from, kind: "quota", formula: "", rows: [row] } };
  const value = tidy((of.value / quota) * 100);
  return {
    value,
    unit: "%",
    why: null,
    from: { ...of.from, kind: "quota", formula: `${written(of.value)} ÷ ${written(quota)} = ${written(value)} %`, rows: [row] },
  };
}

/** The sum of figures of one unit; unknown ones are left out, and when none is known nothing is. */
export function totalFigure(context: FigureContext, figures: readonly Figure[], unit: string): Figure {
  const known = figures.filter((f) => f.value !== null);
  const value = known.length === 0 ? null : tidy(known.reduce((sum, f) => sum + f.value!, 0));
  const points = [...new Set(known.flatMap((f) => f.from.points))];
  return {
    value,
    unit,
    why: value === null ? (figures.find((f) => f.why !== null)?.why ?? "no-readings") : null,
    from: {
      kind: "total",
      formula: value === null ? "" : `${known.map((f) => written(f.value!)).join(" + ")} = ${written(value)} ${unit}`,
      points: points.slice(0, SHOWN_POINTS),
      pointCount: known.reduce((sum, f) => sum + f.from.pointCount, 0),
      from: context.from,
      to: context.to,
      rows: [...new Set(known.flatMap((f) => f.from.rows))],
    },
  };
}
