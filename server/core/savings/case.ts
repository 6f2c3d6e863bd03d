/** One command held against one curve: what would have been drawn within its episode, by expectation or as one past went on. */
import type { Curve } from "./curve.ts";
import type { Episode, Quantity } from "./episode.ts";
import { restOfWindow } from "./episode.ts";
import { STEP } from "./load.ts";
import type { Found, OfficeTime, Past, Pasts } from "./past.ts";

export interface Case {
  readonly episode: Episode;
  readonly found: Found | null;
  /** The local date. */
  readonly date: string;
  /** W before, and usually. */
  readonly before: number;
  readonly mean: number;
  /** The episode in office time, and what it drew in it (W·windows) where it went on. */
  readonly time: OfficeTime;
  readonly drew: number;
  /** Part of a window before the first whole one. */
  readonly rest: number;
  /** W·windows drawn after it ran again: sums of the first n windows. */
  readonly again: Float64Array;
}

/** kWh of a window at one W; m³ of one at one L/min. */
export const PER_WINDOW: Readonly<Record<Quantity, number>> = { kwh: STEP / 3_600_000 / 1000, m3: STEP / 60_000 / 1000 };
const DAY_WINDOWS = 86_400_000 / STEP;
/** No setpoint saves more of a load. */
const MOST_SHARE = 0.9;

/** `rebound`: windows that are looked at after it ran again, at most. */
export function caseOf(episode: Episode, pasts: Pasts, rebound: number): Case {
  const { metered, first, last, endedBy } = episode;
  const { values } = metered.load;
  let drew = 0;
  for (let w = first; w < last; w++) if (!Number.isNaN(values[w]!)) drew += values[w]!;
  let runs = 0;
  if (endedBy === "runs-again") while (runs < rebound && values[last + runs]! > metered.standby) runs++;
  const again = new Float64Array(runs + 1);
  for (let k = 0; k < runs; k++) again[k + 1] = again[k]! + values[last + k]!;
  const usual = pasts.meanOf(metered.device);
  const mean = Number.isNaN(usual) ? 0 : usual;
  return {
    episode,
    found: pasts.of(episode),
    date: pasts.dateOf(episode.at),
    before: Number.isNaN(episode.before) ? mean : episode.before,
    mean,
    time: pasts.clock(metered.load, first, last - first),
    drew,
    rest: restOfWindow(episode),
    again,
  };
}

/** kWh (or m³), hours that it would have gone on, and the rebound that is taken off. Without a curve: the usual share per °C, else nothing. */
export function expectedAmount(
  c: Case,
  curve: Curve | null,
  perDegree: number,
): { readonly value: number; readonly hours: number | null; readonly rebound: number } {
  const unit = PER_WINDOW[c.episode.metered.quantity];
  const { time, before } = c;
  if (c.episode.kind === "less") {
    const share = Math.min(MOST_SHARE, Math.max(0, perDegree * c.episode.degrees));
    const value = curve === null ? (c.drew * share) / (1 - share) : c.mean * upTo(curve.byMean, time.windows) - c.drew;
    return { value: value * unit, hours: null, rebound: 0 };
  }
  if (curve === null) return { value: 0, hours: 0, rebound: 0 };
  const at = (u: number) => before * (curve.byBefore[u + 1]! - curve.byBefore[u]!);
  let load = before * c.rest;
  let hours = c.rest;
  for (let u = 0; u < Math.min(time.windows, curve.runs.length); u++) {
    load += curve.runs[u]! * at(u);
    hours += curve.runs[u]!;
  }
  for (const gap of time.skipped) {
    const runs = curve.runs[Math.max(0, gap.after - 1)] ?? 0;
    load += gap.windows * runs * before * dayMean(curve.byBefore, gap.after);
    hours += gap.windows * runs;
  }
  let rebound = 0;
  for (let k = 1; k < c.again.length; k++) {
    const u = time.windows + k - 1;
    if (u >= curve.runs.length) break;
    rebound += curve.runs[u]! * (c.again[k]! - c.again[k - 1]! - at(u));
  }
  return { value: (load - rebound) * unit, hours: (hours * STEP) / 3_600_000, rebound: rebound * unit };
}

/**
 * W·windows avoided where the case goes on as long as this past did (null: on and on), draws as all of them do, and misses that as far as
 * this past missed it.
 */
export function drawnAmount(c: Case, { byBefore, byMean, seen }: Curve, past: Past | null): number {
  const { windows, skipped } = c.time;
  const length = past?.length ?? Infinity;
  if (c.episode.kind === "less") {
    const n = Math.min(windows, length);
    return c.mean * upTo(byMean, windows) - c.drew + (past === null ? 0 : (c.mean / past.mean) * (past.drawn[n]! - past.mean * byMean[n]!));
  }
  const until = (n: number) => byBefore[Math.min(n, seen)]! + Math.max(0, n - seen) * dayMean(byBefore, seen);
  const n = Math.min(windows, length);
  let load = c.before * (c.rest + until(n));
  if (past !== null) load += (c.mean / past.mean) * (past.drawn[n]! - past.before * byBefore[n]!);
  for (const gap of skipped) if (length >= gap.after) load += gap.windows * c.before * dayMean(byBefore, Math.min(seen, gap.after));
  if (length <= windows) return load;
  const k = Math.min(c.again.length - 1, length - windows);
  return load - (c.again[k]! - c.before * (until(windows + k) - until(windows)));
}

/** A sum of the first n windows: what was seen of them. */
function upTo(sums: Float64Array, n: number): number {
  return sums[Math.min(n, sums.length - 1)]!;
}

/** The mean of a day around a window, as far as it is known: what runs over a day off draws as on the days beside it. */
function dayMean(sums: Float64Array, window: number): number {
  const from = Math.max(0, window - DAY_WINDOWS / 2);
  let until = Math.min(sums.length - 1, from + DAY_WINDOWS);
  // Where nothing ran any more nothing is known.
  while (until > from + 1 && sums[until] === sums[until - 1]) until--;
  return until > from ? (sums[until]! - sums[from]!) / (until - from) : 0;
}
