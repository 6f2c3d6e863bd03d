/**
 * What a building uses in a day, as its own past says: degree days beyond a base temperature that is searched for, working day or not, and
 * people where they are counted (IPMVP option C: the whole facility's meter and a regression; ASHRAE Guideline 14 change-point models).
 */
import { daysFromCivil } from "../zone.ts";
import type { Fit } from "./regress.ts";
import { leastSquares } from "./regress.ts";

export interface EnergyDay {
  /** Local date `YYYY-MM-DD`. */
  readonly date: string;
  /** null where it was not measured whole. */
  readonly kwh: number | null;
  /** Mean outdoor °C; null where it was not measured. */
  readonly temperature: number | null;
  readonly working: boolean;
  /** Person-hours or any count of people; null where nobody counts. */
  readonly occupancy: number | null;
}

/** A day on which a model can say something. */
export type KnownDay = EnergyDay & { readonly kwh: number; readonly temperature: number };

export const REGRESSORS = ["constant", "working", "cooling", "heating", "occupancy"] as const;
export type Regressor = (typeof REGRESSORS)[number];

/** Which regressors count, and from which °C on cooling and heating begin. */
export interface Shape {
  readonly regressors: readonly Regressor[];
  readonly coolingFrom: number | null;
  readonly heatingFrom: number | null;
}

export interface Quality {
  readonly days: number;
  readonly coefficients: number;
  readonly r2: number;
  /** Coefficient of variation of the residuals, and the bias of days that were held out of the fit, as parts (0–1) of the mean. */
  readonly cvRmse: number;
  readonly nmbe: number;
  /** Of residuals of days in a row; and how many independent days they are worth: n (1 − ρ) / (1 + ρ). */
  readonly autocorrelation: number;
  readonly effectiveDays: number;
}

export interface Model {
  readonly shape: Shape;
  readonly fit: Fit;
  readonly quality: Quality;
  readonly days: readonly KnownDay[];
}

export type Baseline =
  | { readonly kind: "model"; readonly model: Model }
  | {
      readonly kind: "refused";
      readonly why: "too-few-days" | "constant-temperature" | "collinear" | "no-use";
      /** What cannot be told from the rest. */
      readonly regressor: Regressor | null;
    };

/** Degrees by which days must differ before anything is said about weather, strides and steps of the search, and days beyond a base that it needs. */
export interface BaselineSettings {
  readonly leastRange: number;
  readonly stride: number;
  readonly step: number;
  readonly leastBeyond: number;
}

/** CalTRACK 2.0 §3.3.5: ten days with degree days for a candidate; steps and range are ours. */
export const BASELINE_SETTINGS: BaselineSettings = { leastRange: 4, stride: 3, step: 1, leastBeyond: 10 };

export function isKnown(day: EnergyDay): day is KnownDay {
  return day.kwh !== null && day.temperature !== null && Number.isFinite(day.kwh) && Number.isFinite(day.temperature);
}

export function regressorsOf({ regressors, coolingFrom, heatingFrom }: Shape, day: KnownDay): number[] {
  return regressors.map((r) => {
    switch (r) {
      case "constant":
        return 1;
      case "working":
        return day.working ? 1 : 0;
      case "cooling":
        return Math.max(0, day.temperature - coolingFrom!);
      case "heating":
        return Math.max(0, heatingFrom! - day.temperature);
      case "occupancy":
        return day.occupancy ?? 0;
    }
  });
}

/** kWh that the model expects of a day. */
export function expectedOf({ shape, fit }: Pick<Model, "shape" | "fit">, day: KnownDay): number {
  return regressorsOf(shape, day).reduce((sum, x, k) => sum + x * fit.coefficients[k]!, 0);
}

/** The shape with the least Bayesian information criterion (Schwarz 1978) among those whose slopes have the sign that physics has. */
export function fitBaseline(all: readonly EnergyDay[], settings: BaselineSettings = BASELINE_SETTINGS): Baseline {
  const days = all.filter(isKnown).toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const refused = (why: Extract<Baseline, { kind: "refused" }>["why"], regressor: Regressor | null = null): Baseline => ({ kind: "refused", why, regressor });
  if (days.length <= REGRESSORS.length + 2) return refused("too-few-days");
  if (!(days.reduce((s, d) => s + d.kwh, 0) > 0)) return refused("no-use");
  const temperatures = days.map((d) => d.temperature);
  const [least, most] = [Math.min(...temperatures), Math.max(...temperatures)];
  if (most - least < settings.leastRange) return refused("constant-temperature");
  const plain: Regressor[] = ["constant"];
  if (days.some((d) => d.working) && days.some((d) => !d.working)) plain.push("working");
  if (days.every((d) => d.occupancy !== null)) plain.push("occupancy");

  const bases = (from: number, until: number, step: number) =>
    Array.from({ length: Math.max(0, Math.floor((until - from) / step) + 1) }, (_, i) => from + i * step);
  const beyond = (base: number) => ({
    above: days.filter((d) => d.temperature > base).length >= settings.leastBeyond,
    below: days.filter((d) => d.temperature < base).length >= settings.leastBeyond,
  });
  const cooling = (all: readonly number[]) => all.filter((base) => beyond(base).above);
  const heating = (all: readonly number[]) => all.filter((base) => beyond(base).below);

  // First in strides, then around what was best.
  const coarse = bases(Math.ceil(least), most, settings.stride);
  const { best, refusal } = bestOf(shapesOf(plain, cooling(coarse), heating(coarse)), days);
  // What the plain model cannot tell apart no base temperature mends.
  if (refusal !== null && (best === null || plain.includes(refusal))) return refused("collinear", refusal);
  if (best === null) return refused("too-few-days");
  const around = (base: number | null) =>
    base === null ? [] : bases(base - settings.stride + settings.step, base + settings.stride - settings.step, settings.step);
  const { coolingFrom, heatingFrom } = best.shape;
  const finer = shapesOf(plain, cooling(around(coolingFrom)), heating(around(heatingFrom))).filter((s) => s.regressors.length === best.shape.regressors.length);
  const chosen = bestOf([best.shape, ...finer], days).best!;
  return { kind: "model", model: { shape: chosen.shape, fit: chosen.fit, quality: qualityOf(chosen.shape, chosen.fit, days), days } };
}

