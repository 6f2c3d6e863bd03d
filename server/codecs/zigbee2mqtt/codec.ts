/**
 * Zigbee2MQTT: a bridge whose list (`<base>/bridge/devices`) says of each device what it can, and which then tells its whole kept state at every word
 * of it. A device's address is its IEEE address, so that a new friendly name changes nothing; groups are not devices: their members speak themselves.
 *
 * `last_seen` (off by default) is when the device was last heard, not when each value was measured: a value that was kept is dated with it. What a
 * bridge tells again after its own start is thereby old; without `last_seen` it is what was said before, and is left out.
 */
import { keyOf } from "../../core/key.ts";
import type { Millis } from "../../core/reading.ts";
import type { Codec, Heard, Outgoing } from "../codec.ts";
import { isObject, jsonOf, MAX_PAYLOAD_BYTES, own, rejected, shortText, textOf } from "../codec.ts";
import type { Machine, Zigbee } from "./machine.ts";
import { valueOfText, zigbeeOf } from "./machine.ts";
import { createQuestions, failureIn } from "./asked.ts";
import { encodeFor } from "./commands.ts";
import type { Kept } from "./state.ts";
import { createKept, hearState, scalarsOf, standing, timeOf } from "./state.ts";

/** The list of hundreds of devices with all that they can. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;
/** A Zigbee network has fewer. */
const MAX_DEVICES = 1000;
/** Devices asked at once after they were described; the others one by one, as their bridge speaks. */
const ASKED_AT_ONCE = 20;

interface Bridge {
  readonly base: string;
  online: boolean | null;
  listed: boolean;
  devices: Map<string, Known>;
  names: Map<string, Known>;
  groups: ReadonlySet<string>;
  toAsk: Known[];
}

interface Known {
  zigbee: Zigbee;
  readonly kept: Kept;
  /** By its own availability topic; null where that is not used. */
  available: boolean | null;
}

