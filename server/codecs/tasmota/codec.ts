/**
 * Tasmota: a device says at `tasmota/discovery/<MAC>/…` where it speaks and in which words, and then speaks there. A box with one relay is one device
 * (its MAC); one with several is a device for each (`<mac>/2`), since each feeds a load of its own, and one for what the box measures itself.
 */
import type { Millis, PointValue } from "../../core/reading.ts";
import type { Arrived, Codec, Heard } from "../codec.ts";
import { isObject, jsonOf, MAX_PAYLOAD_BYTES, own, rejected, textOf } from "../codec.ts";
import { createQuestions, encoded, write, writeIr } from "./commands.ts";
import type { Known } from "./described.ts";
import { describe } from "./described.ts";
import type { Relay } from "./discovery.ts";
import { boxOf } from "./discovery.ts";
import { describeInfrared, infraredAddress, isWhole, readInfrared } from "./infrared.ts";
import { createZigbeeBehind } from "./zigbee.ts";
import { codedIn, readSensors, timeOf } from "./telemetry.ts";
import { readInputs, readPower, wordOf } from "./words.ts";

type Values = Readonly<Record<string, PointValue>>;

const DISCOVERY = /^tasmota\/discovery\/([0-9A-Fa-f]{12})\/(config|sensors)$/;
const MAX_BOXES = 5000;
const MAX_INFRARED = 8;
/** Sensors of boxes whose config has not come yet. */
const MAX_EARLY = 1000;

