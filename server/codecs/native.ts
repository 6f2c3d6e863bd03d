/** The native format of the contract: `jieyue/<building>/<device>/<state|availability|ack|job|set>` and `jieyue/clock`. Pure. */
import type { PrintJob } from "../core/policy.ts";
import type { DeviceId, Fate, Millis, Observation, PointValue } from "../core/reading.ts";

export type Decoded =
  | { readonly kind: "observations"; readonly device: DeviceId; readonly observations: readonly Observation[] }
  | { readonly kind: "availability"; readonly device: DeviceId; readonly online: boolean }
  | { readonly kind: "ack"; readonly device: DeviceId; readonly id: string; readonly accepted: boolean; readonly error: string | null }
  | { readonly kind: "job"; readonly device: DeviceId; readonly job: PrintJob }
  | { readonly kind: "clock"; readonly now: Millis; readonly speed: number }
  | { readonly kind: "rejected"; readonly fate: Fate; readonly detail: string }
  /** Not for us: another tree, or our own command coming by. */
  | { readonly kind: "ignored" };

export const MAX_PAYLOAD_BYTES = 64 * 1024;
const MAX_OBSERVATIONS = 1000;
/** 10000-01-01T00:00:00Z in ms: no calendar counts further. */
const YEAR_10000 = 253_402_300_800_000;
const PREFIX = "jieyue/";
const decoder = new TextDecoder("utf-8", { fatal: true });

const IGNORED: Decoded = { kind: "ignored" };

function rejected(fate: Fate, detail: string): Decoded {
  return { kind: "rejected", fate, detail };
}