export function createZigbee2mqtt(bases: readonly string[]): Codec {
  const bridges: readonly Bridge[] = [...new Set(bases.filter((b) => b !== ""))]
    .map((base): Bridge => ({ base, online: null, listed: false, devices: new Map(), names: new Map(), groups: new Set(), toAsk: [] }))
    .sort((a, b) => b.base.length - a.base.length);
  const first = bases[0];
  /** Of every machine, by its address. */
  const machines = new Map<string, { readonly known: Known; readonly machine: Machine }>();
  const questions = createQuestions();

  const get = ({ zigbee }: Known, keys: readonly string[]): Heard => ({
    kind: "reply",
    message: { topic: `${zigbee.base}/${zigbee.name}/get`, payload: JSON.stringify(Object.fromEntries(keys.map((key) => [key, ""]))) },
  });
  /** The next devices that nobody has heard since they were described. */
  function ask(bridge: Bridge, most: number): readonly Heard[] {
    const asked: Heard[] = [];
    while (asked.length < most && bridge.toAsk.length > 0) {
      const known = bridge.toAsk.shift()!;
      if (known.kept.heard || bridge.devices.get(known.zigbee.ieee) !== known) continue;
      asked.push(get(known, known.zigbee.readable));
    }
    return asked;
  }

  const present = (bridge: Bridge, known: Known) => bridge.online !== false && known.available !== false && !known.zigbee.disabled;
  const availability = (bridge: Bridge, known: Known): readonly Heard[] =>
    known.zigbee.machines.map(({ address }) => ({ kind: "availability", address, online: present(bridge, known) }));

  function takeList(bridge: Bridge, payload: Uint8Array): readonly Heard[] {
    const parsed = jsonOf(payload);
    if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
    if (!Array.isArray(parsed.value)) return rejected("malformed", "bridge/devices is a list of devices.");
    const heard: Heard[] = [];
    const before = bridge.devices;
    bridge.devices = new Map();
    bridge.names = new Map();
    bridge.listed = true;
    for (const entry of parsed.value.slice(0, MAX_DEVICES) as unknown[]) {
      const ieee = isObject(entry) ? shortText(own(entry, "ieee_address"), 40)?.toLowerCase() : undefined;
      const print = keyOf(JSON.stringify(entry));
      const old = ieee === undefined ? undefined : before.get(ieee);
      const zigbee = old?.zigbee.print === print ? old.zigbee : zigbeeOf(entry, bridge.base, bridge.base === first, print);
      if (zigbee === null || bridge.devices.has(zigbee.ieee)) continue;
      const known: Known = old ?? { zigbee, kept: createKept(), available: null };
      const same = known.zigbee === zigbee && old !== undefined;
      const was = known.zigbee;
      known.zigbee = zigbee;
      bridge.devices.set(zigbee.ieee, known);
      bridge.names.set(zigbee.name, known);
      if (same) continue;
      for (const { address } of was.machines) machines.delete(address);
      for (const machine of zigbee.machines) {
        machines.set(machine.address, { known, machine });
        heard.push({ kind: "described", description: machine.description });
      }
      if (zigbee.disabled || was.disabled) heard.push(...availability(bridge, known));
      if (zigbee.readable.length > 0 && old === undefined) bridge.toAsk.push(known);
    }
    for (const [ieee, { zigbee }] of before) {
      if (bridge.devices.has(ieee)) continue;
      for (const { address } of zigbee.machines) {
        // It may have moved to another bridge.
        if (machines.get(address)?.known.zigbee !== zigbee) continue;
        machines.delete(address);
        questions.done(address);
        heard.push({ kind: "gone", address });
      }
    }
    const more = parsed.value.length - MAX_DEVICES;
    if (more > 0) heard.push(...rejected("too-many-devices", `${more} devices of this bridge are left out: at most ${MAX_DEVICES} are taken.`));
    return [...heard, ...ask(bridge, ASKED_AT_ONCE)];
  }

  function takeGroups(bridge: Bridge, payload: Uint8Array): readonly Heard[] {
    const parsed = jsonOf(payload);
    if ("wrong" in parsed || !Array.isArray(parsed.value))
      return rejected("malformed", "wrong" in parsed ? parsed.wrong : "bridge/groups is a list of groups.");
    const names = (parsed.value.slice(0, MAX_DEVICES) as unknown[]).flatMap((g) => (isObject(g) ? (shortText(own(g, "friendly_name"), 300) ?? []) : []));
    bridge.groups = new Set(names);
    return [];
  }

  function takeBridge(bridge: Bridge, about: string, payload: Uint8Array, now: Millis): readonly Heard[] {
    if (about === "devices") return takeList(bridge, payload);
    if (about === "groups") return takeGroups(bridge, payload);
    if (payload.length > MAX_PAYLOAD_BYTES || (about !== "state" && about !== "logging")) return [];
    if (about === "logging") return takeLog(bridge, payload, now);
    const online = onlineIn(payload);
    if (online === null) return rejected("malformed", 'bridge/state is online or offline, as text or as {"state":…}.');
    if (online && bridge.online !== true) for (const { kept } of bridge.devices.values()) kept.resent = true;
    bridge.online = online;
    return [...bridge.devices.values()].flatMap((known) => availability(bridge, known));
  }

  function takeLog(bridge: Bridge, payload: Uint8Array, now: Millis): readonly Heard[] {
    const parsed = jsonOf(payload);
    if ("wrong" in parsed || !isObject(parsed.value) || own(parsed.value, "level") !== "error") return [];
    const message = own(parsed.value, "message");
    if (typeof message !== "string" || message.length > 20_000) return [];
    const heard: Heard[] = [];
    for (const address of questions.addresses()) {
      const asked = questions.of(address, now);
      const zigbee = machines.get(address)?.known.zigbee;
      const error = zigbee?.base === bridge.base ? failureIn(message, zigbee.name) : null;
      if (asked === null || error === null) continue;
      questions.done(address);
      heard.push({ kind: "ack", address, command: asked.command, accepted: false, error });
    }
    return heard;
  }

  function takeJson(bridge: Bridge, known: Known, payload: Uint8Array, now: Millis, retained: boolean): readonly Heard[] {
    // An empty retained message is how MQTT deletes one.
    if (payload.length === 0) return [];
    const parsed = jsonOf(payload);
    if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
    if (!isObject(parsed.value)) return rejected("malformed", "A state is a JSON object of property → value.");
    known.kept.json = true;
    const { zigbee, kept } = known;
    const { heard: spoke } = kept;
    const heard = hearState({ zigbee, kept, said: scalarsOf(parsed.value), time: timeOf(parsed.value), now }, questions, (keys) => get(known, keys));
    if (retained) {
      // What a broker kept may be old: who can be asked still is. Of a sleeper that its bridge has it is how it stands, but for what it measures.
      kept.heard = spoke;
      return zigbee.readable.length === 0 && bridge.online === true && present(bridge, known) ? heard.flatMap(standing) : heard;
    }
    return bridge.toAsk.length === 0 ? heard : [...heard, ...ask(bridge, 1)];
  }

  /** `<name>/<attribute>`: one value as text, where the bridge is told to speak so. */
  function takeAttribute(known: Known, attribute: string, payload: Uint8Array, now: Millis): readonly Heard[] {
    if (known.kept.json || attribute.includes("/") || attribute === "last_seen") return [];
    const text = textOf(payload);
    if (text === null || text.length > 1000) return rejected("malformed", "An attribute's topic carries its value as text.");
    const value = valueOfText(known.zigbee.properties.get(attribute), text);
    // The parts of one state come one by one; which of them the device said anew nobody knows.
    const time = { ts: null, lastSeen: undefined };
    const { zigbee, kept } = known;
    return hearState({ zigbee, kept, said: new Map(value === null ? [] : [[attribute, value]]), time, now }, questions, (keys) => get(known, keys));
  }

  function decodeAt(bridge: Bridge, rest: string, payload: Uint8Array, now: Millis, retained: boolean): readonly Heard[] {
    if (rest.startsWith("bridge/")) return takeBridge(bridge, rest.slice("bridge/".length), payload, now);
    if (payload.length > MAX_PAYLOAD_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; a state has at most ${MAX_PAYLOAD_BYTES}.`);
    // The longest name that fits: names may contain slashes.
    for (let end = rest.length; end > 0; end = rest.lastIndexOf("/", end - 1)) {
      const name = rest.slice(0, end);
      const tail = rest.slice(end + 1);
      const known = bridge.names.get(name);
      if (known === undefined) {
        if (bridge.groups.has(name)) return [];
        continue;
      }
      if (tail === "") return takeJson(bridge, known, payload, now, retained);
      // Somebody's command or question coming by.
      if (/^(?:set|get)(?:\/|$)/.test(tail)) return [];
      if (tail !== "availability") return takeAttribute(known, tail, payload, now);
      const online = payload.length === 0 ? null : onlineIn(payload);
      if (online === null) return payload.length === 0 ? [] : rejected("malformed", 'Availability is online or offline, as text or as {"state":…}.');
      known.available = online;
      return availability(bridge, known);
    }
    if (/\/(?:set|get)(?:\/.*)?$/.test(rest)) return [];
    return rejected(
      "bad-topic",
      bridge.listed
        ? `${bridge.base} has no device or group of this name in its list (${bridge.base}/bridge/devices).`
        : `The list of devices (${bridge.base}/bridge/devices) has not come yet; Zigbee2MQTT keeps it retained at the broker, and tells it again when it starts.`,
    );
  }

  return {
    id: "zigbee2mqtt",
    filters: bridges.map(({ base }) => `${base}/#`),
    heads: [...new Set(bridges.map(({ base }) => headOf(base)))],
    maxPayload: MAX_LIST_BYTES,
    decode({ topic, payload, now, retained }) {
      const bridge = bridges.find(({ base }) => topic.startsWith(base) && topic[base.length] === "/");
      return bridge === undefined ? null : decodeAt(bridge, topic.slice(bridge.base.length + 1), payload, now, retained);
    },
    hardware: (address) => [`ieee:${address}`],
    encode(device, set, command, now) {
      const found = machines.get(device.address);
      if (found === undefined)
        return { kind: "cannot", why: `No bridge has told of ${device.address} (yet): commands wait for its list (${first ?? ""}/bridge/devices).` };
      const { known, machine } = found;
      const written = encodeFor(machine, known.kept, set);
      if ("why" in written) return { kind: "cannot", why: written.why };
      questions.ask(machine.address, command, written.changes, now, machine.description.wakes ?? 0);
      const message: Outgoing = { topic: `${known.zigbee.base}/${known.zigbee.name}/set`, payload: JSON.stringify(written.changes) };
      return { kind: "messages", messages: [message] };
    },
  };
}

/** As the sources count a topic's first level: a leading slash belongs to it. */
function headOf(base: string): string {
  const slash = base.indexOf("/", base.startsWith("/") ? 1 : 0);
  return slash === -1 ? base : base.slice(0, slash);
}

/** `online`, `{"state":"online"}`, and so offline; null for anything else. */
function onlineIn(payload: Uint8Array): boolean | null {
  const text = payload.length > 200 ? null : textOf(payload)?.trim();
  if (text == null) return null;
  const word = text.startsWith("{") ? stateIn(payload) : text;
  return word === "online" ? true : word === "offline" ? false : null;
}

function stateIn(payload: Uint8Array): unknown {
  const parsed = jsonOf(payload);
  return "value" in parsed && isObject(parsed.value) ? own(parsed.value, "state") : undefined;
}
