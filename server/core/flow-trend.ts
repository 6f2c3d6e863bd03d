/** What a water meter's flow did by the hour: enough to know a leak by its nights. */
import type { Millis } from "./reading.ts";

const HOUR = 3_600_000;
/** So many nights can be held against the last one. Two days more are kept: the last one may have ended a day ago, and begun a day before. */
export const MOST_NIGHTS = 14;
export const KEPT_MS = (MOST_NIGHTS + 2) * 24 * HOUR;

/** One hour of a meter: `mean` in L/min over the time that was heard, `heard` in ms. */
export interface FlowHour {
  readonly start: Millis;
  mean: number;
  heard: number;
}

export interface FlowTrend {
  /** Oldest first, hours without a word left out. */
  readonly hours: FlowHour[];
  /** When the flow last was nothing (at or below the noise); null when it never was since `since`. */
  zeroAt: Millis | null;
  /** Since when this is known. */
  since: Millis;
  /** The newest value (L/min) and its time. */
  value: number;
  at: Millis;
}

/** L/min below which a meter's noise is not a flow. */
export const NO_FLOW = 0.05;

export function startFlow(at: Millis, value: number): FlowTrend {
  return { hours: [], zeroAt: value <= NO_FLOW ? at : null, since: at, value, at };
}

/**
 * Takes a reading (L/min) in. The flow before it is believed to have lasted until now, but no longer than `believed` ms:
 * what a silent meter did is not known.
 */
export function takeFlow(trend: FlowTrend, at: Millis, value: number, believed: number): void {
  if (at <= trend.at) return;
  for (let from = trend.at, until = Math.min(at, trend.at + believed); from < until;) {
    const start = Math.floor(from / HOUR) * HOUR;
    const end = Math.min(until, start + HOUR);
    addFlow(trend, start, trend.value, end - from);
    from = end;
  }
  // While the flow stood at nothing it was nothing all along.
  if (trend.value <= NO_FLOW) trend.zeroAt = Math.min(at, trend.at + believed);
  if (value <= NO_FLOW) trend.zeroAt = at;
  trend.at = at;
  trend.value = value;
}

/** Adds `heard` ms at `mean` L/min to the hour that begins at `start`. */
export function addFlow(trend: FlowTrend, start: Millis, mean: number, heard: number): void {
  const { hours } = trend;
  const last = hours.at(-1);
  if (last === undefined || last.start < start) {
    hours.push({ start, mean, heard });
    while (hours[0]!.start < start - KEPT_MS) hours.shift();
    return;
  }
  const hour = last.start === start ? last : hours.find((h) => h.start === start);
  if (hour === undefined) return;
  hour.mean = (hour.mean * hour.heard + mean * heard) / (hour.heard + heard);
  hour.heard += heard;
}

/**
 * The night's least hourly flow within [from, until) in L/min, null unless each of its hours was heard for at least half.
 * Minimum night flow is the usual measure of leakage (IWA Water Loss Task Force, "Leak location and repair", 2007).
 */
export function leastHour(trend: FlowTrend, from: Millis, until: Millis): number | null {
  let least: number | null = null;
  let hours = 0;
  for (const h of trend.hours) {
    if (h.start >= until) break;
    if (h.start < from || h.heard < HOUR / 2) continue;
    hours++;
    least = Math.min(least ?? h.mean, h.mean);
  }
  return hours >= Math.floor((until - from) / HOUR) ? least : null;
}

/** The value below which `share` (0–1) of the values lie, by linear interpolation between ranks; null for none. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const low = sorted[Math.floor(rank)]!;
  return low + (sorted[Math.ceil(rank)]! - low) * (rank - Math.floor(rank));
}
