/**
 * What a counter's readings say was used. Counters reset, dip for a moment, flip between two values, fall a little, roll over and
 * are exchanged; none of that may invent consumption. A fall or a leap is only a suspicion until the next reading goes on from it;
 * a value that comes back to the old line was never a new one, and what was booked in between is taken off what follows.
 * The cases are those of the field (home-assistant/core#85210, #114630, Koenkk/zigbee2mqtt#23594, #24396, #25225, arendst/Tasmota#1202).
 */
import type { PointDefinition } from "./device.ts";
import { POINTS } from "./device.ts";
import type { Millis } from "./reading.ts";

const HOUR = 3_600_000;
/** A fall of at most this share of the counter, and at most what may rise at once, is noise of a meter that lost its last digits. */
const SMALL_FALL = 0.01;
/** The first readings of a new line may rise by this share of what it fell by; more is another leap. */
const NEW_LINE = 0.1;
/** A rise by more than this share of what a line once fell by is a step on its way back, not use. */
const STEP_BACK = 0.05;
/** Within this share of its end a counter may roll over. */
const NEAR_END = 0.001;
/** Where counters end, in their last digit: 16 and 32 bits, four to nine decimal digits; 42,949.67296 (2³² in units of 10 mWh). */
const ENDS: readonly number[] = [2 ** 16, 2 ** 32, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9].flatMap((end) => [end, end / 10, end / 100, end / 1000, end / 1e5]);

/** A reading that broke the line, waiting for the next one to go on from it. */
interface Suspect {
  readonly value: number;
  readonly at: Millis;
}

/** The line that was left by a fall: where it stood, the lowest it fell to, what was booked since, and what of that came in steps. */
interface Former {
  readonly value: number;
  low: number;
  booked: number;
  climbed: number;
}

export interface CounterState {
  /** The last value that was believed, and when; NaN before the first. */
  value: number;
  at: Millis;
  suspect: Suspect | null;
  former: Former | null;
  /** What was booked on a line that turned out to be none, and is still to be taken off what is used next. */
  debt: number;
}

export function startCounter(): CounterState {
  return { value: Number.NaN, at: 0, suspect: null, former: null, debt: 0 };
}

const counters = new Map<string, PointDefinition>(
  Object.values(POINTS)
    .flat()
    .filter((p) => p.counter === true)
    .map((p) => [p.name, p]),
);

/** The definition of a point's counter; undefined where it is none. The office's words for counters mean the same for every kind of device. */
export function counterOf(name: string): PointDefinition | undefined {
  return counters.get(name);
}

/**
 * Takes a reading in and answers what was used since the last believed one, in the counter's unit (never below 0).
 * Readings come in the order of their time. What is no plausible value of the point at all is left out.
 */
export function takeCount(state: CounterState, definition: PointDefinition, at: Millis, value: number): number {
  if (!Number.isFinite(value) || value < (definition.min ?? 0) || value > (definition.max ?? Number.MAX_VALUE)) return 0;
  if (Number.isNaN(state.value)) return believe(state, at, value, 0);
  const rise = value - state.value;
  if (rise >= 0 && rise <= fastest(definition, at - state.at)) return onTheLine(state, at, value, rise);
  if (state.former !== null && value >= state.former.value) return backOnTheOld(state, definition, at, value);
  if (rise < 0 && -rise <= Math.min(state.value * SMALL_FALL, definition.atOnce ?? 0)) {
    state.suspect = null;
    return 0;
  }
  const { suspect } = state;
  if (suspect === null || !goesOn(state, definition, suspect, at, value)) {
    state.suspect = { value, at };
    return 0;
  }
  return newLine(state, definition, suspect, at, value);
}

/** A person says that the counter was exchanged at this time: what the old one showed at last still counts. */
export function takeExchange(state: CounterState, at: Millis, final: number, initial: number): number {
  const used = Number.isNaN(state.value) ? 0 : Math.max(0, final - state.value);
  believe(state, at, initial, 0);
  state.former = null;
  return used;
}

/** What a counter can have risen by in so long. */
function fastest(definition: PointDefinition, ms: number): number {
  return (definition.atOnce ?? 0) + ((definition.fastest ?? Number.MAX_VALUE) * Math.max(0, ms)) / HOUR;
}

function believe(state: CounterState, at: Millis, value: number, used: number): number {
  state.value = value;
  state.at = at;
  state.suspect = null;
  const paid = Math.min(state.debt, Math.max(0, used));
  state.debt = used < 0 ? state.debt - used : state.debt - paid;
  const booked = Math.max(0, used) - paid;
  if (state.former !== null) state.former.booked += booked;
  return booked;
}

function onTheLine(state: CounterState, at: Millis, value: number, rise: number): number {
  const { former } = state;
  if (former === null) return believe(state, at, value, rise);
  const fall = former.value - former.low;
  if (rise > fall * STEP_BACK) former.climbed += rise;
  if (value < former.value) return believe(state, at, value, rise);
  // A few steps over most of what it once fell by lead to the old line again; a climb of many is a line of its own that has grown past it.
  const back = former.climbed > fall / 2;
  state.former = null;
  return believe(state, at, value, back ? value - former.value - former.booked : rise);
}

function backOnTheOld(state: CounterState, definition: PointDefinition, at: Millis, value: number): number {
  const former = state.former!;
  const used = value - former.value - former.booked;
  if (used > fastest(definition, at - state.at)) {
    state.suspect = { value, at };
    return 0;
  }
  state.former = null;
  return believe(state, at, value, used);
}

/** Whether a reading goes on from the one that broke the line. */
function goesOn(state: CounterState, definition: PointDefinition, suspect: Suspect, at: Millis, value: number): boolean {
  const rise = value - suspect.value;
  if (rise < 0 || rise > fastest(definition, at - suspect.at)) return false;
  return suspect.value > state.value || rise <= Math.max(definition.atOnce ?? 0, (state.value - suspect.value) * NEW_LINE);
}

function newLine(state: CounterState, definition: PointDefinition, suspect: Suspect, at: Millis, value: number): number {
  const onward = value - suspect.value;
  const old = state.value;
  if (suspect.value > old) {
    // A leap that nobody can have used: another counter, or one that was set; below a line that was left it may be a step on the way back.
    if (state.former !== null && value < state.former.value) state.former.climbed += value - old;
    else state.former = null;
    return believe(state, at, value, onward);
  }
  const rolled = rollOver(definition, old, suspect, state.at);
  if (rolled !== null) {
    state.former = null;
    return believe(state, at, value, rolled + onward);
  }
  // After a second fall the highest line is the one that may come back.
  if (state.former === null || state.former.value <= old) state.former = { value: old, low: suspect.value, booked: 0, climbed: 0 };
  else state.former.low = Math.min(state.former.low, suspect.value);
  return believe(state, at, value, onward);
}

/** What was used over the end of a counter; null where there was no end to roll over. */
function rollOver(definition: PointDefinition, old: number, suspect: Suspect, since: Millis): number | null {
  for (const end of ENDS) {
    if (old > end || old < end * (1 - NEAR_END) || suspect.value > end * NEAR_END) continue;
    const used = end - old + suspect.value;
    if (used <= fastest(definition, suspect.at - since)) return used;
  }
  return null;
}