/** One level of a topic that names a building or a device: 1–64 characters, none of `+ # /` or control characters. */
export function isName(name: string): boolean {
  if (name.length === 0 || name.length > 64 || name === "__proto__") return false;
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if (c < 32 || c === 43 || c === 35 || c === 127) return false;
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Never throws, whatever the bytes. */
export function decodeNative(topic: string, payload: Uint8Array): Decoded {
  if (!topic.startsWith(PREFIX)) return IGNORED;
  if (payload.length > MAX_PAYLOAD_BYTES)
    return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken. Send fewer values at a time.`);
  const first = topic.indexOf("/", PREFIX.length);
  // Between servers, see scale/lease.ts.
  if (topic === "jieyue/lease") return IGNORED;
  if (first === -1)
    return topic === "jieyue/clock"
      ? decodeClock(payload)
      : rejected("bad-topic", "The topic must be jieyue/<building>/<device>/state (or availability, ack, job).");
  const second = topic.indexOf("/", first + 1);
  if (second === -1 || topic.indexOf("/", second + 1) !== -1)
    return rejected("bad-topic", "The topic must have four levels: jieyue/<building>/<device>/state.");
  const what = topic.slice(second + 1);
  if (!isName(topic.slice(PREFIX.length, first)) || !isName(topic.slice(first + 1, second)))
    return rejected("bad-topic", "Building and device are 1 to 64 characters without / + # and control characters.");
  const device = topic.slice(PREFIX.length, second);
  switch (what) {
    case "state":
      return decodeState(device, payload);
    case "availability":
      return decodeAvailability(device, payload);
    case "ack":
      return decodeAck(device, payload);
    case "job":
      return decodeJob(device, payload);
    case "set":
      return IGNORED;
    default:
      return rejected("bad-topic", `'${what.slice(0, 64)}' is none of state, availability, ack, job.`);
  }
}

/** Parsed JSON, or the rejection that says what is wrong with it. */
function parse(payload: Uint8Array): { readonly value: unknown } | { readonly error: Decoded } {
  try {
    return { value: JSON.parse(decoder.decode(payload)) as unknown };
  } catch (error) {
    return { error: rejected("malformed", `Not JSON in UTF-8: ${error instanceof Error ? error.message.slice(0, 200) : "unreadable"}`) };
  }
}

function decodeState(device: DeviceId, payload: Uint8Array): Decoded {
  const parsed = parse(payload);
  if ("error" in parsed) return parsed.error;
  const { value } = parsed;
  if (isObject(value)) return { kind: "observations", device, observations: [observe(device, value)] };
  if (!Array.isArray(value)) return rejected("malformed", "A state is a JSON object of point → value, or an array of such objects.");
  if (value.length > MAX_OBSERVATIONS)
    return rejected("too-many-values", `${value.length} observations in one message; at most ${MAX_OBSERVATIONS} are taken.`);
  if (value.length === 0) return rejected("empty-value", "An empty array says nothing.");
  const bad = value.findIndex((o) => !isObject(o));
  if (bad !== -1) return rejected("malformed", `Item ${bad} of the array is not an object of point → value; the whole message was kept out.`);
  return { kind: "observations", device, observations: (value as Record<string, unknown>[]).map((o) => observe(device, o)) };
}

function observe(device: DeviceId, object: Record<string, unknown>): Observation {
  if (!Object.hasOwn(object, "ts")) return { device, ts: null, values: object };
  const { ts, ...values } = object;
  return { device, ts: parseTime(ts), values };
}

/**
 * ISO 8601 with offset or Z, ms, or s (numbers below 10¹¹). A zone-less text says no instant: it counts as no clock (null).
 * What cannot be read is NaN, which the house counts as an absurd clock.
 */
export function parseTime(ts: unknown): Millis | null {
  if (ts === null || ts === undefined) return null;
  if (typeof ts === "number") {
    const ms = ts < 1e11 ? ts * 1000 : ts;
    return Math.abs(ms) < YEAR_10000 ? ms : Number.NaN;
  }
  if (typeof ts !== "string" || ts.length > 40) return Number.NaN;
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(ts)) return null;
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.test(ts) ? Date.parse(ts.replace(" ", "T")) : Number.NaN;
}

function decodeAvailability(device: DeviceId, payload: Uint8Array): Decoded {
  // An empty retained message is how MQTT deletes one; it says nothing of the device.
  if (payload.length === 0) return IGNORED;
  if (payload.length <= 9) {
    const word = String.fromCharCode(...payload)
      .trim()
      .replaceAll('"', "");
    if (word === "online" || word === "offline") return { kind: "availability", device, online: word === "online" };
  }
  return rejected("malformed", "Availability is the text online or offline.");
}

function decodeAck(device: DeviceId, payload: Uint8Array): Decoded {
  const parsed = parse(payload);
  if ("error" in parsed) return parsed.error;
  const { value } = parsed;
  if (!isObject(value) || typeof value["id"] !== "string" || value["id"].length > 64 || typeof value["accepted"] !== "boolean") {
    return rejected("malformed", 'An ack is {"id":"<the command\'s id>","accepted":true|false,"error":"…"}.');
  }
  const { error } = value;
  return {
    kind: "ack",
    device,
    id: value["id"],
    accepted: value["accepted"],
    error: typeof error === "string" && error !== "" ? error.slice(0, 300) : null,
  };
}

function whole(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= 1e6 ? Math.ceil(value) : null;
}

function shortText(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, 300) : null;
}

function decodeJob(device: DeviceId, payload: Uint8Array): Decoded {
  const parsed = parse(payload);
  if ("error" in parsed) return parsed.error;
  const { value } = parsed;
  if (!isObject(value)) return rejected("malformed", "A job is a JSON object.");
  const job = shortText(value["job"]);
  const { state } = value;
  if (job === null || job.length > 100) return rejected("malformed", "A job needs its id in `job` (1 to 100 characters).");
  if (state !== "held" && state !== "completed" && state !== "canceled") return rejected("malformed", "A job's `state` is held, completed or canceled.");
  const pages = whole(value["pages"]);
  const copies = whole(value["copies"]) ?? 1;
  const duplex = value["duplex"] === true;
  // Without a count of sheets it follows from pages and copies; duplex halves a copy's pages.
  const sheets = whole(value["sheets"]) ?? (pages === null ? null : (duplex ? Math.ceil(pages / 2) : pages) * copies);
  if (sheets === null) return rejected("malformed", "A job needs `sheets`, or `pages` (and `copies`), as numbers.");
  const at = parseTime(value["ts"]);
  return {
    kind: "job",
    device,
    job: {
      job,
      user: shortText(value["user"]),
      document: shortText(value["document"]),
      pages: pages ?? sheets,
      copies,
      sheets,
      duplex,
      ...(value["paper"] === "reused" || value["paper"] === "new" ? { reused: value["paper"] === "reused" } : {}),
      color: value["color"] === true,
      state,
      at: at === null || !Number.isFinite(at) ? 0 : at,
    },
  };
}

function decodeClock(payload: Uint8Array): Decoded {
  const parsed = parse(payload);
  if ("error" in parsed) return parsed.error;
  const { value } = parsed;
  const now = isObject(value) ? parseTime(value["now"]) : null;
  const speed = isObject(value) ? (value["speed"] ?? 1) : null;
  if (now === null || !Number.isFinite(now) || typeof speed !== "number" || !(speed >= 0 && speed <= 100_000)) {
    return rejected("malformed", 'The clock is {"now":"<ISO 8601 with offset, or ms>","speed":<simulated per real second, 0 to 100000>}.');
  }
  return { kind: "clock", now, speed };
}

/** A command in the native format; never to be retained. */
export function encodeNative(
  building: string,
  device: string,
  set: Readonly<Record<string, PointValue>>,
  id: string,
): { readonly topic: string; readonly payload: string } {
  return { topic: `jieyue/${building}/${device}/set`, payload: JSON.stringify({ ...set, id }) };
}
