/** Puts an observation into the office's words: types, plausibility, quality, and the times it is to be believed at. */
import type { DeviceKind, PointDefinition } from "./device.ts";
import { pointDefinition } from "./device.ts";
import type { PointState } from "./policy.ts";
import type { Doubt, Fate, Millis, Observation, PointReading, PointValue, Report } from "./reading.ts";

/** Values of one message beyond these are not taken. */
export const MAX_VALUES = 64;
/** A device clock this far ahead of ours is not believed. */
const AHEAD_MS = 5 * 60_000;
/** 2000-01-01T00:00:00Z; a clock before it was never set. */
const EPOCH_2000: Millis = 946_684_800_000;
const MAX_TEXT = 200;
/** What a register of 16 bits holds where it has nothing to say; a counter may pass it. */
const NOTHING_16 = 0xffff;
/** A counter that stays at its new level for so long is a new counter: a meter was exchanged or reset. */
const NEW_COUNTER_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;

/** What the house knows of the device; null for one that it never heard of. */
export interface KnownDevice {
  readonly kind: DeviceKind | null;
  readonly points: ReadonlyMap<string, PointState> | null;
  /** Points that an open fault says are not to be believed; absent where there are none. */
  readonly doubted?: ReadonlySet<string> | null | undefined;
}

export interface Normalised {
  /** null where nothing of the message is new or usable. */
  readonly report: Report | null;
  readonly fates: readonly Fate[];
}

const TAKEN: readonly Fate[] = ["taken"];

/** Whether a point may be called so: 1–64 of letters, digits, `_ . -`. */
export function isPointName(name: string): boolean {
  if (name.length === 0 || name.length > 64 || name === "__proto__") return false;
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    const ok = (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95 || c === 46 || c === 45;
    if (!ok) return false;
  }
  return true;
}

/** The time of what a device dates itself: its own where its clock can be believed, else ours (`received`, ms). */
export function believedTime(ts: Millis, received: Millis): Millis {
  return ts >= EPOCH_2000 && ts <= received + AHEAD_MS ? Math.min(Math.round(ts), received) : received;
}

/**
 * Judges one observation received at `received` (ms). A value out of its point's bounds, of the wrong type, or a counter
 * that falls is kept as suspect: it is history, but no policy acts on it. Pure.
 */
