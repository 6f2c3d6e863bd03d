/**
 * What a building uses in a day, as its own past says: degree days beyond a base temperature that is searched for, working day or not, and
 * people where they are counted (IPMVP option C: the whole facility's meter and a regression; ASHRAE Guideline 14 change-point models).
 */
import type { Fit } from "./regress.ts";
import { leastSquares } from "./regress.ts";
import type { EnergyDay, KnownDay, Regressor, Shape } from "./shape.ts";
import { dayNumber, expectedOf, isKnown, REGRESSORS, regressorsOf } from "./shape.ts";

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

/** Why occupancy counts in a model, or does not: it explains no more than it costs, the rest says it already, too few days have it. */
export const OCCUPANCY_VERDICTS = ["used", "no-better", "collinear", "too-few-days", "not-counted"] as const;
export type OccupancyVerdict = (typeof OCCUPANCY_VERDICTS)[number];

export type Baseline =
  | { readonly kind: "model"; readonly model: Model; readonly occupancy: OccupancyVerdict }
  | {
      readonly kind: "refused";
      readonly why: "too-few-days" | "constant-temperature" | "collinear" | "no-use";
      /** What cannot be told from the rest. */
      readonly regressor: Regressor | null;
    };

/**
 * Degrees by which days must differ before anything is said about weather, strides and steps of the search, days beyond a base that it needs,
 * and the part (0–1) of the days on which people must have been counted.
 */
export interface BaselineSettings {
  readonly leastRange: number;
  readonly stride: number;
  readonly step: number;
  readonly leastBeyond: number;
  readonly leastCounted: number;
}

/** CalTRACK 2.0 §3.3.5: ten days with degree days for a candidate; §2.2.1.2: at most 10 % of the days may miss; steps and range are ours. */
export const BASELINE_SETTINGS: BaselineSettings = { leastRange: 4, stride: 3, step: 1, leastBeyond: 10, leastCounted: 0.9 };

/**
 * The shape with the least Bayesian information criterion (Schwarz 1978) among those whose slopes have the sign that physics has. Occupancy
 * counts where enough days have it and the criterion of the same days is less with it.
 */
export function fitBaseline(all: readonly EnergyDay[], settings: BaselineSettings = BASELINE_SETTINGS): Baseline {
  const days = all.filter(isKnown).toSorted((a, b) => (a.date < b.date ? -1 : 1));
  const refused = (why: Extract<Baseline, { kind: "refused" }>["why"], regressor: Regressor | null = null): Baseline => ({ kind: "refused", why, regressor });
  if (days.length <= REGRESSORS.length + 2) return refused("too-few-days");
  if (!(days.reduce((s, d) => s + d.kwh, 0) > 0)) return refused("no-use");
  const temperatures = days.map((d) => d.temperature);
  if (Math.max(...temperatures) - Math.min(...temperatures) < settings.leastRange) return refused("constant-temperature");
  const plain: Regressor[] = ["constant"];
  if (days.some((d) => d.working) && days.some((d) => !d.working)) plain.push("working");

  const { best, refusal } = searched(plain, days, settings);
  // What the plain model cannot tell apart no base temperature mends.
  if (refusal !== null && (best === null || plain.includes(refusal))) return refused("collinear", refusal);
  if (best === null) return refused("too-few-days");
  const { occupancy, chosen, of } = withOccupancy(best, plain, days, settings);
  return { kind: "model", model: { shape: chosen.shape, fit: chosen.fit, quality: qualityOf(chosen.shape, chosen.fit, of), days: of }, occupancy };
}

/** The model with occupancy where it is the better one, with the days that it is of; else the one without. */
function withOccupancy(
  without: Candidate,
  plain: readonly Regressor[],
  days: readonly KnownDay[],
  settings: BaselineSettings,
): { readonly occupancy: OccupancyVerdict; readonly chosen: Candidate; readonly of: readonly KnownDay[] } {
  const as = (occupancy: OccupancyVerdict) => ({ occupancy, chosen: without, of: days });
  const counted = days.filter((d) => d.occupancy !== null);
  if (counted.length === 0) return as("not-counted");
  if (counted.length < settings.leastCounted * days.length) return as("too-few-days");
  const { best, refusal } = searched([...plain, "occupancy"], counted, settings);
  if (refusal === "occupancy") return as("collinear");
  const same = counted.length === days.length ? without : searched(plain, counted, settings).best;
  return best !== null && (same === null || best.bic < same.bic) ? { occupancy: "used", chosen: best, of: counted } : as("no-better");
}

interface Candidate {
  readonly bic: number;
  readonly shape: Shape;
  readonly fit: Fit;
}

/** First in strides, then around what was best. `refusal`: the regressor that some shape could not tell from the rest. */
function searched(
  plain: readonly Regressor[],
  days: readonly KnownDay[],
  { stride, step, leastBeyond }: BaselineSettings,
): { readonly best: Candidate | null; readonly refusal: Regressor | null } {
  const temperatures = days.map((d) => d.temperature);
  const bases = (from: number, until: number, by: number) => Array.from({ length: Math.max(0, Math.floor((until - from) / by) + 1) }, (_, i) => from + i * by);
  const cooling = (all: readonly number[]) => all.filter((base) => temperatures.filter((t) => t > base).length >= leastBeyond);
  const heating = (all: readonly number[]) => all.filter((base) => temperatures.filter((t) => t < base).length >= leastBeyond);
  const coarse = bases(Math.ceil(Math.min(...temperatures)), Math.max(...temperatures), stride);
  const { best, refusal } = bestOf(shapesOf(plain, cooling(coarse), heating(coarse)), days);
  if (best === null) return { best, refusal };
  const around = (base: number | null) => (base === null ? [] : bases(base - stride + step, base + stride - step, step));
  const finer = shapesOf(plain, cooling(around(best.shape.coolingFrom)), heating(around(best.shape.heatingFrom))).filter(
    (s) => s.regressors.length === best.shape.regressors.length,
  );
  return { best: bestOf([best.shape, ...finer], days).best, refusal };
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

function bestOf(shapes: readonly Shape[], days: readonly KnownDay[]) {
  const y = days.map((d) => d.kwh);
  let best: Candidate | null = null;
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
    if (shape.regressors.some((r, k) => (r === "cooling" || r === "heating" || r === "occupancy") && fit.coefficients[k]! < 0)) continue;
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
