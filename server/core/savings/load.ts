/** A device's load as the roll-ups keep it: one mean for every five minutes. */
import type { Millis } from "../reading.ts";

/** ms of one window. */
export const STEP: Millis = 300_000;

/** Means of the windows [from + i·STEP, from + (i+1)·STEP), in W (or L/min); NaN where nobody heard of it. */
export interface LoadSeries {
  readonly from: Millis;
  readonly values: Float64Array;
}

export function loadSeries(from: Millis, values: Float64Array): LoadSeries {
  if (!Number.isInteger(from / STEP)) throw new RangeError(`A load series begins at a full five minutes, not at ${from}.`);
  return { from, values };
}

/** The window in which an instant lies; it may be outside of the series. */
export function windowOf(series: LoadSeries, at: Millis): number {
  return Math.floor((at - series.from) / STEP);
}

/** The mean of the windows [first, last) in which it ran, that is drew more than `standby`; NaN where there was none. */
export function runningMean({ values }: LoadSeries, standby: number, first: number, last: number): number {
  let sum = 0;
  let count = 0;
  for (let i = Math.max(0, first); i < Math.min(values.length, last); i++) {
    const value = values[i]!;
    if (!(value > standby)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** Windows before an instant from which a load is taken: a quarter of an hour, so that one moment of a compressor is not taken for all. */
const BEFORE = 3;

/** The mean load of the quarter of an hour before a window, of whole windows that it ran in; NaN where there was none. */
export function loadBefore({ values }: LoadSeries, standby: number, window: number): number {
  let sum = 0;
  let count = 0;
  // A window in which it began is not whole.
  for (let i = Math.max(1, window - BEFORE); i < Math.min(values.length, window); i++) {
    if (!(values[i]! > standby && values[i - 1]! > standby)) continue;
    sum += values[i]!;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}
