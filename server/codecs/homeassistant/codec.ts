/**
 * Home Assistant's MQTT discovery: what nearly everything can say of itself (ESPHome, OpenMQTTGateway, zwave-js-ui, ebusd …). Configs lie retained under
 * one prefix and name topics that lie anywhere, so this codec learns where to listen; whatever may publish a config is believed in what it describes, and
 * in nothing else: no topic of ours, no wildcard, no code.
 */
import type { Codec, Heard } from "../codec.ts";
import { isObject, jsonOf, MAX_PAYLOAD_BYTES, rejected, textOf } from "../codec.ts";
import type { Entity, HaDevice, Identity } from "./device.ts";
import { createDevice } from "./device.ts";
import { configTopic, discover, hardwareOf, isLevel } from "./discovery.ts";
import type { Read, Told } from "./entity.ts";

/** Three thousand devices with many entities each; topics are bounded where they are subscribed to, too. */
const MAX_ENTITIES = 60_000;
const MAX_OF_ONE = 300;
interface Known {
  readonly device: HaDevice;
  readonly entity: Entity;
}

/** An entity at one of its topics: what it reads there, and whether it hears there that it is there itself. */
interface Bound extends Known {
  readonly reads: readonly Read[];
  readonly lives: boolean;
}

/** `elsewhere`: topics that another codec reads, so that what is described of them would be a device twice. */
export function createHomeAssistant(prefix: string, elsewhere: (topic: string) => boolean = () => false): Codec {
  const devices = new Map<string, HaDevice>();
  /** By identifier or connection: the device's address. */
  const called = new Map<string, string>();
  const entities = new Map<string, Known>();
  /** By config topic: its payload, and the entities that came of it. */
  const configs = new Map<string, { readonly text: string; readonly ids: ReadonlySet<string> }>();
  /** By topic, and there by the entity's id. */
  const topics = new Map<string, Map<string, Bound>>();

  function deviceOf(identity: Identity): HaDevice {
    const words = [identity.address, ...identity.aliases];
    const found = words.map((w) => called.get(w)).find((a) => a !== undefined && devices.has(a));
    const device = devices.get(found ?? identity.address) ?? createDevice(identity);
    devices.set(device.address, device);
    for (const w of words) called.set(w, device.address);
    device.know({ ...identity, aliases: words.filter((w) => w !== device.address) });
    return device;
  }

  /** First where it hears whether it is there: only then what the broker kept of it is how it stands. */
  const topicsOf = ({ made, availability }: Entity): readonly string[] => [...(availability?.topics ?? []), ...made.reads.map((r) => r.source.topic)];

  /** Takes an entity away; the device that has none left is gone with it. */
  function forget(id: string): readonly Heard[] {
    const known = entities.get(id);
    if (known === undefined) return [];
    entities.delete(id);
    for (const topic of topicsOf(known.entity)) {
      const at = topics.get(topic);
      at?.delete(id);
      if (at?.size === 0) topics.delete(topic);
    }
    const { device } = known;
    device.remove(id);
    if (device.entities.size > 0) return [{ kind: "described", description: device.describe() }];
    devices.delete(device.address);
    for (const [word, address] of called) if (address === device.address) called.delete(word);
    return [{ kind: "gone", address: device.address }];
  }

  /** Puts an entity in the place of what it was; what that makes of the device it was of before. Null where there are too many. */
  function put(identity: Identity, entity: Entity): { readonly device: HaDevice; readonly left: readonly Heard[] } | null {
    const before = entities.get(entity.id);
    if (before === undefined && entities.size >= MAX_ENTITIES) return null;
    const forgotten = forget(entity.id);
    const device = deviceOf(identity);
    if (device.entities.size >= MAX_OF_ONE) return null;
    entities.set(entity.id, { device, entity });
    device.put(entity);
    for (const topic of new Set(topicsOf(entity))) {
      const at = topics.get(topic) ?? new Map<string, Bound>();
      const lives = entity.availability?.topics.includes(topic) === true;
      topics.set(topic, at.set(entity.id, { device, entity, reads: entity.made.reads.filter((r) => r.source.topic === topic), lives }));
    }
    return { device, left: before === undefined || before.device.address === device.address ? [] : forgotten };
  }

  function takeConfig(topic: string, payload: Uint8Array): readonly Heard[] {
    const where = configTopic(prefix, topic);
    if (where === null || !isLevel(where.object) || (where.node !== null && !isLevel(where.node)))
      return rejected("bad-topic", `A config's topic is ${prefix}/<component>/[<node>/]<object>/config, of letters, digits, _ and -.`);
    const before = configs.get(topic);
    if (payload.length === 0) {
      configs.delete(topic);
      return [...(before?.ids ?? [])].flatMap(forget).filter(onlyLast);
    }
    if (payload.length > MAX_PAYLOAD_BYTES)
      return rejected("oversized", `A config of ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are read. Divide the device into single components.`);
    const text = textOf(payload);
    if (text !== null && text === before?.text) return again(before.ids);
    const parsed = jsonOf(payload);
    if ("wrong" in parsed) return rejected("malformed", `${parsed.wrong}. The config is left as it was.`);
    if (!isObject(parsed.value)) return rejected("malformed", "A config is a JSON object; an empty payload takes it away.");
    const found = discover(topic, where, parsed.value, elsewhere);
    const ids = new Set<string>();
    const touched = new Map<string, HaDevice>();
    const listens: string[] = [];
    const heard: Heard[] = [];
    for (const one of found) {
      if (one.kind !== "entity") continue;
      const taken = put(one.identity, one.entity);
      if (taken === null)
        return [...heard, ...rejected("too-many-devices", `More than ${MAX_OF_ONE} entities of one device, or ${MAX_ENTITIES} of all, are not taken in.`)];
      ids.add(one.entity.id);
      heard.push(...taken.left);
      touched.set(taken.device.address, taken.device);
      listens.push(...topicsOf(one.entity));
    }
    for (const id of before?.ids ?? []) if (!ids.has(id)) heard.push(...forget(id));
    if (ids.size > 0) configs.set(topic, { text: text ?? "", ids });
    else configs.delete(topic);
    for (const device of touched.values()) if (devices.get(device.address) === device) heard.push({ kind: "described", description: device.describe() });
    if (listens.length > 0) heard.push({ kind: "listen", filters: [...new Set(listens)] });
    return heard.filter(onlyLast);
  }

  /** The same config once more (each birth of a server brings them all): nothing is new, but whoever asked may not have heard it. */
  function again(ids: ReadonlySet<string>): readonly Heard[] {
    const known = [...ids].map((id) => entities.get(id)).filter((k) => k !== undefined);
    const described = [...new Set(known.map((k) => k.device))].map((device): Heard => ({ kind: "described", description: device.describe() }));
    return [...described, { kind: "listen", filters: [...new Set(known.flatMap((k) => topicsOf(k.entity)))] }];
  }

  function takeState(topic: string, bound: ReadonlyMap<string, Bound>, payload: Uint8Array, retained: boolean): readonly Heard[] {
    const text = textOf(payload);
    if (text === null) return rejected("malformed", "The payload is not UTF-8 text.");
    if (text === "") return [];
    const parsed = jsonOf(payload);
    const json = "value" in parsed ? parsed.value : undefined;
    const variables = new Map<string, unknown>([
      ["value", text],
      ["value_json", json],
    ]);
    const plain: Told = { text: text.trim(), json };
    const said = new Map<HaDevice, Record<string, unknown>>();
    const stands = new Map<HaDevice, Record<string, unknown>>();
    const heard: Heard[] = [];
    let why: string | null = null;
    for (const { device, entity, reads, lives } of bound.values()) {
      if (lives) {
        entity.availability?.hear(topic, text, variables);
        const online = device.available();
        if (online !== null && online !== device.told) {
          device.told = online;
          heard.push({ kind: "availability", address: device.address, online });
        }
      }
      for (const read of reads) {
        const rendered = read.source.template?.render(variables) ?? plain;
        if ("wrong" in rendered) {
          why ??= `${entity.slug}: ${rendered.wrong}`;
          continue;
        }
        // A switch or a contact speaks when it changes, and what it said last holds while it is there; a measurement is of its instant.
        const to = retained && entity.component !== "sensor" && entity.availability?.now() === true ? stands : said;
        let values = to.get(device);
        if (values === undefined) to.set(device, (values = {}));
        device.name(entity, read.take({ text: rendered.text, json }), values);
      }
    }
    for (const [device, values] of said) if (Object.keys(values).length > 0) heard.push({ kind: "said", address: device.address, said: { ts: null, values } });
    for (const [device, values] of stands)
      if (Object.keys(values).length > 0) heard.push({ kind: "said", address: device.address, said: { ts: null, values, stands: true } });
    // Of JSON each entity reads its own part, and not every message has every part.
    if (heard.length === 0 && why !== null && json === undefined) return rejected("malformed", `Its template finds nothing in it (${why.slice(0, 200)}).`);
    return heard;
  }

  return {
    id: "homeassistant",
    filters: [`${prefix}/+/+/config`, `${prefix}/+/+/+/config`],
    // What configs name lies anywhere.
    heads: [],
    decode({ topic, payload, retained }) {
      if (topic.startsWith(`${prefix}/`) && topic.endsWith("/config")) return takeConfig(topic, payload);
      const bound = topics.get(topic);
      return bound === undefined ? null : takeState(topic, bound, payload, retained);
    },
    hardware(address) {
      const found = hardwareOf(address);
      return found === null ? [] : [found];
    },
    encode(device, set) {
      const known = devices.get(called.get(device.address) ?? device.address);
      if (known === undefined)
        return {
          kind: "cannot",
          why: "It has not described itself since this server started: it does when its own program starts, or is told of Home Assistant's birth.",
        };
      return known.write(set, device);
    },
    // Whoever describes itself says so again when Home Assistant comes.
    greet: () => [{ topic: `${prefix}/status`, payload: "online" }],
  };
}

/** Of several descriptions of one device only the last, which knows all. */
function onlyLast(heard: Heard, i: number, all: readonly Heard[]): boolean {
  return heard.kind !== "described" || all.findLastIndex((h) => h.kind === "described" && h.description.address === heard.description.address) === i;
}
