/**
 * SenML in JSON (RFC 8428): records of a name, a unit and a value, with base values that hold until they are set anew. The RFC has no rule for topics; here
 * `senml/<device>` is taken (or what `sources.senml` names), `<device>` of any number of levels. Read only: SenML has no commands.
 */
import type { Millis } from "../core/reading.ts";
import { converts } from "../core/units.ts";
import type { Said } from "../ports/device-word.ts";
import { basesOf } from "./bases.ts";
import type { Codec, Heard } from "./codec.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { isObject, jsonOf, MAX_PAYLOAD_BYTES, rejected, shortText, shown } from "./codec.ts";
import { inOffice } from "./names.ts";

const MAX_RECORDS = 1000;
/** RFC 8428 §4.5.3: a time below this is relative to now. */
const RELATIVE_BELOW = 2 ** 28;
/** Registry of RFC 8428 §12.1 and RFC 8798, as `core/units` spells them. */
const UNITS: Readonly<Record<string, string>> = {
  Cel: "°C",
  "%RH": "%",
  m3: "m³",
  l: "L",
  "l/s": "L/s",
  "m3/s": "",
  lx: "lx",
  W: "W",
  kW: "kW",
  kWh: "kWh",
  Wh: "Wh",
  J: "J",
  A: "A",
  V: "V",
  mV: "mV",
};
/** What a unit says of a running sum. */
const SUMS: readonly (readonly [unit: string, point: string])[] = [
  ["kWh", "energy"],
  ["m³", "volume"],
];

interface Base {
  name: string;
  time: number;
  unit: string;
  value: number;
  sum: number;
}

/** What one device says at one time, and the units of what the office has no word for. */
interface Group {
  readonly address: string;
  readonly ts: Millis | null;
  readonly values: Record<string, unknown>;
  readonly units: Record<string, string>;
}

/** Of one pack, in the order of their first record; most records belong to the group of the one before. */
interface Groups {
  last: Group | null;
  readonly all: Map<string, Group>;
}

const finite = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

/** A resolved time in s as ms: 0 and below 2²⁸ count from now. */
function timeOf(seconds: number, now: Millis): Millis {
  return seconds < RELATIVE_BELOW ? now + seconds * 1000 : seconds * 1000;
}

export function createSenml(bases: readonly string[] = ["senml"]): Codec {
  const { roots, heads, rest } = basesOf(bases);
  const known = createAcquaintances();
  return {
    id: "senml",
    filters: roots.map((root) => `${root}#`),
    heads,
    decode({ topic, payload, now }) {
      const device = rest(topic);
      if (device === null) return null;
      if (payload.length > MAX_PAYLOAD_BYTES)
        return rejected("oversized", `The payload has ${payload.length} bytes; a SenML pack has at most ${MAX_PAYLOAD_BYTES}.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      const { value: pack } = parsed;
      if (!Array.isArray(pack)) return rejected("malformed", 'A SenML pack is an array of records, such as [{"n":"power","u":"W","v":61.2}].');
      if (pack.length > MAX_RECORDS) return rejected("too-many-values", `${pack.length} records in one pack; at most ${MAX_RECORDS} are taken.`);
      const base: Base = { name: "", time: 0, unit: "", value: 0, sum: 0 };
      const groups: Groups = { last: null, all: new Map() };
      const heard: Heard[] = [];
      for (let i = 0; i < pack.length; i++) {
        const record = pack[i] as unknown;
        const wrong = !isObject(record) ? "is no object" : takeRecord(record, base, device, groups, now);
        if (wrong !== null) heard.push({ kind: "rejected", fate: "malformed", detail: `Record ${i} of the SenML pack ${wrong}; the others were taken.` });
      }
      for (const { address, ts, values, units } of groups.all.values()) {
        const said: Said = { ts, values };
        for (const described of known.meet(address, { name: address.slice(0, 200), topic, values, units })) heard.push(described);
        heard.push({ kind: "said", address, said });
      }
      return heard;
    },
    encode: () => ({ kind: "cannot", why: "A SenML device only tells; it takes no commands." }),
  };
}

/** Null, or what is wrong with the record. */
function takeRecord(record: Record<string, unknown>, base: Base, device: string, groups: Groups, now: Millis): string | null {
  let based = false;
  for (const key of Object.keys(record)) {
    if (key.endsWith("_")) return `has the field ${key.slice(0, 40)}, which must be understood (RFC 8428 §4.4) and is not`;
    based ||= key.startsWith("b");
  }
  const wrong = based ? takeBase(record, base) : null;
  if (wrong !== null) return wrong;
  const name = base.name + (typeof record["n"] === "string" ? record["n"] : "");
  const written = typeof record["u"] === "string" ? record["u"].slice(0, 40) : base.unit;
  const unit = (Object.hasOwn(UNITS, written) ? UNITS[written] : written) ?? "";
  const v = finite(record["v"]);
  const s = finite(record["s"]);
  const value = v !== null ? v + base.value : typeof record["vb"] === "boolean" ? record["vb"] : (shortText(record["vs"]) ?? undefined);
  if (value === undefined && s === null)
    return Object.hasOwn(record, "vd") ? "has data in vd, which is not read" : only(record) ? null : "has neither v, vb, vs nor s";
  if (name === "") return "has no name: set n, or bn";
  const time = base.time + (finite(record["t"]) ?? 0);
  const ts = time === 0 ? null : timeOf(time, now);
  // What stands before the last `:` or `/` names the device, as the RFC's examples do; a name without either is of the topic's device.
  const cut = Math.max(name.lastIndexOf("/"), name.lastIndexOf(":")) + 1;
  const address = cut > 1 && cut < name.length ? name.slice(0, cut - 1) : device;
  const key = cut > 0 && cut < name.length ? name.slice(cut) : name;
  const group = groupOf(groups, address, ts);
  if (value !== undefined) put(group, key, value, unit);
  if (s !== null) {
    const sum = SUMS.find(([u]) => converts(unit, u));
    put(group, value === undefined ? key : (sum?.[1] ?? `${key}.sum`), s + base.sum, unit);
  }
  return null;
}

/** Null, or what is wrong with what it sets for itself and the records behind it. */
function takeBase(record: Record<string, unknown>, base: Base): string | null {
  const { bver, bn, bu } = record;
  if (bver !== undefined && bver !== 10) return `is of version ${shown(bver)}; version 10 is known`;
  if (typeof bn === "string") base.name = bn.slice(0, 200);
  if (typeof bu === "string") base.unit = bu.slice(0, 40);
  base.time = finite(record["bt"]) ?? base.time;
  base.value = finite(record["bv"]) ?? base.value;
  base.sum = finite(record["bs"]) ?? base.sum;
  return null;
}

function groupOf(groups: Groups, address: string, ts: Millis | null): Group {
  const { last } = groups;
  if (last !== null && last.ts === ts && last.address === address) return last;
  const key = `${address}\n${ts}`;
  const group = groups.all.get(key) ?? { address, ts, values: {}, units: {} };
  groups.all.set(key, group);
  groups.last = group;
  return group;
}

function put({ values, units }: Group, key: string, value: unknown, unit: string): void {
  const found = inOffice(key, value, unit === "" ? null : unit);
  if (found === null) return;
  values[found[0]] = found[1];
  if (unit !== "") units[found[0]] = unit;
}

/** Whether a record only sets bases. */
function only(record: Record<string, unknown>): boolean {
  return Object.keys(record).every((key) => key.startsWith("b"));
}
