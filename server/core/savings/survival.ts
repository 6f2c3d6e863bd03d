/**
 * How long something goes on that nobody stops: Kaplan and Meier's estimator (J. Am. Stat. Assoc. 53, 1958) with Greenwood's variance.
 * A run that was cut short (by a command, by the end of what is known) is right-censored: it lasted at least so long.
 */

/** A duration in any unit, and whether it really ended there. */
export interface Lasting {
  readonly length: number;
  readonly ended: boolean;
  /** How often it counts; 1 where nothing is said. */
  readonly weight?: number;
}

export interface Survival {
  /** Lengths at which something ended, rising. */
  readonly at: readonly number[];
  /** Share (0–1) that goes on beyond each of them. */
  readonly beyond: readonly number[];
  /** Greenwood's sum up to each: the variance of `beyond` is its square times this; Infinity where nothing goes on. */
  readonly greenwood: readonly number[];
  /** The longest that was seen, ended or not: beyond it nothing is known. */
  readonly seen: number;
  /** The part (0–1) of the whole that ended with each of the given ones, in their order; what never ended has 0. */
  readonly mass: readonly number[];
}

/** Ends count before what was cut short at the same length. Throws RangeError for a length or weight that is negative or no number. */
export function kaplanMeier(lastings: readonly Lasting[]): Survival {
  for (const { length, weight = 1 } of lastings)
    if (!(length >= 0 && weight >= 0)) throw new RangeError(`A duration of ${length} with weight ${weight}: both are numbers from 0 on.`);
  const order = lastings.map((_, i) => i).sort((a, b) => lastings[a]!.length - lastings[b]!.length || Number(lastings[b]!.ended) - Number(lastings[a]!.ended));
  const weightOf = (i: number) => lastings[i]!.weight ?? 1;
  let atRisk = order.reduce((sum, i) => sum + weightOf(i), 0);
  let beyond = 1;
  let sum = 0;
  const survival = { at: [] as number[], beyond: [] as number[], greenwood: [] as number[], seen: 0, mass: lastings.map(() => 0) };
  for (let n = 0; n < order.length;) {
    const { length } = lastings[order[n]!]!;
    survival.seen = length;
    let ends = 0;
    let leaves = 0;
    const first = n;
    for (; n < order.length && lastings[order[n]!]!.length === length; n++) {
      leaves += weightOf(order[n]!);
      if (lastings[order[n]!]!.ended) ends += weightOf(order[n]!);
    }
    if (ends > 0) {
      for (let k = first; k < n; k++) if (lastings[order[k]!]!.ended) survival.mass[order[k]!] = (beyond * weightOf(order[k]!)) / atRisk;
      // What is left by rounding of weights is nothing.
      const left = Math.max(0, atRisk - ends);
      beyond = left <= atRisk * 1e-12 ? 0 : (beyond * left) / atRisk;
      sum += beyond === 0 ? Infinity : ends / (atRisk * left);
      survival.at.push(length);
      survival.beyond.push(beyond);
      survival.greenwood.push(sum);
    }
    atRisk -= leaves;
  }
  return survival;
}

/** Share that goes on beyond a length. */
export function survivalAt({ at, beyond }: Survival, length: number): number {
  let share = 1;
  for (let i = 0; i < at.length && at[i]! <= length; i++) share = beyond[i]!;
  return share;
}

/**
 * The mean of what lasts, counted up to `limit`: the area under the curve (Irwin 1949), and its variance by Greenwood's formula
 * (Klein and Moeschberger, Survival Analysis, 2nd ed., 4.5). Beyond what was seen nothing is claimed.
 */
export function restrictedMean(survival: Survival, limit: number): { readonly mean: number; readonly variance: number } {
  const end = Math.min(limit, survival.seen);
  const { at, beyond, greenwood } = survival;
  let mean = 0;
  const after: number[] = [];
  let from = 0;
  let share = 1;
  const areas: number[] = [];
  for (let i = 0; i <= at.length; i++) {
    const until = Math.min(end, at[i] ?? end);
    const area = share * Math.max(0, until - from);
    areas.push(area);
    mean += area;
    from = Math.max(from, until);
    if (i < at.length) share = beyond[i]!;
  }
  // Σ (area beyond tᵢ)² · dᵢ / (Yᵢ (Yᵢ − dᵢ))
  let rest = mean;
  for (const area of areas) after.push((rest -= area));
  let variance = 0;
  for (let i = 0; i < at.length && at[i]! < end; i++) {
    const step = greenwood[i]! - (greenwood[i - 1] ?? 0);
    if (Number.isFinite(step)) variance += after[i]! ** 2 * step;
  }
  return { mean, variance };
}
