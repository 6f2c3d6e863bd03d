/** From pasts to expectation: how surely it still ran, and what it drew by then as a multiple of what it drew before. */
import type { Past } from "./past.ts";
import { kaplanMeier } from "./survival.ts";

export interface Curve {
  /** Chance (0–1) that it still ran in the n-th window after. Like the sums it ends where nothing was seen any more: beyond that nothing is claimed. */
  readonly runs: Float64Array;
  /** Load while it still ran, as a multiple of the load before and of the device's usual one: sums of the first n windows. */
  readonly byBefore: Float64Array;
  readonly byMean: Float64Array;
  /** What part (0–1) of all each past stands for, in their order; what was cut short stands for nothing by itself. */
  readonly mass: readonly number[];
  /** Windows beyond which nothing was seen. */
  readonly seen: number;
}

/** `weights`: how often each past counts; `most`: windows that are asked for at most. Load is estimated by ratios of sums (Lin, Feuer, Etzioni and Wax 1997: cost by interval among those still followed). */
export function curveOf(pasts: readonly Past[], weights: readonly number[], most: number): Curve {
  // What goes on for less than n windows does not run in the n-th: its length is n whole windows.
  const survival = kaplanMeier(pasts.map((p, i) => ({ length: p.length, ended: p.ended, weight: weights[i]! })));
  const windows = Math.min(most, survival.seen);
  const drawn = new Float64Array(windows);
  const before = new Float64Array(windows + 1);
  const mean = new Float64Array(windows + 1);
  pasts.forEach((p, i) => {
    const w = weights[i]!;
    const n = Math.min(p.length, windows);
    for (let u = 0; u < n; u++) drawn[u]! += w * (p.drawn[u + 1]! - p.drawn[u]!);
    if (n === 0) return;
    // Marked where it leaves, summed from behind below.
    before[n - 1]! += w * p.before;
    mean[n - 1]! += w * p.mean;
  });
  for (let u = windows - 1; u >= 0; u--) {
    before[u]! += before[u + 1]!;
    mean[u]! += mean[u + 1]!;
  }
  const runs = new Float64Array(windows);
  const byBefore = new Float64Array(windows + 1);
  const byMean = new Float64Array(windows + 1);
  let share = 1;
  for (let u = 0, next = 0; u < windows; u++) {
    while (next < survival.at.length && survival.at[next]! <= u) share = survival.beyond[next++]!;
    runs[u] = share;
    byBefore[u + 1] = byBefore[u]! + (before[u]! > 0 ? drawn[u]! / before[u]! : 0);
    byMean[u + 1] = byMean[u]! + (mean[u]! > 0 ? drawn[u]! / mean[u]! : 0);
  }
  return { runs, byBefore, byMean, mass: survival.mass, seen: survival.seen };
}
