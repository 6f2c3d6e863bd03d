/**
 * Savings of a whole building: what its past lets expect less what it used, and the gates that this must pass before anybody may call it
 * verified. *planned*, *measured* and *verified* are different types, and only `verify` makes the last one.
 */
import type { Estimate } from "../backtest-tally.ts";
import type { Model } from "./baseline.ts";
import type { Adjustment } from "./entry.ts";
import { adjustedOn } from "./entries.ts";
import { studentT } from "./regress.ts";
import type { EnergyDay, KnownDay } from "./shape.ts";
import { expectedOf, isKnown, isSayable, regressorsOf } from "./shape.ts";

export const GATES = ["length", "missing", "r2", "cv-rmse", "nmbe", "coverage", "measured", "uncertainty"] as const;
export type GateId = (typeof GATES)[number];

/** `at-least` or `at-most`, and who says so. */
export interface Limit {
  readonly limit: number;
  readonly sense: "at-least" | "at-most";
  readonly source: string;
}
export type Limits = Readonly<Record<GateId, Limit>>;

export const LIMITS: Limits = {
  length: { limit: 328, sense: "at-least", source: "CalTRACK 2.0 §2.2: 365 days of which at most 37 miss; IPMVP option C: a full cycle of operation" },
  missing: { limit: 0.1, sense: "at-most", source: "CalTRACK 2.0 §2.2.1.2: at most 10 % of the days" },
  r2: { limit: 0.7, sense: "at-least", source: "IPMVP 2012, statistics: R² above 0.75 is usual for a good fit; 0.7 here" },
  "cv-rmse": { limit: 0.25, sense: "at-most", source: "ASHRAE Guideline 14-2014 §4.3.2.1: 25 % for energy where at most a year is reported" },
  nmbe: { limit: 0.05, sense: "at-most", source: "ASHRAE Guideline 14-2014 §4.3.2.2: ±5 %, here of weeks that were held out" },
  coverage: {
    limit: 0.05,
    sense: "at-most",
    source: "ASHRAE Guideline 14-2014 §5.2: conditions within 10 % of the baseline's range; here for all but 5 % of the days",
  },
  measured: { limit: 0.9, sense: "at-least", source: "CalTRACK 2.0 §2.2.1.2, for the days that are reported" },
  uncertainty: { limit: 0.5, sense: "at-most", source: "ASHRAE Guideline 14-2014 §4.3.2.1: below 50 % of the savings at 68 % confidence" },
};

/** How far conditions may lie beyond the baseline's, as a part of their range (ASHRAE Guideline 14: 10 %). */
const BEYOND = 0.1;

declare const passed: unique symbol;
export interface Gate extends Limit {
  readonly gate: GateId;
  /** null where it cannot be told. */
  readonly value: number | null;
  readonly ok: boolean;
}
/** Nothing outside of this file can make one. */
interface PassedGates extends ReadonlyArray<Gate & { readonly ok: true }> {
  readonly [passed]: true;
}

export interface ReportedDay {
  readonly date: string;
  readonly measured: number;
  readonly expected: number;
  /** Sum of expected less measured since the first day, kWh. */
  readonly cusum: number;
}

/** What a model says of a period, whatever its gates say. */
export interface Modelled {
  readonly expected: number;
  readonly measured: number;
  readonly adjusted: number;
  readonly amount: Estimate;
  /** Part of what was expected. */
  readonly share: number;
  /** Fractional savings uncertainty at 68 %: half the interval over the savings (ASHRAE Guideline 14 annex B); null where nothing was saved. */
  readonly uncertainty: number | null;
  readonly days: readonly ReportedDay[];
  /** Those that count on any of the days, with what they came to, kWh. */
  readonly adjustments: readonly { readonly adjustment: Adjustment; readonly kwh: number }[];
}

export interface Planned {
  readonly kind: "planned";
  readonly amount: Estimate;
  readonly findings: number;
}
export interface Measured {
  readonly kind: "measured";
  readonly amount: Estimate;
  readonly commands: number;
}
export interface Verified {
  readonly kind: "verified";
  readonly modelled: Modelled;
  readonly gates: PassedGates;
}
export interface NotVerified {
  readonly kind: "not-verified";
  /** null where there is no model. */
  readonly modelled: Modelled | null;
  readonly gates: readonly Gate[];
}
export type Saving = Planned | Measured | Verified | NotVerified;

