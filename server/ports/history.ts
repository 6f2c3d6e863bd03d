/** Readings: appended once, read back in every way. */
import type { RollupStep } from "../core/rollup.ts";
import type { Millis, PointId, PointValue, Quality, Report } from "../core/reading.ts";
import type { ScanSlice } from "../core/scan.ts";
import type { ScanQuery } from "./scan.ts";
import type { StoredQuestion } from "./exports.ts";

export interface StoredReading {
  readonly at: Millis;
  readonly received: Millis;
  readonly value: PointValue;
  readonly quality: Quality;
}

export interface WindowedReading {
  readonly at: Millis;
  readonly value: number | null;
  readonly count: number;
}

export const WINDOW_FUNCTIONS = ["mean", "min", "max", "last", "sum"] as const;
export type WindowFunction = (typeof WINDOW_FUNCTIONS)[number];

export interface RollupQuery {
  readonly points: readonly PointId[];
  readonly from: Millis;
  readonly to: Millis;
  readonly step: RollupStep;
}

/** Windows that hold anything and begin within [from, to), as columns, by start, then by the point's place in the question. NaN where there is nothing to say. */
export interface Rollups {
  /** Place in `RollupQuery.points`. */
  readonly point: Int32Array;
  readonly start: Float64Array;
  /** Good and suspect numbers and booleans (0/1) in it. */
  readonly count: Int32Array;
  readonly mean: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly last: Float64Array;
  /** Of a counter its increase in its unit; of a boolean the hours it was true; of another number the integral in unit times hours (W gives Wh). See `core/rollup.ts`. */
  readonly total: Float64Array;
}

/** A person says that a counter was exchanged: what the old one stood at in the end, what the new one began with. */
export interface Exchange {
  readonly id: string;
  readonly point: PointId;
  readonly at: Millis;
  readonly final: number;
  readonly initial: number;
}

/** One stored reading with the point it is of. */
export interface JournalReading extends StoredReading {
  readonly point: PointId;
}

/** Whole commits in the order in which they were made. */
export interface JournalSlice {
  /** The last commit in it; what was asked after, when there is none. */
  readonly upTo: number;
  readonly readings: readonly JournalReading[];
}

/** Append-only readings. */
export interface History {
  open(): Promise<void>;
  /** Queues a report (one without readings is a barrier: it stores nothing and waits its turn); `durable` is called after the commit that holds it (many reports a commit). Throws nothing: failure goes to `onFailure`. */
  append(report: Report, durable: (() => void) | undefined): void;
  /** Called when a commit failed: the reports stay queued and are tried again; the flow raises an alert. null = well again. */
  onFailure(listener: (error: Error | null) => void): void;
  /** Raw readings in [from, to), oldest first, each once however often it was delivered. */
  readings(point: PointId, from: Millis, to: Millis, limit: number): Promise<readonly StoredReading[]>;
  /** Windows [t, t+every) aligned to `origin` (ms; local midnight for days). Only good and suspect numbers and booleans (0/1) count. */
  windows(point: PointId, from: Millis, to: Millis, every: Millis, fn: WindowFunction, origin: Millis): Promise<readonly WindowedReading[]>;
  /** The newest reading of every point. */
  latest(): Promise<readonly { readonly point: PointId; readonly reading: StoredReading }[]>;
  /** Every report since `from`, grouped and ordered as it was received, for rebuilding the house. */
  replay(from: Millis, each: (report: Report) => void): Promise<void>;
  /** Goes through the readings of some points, thinned, some hours at a time; the next ones are read when `each` has resolved. When `each` rejects, so does this. */
  scan(query: ScanQuery, each: (slice: ScanSlice) => Promise<void>): Promise<void>;
  /** When the oldest stored reading arrived; null while there is none. */
  oldest(): Promise<Millis | null>;
  /** What was rolled up of some points: true at the moment of the answer, what arrived late or was corrected included. */
  rollups(query: RollupQuery): Promise<Rollups>;
  /** Tells of counters that were exchanged; the same one twice changes nothing. */
  exchange(exchanges: readonly Exchange[]): Promise<void>;
  /** Readings of the commits after `after` (0 = from the beginning), in order, at most about `limit`: commits stay whole, so up to 10,000 more. */
  journal(after: number, limit: number): Promise<JournalSlice>;
  /** A number kept durably beside the readings, a forward's cursor for one; null when it was never set. A restored backup brings back its own. */
  mark(name: string): Promise<number | null>;
  setMark(name: string, value: number): Promise<void>;
  /** Writes everything that is durable, as of one moment, into a new file that a history can be opened on; what comes meanwhile is taken in. */
  copyTo(file: string): Promise<void>;
  /**
   * Writes readings (`raw`) or the roll-ups of windows that are over into a file; answers how many rows. `progress` hears the share that is done
   * and the rows so far; what it throws ends the export.
   */
  exportTo(question: StoredQuestion, file: string, progress: (done: number, rows: number) => void): Promise<number>;
  /** Queued but not yet durable reports. */
  readonly backlog: number;
  stats(): { readonly rows: number; readonly commits: number; readonly lastCommitMs: number };
  /** Commits what is queued, then closes. */
  close(): Promise<void>;
}

/** What another store has of readings that the history may hold no longer. All reject when it does not answer. */
export interface OlderReadings {
  readonly readings: History["readings"];
  readonly windows: History["windows"];
  /** Hours and days; of five minutes it has nothing. */
  readonly rollups: History["rollups"];
}