export function createTasmota(): Codec {
  const boxes = new Map<string, Known>();
  const early = new Map<string, Readonly<Record<string, unknown>>>();
  /** By topics up to their last level. */
  const bases = new Map<string, Known>();
  const questions = createQuestions();
  const zigbees = createZigbeeBehind();

  const addressesOf = ({ box, infrared }: Known): readonly string[] => [
    box.mac,
    ...(box.relays.length > 1 ? box.relays.map((r) => `${box.mac}/${r.index}`) : []),
    ...infrared,
    ...zigbees.addressesOf(box),
  ];

  function takeConfig(mac: string, payload: Uint8Array, now: Millis): readonly Heard[] {
    const old = boxes.get(mac);
    if (payload.length === 0) {
      if (old === undefined) return [];
      forget(old);
      boxes.delete(mac);
      const gone = addressesOf(old).map((address): Heard => ({ kind: "gone", address }));
      zigbees.forget(old.box);
      return gone;
    }
    const parsed = jsonOf(payload);
    const box = "wrong" in parsed ? parsed.wrong : boxOf(mac, parsed.value);
    if (typeof box === "string") return rejected("malformed", box);
    const owner = [box.stat, box.tele].map((base) => bases.get(base)).find((known) => known !== undefined && known !== old);
    if (owner !== undefined)
      return rejected(
        "malformed",
        `It speaks on ${box.tele}, as ${owner.box.mac} does: give it a Topic of its own, or delete what is retained of the other (tasmota/discovery/…).`,
      );
    if (old === undefined && boxes.size >= MAX_BOXES) return rejected("too-many-devices", `More than ${MAX_BOXES} Tasmotas; this one is left out.`);
    const known: Known = old ?? {
      box,
      sensors: early.get(mac) ?? {},
      exemplified: early.has(mac),
      chosen: new Map(),
      infrared: new Set(),
      behind: new Map(),
      stale: false,
      heard: false,
    };
    early.delete(mac);
    if (old !== undefined) forget(old);
    const before = old === undefined ? [] : addressesOf(old);
    known.box = box;
    boxes.set(mac, known);
    bases.set(box.stat, known);
    bases.set(box.tele, known);
    const still = new Set(addressesOf(known));
    return [
      // A bridge without anything of its own may give each of its devices a topic (SetOption89).
      { kind: "listen", filters: [...new Set([`${box.stat}+`, `${box.tele}+`, ...(box.relays.length === 0 ? [`${box.tele}+/SENSOR`] : [])])] },
      ...describe(known),
      ...before.filter((address) => !still.has(address)).map((address): Heard => ({ kind: "gone", address })),
      // What it last said was not kept for us: it is asked once.
      ...(old === undefined ? ask(known, "11", "10") : []),
      ...(old === undefined ? zigbees.greet(box, now) : []),
    ];
  }

  const ask = ({ box }: Known, ...parts: readonly string[]): readonly Heard[] =>
    parts.map((payload) => ({ kind: "reply", message: { topic: `${box.cmnd}STATUS`, payload } }));

  function forget({ box }: Known): void {
    bases.delete(box.stat);
    bases.delete(box.tele);
  }

  function takeSensors(mac: string, payload: Uint8Array): readonly Heard[] {
    if (payload.length === 0) return [];
    const parsed = jsonOf(payload);
    const sensors = "wrong" in parsed || !isObject(parsed.value) ? undefined : own(parsed.value, "sn");
    if (!isObject(sensors)) return rejected("malformed", "wrong" in parsed ? parsed.wrong : 'Tasmota\'s sensors are {"sn":{…}}.');
    const known = boxes.get(mac);
    if (known === undefined) {
      if (early.size < MAX_EARLY) early.set(mac, sensors);
      return [];
    }
    known.sensors = sensors;
    known.exemplified = true;
    return describe(known);
  }

  /** `<tele>/8F20/SENSOR`: a topic for each device behind a bridge. */
  const bridgeAt = (topic: string): Known | undefined =>
    topic.endsWith("/SENSOR") ? bases.get(topic.slice(0, topic.lastIndexOf("/", topic.length - "/SENSOR".length - 1) + 1)) : undefined;

  const find = (address: string): { readonly known: Known; readonly relay: Relay | null } | null => {
    const [mac = "", index] = address.split("/");
    const known = boxes.get(mac);
    if (known === undefined) return null;
    const { relays } = known.box;
    const relay = index === undefined ? (relays.length === 1 ? relays[0]! : null) : relays.find((r) => String(r.index) === index);
    return relay === undefined ? null : { known, relay };
  };

  /** Values of the box and of its relays, each to its device; a sole relay is the box. */
  function said(known: Known, ts: Millis | null, whole: Values, parts: ReadonlyMap<number, Values>): readonly Heard[] {
    const { box } = known;
    const several = box.relays.length > 1;
    if (parts.size === 0) {
      if (Object.keys(whole).length === 0) return [];
      known.heard = true;
      return [{ kind: "said", address: box.mac, said: { ts, values: whole } }];
    }
    const of = new Map<string, Values>([[box.mac, whole]]);
    for (const [index, values] of parts) {
      const address = several ? `${box.mac}/${index}` : box.mac;
      of.set(address, { ...values, ...of.get(address) });
    }
    const full = [...of].filter(([, values]) => Object.keys(values).length > 0);
    known.heard ||= full.length > 0;
    return full.map(([address, values]) => ({ kind: "said", address, said: { ts, values } }));
  }

  function takeState(known: Known, message: Readonly<Record<string, unknown>>): readonly Heard[] {
    const wifi = own(message, "Wifi");
    const signal = isObject(wifi) ? own(wifi, "Signal") : undefined;
    const told = readSensors(known.box, message, known.chosen);
    return said(known, told.ts, { ...told.box, ...(typeof signal === "number" ? { "Wifi.Signal": signal } : {}) }, readPower(known.box, message));
  }

  function takeSensor(known: Known, message: Readonly<Record<string, unknown>>): readonly Heard[] {
    // Whoever tells nothing of its sensors is described by the first that they say.
    if (!known.exemplified) {
      known.exemplified = true;
      known.sensors = message;
      known.stale = true;
    }
    const { ts, box, relays } = readSensors(known.box, message, known.chosen);
    return said(known, ts, box, relays);
  }

  /** An answer to whoever commanded it; a relay's is its own word too, infrared's is what it was told. */
  function takeAnswer(known: Known, answer: Readonly<Record<string, unknown>>, now: Millis): readonly Heard[] {
    const heard: Heard[] = questions.answers(known.box, answer, now).map(({ address, command, error }) => ({
      kind: "ack",
      address,
      command,
      accepted: error === null,
      error,
    }));
    // A boiler's answer is Tasmota's alone: what the boiler does is asked for.
    if (heard.length > 0 && Object.keys(answer).some((key) => key.toLowerCase().startsWith("ot_"))) heard.push(...ask(known, "10"));
    const told = own(answer, "IRHVAC");
    const own_ = said(known, timeOf(answer), readInputs(known.box, answer), readPower(known.box, answer));
    return [...heard, ...own_, ...(isObject(told) ? takeInfrared(known, told, "command") : [])];
  }

  function takeInfrared(known: Known, state: Readonly<Record<string, unknown>>, by: "remote" | "command"): readonly Heard[] {
    if (!isWhole(state)) return [];
    const address = infraredAddress(known.box, state);
    if (address === null) return rejected("malformed", "An IRHVAC names its Vendor.");
    const heard: Heard[] = [];
    if (!known.infrared.has(address)) {
      if (known.infrared.size >= MAX_INFRARED) return rejected("too-many-devices", `One infrared sender is taken for at most ${MAX_INFRARED} makes.`);
      known.infrared.add(address);
      heard.push({ kind: "described", description: describeInfrared(known.box, address) });
    }
    return [...heard, { kind: "said", address, said: { ts: null, values: readInfrared(state, by) } }];
  }

  function takeText(known: Known, what: string, text: string): readonly Heard[] {
    const { box } = known;
    if (what === "LWT") {
      const online = text === box.online || text === "Online" ? true : text === box.offline || text === "Offline" ? false : null;
      if (online === null) return rejected("malformed", `'${text.slice(0, 40)}' is neither ${box.online} nor ${box.offline}.`);
      const heard = addressesOf(known).map((address): Heard => ({ kind: "availability", address, online }));
      // That a broker kept: now it lets us hear this box, which may have answered before it did.
      return online && !known.heard ? [...heard, ...ask(known, "11", "10")] : heard;
    }
    // Other answers as plain text (SetOption4 aside) say nothing that is governed.
    return wordOf(box, text) === undefined ? [] : said(known, null, {}, readPower(box, { [what]: text }));
  }

  /** Registers, codes and the like of others behind it: whoever wrote a mapping for them reads them. */
  function leave(known: Known, key: string, topic: string): null {
    if (!known.behind.has(key)) {
      known.behind.set(key, `${key}: it does not say what that means; a mapping of ${topic.slice(0, 200)} can.`);
      known.stale = true;
    }
    return null;
  }

  function takeAt(known: Known, what: string, { topic, payload, now }: Arrived): readonly Heard[] | null {
    if (payload.length === 0) return [];
    if (payload.length > MAX_PAYLOAD_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
    const text = textOf(payload)?.trim();
    if (text === undefined) return rejected("malformed", "The payload is not UTF-8 text.");
    if (!text.startsWith("{")) return takeText(known, what, text);
    const parsed = jsonOf(text);
    if ("wrong" in parsed || !isObject(parsed.value)) return rejected("malformed", "wrong" in parsed ? parsed.wrong : "A JSON object was expected.");
    const message = parsed.value;
    const inner = (key: string) => {
      const value = own(message, key);
      return isObject(value) ? value : null;
    };
    const remote = inner("IrReceived");
    if (remote !== null) {
      const state = own(remote, "IRHVAC");
      return isObject(state) ? takeInfrared(known, state, "remote") : [];
    }
    const coded = codedIn(message);
    if (coded !== null) return leave(known, coded, topic);
    if (what === "STATE") return takeState(known, message);
    const behind = zigbees.take(known.box, what, message, now);
    if (behind !== null) return behind;
    if (what === "SENSOR") return takeSensor(known, message);
    const sensors = inner("StatusSNS");
    if (sensors !== null) return takeSensor(known, sensors);
    const state = inner("StatusSTS");
    if (state !== null) return takeState(known, state);
    return /^STATUS\d*$/.test(what) ? [] : takeAnswer(known, message, now);
  }

  return {
    id: "tasmota",
    filters: ["tasmota/discovery/#"],
    heads: [],
    decode(message) {
      const { topic, payload } = message;
      if (topic.startsWith("tasmota/discovery/")) {
        if (payload.length > MAX_PAYLOAD_BYTES)
          return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
        const found = DISCOVERY.exec(topic);
        if (found === null) return rejected("bad-topic", "The topic must be tasmota/discovery/<MAC>/config or …/sensors.");
        const mac = found[1]!.toLowerCase();
        return found[2] === "config" ? takeConfig(mac, payload, message.now) : takeSensors(mac, payload);
      }
      const slash = topic.lastIndexOf("/") + 1;
      const known = bases.get(topic.slice(0, slash)) ?? bridgeAt(topic);
      if (known === undefined) return null;
      const heard = takeAt(known, topic.slice(slash), message);
      return heard === null || !known.stale ? heard : [...describe(known), ...heard];
    },
    hardware(address) {
      if (address.startsWith("0x")) return [`ieee:${address}`];
      return [`mac:${address.toLowerCase()}`, ...(address.includes("/") ? [] : [`tasmota:${address.slice(-6).toLowerCase()}`])];
    },
    encode(device, set, command, now) {
      const { address } = device;
      if (address.startsWith("0x")) return zigbees.encode(device, set, command, now);
      const [mac = "", kind] = address.split("/");
      const box = boxes.get(mac)?.box;
      const found = find(address);
      if (box === undefined || (kind !== "ir" && found === null))
        return { kind: "cannot", why: `Tasmota ${address} has not told where it listens (yet): commands wait for tasmota/discovery/…/config (SetOption19 0).` };
      const written = kind === "ir" ? writeIr(box, device, set) : write(box, found!.relay, device, set);
      if (!("why" in written)) questions.ask(address, command, written.wanted, now);
      return encoded(written);
    },
  };
}
