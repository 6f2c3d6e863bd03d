/** An amount with its bounds. */
import type { Estimate } from "../backtest-tally.ts";

/**
 * Bounds of the middle 95 of 100 draws. With hardly any past the worlds drawn may all lie to one side of the past as it was; then the bounds reach
 * to it, so that no amount stands outside its own interval.
 */
export function intervalOf(value: number, draws: Float64Array): Estimate {
  const sorted = draws.toSorted();
  const at = (q: number) => {
    const x = q * (sorted.length - 1);
    const i = Math.floor(x);
    return sorted[i]! + (x - i) * ((sorted[i + 1] ?? sorted[i]!) - sorted[i]!);
  };
  return { value, low: Math.min(value, at(0.025)), high: Math.max(value, at(0.975)) };
}
