/** Roll-ups of several sources put together as one answer: what is rolled up already, and what is folded from raw readings for this question. */
import type { Millis } from "../core/reading.ts";
import type { FiveMinutes, RollupStep } from "../core/rollup.ts";
import { carriedWithin, windowEnd, windowOf } from "../core/rollup.ts";
import type { Zone } from "../core/zone.ts";
import type { Rollups } from "../ports/history.ts";

/** A window of any length, or a part of one. */
export interface Piece {
  readonly start: Millis;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  readonly total: number;
}

interface Sum {
  count: number;
  sum: number;
  min: number;
  max: number;
  last: number;
  lastFrom: Millis;
  total: number;
}

export interface Merge {
  /** Takes what lies in one window of the answer, or a part of it. */
  take(point: number, piece: Piece): void;
  /** Takes five minutes in, with what they carry into windows before; what would lie before `since` is known there already. */
  takeFive(point: number, five: FiveMinutes, since: Millis): void;
  answer(): Rollups;
}

/** Windows of a step that begin within [from, to). */
export function createMerge(step: RollupStep, zone: Zone, from: Millis, to: Millis): Merge {
  const windows = new Map<Millis, Map<number, Sum>>();

  function at(start: Millis, point: number): Sum | null {
    if (start < from || start >= to) return null;
    let points = windows.get(start);
    if (points === undefined) windows.set(start, (points = new Map()));
    let sum = points.get(point);
    if (sum === undefined)
      points.set(point, (sum = { count: 0, sum: 0, min: Number.NaN, max: Number.NaN, last: Number.NaN, lastFrom: Number.NEGATIVE_INFINITY, total: 0 }));
    return sum;
  }

  function take(point: number, piece: Piece): void {
    const sum = at(windowOf(step, zone, piece.start), point);
    if (sum === null) return;
    sum.total += piece.total;
    if (piece.count === 0) return;
    sum.min = sum.count === 0 ? piece.min : Math.min(sum.min, piece.min);
    sum.max = sum.count === 0 ? piece.max : Math.max(sum.max, piece.max);
    sum.count += piece.count;
    sum.sum += piece.sum;
    if (piece.start >= sum.lastFrom) {
      sum.last = piece.last;
      sum.lastFrom = piece.start;
    }
  }

  return {
    take,
    takeFive(point, five, since) {
      take(point, five);
      if (five.carried === 0) return;
      const first = Math.max(five.carriedFrom, since, from);
      for (let start = windowOf(step, zone, first); start < five.carriedTo && start < to; start = windowEnd(step, zone, start)) {
        const sum = at(start, point);
        if (sum !== null) sum.total += carriedWithin(five, Math.max(start, since), windowEnd(step, zone, start));
      }
    },
    answer() {
      const starts = [...windows.keys()].sort((a, b) => a - b);
      const rows = starts.reduce((n, start) => n + windows.get(start)!.size, 0);
      const answer = emptyRollups(rows);
      let row = 0;
      for (const start of starts) {
        for (const [point, sum] of [...windows.get(start)!].sort((a, b) => a[0] - b[0])) {
          if (sum.count === 0 && sum.total === 0) continue;
          answer.point[row] = point;
          answer.start[row] = start;
          answer.count[row] = sum.count;
          answer.mean[row] = sum.count === 0 ? Number.NaN : sum.sum / sum.count;
          answer.min[row] = sum.min;
          answer.max[row] = sum.max;
          answer.last[row] = sum.last;
          answer.total[row] = sum.total;
          row++;
        }
      }
      return row === rows ? answer : sliceRollups(answer, row);
    },
  };
}

export function emptyRollups(rows: number): Rollups {
  const numbers = () => new Float64Array(rows);
  return {
    point: new Int32Array(rows),
    start: numbers(),
    count: new Int32Array(rows),
    mean: numbers(),
    min: numbers(),
    max: numbers(),
    last: numbers(),
    total: numbers(),
  };
}

function sliceRollups(r: Rollups, rows: number): Rollups {
  return {
    point: r.point.slice(0, rows),
    start: r.start.slice(0, rows),
    count: r.count.slice(0, rows),
    mean: r.mean.slice(0, rows),
    min: r.min.slice(0, rows),
    max: r.max.slice(0, rows),
    last: r.last.slice(0, rows),
    total: r.total.slice(0, rows),
  };
}

/** The memory that an answer gives away when it goes to another thread. */
export function memoryOfRollups(r: Rollups): ArrayBuffer[] {
  return [r.point, r.start, r.count, r.mean, r.min, r.max, r.last, r.total].map((a) => a.buffer as ArrayBuffer);
}
