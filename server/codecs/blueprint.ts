/**
 * To copy for the next ecosystem. A codec is two pure functions: bytes on a topic → what the office calls it, and a command → bytes.
 * It renames, converts units and reads times; whether a value is believable is judged by `core/normalise`, for every codec alike.
 *
 * The ecosystem of this blueprint says one point per topic, in its own words and units:
 * `blueprint/<building>/<device>/<key>` with a plain text such as `268` (tenths of a degree) or `COOLING`, commands on `…/<key>/set`.
 *
 * For a new one: copy this file and its test, put real bytes of real devices into the test, and call `decode…` in `flow.ts` where the
 * native codec answers `ignored`. Rules that every codec keeps: it never throws, whatever the bytes; it bounds sizes before it reads;
 * it says what is wrong and how to mend it; it passes on what it does not know under the device's own name.
 */
import type { PointValue } from "../core/reading.ts";
import type { Decoded } from "./native.ts";
import { isName } from "./native.ts";

/** One of the ecosystem's keys in the office's words: its point, and both directions. `undefined` = that text says nothing here. */
interface Key {
  readonly point: string;
  read(text: string): PointValue | undefined;
  write(value: PointValue): string | undefined;
}

const PREFIX = "blueprint/";
const MAX_PAYLOAD_BYTES = 256;
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Numbers that travel as whole multiples of `unit`, e.g. 0.1 for tenths. */
function scaled(point: string, unit: number): Key {
  return {
    point,
    read: (text) => (/^[+-]?\d{1,15}$/.test(text) ? Number((Number(text) * unit).toFixed(6)) : undefined),
    write: (value) => (typeof value === "number" && Number.isFinite(value) ? String(Math.round(value / unit)) : undefined),
  };
}

/** Words of theirs that mean values of ours. */
function words(point: string, meaning: ReadonlyMap<string, PointValue>): Key {
  return {
    point,
    read: (text) => meaning.get(text.toUpperCase()),
    write: (value) => [...meaning].find(([, ours]) => ours === value)?.[0],
  };
}

const KEYS: ReadonlyMap<string, Key> = new Map([
  [
    "power",
    words(
      "on",
      new Map([
        ["ON", true],
        ["OFF", false],
      ]),
    ),
  ],
  [
    "mode",
    words(
      "mode",
      new Map([
        ["COOLING", "cool"],
        ["HEATING", "heat"],
        ["FAN", "fan"],
        ["DRYING", "dry"],
        ["AUTOMATIC", "auto"],
      ]),
    ),
  ],
  ["target", scaled("setpoint", 0.1)],
  ["room", scaled("temperature", 0.1)],
  ["watt", scaled("power", 1)],
]);

/** Never throws, whatever the bytes. Topics of other ecosystems, and our own commands coming by, are `ignored`. */
export function decodeBlueprint(topic: string, payload: Uint8Array): Decoded {
  if (!topic.startsWith(PREFIX) || topic.endsWith("/set")) return { kind: "ignored" };
  const [building = "", device = "", key = "", ...rest] = topic.slice(PREFIX.length).split("/");
  if (!isName(building) || !isName(device) || !isName(key) || rest.length > 0) {
    return { kind: "rejected", fate: "bad-topic", detail: "The topic must be blueprint/<building>/<device>/<key>, each of 1 to 64 characters." };
  }
  if (payload.length > MAX_PAYLOAD_BYTES) {
    return { kind: "rejected", fate: "oversized", detail: `The payload has ${payload.length} bytes; a single value has at most ${MAX_PAYLOAD_BYTES}.` };
  }
  let text: string;
  try {
    text = decoder.decode(payload).trim();
  } catch {
    return { kind: "rejected", fate: "malformed", detail: "The payload is not UTF-8 text." };
  }
  const known = KEYS.get(key);
  const value = known === undefined ? text : known.read(text);
  if (value === undefined) return { kind: "rejected", fate: "malformed", detail: `'${text.slice(0, 40)}' is no value of '${key}'.` };
  return { kind: "observations", building, device, observations: [{ building, device, ts: null, values: { [known?.point ?? key]: value } }] };
}

/** A command as messages on the wire, never to be retained: one for each point. null where the device cannot be asked that. */
export function encodeBlueprint(
  building: string,
  device: string,
  set: Readonly<Record<string, PointValue>>,
): readonly { readonly topic: string; readonly payload: string }[] | null {
  const messages: { topic: string; payload: string }[] = [];
  for (const [point, value] of Object.entries(set)) {
    const key = [...KEYS].find(([, k]) => k.point === point);
    const payload = key?.[1].write(value);
    if (key === undefined || payload === undefined) return null;
    messages.push({ topic: `${PREFIX}${building}/${device}/${key[0]}/set`, payload });
  }
  return messages;
}