function shapesOf(plain: readonly Regressor[], cooling: readonly number[], heating: readonly number[]): Shape[] {
  return [
    { regressors: plain, coolingFrom: null, heatingFrom: null },
    ...cooling.map((coolingFrom): Shape => ({ regressors: [...plain, "cooling"], coolingFrom, heatingFrom: null })),
    ...heating.map((heatingFrom): Shape => ({ regressors: [...plain, "heating"], coolingFrom: null, heatingFrom })),
    ...cooling.flatMap((coolingFrom) =>
      heating.filter((h) => h <= coolingFrom).map((heatingFrom): Shape => ({ regressors: [...plain, "cooling", "heating"], coolingFrom, heatingFrom })),
    ),
  ];
}

/** `refusal`: the regressor that some shape could not tell from the rest. */
function bestOf(shapes: readonly Shape[], days: readonly KnownDay[]) {
  const y = days.map((d) => d.kwh);
  let best: { readonly bic: number; readonly shape: Shape; readonly fit: Fit } | null = null;
  let refusal: Regressor | null = null;
  for (const shape of shapes) {
    const fit = leastSquares(
      days.map((d) => regressorsOf(shape, d)),
      y,
    );
    if (fit.kind === "refused") {
      if (fit.why === "collinear") refusal ??= shape.regressors[fit.column]!;
      continue;
    }
    if (shape.regressors.some((r, k) => (r === "cooling" || r === "heating") && fit.coefficients[k]! < 0)) continue;
    const searched = Number(shape.coolingFrom !== null) + Number(shape.heatingFrom !== null);
    const bic = days.length * Math.log(Math.max(fit.sse, 1e-12) / days.length) + (shape.regressors.length + searched) * Math.log(days.length);
    if (best === null || bic < best.bic) best = { bic, shape, fit };
  }
  return { best, refusal };
}

/** Parts into which the days are cut, week by week, to be held out in turn. */
const FOLDS = 5;

function qualityOf(shape: Shape, { sse, freedom, residuals, coefficients }: Fit, days: readonly KnownDay[]): Quality {
  const n = days.length;
  const mean = days.reduce((s, d) => s + d.kwh, 0) / n;
  const total = days.reduce((s, d) => s + (d.kwh - mean) ** 2, 0);
  let [products, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    squares += residuals[i]! ** 2 / n;
    if (i > 0 && dayNumber(days[i]!.date) - dayNumber(days[i - 1]!.date) === 1) products += (residuals[i]! * residuals[i - 1]!) / (n - 1);
  }
  // Residuals that lie on the line to the last digit have no correlation to speak of.
  const autocorrelation = squares > (mean * 1e-9) ** 2 ? Math.min(0.99, Math.max(-0.99, products / squares)) : 0;
  return {
    days: n,
    coefficients: coefficients.length,
    r2: total > 0 ? 1 - sse / total : 0,
    cvRmse: Math.sqrt(sse / freedom) / Math.abs(mean),
    nmbe: heldOutBias(shape, days) / Math.abs(mean),
    autocorrelation,
    effectiveDays: (n * (1 - Math.max(0, autocorrelation))) / (1 + Math.max(0, autocorrelation)),
  };
}

/** kWh a day by which days that were held out lie above what the others let expect. A fit's own residuals sum to nothing and say nothing of bias. */
function heldOutBias(shape: Shape, days: readonly KnownDay[]): number {
  let sum = 0;
  let count = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = (d: KnownDay) => Math.floor(dayNumber(d.date) / 7) % FOLDS === fold;
    const others = days.filter((d) => !held(d));
    const fit = leastSquares(
      others.map((d) => regressorsOf(shape, d)),
      others.map((d) => d.kwh),
    );
    if (fit.kind === "refused") continue;
    for (const d of days.filter(held)) {
      sum += d.kwh - expectedOf({ shape, fit }, d);
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

function dayNumber(date: string): number {
  const [year, month, day] = date.split("-").map(Number);
  return daysFromCivil(year!, month!, day!);
}
