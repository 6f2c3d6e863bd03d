/** Numbers over time for a chart: which windows, how fine, and the same windows of another day, week or year. */
import { monthAfter } from "./account/buckets.ts";
import { counterOf } from "./counter.ts";
import type { PointDefinition } from "./device.ts";
import type { Millis } from "./reading.ts";
import type { RollupStep } from "./rollup.ts";
import { FIVE_MINUTES, windowEnd, windowOf } from "./rollup.ts";
import type { Zone } from "./zone.ts";
import { civilFromDays, daysFromCivil } from "./zone.ts";

export const SERIES_STEPS = ["raw", "5m", "hour", "day", "month"] as const;
export type SeriesStep = (typeof SERIES_STEPS)[number];
export type WindowStep = Exclude<SeriesStep, "raw">;

/** night: of the hours between 02:00 and 05:00 the least. */
export const SERIES_FUNCTIONS = ["mean", "min", "max", "last", "total", "night"] as const;
export type SeriesFunction = (typeof SERIES_FUNCTIONS)[number];

export const COMPARISONS = ["day", "week", "year"] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** asked: somebody chose it. short: so short that every reading is told. fits: the finest that is not too many windows. night: one a day. many: finer would be too many readings. gone: finer ones are not kept so long. */
export type StepReason = "asked" | "short" | "fits" | "night" | "many" | "gone";

/** Windows of one series, at most. */
export const MOST_WINDOWS = 1000;
/** Of amounts, which are drawn as bars, fewer are wanted. */
const MOST_BARS = 200;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** No longer than this may raw readings be asked for, and up to this they are told without being asked for. */
export const LONGEST_RAW = DAY;
const SHORT = 2 * HOUR;
/** The least length of a window: an upper bound for how many there are. */
const LENGTH: Readonly<Record<WindowStep, Millis>> = { "5m": FIVE_MINUTES, hour: HOUR, day: 23 * HOUR, month: 28 * DAY };
const WINDOWS = ["5m", "hour", "day", "month"] as const;

export interface StepQuestion {
  readonly from: Millis;
  readonly to: Millis;
  readonly asked: SeriesStep | "auto";
  /** Only amounts: fewer windows are wanted. */
  readonly amounts: boolean;
  /** Whether raw readings would be an answer. */
  readonly raw: boolean;
  readonly night: boolean;
}

export interface StepChoice {
  readonly step: SeriesStep;
  readonly why: StepReason;
}

export function tooMany(step: WindowStep, from: Millis, to: Millis, most = MOST_WINDOWS): boolean {
  return (to - from) / LENGTH[step] > most;
}

/** How fine a question is answered; null: what was asked for is too fine for so long, or nothing is coarse enough. */
export function chooseStep({ from, to, asked, amounts, raw, night }: StepQuestion): StepChoice | null {
  if (night) return tooMany("day", from, to) ? null : { step: "day", why: "night" };
  if (asked === "raw") return to - from > LONGEST_RAW ? null : { step: "raw", why: "asked" };
  if (asked !== "auto") return tooMany(asked, from, to) ? null : { step: asked, why: "asked" };
  if (raw && to - from <= SHORT) return { step: "raw", why: "short" };
  const most = amounts ? MOST_BARS : MOST_WINDOWS;
  const step = WINDOWS.find((s) => !tooMany(s, from, to, most)) ?? (tooMany("month", from, to) ? undefined : ("month" as const));
  return step === undefined ? null : { step, why: "fits" };
}

/** The next coarser step; null after months. */
export function coarser(step: SeriesStep): WindowStep | null {
  return (SERIES_STEPS[SERIES_STEPS.indexOf(step) + 1] as WindowStep | undefined) ?? null;
}

/** The roll-ups that windows are put together from. */
export function rollupStepOf(step: WindowStep): RollupStep {
  return step === "month" ? "day" : step;
}

export function windowStart(step: WindowStep, zone: Zone, at: Millis): Millis {
  return step === "month" ? zone.fromLocal(`${zone.date(at).slice(0, 7)}-01`, 0) : windowOf(step, zone, at);
}

export function windowAfter(step: WindowStep, zone: Zone, start: Millis): Millis {
  return step === "month" ? zone.fromLocal(`${monthAfter(zone.date(start).slice(0, 7))}-01`, 0) : windowEnd(step, zone, start);
}

/** The windows that touch [from, to): where each begins, and where the last one ends. */
export function windowsWithin(step: WindowStep, zone: Zone, from: Millis, to: Millis): { readonly starts: readonly Millis[]; readonly end: Millis } {
  const starts: Millis[] = [];
  let at = windowStart(step, zone, from);
  for (; at < to; at = windowAfter(step, zone, at)) starts.push(at);
  return { starts, end: at };
}

