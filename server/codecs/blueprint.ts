/**
 * To copy for the next ecosystem; `codec.ts` says what every codec keeps.
 *
 * The ecosystem of this blueprint says one point per topic, in its own words and units: `blueprint/<building>/<device>/<key>` with a plain text such as
 * `268` (tenths of a degree) or `COOLING`, commands on `…/<key>/set`. Its address is `<building>/<device>`.
 *
 * For a new one: copy this file and its test, put real bytes of real devices into the test, give it a name in `contract/sources.ts` and a line in `all.ts`.
 */
import type { PointValue } from "../core/reading.ts";
import type { Codec, Outgoing } from "./codec.ts";
import { rejected, textOf } from "./codec.ts";
import { isName } from "./native.ts";

/** One of the ecosystem's keys in the office's words: its point, and both directions. `undefined` = that text says nothing here. */
interface Key {
  readonly point: string;
  read(text: string): PointValue | undefined;
  write(value: PointValue): string | undefined;
}

const PREFIX = "blueprint/";
const MAX_PAYLOAD_BYTES = 256;

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

export function createBlueprint(): Codec {
  return {
    // A new codec has a name of its own.
    id: "mapping",
    filters: [`${PREFIX}#`],
    heads: ["blueprint"],
    decode({ topic, payload }) {
      if (!topic.startsWith(PREFIX)) return null;
      // Our own command coming by.
      if (topic.endsWith("/set")) return [];
      const [building = "", device = "", key = "", ...rest] = topic.slice(PREFIX.length).split("/");
      if (!isName(building) || !isName(device) || !isName(key) || rest.length > 0)
        return rejected("bad-topic", "The topic must be blueprint/<building>/<device>/<key>, each of 1 to 64 characters.");
      if (payload.length > MAX_PAYLOAD_BYTES)
        return rejected("oversized", `The payload has ${payload.length} bytes; a single value has at most ${MAX_PAYLOAD_BYTES}.`);
      const text = textOf(payload)?.trim();
      if (text === undefined) return rejected("malformed", "The payload is not UTF-8 text.");
      const known = KEYS.get(key);
      const value = known === undefined ? text : known.read(text);
      if (value === undefined) return rejected("malformed", `'${text.slice(0, 40)}' is no value of '${key}'.`);
      return [{ kind: "said", address: `${building}/${device}`, said: { ts: null, values: { [known?.point ?? key]: value } } }];
    },
    encode({ address }, set) {
      const messages: Outgoing[] = [];
      for (const [point, value] of Object.entries(set)) {
        const key = [...KEYS].find(([, k]) => k.point === point);
        const payload = key?.[1].write(value);
        if (key === undefined || payload === undefined) return { kind: "cannot", why: `A device of the blueprint takes no ${point} ${String(value)}.` };
        messages.push({ topic: `${PREFIX}${address}/${key[0]}/set`, payload });
      }
      return { kind: "messages", messages };
    },
  };
}
