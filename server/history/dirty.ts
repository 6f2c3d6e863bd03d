/** Which five-minute windows of which points have to be rolled up (anew), and with which commit each became so. */
import { FIVE_MINUTES } from "../core/rollup.ts";
import type { Millis } from "../core/reading.ts";

export interface DirtyWindow {
  readonly start: Millis;
  /** Null: every point that has readings in it. */
  points: Set<number> | null;
  firstBatch: number;
  /** Readings that made it so, at least. */
  rows: number;
}

export interface Dirty {
  mark(at: Millis, point: number | null, batch: number, rows?: number): void;
  /** Takes the windows that begin before `until` out, the oldest first. */
  takeBefore(until: Millis): DirtyWindow[];
  /** Puts back what could not be done. */
  putBack(windows: readonly DirtyWindow[]): void;
  /** The first commit that something still waits for; null when nothing does. */
  readonly firstBatch: number | null;
  hasBefore(until: Millis): boolean;
}

export function createDirty(): Dirty {
  const windows = new Map<Millis, DirtyWindow>();
  // Readings come in the order of time for the most part: the window of the last one is looked at first.
  let last: DirtyWindow | null = null;

  function windowAt(start: Millis, batch: number): DirtyWindow {
    let window = windows.get(start);
    if (window === undefined) windows.set(start, (window = { start, points: new Set(), firstBatch: batch, rows: 0 }));
    window.firstBatch = Math.min(window.firstBatch, batch);
    return window;
  }

  return {
    mark(at, point, batch, rows = 1) {
      if (last === null || at < last.start || at >= last.start + FIVE_MINUTES) last = windowAt(Math.floor(at / FIVE_MINUTES) * FIVE_MINUTES, batch);
      last.rows += rows;
      if (point === null) last.points = null;
      else last.points?.add(point);
    },
    takeBefore(until) {
      const taken = [...windows.values()].filter((w) => w.start < until).sort((a, b) => a.start - b.start);
      for (const w of taken) windows.delete(w.start);
      last = null;
      return taken;
    },
    putBack(taken) {
      last = null;
      for (const w of taken) {
        const window = windowAt(w.start, w.firstBatch);
        window.rows += w.rows;
        if (w.points === null) window.points = null;
        else if (window.points !== null) for (const p of w.points) window.points.add(p);
      }
    },
    get firstBatch() {
      let first: number | null = null;
      for (const w of windows.values()) first = first === null ? w.firstBatch : Math.min(first, w.firstBatch);
      return first;
    },
    hasBefore(until) {
      for (const start of windows.keys()) if (start < until) return true;
      return false;
    },
  };
}
