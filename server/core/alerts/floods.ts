/** How thick alarms come: the most within a window, and the stretches that are floods. Times are ms, ascending. */
import type { Millis } from "../reading.ts";
import { FLOOD } from "./benchmarks.ts";

export interface Flood {
  readonly from: Millis;
  readonly until: Millis;
  readonly alarms: number;
}

/** The most of these within any window (t − ms, t]. */
export function mostWithin(times: readonly Millis[], ms: number): number {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last]! - times[first]! >= ms) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/**
 * A flood begins with the first alarm of the window that holds more than ten, and is over when fewer than five remain within ten minutes (EEMUA 191).
 * `end` cuts one that still goes on.
 */
export function floodsOf(times: readonly Millis[], end: Millis): Flood[] {
  const floods: Flood[] = [];
  let begun: number | null = null;
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last]! - times[first]! >= FLOOD.ms) first++;
    if (begun === null && last - first + 1 > FLOOD.count) begun = first;
    if (begun === null) continue;
    // Four remain when the fifth from the end falls out of the window, unless another one comes before.
    const over: number = times[last - FLOOD.until + 1]! + FLOOD.ms;
    const next = times[last + 1];
    if (next !== undefined && next <= over) continue;
    floods.push({ from: times[begun]!, until: Math.max(times[begun]!, Math.min(over, end)), alarms: last - begun + 1 });
    begun = null;
    // What belonged to this flood begins no other one.
    first = last + 1;
  }
  return floods;
}