export function normalise(observation: Observation, known: KnownDevice, received: Millis, retained: boolean): Normalised {
  let fates: Fate[] | null = null;
  const note = (fate: Fate) => void (fates ??= []).push(fate);

  let at = received;
  let clocked = false;
  const { ts } = observation;
  if (ts !== null) {
    if (!Number.isFinite(ts) || ts < EPOCH_2000) note("clock-absurd");
    else if (ts > received + AHEAD_MS) note("clock-ahead");
    else {
      at = Math.min(Math.round(ts), received);
      clocked = true;
    }
  }

  const { values } = observation;
  let readings: PointReading[] = [];
  let late = false;
  let fresh = false;
  const names = Object.keys(values);
  const staleRetained = retained && !clocked && observation.stands !== true;
  if (retained) note("retained");
  for (let i = 0; i < names.length; i++) {
    if (i === MAX_VALUES) {
      note("too-many-values");
      break;
    }
    const name = names[i]!;
    if (!isPointName(name)) {
      note("unknown-point");
      continue;
    }
    const before = known.points?.get(name);
    const reading = judge(name, values[name], known.kind, before, at, note);
    if (reading === null) continue;
    // What lies retained on the broker may be hours old: without its own time it tells nothing that acts.
    const doubt = staleRetained ? "retained" : known.doubted?.has(name) === true ? "fault" : null;
    readings.push(doubt !== null && reading.quality === "good" ? { ...reading, quality: "suspect", doubt } : reading);
    if (before === undefined) fresh = true;
    else if (at < before.at) late = true;
    else if (at > before.at || !clocked || before.value !== reading.value) fresh = true;
  }
  for (const [name, reason] of Object.entries(observation.bad ?? {}).slice(0, MAX_VALUES)) {
    if (!isPointName(name)) continue;
    note("bad-quality");
    const before = known.points?.get(name);
    readings.push({ name, value: before?.value ?? reason.slice(0, MAX_TEXT), quality: "bad" });
    if (before !== undefined && at < before.at) late = true;
    else fresh = true;
  }
  if (observation.historical === true) late = true;
  if (readings.length === 0) {
    if (names.length === 0) note("empty-value");
    return { report: null, fates: fates ?? [] };
  }
  if (staleRetained && known.points !== null && known.points.size > 0) {
    // Devices that say each value on a topic of its own: what was not heard yet is news, what was heard is younger than this.
    const news = readings.filter((r) => !known.points!.has(r.name));
    if (news.length === 0) late = true;
    else readings = news;
  }
  if (!fresh && !late) {
    note("duplicate");
    return { report: null, fates: fates! };
  }
  if (late) note("late");
  const report: Report = { device: observation.device, at, received, late, readings };
  if (fates === null) return { report, fates: TAKEN };
  (fates as Fate[]).push("taken");
  return { report, fates };
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The decimal number that a text is; NaN for every other text (a blank is no 0, `0x1A` no 26). */
function numberInText(text: string): number {
  if (text.length > 40) return Number.NaN;
  const trimmed = text.trim();
  return DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN;
}

function judge(
  name: string,
  raw: unknown,
  kind: DeviceKind | null,
  before: PointState | undefined,
  at: Millis,
  note: (fate: Fate) => void,
): PointReading | null {
  if (raw === null || raw === undefined || raw === "") {
    note("empty-value");
    return null;
  }
  const definition = pointDefinition(kind, name);
  if (definition === undefined) {
    if (typeof raw === "number" && Number.isFinite(raw)) return { name, value: raw, quality: "good" };
    if (typeof raw === "boolean") return { name, value: raw, quality: "good" };
    if (typeof raw === "string" && raw.length <= MAX_TEXT) return { name, value: raw, quality: "good" };
    note("wrong-type");
    return null;
  }
  let value: PointValue;
  let doubt: Doubt | null = null;
  if (definition.type === "number") {
    // A number written as text is read, and counted: the device should be told.
    const number = typeof raw === "string" ? numberInText(raw) : raw;
    if (typeof raw !== "number") note("wrong-type");
    if (typeof number !== "number" || !Number.isFinite(number)) {
      if (typeof raw === "number") note("implausible");
      return null;
    }
    value = number;
    if (number < definition.min! || number > definition.max! || (number === NOTHING_16 && definition.counter !== true)) doubt = "bounds";
    else if (definition.counter === true && before !== undefined) doubt = counterDoubt(number, definition, before, at);
    if (doubt !== null) note("implausible");
  } else if (definition.type === "boolean") {
    if (typeof raw === "boolean") value = raw;
    else if (raw === 0 || raw === 1) {
      value = raw === 1;
      note("wrong-type");
    } else {
      note("wrong-type");
      return null;
    }
  } else {
    if (typeof raw !== "string" || raw.length > MAX_TEXT) {
      note("wrong-type");
      return null;
    }
    value = raw;
    if (!definition.values!.includes(raw)) {
      doubt = "value";
      note("implausible");
    }
  }
  return doubt === null ? { name, value, quality: "good" } : { name, value, quality: "suspect", doubt };
}

/** Whether a counter fell, or rose faster than anything can, since it was last believed. */
function counterDoubt(value: number, counter: PointDefinition, before: PointState, at: Millis): Doubt | null {
  const good = before.quality === "good" ? before : before.trusted;
  if (good === undefined || typeof good.value !== "number") return null;
  const doubt = doubtAgainst(value, good.value, at - good.at, counter);
  if (doubt === null || before.trusted === undefined || typeof before.value !== "number") return doubt;
  return at - before.trusted.until >= NEW_COUNTER_MS && doubtAgainst(value, before.value, at - before.at, counter) === null ? null : doubt;
}

function doubtAgainst(value: number, before: number, ms: number, { fastest, atOnce = 0 }: PointDefinition): Doubt | null {
  if (value < before) return "fell";
  return fastest !== undefined && value - before > atOnce + (Math.max(0, ms) * fastest) / HOUR_MS ? "jumped" : null;
}
