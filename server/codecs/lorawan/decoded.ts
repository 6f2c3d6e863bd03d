/** What a LoRaWAN network server's codec made of a device's bytes, in the office's words. Decoding belongs to the network server; raw bytes are not read here. */
import type { Millis } from "../../core/reading.ts";
import type { Said } from "../../ports/device-word.ts";
import { isObject } from "../codec.ts";
import { inOffice, pointNameOf } from "../names.ts";

const MAX_KEYS = 200;
const HOUR = 3_600_000;

/** A decoded object, nested ones joined with dots (`line_1.total_in`). */
function flat(object: Record<string, unknown>, before: string, depth: number, into: Map<string, unknown>): void {
  for (const [key, value] of Object.entries(object)) {
    if (into.size >= MAX_KEYS) return;
    if (isObject(value)) {
      if (depth < 3) flat(value, `${before}${key}.`, depth + 1, into);
    } else if (!Array.isArray(value)) into.set(before + key, value);
  }
}

export interface Decoded {
  readonly said: readonly Said[];
  /** Points by the keys that they are at the device, for downlinks. */
  readonly keys: ReadonlyMap<string, string>;
  /** Everything that was said, for a description. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * A decoded uplink that arrived at `at` (ms, the network server's clock). A water meter that tells 23 hours at once (Axioma Qalcosonic W1: the volume at
 * the beginning of its log, then what each hour added) gives the present by its own clock, and the hours as history on the full hours before it.
 */
export function decodedUplink(object: Record<string, unknown>, at: Millis | null): Decoded {
  const all = new Map<string, unknown>();
  flat(object, "", 0, all);
  const log = axiomaLog(all);
  const values: Record<string, unknown> = {};
  const keys = new Map<string, string>();
  for (const [key, raw] of all) {
    if (log !== null && LOG_KEY.test(key)) continue;
    const found = inOffice(key, raw);
    if (found === null) continue;
    const [point, value] = found;
    if (Object.hasOwn(values, point)) {
      values[pointNameOf(key)] ??= raw;
      continue;
    }
    values[point] = value;
    keys.set(point, key);
  }
  // A radiator's valve does nothing but heat, and only while it is open.
  const opening = OPENINGS.map((key) => all.get(key)).find((told) => typeof told === "number");
  if (opening !== undefined && Object.hasOwn(values, "setpoint")) {
    values["mode"] ??= "heat";
    values["on"] ??= opening > 0;
  }
  if (log === null) return { said: [{ ts: at, values }], keys, values };
  const hours = log.volumes.map((volume, i): Said => ({ ts: log.from + i * HOUR, values: { volume }, historical: true }));
  return { said: [...hours, { ts: log.now, values }], keys, values };
}

/** How far a radiator's valve is open, % (Milesight, MClimate). */
const OPENINGS = ["valve_opening", "valveOpenness"];
const DELTA = /^delta_\d+_m3$/;
/** Hours of its log behind the first. */
const LOGGED = 23;
const LOG_KEY = /^(log_volume_m3|delta_\d+_m3|history_total_m3|timestamp_unix|timestamp_utc)$/;

function axiomaLog(all: ReadonlyMap<string, unknown>): { readonly now: Millis; readonly from: Millis; readonly volumes: readonly number[] } | null {
  const [unix, start] = [all.get("timestamp_unix"), all.get("log_volume_m3")];
  if (typeof unix !== "number" || typeof start !== "number" || !Number.isFinite(unix) || ![...all.keys()].some((key) => DELTA.test(key))) return null;
  const volumes = [start];
  for (let i = 1; i <= LOGGED; i++) {
    // An hour without any may be left out, as zeros are.
    const delta = all.get(`delta_${i}_m3`) ?? 0;
    if (typeof delta !== "number" || delta < 0) break;
    volumes.push(Number((volumes.at(-1)! + delta).toFixed(6)));
  }
  const now = unix * 1000;
  const newest = Math.floor(now / HOUR) * HOUR;
  return { now, from: newest - LOGGED * HOUR, volumes };
}

/** Milliseconds of an RFC 3339 time with any number of digits; null where it is none. */
export function timeOf(text: unknown): Millis | null {
  if (typeof text !== "string" || text.length > 50) return null;
  const at = Date.parse(text.replace(/(\.\d{3})\d+/, "$1"));
  return Number.isFinite(at) ? at : null;
}
