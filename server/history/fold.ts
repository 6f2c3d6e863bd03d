/** Raw readings of many points, point by point in the order of time, folded into five-minute windows. */
import type { Millis } from "../core/reading.ts";
import type { FiveMinutes, PointEvent, PointState } from "../core/rollup.ts";
import { counts, FIVE_MINUTES, startWindow, takeIntoWindow } from "../core/rollup.ts";
import { counterOf } from "../core/counter.ts";

export interface FoldOptions {
  readonly nameOf: (point: number) => string;
  /** The state before a point's first window; the fold goes on in it. */
  readonly stateOf: (point: number) => PointState;
  /** Exchanges of a point within the fold's range, by time. */
  readonly exchangesOf: (point: number) => readonly Extract<PointEvent, { kind: "exchange" }>[];
  /** Windows of a point that begin before this are not folded. */
  readonly from: (point: number) => Millis;
  readonly each: (point: number, window: FiveMinutes, state: PointState) => void;
}

export interface Fold {
  row(point: number, at: Millis, type: number, quality: number, value: number): void;
  /** Ends the last point. Points that have exchanges and no readings are folded too. */
  end(others: Iterable<number>): void;
}

export function createFold({ nameOf, stateOf, exchangesOf, from, each }: FoldOptions): Fold {
  let point = -1;
  let name = "";
  let counter = false;
  let first: Millis = 0;
  let state: PointState;
  let window: FiveMinutes | null = null;
  let exchanges: readonly Extract<PointEvent, { kind: "exchange" }>[] = [];
  let nextExchange = 0;
  /** What was said at this very time already: a message that was delivered twice counts once. */
  let at: Millis = Number.NaN;
  const said: number[] = [];
  const done = new Set<number>();

  function take(event: PointEvent): void {
    const start = Math.floor(event.at / FIVE_MINUTES) * FIVE_MINUTES;
    if (window === null || window.start !== start) {
      if (window !== null) each(point, window, state);
      window = startWindow(start);
    }
    takeIntoWindow(window, name, state, event);
  }

  function begin(next: number): void {
    point = next;
    name = nameOf(point);
    counter = counterOf(name) !== undefined;
    first = from(point);
    state = stateOf(point);
    exchanges = counter ? exchangesOf(point) : [];
    nextExchange = 0;
    at = Number.NaN;
    done.add(point);
  }

  function finish(): void {
    if (point < 0) return;
    exchangesUntil(Number.POSITIVE_INFINITY);
    if (window !== null) each(point, window, state);
    window = null;
  }

  function exchangesUntil(until: Millis): void {
    for (let e = exchanges[nextExchange]; e !== undefined && e.at <= until; e = exchanges[++nextExchange]) if (e.at >= first) take(e);
  }

  return {
    row(next, observed, type, quality, value) {
      if (next !== point) {
        finish();
        begin(next);
      }
      if (observed < first || !counts(counter, type, quality, value)) return;
      const kind = type * 4 + quality;
      if (observed !== at) {
        at = observed;
        said.length = 0;
      }
      for (let i = 0; i < said.length; i += 2) if (said[i] === kind && said[i + 1] === value) return;
      said.push(kind, value);
      exchangesUntil(observed - 1);
      take({ kind: "reading", at: observed, value });
    },
    end(others) {
      finish();
      for (const other of others) {
        if (done.has(other)) continue;
        begin(other);
        finish();
      }
      point = -1;
    },
  };
}
