/**
 * Zigbee2Tasmota: devices behind a Tasmota that is a bridge. What they say names them by an address that changes; which hardware that is, the bridge is
 * asked (`ZbInfo`) before anything is taken of them, so that each is one device for good. Commands go by `ZbSend`, whose answer is the bridge's alone: the
 * device itself is then read.
 */
import type { Millis, PointValue } from "../../core/reading.ts";
import { createAcquaintances } from "../acquaintances.ts";
import type { Addressed, Encoded, Heard, Outgoing } from "../codec.ts";
import { EVENT_SECONDS, isObject, keep, own, rejected, shortText } from "../codec.ts";
import type { Box } from "./discovery.ts";
import type { Told } from "./zigbee-values.ts";
import { devicesIn, FULL, valuesOf, ZIGBEE_UNITS } from "./zigbee-values.ts";

export interface ZigbeeBehind {
  /** What a box that seems to be a bridge is asked when it is met. */
  greet(box: Box, now: Millis): readonly Heard[];
  /** What a message says of devices behind a box; null where it is about none of them. */
  take(box: Box, last: string, message: Readonly<Record<string, unknown>>, now: Millis): readonly Heard[] | null;
  /** Those behind a box, by their addresses. */
  addressesOf(box: Box): readonly string[];
  forget(box: Box): void;
  encode(device: Addressed, set: Readonly<Record<string, PointValue>>, command: string, now: Millis): Encoded;
}

interface Zigbee {
  readonly ieee: string;
  readonly box: Box;
  short: string;
  name: string;
  maker: string | null;
  model: string | null;
  /** The endpoint that is switched, where it has several. */
  main: number | null;
  readonly writable: Set<string>;
  /** The attribute that is its set temperature. */
  target: string;
  sleeps: boolean;
}

interface Asked {
  readonly command: string;
  readonly ieee: string;
  /** Answers of the bridge that are still to come. */
  left: number;
  readonly until: Millis;
  /** What the device is asked then. */
  readonly reads: readonly string[];
}

const IEEE = /^0x[0-9A-F]{16}$/i;
/** The bridge is asked of one device at most so often (ms), and has so long to answer before that is said. */
const ASK_EVERY = 10 * 60_000;
const ANSWERS_IN = 10_000;
const MAX_BEHIND = 250;
/** The house waits no longer than this after a command's last attempt. */
const WAITS_MS = 90_000;
/** A sleeper hears a command within so many seconds, or not. */
const WAKES_SECONDS = 600;
const SETPOINTS = ["OccupiedHeatingSetpoint", "TuyaTempTarget"];