/** Savings of the reported days, of which those count that the model can say something of. */
export function modelledSavings(model: Model, reported: readonly EnergyDay[], adjustments: readonly Adjustment[] = []): Modelled {
  const days = reported.filter((day) => isSayable(model.shape, day)).toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const { fit, quality, shape } = model;
  const sums = fit.coefficients.map(() => 0);
  const rows: ReportedDay[] = [];
  let [expected, measured, adjusted, cusum] = [0, 0, 0, 0];
  for (const day of days) {
    regressorsOf(shape, day).forEach((x, k) => void (sums[k]! += x));
    const more = adjustedOn(adjustments, day.date);
    const lets = expectedOf(model, day);
    expected += lets;
    adjusted += more;
    measured += day.kwh;
    cusum += lets + more - day.kwh;
    rows.push({ date: day.date, measured: day.kwh, expected: lets + more, cusum });
  }
  const value = expected + adjusted - measured;
  // Variance of a sum of predictions: the days' own noise and what the coefficients do not know, both greater where residuals hang together.
  const s2 = fit.sse / fit.freedom;
  const known = sums.reduce((sum, a, i) => sum + a * sums.reduce((inner, b, j) => inner + b * fit.inverse[i]![j]!, 0), 0);
  const deviation = Math.sqrt(s2 * (quality.days / quality.effectiveDays) * (days.length + known));
  const freedom = quality.effectiveDays - quality.coefficients;
  const half = (share: number) => studentT(share, freedom) * deviation;
  return {
    expected,
    measured,
    adjusted,
    amount: { value, low: value - half(0.95), high: value + half(0.95) },
    share: expected + adjusted > 0 ? value / (expected + adjusted) : 0,
    uncertainty: value > 0 ? half(0.68) / value : null,
    days: rows,
    adjustments: adjustments
      .map((adjustment) => ({ adjustment, kwh: days.reduce((sum, { date }) => sum + adjustedOn([adjustment], date), 0) }))
      .filter(({ kwh }) => kwh !== 0),
  };
}

/** Part (0–1) of the days whose conditions the baseline never saw, with a tenth of its range to either side. */
export function beyondBaseline(model: Model, days: readonly KnownDay[]): number {
  const ranges = [(d: KnownDay) => d.temperature, (d: KnownDay) => d.occupancy ?? 0].map((of) => {
    const values = model.days.map(of);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return { of, least: least - BEYOND * (most - least), most: most + BEYOND * (most - least) };
  });
  const kinds = new Set(model.days.map((d) => d.working));
  const occupied = model.shape.regressors.includes("occupancy");
  const outside = days.filter(
    (d) => !kinds.has(d.working) || ranges.some(({ of, least, most }, i) => (i === 0 || occupied) && (of(d) < least || of(d) > most)),
  );
  return days.length === 0 ? 1 : outside.length / days.length;
}

/** `baselineDays`, `reportedDays`: how many days the periods have by the calendar. */
export function verify(
  model: Model | null,
  baselineDays: number,
  reported: readonly EnergyDay[],
  reportedDays: number,
  adjustments: readonly Adjustment[] = [],
  limits: Limits = LIMITS,
): Verified | NotVerified {
  const known = reported.filter((day): day is KnownDay => (model === null ? isKnown(day) : isSayable(model.shape, day)));
  const modelled = model === null ? null : modelledSavings(model, reported, adjustments);
  const values: Record<GateId, number | null> = {
    length: model?.quality.days ?? 0,
    missing: model === null || baselineDays === 0 ? null : 1 - model.quality.days / baselineDays,
    r2: model?.quality.r2 ?? null,
    "cv-rmse": model?.quality.cvRmse ?? null,
    nmbe: model === null ? null : Math.abs(model.quality.nmbe),
    coverage: model === null ? null : beyondBaseline(model, known),
    measured: reportedDays === 0 ? null : known.length / reportedDays,
    uncertainty: modelled?.uncertainty ?? null,
  };
  const gates = GATES.map((gate): Gate => {
    const { limit, sense } = limits[gate];
    const value = values[gate];
    return { ...limits[gate], gate, value, ok: value !== null && (sense === "at-least" ? value >= limit : value <= limit) };
  });
  return modelled !== null && havePassed(gates) ? { kind: "verified", modelled, gates } : { kind: "not-verified", modelled, gates };
}

function havePassed(gates: readonly Gate[]): gates is PassedGates {
  return gates.every((g) => g.ok);
}
