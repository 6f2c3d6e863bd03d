/** What a device said, before and after it is put into the office's own words. */

/** Milliseconds since 1970-01-01T00:00:00Z. Every time in the core is one of these. */
export type Millis = number;

export type PointValue = number | boolean | string;

/** good: believed. suspect: kept and shown, but no policy acts on it. bad: the source itself says that it is wrong. */
export type Quality = "good" | "suspect" | "bad";

/** `<building>/<device>` */
export type DeviceId = string;

/** `<building>/<device>/<point>` */
export type PointId = string;

/** One device's message as a codec understood it: nothing judged yet. `ts` is the device's own clock, in ms, if it has one. */
export interface Observation {
  readonly device: DeviceId;
  readonly ts: Millis | null;
  readonly values: Readonly<Record<string, unknown>>;
  /** Points of which the source itself says that they cannot be believed now, each with its reason. */
  readonly bad?: Readonly<Record<string, string>> | undefined;
  /** Told later than it was: history, never the present. */
  readonly historical?: boolean | undefined;
  /** Who told it is there and tells only what changes: also what lay retained on the broker is how it stands. */
  readonly stands?: boolean | undefined;
}

/**
 * Why a reading is suspect: out of its point's bounds, no value that the point has, a counter that fell or rose faster than
 * anything can, what lay retained on the broker without a time, or a point that an open fault says is not to be believed.
 */
export type Doubt = "bounds" | "value" | "fell" | "jumped" | "retained" | "fault";

export interface PointReading {
  readonly name: string;
  readonly value: PointValue;
  readonly quality: Quality;
  /** Only with quality `suspect`, as long as it is known. */
  readonly doubt?: Doubt;
}

/** What became of a message or of one of its values; each is counted in /metrics under this name. */
export type Fate =
  | "taken"
  | "duplicate"
  | "late"
  | "clock-ahead"
  | "clock-absurd"
  | "retained"
  | "implausible"
  | "bad-quality"
  | "wrong-type"
  | "empty-value"
  | "unknown-point"
  | "too-many-values"
  | "malformed"
  | "oversized"
  | "bad-topic"
  | "forbidden"
  | "second-source"
  | "too-many-devices";

/** A message in the office's words with its times: `at` by the device (or `received` where it has no usable clock). */
export interface Report {
  readonly device: DeviceId;
  readonly at: Millis;
  readonly received: Millis;
  /** True when the house already knows something newer: kept in history, but it does not move the present state. */
  readonly late: boolean;
  readonly readings: readonly PointReading[];
  /** Nobody told it: it follows from what was told, and says nothing of whether the device lives. */
  readonly inferred?: boolean;
}

/** A message that could not be taken in: what, where and how to mend it. */
export interface Rejection {
  readonly fate: Fate;
  readonly topic: string;
  readonly detail: string;
  readonly excerpt: string;
  readonly at: Millis;
}
