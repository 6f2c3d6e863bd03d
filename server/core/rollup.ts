/**
 * Roll-ups: what a point's readings come to in five minutes. Hours and days are put together from these.
 *
 * What is used or lasts *between* two readings (a counter's rise, a lamp that burns) is known only with the second one. The window
 * that holds it keeps the part that lies before its own begin apart, as `carried` over [`carriedFrom`, `carriedTo`): so a window
 * depends on nothing but its own readings and the state at the end of the one before, and a late reading is repaired by folding
 * its window anew, and the following ones until the state at an end is what it was.
 */
import type { CounterState } from "./counter.ts";
import { counterOf, startCounter, takeCount, takeExchange } from "./counter.ts";
import type { PointDefinition } from "./device.ts";
import type { Millis } from "./reading.ts";
import type { Zone } from "./zone.ts";

/** Windows of local time: five minutes, an hour, a day from local midnight. */
export const ROLLUP_STEPS = ["5m", "hour", "day"] as const;
export type RollupStep = (typeof ROLLUP_STEPS)[number];

const HOUR = 3_600_000;
export const FIVE_MINUTES = 300_000;
/** A value holds until the next reading, but no longer than this: what a silent device did is not known. */
export const BELIEVED_MS = 900_000;

/** What is known of a point at the end of a window: all that the next window needs. */
export interface PointState {
  /** The last reading that counted; NaN before the first. Of a counter, the last that was believed. */
  value: number;
  at: Millis;
  readonly counter: CounterState | null;
}

export interface FiveMinutes {
  readonly start: Millis;
  count: number;
  sum: number;
  min: number;
  max: number;
  last: number;
  /** The part of what was used, or of value × hours, that lies in this window itself, as far as readings in it tell. */
  total: number;
  /** The part before its begin, spread evenly over [carriedFrom, carriedTo). */
  carried: number;
  carriedFrom: Millis;
  carriedTo: Millis;
}

/** Something that happened to one point, in the order of time. */
export type PointEvent =
  | { readonly kind: "reading"; readonly at: Millis; readonly value: number }
  | { readonly kind: "exchange"; readonly at: Millis; readonly final: number; readonly initial: number };

export function startPoint(name: string): PointState {
  return { value: Number.NaN, at: 0, counter: counterOf(name) === undefined ? null : startCounter() };
}

/** Whether a stored reading counts: a good number or boolean; of a counter a suspect one too, for its fold has doubts of its own. `quality` 0 good, 1 suspect, 2 bad. */
export function counts(counter: boolean, type: number, quality: number, value: number): boolean {
  return type <= 1 && quality <= (counter ? 1 : 0) && Number.isFinite(value);
}

export function startWindow(start: Millis): FiveMinutes {
  const none = Number.NaN;
  return { start, count: 0, sum: 0, min: none, max: none, last: none, total: 0, carried: 0, carriedFrom: start, carriedTo: start };
}

/** Takes what happened in a window into it. Events come in the order of their time. `definition`: the counter's, undefined where it is none. */
export function takeIntoWindow(window: FiveMinutes, definition: PointDefinition | undefined, state: PointState, event: PointEvent): void {
  if (event.kind === "reading") return takeReading(window, definition, state, event.at, event.value);
  const { counter } = state;
  if (definition === undefined || counter === null) return;
  const from = Number.isNaN(counter.value) ? event.at : counter.at;
  const used = takeExchange(counter, event.at, event.final, event.initial);
  state.value = counter.value;
  state.at = counter.at;
  if (used > 0) book(window, from, event.at, used);
}

export function takeReading(window: FiveMinutes, definition: PointDefinition | undefined, state: PointState, at: Millis, value: number): void {
  const { counter } = state;
  if (definition === undefined || counter === null) {
    if (!Number.isNaN(state.value)) {
      const until = Math.min(at, state.at + BELIEVED_MS);
      book(window, state.at, until, (state.value * Math.max(0, until - state.at)) / HOUR);
    }
    state.value = value;
    state.at = at;
  } else {
    const from = counter.at;
    const used = takeCount(counter, definition, at, value);
    state.value = counter.value;
    state.at = counter.at;
    if (used > 0) book(window, from, at, used);
  }
  tally(window, value);
}

function tally(window: FiveMinutes, value: number): void {
  window.sum += value;
  window.min = window.count === 0 ? value : Math.min(window.min, value);
  window.max = window.count === 0 ? value : Math.max(window.max, value);
  window.last = value;
  window.count++;
}

/** Books an amount that came about evenly over [from, until). */
function book(window: FiveMinutes, from: Millis, until: Millis, amount: number): void {
  if (from >= window.start || until <= from) {
    window.total += amount;
    return;
  }
  const before = Math.min(until, window.start) - from;
  const carried = (amount * before) / (until - from);
  window.carried = carried;
  window.carriedFrom = from;
  window.carriedTo = from + before;
  window.total += amount - carried;
}

/** The part of what a window carries that lies in [from, to). */
export function carriedWithin(
  { carried, carriedFrom, carriedTo }: Pick<FiveMinutes, "carried" | "carriedFrom" | "carriedTo">,
  from: Millis,
  to: Millis,
): number {
  const length = carriedTo - carriedFrom;
  if (length <= 0) return 0;
  return (carried * Math.max(0, Math.min(to, carriedTo) - Math.max(from, carriedFrom))) / length;
}

/** What a stored window keeps of a state beside its last reading and its time, as text: nothing (null) for a point that is simply at its last reading. */
export function oddOf(state: PointState, last: number): string | null {
  const { counter } = state;
  if (counter === null || (counter.suspect === null && counter.former === null && counter.debt === 0 && Object.is(state.value, last))) return null;
  return JSON.stringify([counter.suspect, counter.former, counter.debt, Number.isNaN(state.value) ? null : state.value]);
}

type KeptFormer = Omit<NonNullable<CounterState["former"]>, "climbed"> & { readonly climbed?: number };

/** The state again, from what was kept of it. */
export function stateOf(name: string, last: number, at: Millis, odd: string | null): PointState {
  const state = startPoint(name);
  const { counter } = state;
  state.value = last;
  state.at = at;
  if (counter === null) return state;
  if (odd !== null) {
    const [suspect, former, debt, value] = JSON.parse(odd) as [CounterState["suspect"], KeptFormer | null, number, number | null];
    state.value = value ?? Number.NaN;
    // What was kept before steps back were counted has none.
    Object.assign(counter, { suspect, former: former === null ? null : { ...former, climbed: former.climbed ?? 0 }, debt });
  }
  counter.value = state.value;
  counter.at = at;
  return state;
}

/** The first instant of the window of local time that holds `at`. Hours begin where the local clock says so, in zones of half hours too. */
export function windowOf(step: RollupStep, zone: Zone, at: Millis): Millis {
  if (step === "5m") return Math.floor(at / FIVE_MINUTES) * FIVE_MINUTES;
  if (step === "day") return zone.midnight(at);
  const local = at + zone.offset(at) * 60_000;
  return at - (local - Math.floor(local / HOUR) * HOUR);
}

/** The end of the window that begins at `start`. A day of a clock change has 23 or 25 hours. */
export function windowEnd(step: RollupStep, zone: Zone, start: Millis): Millis {
  if (step === "5m") return start + FIVE_MINUTES;
  return step === "hour" ? start + HOUR : zone.midnight(start + 26 * HOUR);
}