/** The same time by the local clock, one day, week or year away; where the clock leaps over it, the instant after the leap. 29 February has the 28th for its like. */
export function shifted(zone: Zone, at: Millis, by: Comparison, direction: -1 | 1): Millis {
  const date = zone.date(at);
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
  const days =
    by === "year"
      ? daysFromCivil(year + direction, month, month === 2 && day === 29 ? 28 : day)
      : daysFromCivil(year, month, day) + direction * (by === "day" ? 1 : 7);
  const there = civilFromDays(days);
  const text = `${String(there.year).padStart(4, "0")}-${String(there.month).padStart(2, "0")}-${String(there.day).padStart(2, "0")}`;
  return zone.fromLocal(text, zone.minuteOfDay(at)) + (((at % 60_000) + 60_000) % 60_000);
}

/**
 * For each window the one that it is held against, each at most once; null where the other day has none such (an hour that the clock leapt
 * over, the second of two hours of one name, 29 February).
 */
export function comparedStarts(step: WindowStep, zone: Zone, starts: readonly Millis[], by: Comparison): readonly (Millis | null)[] {
  const used = new Set<Millis>();
  return starts.map((start) => {
    const there = step === "day" || step === "month" ? windowStart(step, zone, shifted(zone, start + HOUR * 12, by, -1)) : shifted(zone, start, by, -1);
    const same = windowStart(step, zone, there) === there && (step === "day" || step === "month" || zone.minuteOfDay(there) === zone.minuteOfDay(start));
    if (!same || used.has(there)) return null;
    used.add(there);
    return there;
  });
}

/** What a point is told by when nobody says: a counter by its increase, everything else by its mean. */
export function usualFunction(name: string): SeriesFunction {
  return counterOf(name) === undefined ? "mean" : "total";
}

/** The unit of a function of a point, and what a roll-up's number is multiplied by to be in it. */
export function unitOf(
  name: string,
  definition: PointDefinition | undefined,
  unit: string,
  fn: SeriesFunction | "raw",
): { readonly unit: string; readonly scale: number } {
  const counter = counterOf(name) !== undefined;
  if (fn === "night" && counter) return { unit: `${unit}/h`, scale: 1 };
  if (fn !== "total" || counter) return { unit, scale: 1 };
  if (definition?.type === "boolean") return { unit: "h", scale: 1 };
  if (unit === "W") return { unit: "kWh", scale: 0.001 };
  if (unit === "L/min") return { unit: "m³", scale: 0.06 };
  return { unit: unit === "" ? "h" : `${unit}·h`, scale: 1 };
}

/** One window of a roll-up. */
export interface Rolled {
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  readonly total: number;
}

/** What the windows of a series come to; NaN where there is nothing to say. Roll-ups are taken in the order of time. */
export interface Column {
  readonly values: Float64Array;
  readonly counts: Int32Array;
  take(slot: number, rolled: Rolled): void;
}

export function createColumn(slots: number, fn: Exclude<SeriesFunction, "night">, scale: number): Column {
  const values = new Float64Array(slots).fill(Number.NaN);
  const counts = new Int32Array(slots);
  return {
    values,
    counts,
    take(slot, rolled) {
      const value = rolled[fn] * scale;
      const held = values[slot]!;
      const before = counts[slot]!;
      counts[slot] = before + rolled.count;
      if (!Number.isFinite(value)) return;
      if (Number.isNaN(held)) values[slot] = value;
      else if (fn === "total") values[slot] = held + value;
      else if (rolled.count > 0) {
        if (fn === "mean") values[slot] = (held * before + value * rolled.count) / (before + rolled.count);
        else values[slot] = fn === "last" ? value : Math[fn](held, value);
      }
    },
  };
}

/** Local hours of the night in which nobody should use anything. */
const NIGHT = [2, 3, 4] as const;

/** Takes hours of a night together: the least of them, once each of them told something. */
export function createNights(
  starts: readonly (Millis | null)[],
  zone: Zone,
  fn: "mean" | "total",
): Omit<Column, "take"> & { take(start: Millis, rolled: Rolled): void } {
  const values = new Float64Array(starts.length).fill(Number.NaN);
  const counts = new Int32Array(starts.length);
  const least = new Float64Array(starts.length).fill(Number.POSITIVE_INFINITY);
  const heard = new Int32Array(starts.length);
  const slots = new Map(starts.map((s, i) => [s, i]));
  slots.delete(null);
  /** The night of a clock change may lack an hour. */
  const wanted = starts.map((s) => (s === null ? 0 : NIGHT.filter((h) => zone.minuteOfDay(zone.fromLocal(zone.date(s), h * 60)) === h * 60).length));
  return {
    values,
    counts,
    take(start, rolled) {
      const slot = slots.get(zone.midnight(start));
      const value = rolled[fn];
      if (slot === undefined || !NIGHT.some((h) => h * 60 === zone.minuteOfDay(start)) || !Number.isFinite(value)) return;
      heard[slot]!++;
      counts[slot]! += rolled.count;
      least[slot] = Math.min(least[slot]!, value);
      if (heard[slot]! >= wanted[slot]!) values[slot] = least[slot]!;
    },
  };
}
