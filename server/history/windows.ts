/** Windows of a point where its raw readings are gone: from the coarsest roll-ups that they are made of. */
import type { Millis } from "../core/reading.ts";
import type { RollupStep } from "../core/rollup.ts";
import { FIVE_MINUTES, windowOf } from "../core/rollup.ts";
import type { Zone } from "../core/zone.ts";
import type { Rollups, WindowFunction } from "../ports/history.ts";
import { windowStart } from "./rows.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;

export interface Windows {
  readonly at: readonly number[];
  readonly value: readonly (number | null)[];
  readonly count: readonly number[];
}

/** The step whose windows windows of this length and origin are made of; null where none fits. */
export function stepFor(zone: Zone, every: Millis, origin: Millis): RollupStep | null {
  if (every % DAY === 0 && windowOf("day", zone, origin) === origin) return "day";
  if (every % HOUR === 0 && windowOf("hour", zone, origin) === origin) return "hour";
  return every % FIVE_MINUTES === 0 && origin % FIVE_MINUTES === 0 ? "5m" : null;
}

export function windowsOf(rolled: Rollups, every: Millis, fn: WindowFunction, origin: Millis): Windows {
  const at: number[] = [];
  const value: number[] = [];
  const count: number[] = [];
  const sums: number[] = [];
  for (let i = 0; i < rolled.point.length; i++) {
    if (rolled.count[i] === 0) continue;
    const start = windowStart(rolled.start[i]!, every, origin);
    if (at.at(-1) !== start) {
      at.push(start);
      value.push(fn === "min" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
      count.push(0);
      sums.push(0);
    }
    const w = at.length - 1;
    count[w]! += rolled.count[i]!;
    sums[w]! += rolled.mean[i]! * rolled.count[i]!;
    if (fn === "min") value[w] = Math.min(value[w]!, rolled.min[i]!);
    else if (fn === "max") value[w] = Math.max(value[w]!, rolled.max[i]!);
    else if (fn === "last") value[w] = rolled.last[i]!;
  }
  if (fn === "sum" || fn === "mean") sums.forEach((sum, w) => (value[w] = fn === "sum" ? sum : sum / count[w]!));
  return { at, value, count };
}
