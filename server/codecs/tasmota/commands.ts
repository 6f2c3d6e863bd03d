/** Commands to a Tasmota and the answers that belong to them: its own words on `stat/…/RESULT`, or on the command's topic (SetOption4). */
import type { Millis, PointValue } from "../../core/reading.ts";
import type { Addressed, Encoded, Outgoing } from "../codec.ts";
import { isObject, own } from "../codec.ts";
import type { Box, Relay } from "./discovery.ts";
import { sameInfrared, writeInfrared } from "./infrared.ts";
import { wordOf } from "./words.ts";

/** An answer by its key, small letters; the value that it must have. */
type Wanted = ReadonlyMap<string, PointValue | Readonly<Record<string, PointValue>>>;

interface Asked {
  readonly command: string;
  readonly wanted: Wanted;
  /** Not answered yet. */
  readonly waiting: Set<string>;
  readonly until: Millis;
}

/** The house waits no longer than this after a command's last attempt. */
const WAITS_MS = 90_000;
/** What Tasmota itself sends boilers to. */
const BOILER = { low: 40, high: 85 };

export type Written = { readonly messages: readonly Outgoing[]; readonly wanted: Wanted } | { readonly why: string };

export interface Answered {
  readonly address: string;
  readonly command: string;
  /** Why it was refused; null where all of it was taken. */
  readonly error: string | null;
}

export interface Questions {
  ask(address: string, command: string, wanted: Wanted, now: Millis): void;
  /** What an answer ends. */
  answers(box: Box, answer: Readonly<Record<string, unknown>>, now: Millis): readonly Answered[];
}

export function createQuestions(): Questions {
  const asked = new Map<string, Asked>();
  return {
    ask: (address, command, wanted, now) => void asked.set(address, { command, wanted, waiting: new Set(wanted.keys()), until: now + WAITS_MS }),
    answers(box, answer, now) {
      const ended: Answered[] = [];
      for (const [address, one] of asked) {
        if (address !== box.mac && !address.startsWith(`${box.mac}/`)) continue;
        const result = one.until < now ? "nothing" : answerTo(box, one, answer);
        if (result === "nothing" && one.until >= now) continue;
        asked.delete(address);
        if (result !== "nothing") ended.push({ address, command: one.command, error: result === "accepted" ? null : result.why });
      }
      return ended;
    },
  };
}

/** What to send for a wish of a relay (null: the box itself), or why not. */
export function write(box: Box, relay: Relay | null, device: Addressed, set: Readonly<Record<string, PointValue>>): Written {
  const messages: Outgoing[] = [];
  const wanted = new Map<string, PointValue>();
  const tell = (command: string, payload: string, answer: PointValue): void => {
    messages.push({ topic: `${box.cmnd}${command}`, payload });
    wanted.set(command.toLowerCase(), answer);
  };
  for (const [point, value] of Object.entries(set)) {
    if (point === "on" && relay !== null && typeof value === "boolean")
      tell(box.relays.length === 1 ? "POWER" : `POWER${relay.index}`, value ? "ON" : "OFF", value);
    else if (point === "brightness" && relay?.light === true && box.dims) {
      if (typeof value !== "number" || !(value >= 0 && value <= 100)) return { why: `Its brightness is 0 to 100 %, not ${String(value)}.` };
      tell("Dimmer", String(Math.round(value)), Math.round(value));
    } else if (point === "on" && device.kind === "boiler" && typeof value === "boolean") tell("OT_CH", value ? "1" : "0", value ? 1 : 0);
    else if (point === "setpoint" && device.kind === "boiler") {
      if (typeof value !== "number" || value < BOILER.low || value > BOILER.high)
        return { why: `Tasmota sends a boiler to ${BOILER.low} to ${BOILER.high} °C, not ${String(value)}.` };
      tell("OT_TBOILER", String(value), value);
    } else return { why: `${box.name} has no ${point} that can be set, by its own description.` };
  }
  return messages.length === 0 ? { why: "There is nothing to tell it." } : { messages, wanted };
}

export function writeIr(box: Box, device: Addressed, set: Readonly<Record<string, PointValue>>): Written {
  const written = writeInfrared(device, set);
  if ("why" in written) return written;
  return {
    messages: [{ topic: `${box.cmnd}IRHVAC`, payload: JSON.stringify(written.state) }],
    wanted: new Map([["irhvac", written.state]]),
  };
}

export function encoded(written: Written): Encoded {
  return "why" in written ? { kind: "cannot", why: written.why } : { kind: "messages", messages: written.messages };
}

/** What an answer is to a command: all of it was taken, it was refused (with why), or it says nothing of it (yet). */
function answerTo(box: Box, one: Asked, answer: Readonly<Record<string, unknown>>): "accepted" | "nothing" | { readonly why: string } {
  for (const [key, value] of Object.entries(answer)) {
    const small = key.toLowerCase();
    const name = one.wanted.has(small) ? small : small === "power1" && one.wanted.has("power") ? "power" : null;
    if (name === null) {
      const why = refusalIn(key, value, answer, one);
      if (why !== null) return { why };
      continue;
    }
    const wanted = one.wanted.get(name)!;
    if (isObject(wanted)) {
      if (isObject(value) && sameInfrared(wanted as Readonly<Record<string, PointValue>>, value)) one.waiting.delete(name);
      else if (typeof value === "string") return { why: `Tasmota: ${key}: ${value.slice(0, 200)}` };
    } else if ((typeof wanted === "boolean" ? wordOf(box, value) : Number(value)) === wanted) one.waiting.delete(name);
    else if (typeof value === "string" && /^(?:error|invalid|wrong|not supported)/i.test(value)) return { why: `Tasmota: ${key}: ${value.slice(0, 200)}` };
  }
  return one.waiting.size === 0 ? "accepted" : "nothing";
}

/** `{"Command":"Unknown"}`, newer ones with `"Input":"IRHVAC"`. */
function refusalIn(key: string, value: unknown, answer: Readonly<Record<string, unknown>>, one: Asked): string | null {
  if (key !== "Command" || (value !== "Unknown" && value !== "Error")) return null;
  const input = own(answer, "Input");
  if (typeof input === "string" && !one.wanted.has(input.toLowerCase())) return null;
  return `Tasmota does not know ${[...one.wanted.keys()].join(" and ").toUpperCase()}: this build may lack it.`;
}
