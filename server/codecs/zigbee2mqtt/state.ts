/** A state message in the office's words, and what is remembered of a device between two of them. */
import type { Millis, PointValue } from "../../core/reading.ts";
import type { Heard } from "../codec.ts";
import { own } from "../codec.ts";
import { parseTime } from "../native.ts";
import type { Questions } from "./asked.ts";
import { isEcho } from "./asked.ts";
import { readClimate } from "./climate.ts";
import { READABLE } from "./exposes.ts";
import type { Machine, Role, Zigbee } from "./machine.ts";
import { passedAs } from "./points.ts";

export interface Kept {
  /** What it last said, as it said it. */
  readonly raw: Map<string, PointValue>;
  lastSeen: unknown;
  heard: boolean;
  /** It speaks in whole states: what comes as single attributes beside them is the same. */
  json: boolean;
  /** Its bridge has just come back: its next word may be what the bridge had kept. */
  resent: boolean;
  /** The mode in which it last ran, in its own word. */
  lastMode: string | null;
  /** Its set temperature before it was switched off by it. */
  before: PointValue | undefined;
}

/** One message of a device. */
export interface Word {
  readonly zigbee: Zigbee;
  readonly kept: Kept;
  readonly said: ReadonlyMap<string, PointValue>;
  readonly time: Time;
  readonly now: Millis;
}

interface Time {
  readonly ts: Millis | null;
  /** As it was written; undefined where the bridge does not tell it. */
  readonly lastSeen: unknown;
}

/** The widest device of all that Zigbee2MQTT knows (a floor heating of fifteen zones) says 244. */
const MAX_KEPT = 256;

export function createKept(): Kept {
  return { raw: new Map(), lastSeen: undefined, heard: false, json: false, resent: false, lastMode: null, before: undefined };
}

/** What a message says: null is what nobody knows, and objects are no values. */
export function scalarsOf(object: Readonly<Record<string, unknown>>): ReadonlyMap<string, PointValue> {
  const found = new Map<string, PointValue>();
  for (const [key, value] of Object.entries(object)) {
    if (found.size === MAX_KEPT) break;
    if (key === "last_seen" || key === "__proto__") continue;
    if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") found.set(key, value);
  }
  return found;
}

/** When the device was last heard: ISO 8601 in UTC or with an offset, or milliseconds. */
export function timeOf(object: Readonly<Record<string, unknown>>): Time {
  const lastSeen = own(object, "last_seen");
  return lastSeen === null || lastSeen === undefined ? { ts: null, lastSeen: undefined } : { ts: parseTime(lastSeen), lastSeen };
}

/** `ask` makes a question for some properties. */
export function hearState(word: Word, questions: Questions, ask: (keys: readonly string[]) => Heard): readonly Heard[] {
  const { zigbee, kept, said, time, now } = word;
  const echoed = questions.some ? hearEcho(word, questions, ask) : null;
  if (time.lastSeen !== undefined) kept.lastSeen = time.lastSeen;
  if (echoed !== null) return echoed;
  const again = kept.resent && time.lastSeen === undefined;
  const fresh = again ? new Map([...said].filter(([key, value]) => kept.raw.get(key) !== value)) : said;
  kept.resent = false;
  kept.heard = true;
  for (const [key, value] of said) {
    const before = kept.raw.get(key);
    if (before !== value && (before !== undefined || kept.raw.size < MAX_KEPT)) kept.raw.set(key, value);
  }
  const heard: Heard[] = [];
  for (const machine of zigbee.machines) {
    const values = valuesOf(machine, zigbee, kept, fresh);
    if (Object.keys(values).length > 0) heard.push({ kind: "said", address: machine.address, said: { ts: time.ts, values } });
    const asked = questions.some ? questions.of(machine.address, now) : null;
    if (asked !== null && [...asked.changes].every(([key, value]) => kept.raw.get(key) === value)) questions.done(machine.address);
  }
  return heard;
}

/** The bridge's echo is its answer, and nothing that the device said; the device itself is then asked, where it can be. */
function hearEcho({ zigbee, kept, said, time, now }: Word, questions: Questions, ask: (keys: readonly string[]) => Heard): readonly Heard[] | null {
  for (const { address } of zigbee.machines) {
    const asked = questions.of(address, now);
    if (asked === null) continue;
    const told = time.lastSeen !== undefined;
    // Where its last word was never heard: whether it came after the command.
    const moved = kept.lastSeen === undefined ? (time.ts ?? 0) > asked.at : kept.lastSeen !== time.lastSeen;
    if (!isEcho(asked, (key) => said.get(key), { told, moved })) continue;
    const before = asked.waiting.size;
    for (const key of asked.changes.keys()) if (said.has(key)) asked.waiting.delete(key);
    if (asked.waiting.size > 0 || before === 0) return [];
    const readable = [...asked.changes.keys()].filter((key) => ((zigbee.properties.get(key)?.access ?? 0) & READABLE) !== 0);
    const ack: Heard = { kind: "ack", address, command: asked.command, accepted: true, error: null };
    return zigbee.readable.length > 0 && readable.length > 0 ? [ack, ask(readable)] : [ack];
  }
  return null;
}

function roleOf(machine: Machine, zigbee: Zigbee, key: string): Role {
  const before = machine.roles.get(key);
  if (before !== undefined) return before;
  const { climate, bindings } = machine;
  const ofClimate = climate?.properties.has(key) === true;
  const role: Role = {
    moves: ofClimate || key === climate?.running?.property,
    told: !ofClimate && (zigbee.owners.get(key) ?? zigbee.machines[0]) === machine,
    binding: bindings.get(key) ?? null,
    passed: passedAs(key),
  };
  if (machine.roles.size < MAX_KEPT) machine.roles.set(key, role);
  return role;
}

function valuesOf(machine: Machine, zigbee: Zigbee, kept: Kept, said: ReadonlyMap<string, PointValue>): Readonly<Record<string, PointValue>> {
  const { climate } = machine;
  const values: Record<string, PointValue> = {};
  let moved = false;
  for (const [key, value] of said) {
    const { moves, told, binding, passed } = roleOf(machine, zigbee, key);
    moved ||= moves;
    if (!told) continue;
    // What is no value of its point is passed on as it is, and judged as such.
    if (binding !== null) values[binding.point] = binding.read(value) ?? value;
    else values[passed] = value;
  }
  if (climate === null || !moved) return values;
  const mode = climate.mode === null ? undefined : kept.raw.get(climate.mode.property);
  if (typeof mode === "string" && mode !== "off") kept.lastMode = mode;
  return { ...readClimate(climate, (key) => kept.raw.get(key), kept.lastMode), ...values };
}

/** A word of which what is no number holds until it changes. */
export function standing(heard: Heard): readonly Heard[] {
  if (heard.kind !== "said") return [heard];
  const { ts, values } = heard.said;
  const [moves, stays] = [true, false].map((number) => Object.entries(values).filter(([, v]) => (typeof v === "number") === number));
  return [
    ...(stays!.length === 0 ? [] : [{ ...heard, said: { ts, values: Object.fromEntries(stays!), stands: true } }]),
    ...(moves!.length === 0 ? [] : [{ ...heard, said: { ts, values: Object.fromEntries(moves!) } }]),
  ];
}
