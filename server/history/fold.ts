/** Raw readings of many points, each point's in the order of time and one at a time, folded into five-minute windows. */
import { counterOf } from "../core/counter.ts";
import type { PointDefinition } from "../core/device.ts";
import type { Millis } from "../core/reading.ts";
import type { FiveMinutes, PointEvent, PointState } from "../core/rollup.ts";
import { counts, FIVE_MINUTES, startWindow, takeIntoWindow, takeReading } from "../core/rollup.ts";

export type ExchangeEvent = Extract<PointEvent, { kind: "exchange" }>;

export interface FoldOptions {
  readonly nameOf: (point: number) => string;
  /** The state before a point's first window. */
  readonly stateOf: (point: number) => PointState;
  /** Exchanges of a point within the fold's range, by time. */
  readonly exchangesOf: (point: number) => readonly ExchangeEvent[];
  /** What of a point lies before this is not folded; infinity for a point that nobody asked for. */
  readonly from: (point: number) => Millis;
  readonly each: (point: number, window: FiveMinutes, state: PointState) => void;
}

export interface Fold {
  row(point: number, at: Millis, type: number, quality: number, value: number): void;
  /**
   * Ends every point; those that have exchanges and no readings are folded too. Answers the points of which something came out of
   * order or was corrected: nothing was told of these, they have to be folded again from sorted readings.
   */
  end(others: Iterable<number>): number[];
}

interface Told {
  readonly window: FiveMinutes;
  readonly state: PointState;
}

interface Cursor {
  readonly definition: PointDefinition | undefined;
  readonly from: Millis;
  readonly state: PointState;
  readonly exchanges: readonly ExchangeEvent[];
  nextExchange: number;
  window: FiveMinutes | null;
  readonly told: Told[];
  at: Millis;
  /** What was said at that time. */
  value: number;
  ordered: boolean;
}

export function createFold({ nameOf, stateOf, exchangesOf, from, each }: FoldOptions): Fold {
  const cursors: (Cursor | undefined)[] = [];

  function begin(point: number): Cursor {
    const definition = counterOf(nameOf(point));
    const first = from(point);
    return (cursors[point] = {
      definition,
      from: first,
      state: stateOf(point),
      exchanges: definition !== undefined && Number.isFinite(first) ? exchangesOf(point).filter((e) => e.at >= first) : [],
      nextExchange: 0,
      window: null,
      told: [],
      at: Number.NEGATIVE_INFINITY,
      value: Number.NaN,
      ordered: true,
    });
  }

  function windowAt(cursor: Cursor, at: Millis): FiveMinutes {
    if (cursor.window !== null && at < cursor.window.start + FIVE_MINUTES) return cursor.window;
    close(cursor);
    return (cursor.window = startWindow(Math.floor(at / FIVE_MINUTES) * FIVE_MINUTES));
  }

  function close(cursor: Cursor): void {
    const { window, state } = cursor;
    if (window !== null)
      cursor.told.push({ window, state: { ...state, counter: state.counter === null ? null : { ...state.counter, former: copy(state.counter.former) } } });
    cursor.window = null;
  }

  function exchangesUntil(cursor: Cursor, until: Millis): void {
    for (let e = cursor.exchanges[cursor.nextExchange]; e !== undefined && e.at <= until; e = cursor.exchanges[++cursor.nextExchange]) {
      takeIntoWindow(windowAt(cursor, e.at), cursor.definition, cursor.state, e);
    }
  }

  return {
    row(point, at, type, quality, value) {
      const cursor = cursors[point] ?? begin(point);
      if (at < cursor.from || !cursor.ordered || !counts(cursor.definition !== undefined, type, quality, value)) return;
      if (at <= cursor.at) {
        // A message that was delivered twice says nothing new; anything else has to be sorted first.
        if (at < cursor.at || value !== cursor.value) cursor.ordered = false;
        return;
      }
      cursor.at = at;
      cursor.value = value;
      if (cursor.exchanges.length > 0) exchangesUntil(cursor, at - 1);
      takeReading(windowAt(cursor, at), cursor.definition, cursor.state, at, value);
    },
    end(others) {
      for (const point of others) if (cursors[point] === undefined) begin(point);
      const disordered: number[] = [];
      cursors.forEach((cursor, point) => {
        if (cursor === undefined) return;
        if (!cursor.ordered) return void disordered.push(point);
        exchangesUntil(cursor, Number.POSITIVE_INFINITY);
        close(cursor);
        for (const { window, state } of cursor.told) each(point, window, state);
      });
      return disordered;
    },
  };
}

function copy<T extends object>(value: T | null): T | null {
  return value === null ? null : { ...value };
}