export function createZigbeeBehind(): ZigbeeBehind {
  const known = createAcquaintances();
  const byIeee = new Map<string, Zigbee>();
  /** By `<mac>/<short>`. */
  const byShort = new Map<string, Zigbee>();
  const asked = new Map<string, Millis>();
  const questions = new Map<string, Asked[]>();

  const placeOf = (box: Box, short: string) => `${box.mac}/${short}`;
  const to = (box: Box, command: string, payload: string): Outgoing => ({ topic: `${box.cmnd}${command}`, payload });

  /** Asks the bridge who this is: all that it knows at first, then one by one. */
  function ask(box: Box, short: string, now: Millis): readonly Heard[] {
    const before = asked.get(placeOf(box, short));
    if (before !== undefined && now - before < ASK_EVERY)
      return now - before < ANSWERS_IN
        ? []
        : rejected("malformed", `${box.name} has not said (ZbInfo ${short}) which device that is, so nothing is taken of it: its Tasmota may be older than 9.`);
    const first = asked.get(placeOf(box, "")) === undefined;
    keep(asked, placeOf(box, ""), now, 10_000);
    keep(asked, placeOf(box, short), now, 10_000);
    return [{ kind: "reply", message: to(box, "ZbInfo", first ? "" : short) }];
  }

  /** A device as its bridge describes it; a new short address is the same device's. */
  function meet(box: Box, { short, body }: Told): Zigbee | null {
    const ieee = shortText(own(body, "IEEEAddr"), 18)?.toLowerCase();
    if (ieee === undefined || !IEEE.test(ieee)) return null;
    let zigbee = byIeee.get(ieee);
    if (zigbee === undefined || zigbee.box.mac !== box.mac) {
      if (zigbee === undefined && addressesOf(box).length >= MAX_BEHIND) return null;
      zigbee = { ieee, box, short, name: "", maker: null, model: null, main: null, writable: new Set(), target: SETPOINTS[0]!, sleeps: false };
      byIeee.set(ieee, zigbee);
    }
    // Another may have been given its old address since.
    if (byShort.get(placeOf(box, zigbee.short)) === zigbee) byShort.delete(placeOf(box, zigbee.short));
    byShort.set(placeOf(box, short), zigbee);
    const config = own(body, "Config");
    const switched = (Array.isArray(config) ? config : []).flatMap((c) =>
      typeof c === "string" && /^O[0-9A-F]{2}$/.test(c) ? [Number.parseInt(c.slice(1), 16)] : [],
    );
    zigbee.short = short;
    zigbee.maker = shortText(own(body, "Manufacturer"), 60);
    zigbee.model = shortText(own(body, "ModelId"), 60);
    zigbee.main = switched.length > 1 ? switched[0]! : null;
    zigbee.sleeps = Object.hasOwn(body, "BatteryPercentage") || Object.hasOwn(body, "Battery");
    zigbee.name = shortText(own(body, "Name"), 100) ?? `${zigbee.model ?? "Zigbee"} ${short}`;
    return zigbee;
  }

  function tell(box: Box, zigbee: Zigbee, { body, whole }: Told): readonly Heard[] {
    zigbee.name = shortText(own(body, "Name"), 100) ?? zigbee.name;
    const values = valuesOf(body, zigbee.main);
    const target = SETPOINTS.find((s) => Object.hasOwn(body, s));
    if (target !== undefined) zigbee.target = target;
    for (const point of ["on", "brightness", "setpoint"]) if (Object.hasOwn(values, point)) zigbee.writable.add(point);
    const heard = known.meet(zigbee.ieee, {
      name: zigbee.name,
      aliases: [`${box.topic}/${zigbee.name}`],
      hardware: [`ieee:${zigbee.ieee}`],
      maker: zigbee.maker,
      model: zigbee.model,
      topic: `${box.tele}SENSOR`,
      interval: EVENT_SECONDS,
      ...(zigbee.sleeps && zigbee.writable.size > 0 ? { wakes: WAKES_SECONDS } : {}),
      values,
      units: ZIGBEE_UNITS,
      writable: zigbee.writable,
    });
    const reachable = own(body, "Reachable");
    if (typeof reachable === "boolean") heard.push({ kind: "availability", address: zigbee.ieee, online: reachable });
    // What the bridge remembers is as old as the device's last word.
    const seen = own(body, "LastSeenEpoch");
    const ts = whole && typeof seen === "number" ? seen * 1000 : null;
    if (Object.keys(values).length > 0) heard.push({ kind: "said", address: zigbee.ieee, said: { ts, values } });
    return heard;
  }

  function addressesOf(box: Box): readonly string[] {
    return [...byIeee.values()].filter((z) => z.box.mac === box.mac).map((z) => z.ieee);
  }

  /** `{"ZbSend":"Done"}` is the bridge's, and names nobody: it is for whoever was asked first. A device's own refusal names it. */
  function answered(box: Box, message: Readonly<Record<string, unknown>>, now: Millis): readonly Heard[] | null {
    const sent = own(message, "ZbSend");
    const response = own(message, "ZbResponse");
    if (sent === undefined && !isObject(response)) return null;
    const waiting = (questions.get(box.mac) ?? []).filter((q) => q.until >= now);
    questions.set(box.mac, waiting);
    const ack = (q: Asked, error: string | null): Heard => ({ kind: "ack", address: q.ieee, command: q.command, accepted: error === null, error });
    if (isObject(response)) {
      const status = own(response, "Status");
      const ieee = byShort.get(placeOf(box, String(own(response, "Device"))))?.ieee;
      const i = waiting.findIndex((q) => q.ieee === ieee);
      if (i === -1 || status === 0) return [];
      return waiting
        .splice(i, 1)
        .map((q) => ack(q, `Zigbee2Tasmota: ${shortText(own(response, "StatusMessage"), 100) ?? `status ${String(status).slice(0, 20)}`}`));
    }
    const i = waiting.findIndex((q) => q.left > 0);
    if (i === -1) return [];
    const one = waiting[i]!;
    if (sent !== "Done") return waiting.splice(i, 1).map((q) => ack(q, `Zigbee2Tasmota: ${shortText(sent, 200) ?? "it was not sent"}`));
    one.left--;
    if (one.left > 0) return [];
    return [ack(one, null), ...one.reads.map((payload): Heard => ({ kind: "reply", message: to(box, "ZbSend", payload) }))];
  }

  return {
    addressesOf,
    greet(box, now) {
      if (!/zb|zigbee/i.test(`${box.module ?? ""} ${box.name}`)) return [];
      keep(asked, placeOf(box, ""), now, 10_000);
      return [{ kind: "reply", message: to(box, "ZbInfo", "") }];
    },
    take(box, last, message, now) {
      const answer = answered(box, message, now);
      if (answer !== null) return answer;
      const told = devicesIn(last, message);
      if (told === null) return null;
      return told.flatMap((one) => {
        const zigbee = one.whole ? meet(box, one) : byShort.get(placeOf(box, one.short));
        if (zigbee == null) return one.whole ? [] : ask(box, one.short, now);
        return tell(box, zigbee, one);
      });
    },
    forget(box) {
      for (const ieee of addressesOf(box)) byIeee.delete(ieee);
      for (const [place, { box: of }] of byShort) if (of.mac === box.mac) byShort.delete(place);
      questions.delete(box.mac);
    },
    encode({ address }, set, command, now) {
      const zigbee = byIeee.get(address);
      if (zigbee === undefined)
        return { kind: "cannot", why: `No Tasmota bridge has told of ${address} (yet): it does when the device speaks, or when ZbInfo is asked of it.` };
      const sends: object[] = [];
      const reads: object[] = [];
      for (const [point, value] of Object.entries(set)) {
        if (!zigbee.writable.has(point)) return { kind: "cannot", why: `${zigbee.name} has told no ${point}, so it is not known to take one.` };
        if (point === "on" && typeof value === "boolean") {
          sends.push({ Send: { Power: value } });
          reads.push({ Cluster: 6, Read: 0 });
        } else if (point === "brightness" && typeof value === "number" && value >= 0 && value <= 100) {
          sends.push({ Send: { Dimmer: Math.round((value / 100) * FULL) } });
          reads.push({ Cluster: 8, Read: 0 });
        } else if (point === "setpoint" && typeof value === "number") {
          sends.push({ Write: { [zigbee.target]: value } });
          if (zigbee.target === SETPOINTS[0]) reads.push({ Cluster: 0x0201, Read: 0x0012 });
        } else return { kind: "cannot", why: `${zigbee.name} takes no ${point} of ${String(value).slice(0, 40)}.` };
      }
      const { box } = zigbee;
      const whole = (part: object) => JSON.stringify({ Device: zigbee.short, ...(zigbee.main === null ? {} : { Endpoint: zigbee.main }), ...part });
      const one: Asked = { command, ieee: address, left: sends.length, until: now + WAITS_MS, reads: reads.map(whole) };
      questions.set(box.mac, [...(questions.get(box.mac) ?? []).filter((q) => q.ieee !== address), one]);
      return { kind: "messages", messages: sends.map((part) => to(box, "ZbSend", whole(part))) };
    },
  };
}
