/** From a discovery message to entities: both forms of configs, whose device they are of, and what they are called. */
import type { Identity, Entity } from "./device.ts";
import { isObject, shortText } from "../codec.ts";
import { OUR_ORIGIN } from "../../contract/sources.ts";
import { spelledOut } from "./abbreviations.ts";
import { availabilityOf } from "./availability.ts";
import { climate } from "./climate.ts";
import { readConfig } from "./config.ts";
import type { Config } from "./config.ts";
import type { Component } from "./entity.ts";
import { binarySensor, sensor, setting } from "./sensors.ts";
import { FAN, light, simpleSwitch, SWITCH, valve } from "./switches.ts";

const COMPONENTS: ReadonlyMap<string, (config: Config) => Component> = new Map([
  ["sensor", sensor],
  ["binary_sensor", binarySensor],
  ["number", (config: Config) => setting(config, false)],
  ["select", (config: Config) => setting(config, true)],
  ["switch", (config: Config) => simpleSwitch(config, "value_template", SWITCH)],
  ["fan", (config: Config) => simpleSwitch(config, "state_value_template", FAN)],
  ["light", light],
  ["valve", valve],
  ["climate", (config: Config) => climate(config, false)],
  ["water_heater", (config: Config) => climate(config, true)],
]);
/** Nothing of these is a state. */
const IGNORED = new Set(["event", "update", "button", "device_automation", "scene", "tag", "camera", "image", "notify", "text", "device_tracker"]);

/** What a topic under the prefix is: `<component>/[<node>/]<object>/config`; the component `device` has several of them in one. */
export interface ConfigTopic {
  readonly component: string;
  readonly node: string | null;
  readonly object: string;
}

export type Discovered =
  /** One entity that the message describes, with what it says of its device. */
  | { readonly kind: "entity"; readonly identity: Identity; readonly entity: Entity }
  | { readonly kind: "removed"; readonly id: string }
  /** Ours, a kind that tells no state, or what another codec reads. */
  | { readonly kind: "ignored" };

const MAX_COMPONENTS = 200;
const LEVEL = /^[A-Za-z0-9_.:-]{1,128}$/;
const PERIOD =
  /今日|昨日|当日|本周|本月|上月|今年|本年|(?:^|[_\s.-])(?:today|yesterday|daily|day|weekly|week|monthly|month|yearly|year|last|export(?:ed)?|returned?|produc(?:ed|tion)|apparent|reactive|peak|average|avg)(?=$|[_\s.-])/i;
const PART = /(?:^|[_\s.-])(?:l?[1-9]|[abc]|left|right|center|phase\w*|internal|device|target|external)(?=$|[_\s.-])/i;

/** Null where a topic is no config's. */
export function configTopic(prefix: string, topic: string): ConfigTopic | null {
  if (!topic.startsWith(`${prefix}/`) || !topic.endsWith("/config")) return null;
  const [component = "", first = "", second, ...more] = topic.slice(prefix.length + 1, -"/config".length).split("/");
  if (more.length > 0 || first === "" || second === "") return null;
  return second === undefined ? { component, node: null, object: first } : { component, node: first, object: second };
}

export function isLevel(name: string): boolean {
  return LEVEL.test(name);
}

/** What a config says; `id`: the same for the same entity whatever is said of it; `elsewhere`: topics that another codec reads. `known`: component ids that this topic had before. */
export function discover(
  id: string,
  where: ConfigTopic,
  payload: Readonly<Record<string, unknown>>,
  elsewhere: (topic: string) => boolean,
): readonly Discovered[] {
  const whole = spelledOut(payload);
  if (isOurs(whole.get("origin"))) return [{ kind: "ignored" }];
  if (where.component !== "device") return [one(id, where.component, where, whole, whole, elsewhere)];
  const components = whole.get("components");
  if (!isObject(components)) return [{ kind: "ignored" }];
  return Object.entries(components)
    .slice(0, MAX_COMPONENTS)
    .map(([key, raw]): Discovered => {
      const inner = `${id}\n${key}`;
      if (!isObject(raw)) return { kind: "removed", id: inner };
      // Availability, and what else is said once for all, stands beside the components.
      const config = new Map([...whole, ...spelledOut(raw, raw["~"] ?? payload["~"])]);
      config.delete("components");
      const platform = shortText(config.get("platform"), 40) ?? "";
      // A component of which only the platform is left was taken away.
      if (Object.keys(raw).length <= 1) return { kind: "removed", id: inner };
      return one(inner, platform, { ...where, object: key }, config, whole, elsewhere);
    });
}

function isOurs(origin: unknown): boolean {
  return origin instanceof Map && origin.get("name") === OUR_ORIGIN;
}

function one(
  id: string,
  component: string,
  where: ConfigTopic,
  values: ReadonlyMap<string, unknown>,
  whole: ReadonlyMap<string, unknown>,
  elsewhere: (topic: string) => boolean,
): Discovered {
  const told = values.get("state_topic");
  if (IGNORED.has(component) || (typeof told === "string" && elsewhere(told))) return { kind: "ignored" };
  const config = readConfig(values);
  const make = COMPONENTS.get(component);
  const unread = config.unread;
  const made: Component = make?.(config) ?? { roles: [], reads: [], claim: 0, openLoop: false };
  if (make === undefined) unread.push(`"${component.slice(0, 40)}" is a kind of entity that nothing is read of here`);
  const availability = availabilityOf(values, unread);
  const slug = slugOf(where, values);
  const category = config.optional("entity_category");
  const label = `${slug} ${config.text("name", "")}`;
  const expires = config.number("expire_after");
  const entity: Entity = {
    id,
    component,
    slug,
    rank: (office) => (category !== null ? 0 : rankOf(office, slug, config, label)),
    made,
    availability,
    expires: expires !== null && expires > 0 && expires <= 86_400 ? expires : null,
    unread,
  };
  return { kind: "entity", identity: identityOf(where, whole.get("device"), values), entity };
}

function rankOf(office: string, slug: string, config: Config, label: string): number {
  if (PERIOD.test(label)) return 0;
  const called = [slug, config.text("name", ""), config.text("object_id", "")].map((n) => n.toLowerCase());
  if (called.includes(office) || called.includes(config.text("device_class", " "))) return 3;
  return PART.test(label) ? 1 : 2;
}

/** A point's name from the entity's own words, without what only names its device. */
function slugOf({ node, object }: ConfigTopic, values: ReadonlyMap<string, unknown>): string {
  const plain = (text: string) => text.replaceAll(/[^A-Za-z0-9_.-]+/g, "_").replaceAll(/^_+|_+$/g, "");
  const level = plain(object);
  const short = node !== null && level.startsWith(`${plain(node)}_`) ? level.slice(plain(node).length + 1) : level;
  const name = shortText(values.get("name"), 48);
  // An object named by its hardware alone says less than the name beside it.
  const named = name !== null && plain(name) !== "" && (node === null || /^(?:0x)?[0-9a-f]{8,}$/i.test(short));
  return (named ? plain(name).toLowerCase() : short).slice(0, 48) || "value";
}

function texts(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? (value as unknown[]).slice(0, 20) : [value];
  return list.map((v) => shortText(typeof v === "number" ? String(v) : v)).filter((v) => v !== null);
}

const MAC = /^(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i;
const IEEE = /(?:^|_)(0x[0-9a-f]{16})$/i;

/** The hardware that an identifier names; null where it names none. */
export function hardwareOf(text: string): string | null {
  const ieee = IEEE.exec(text);
  if (ieee !== null) return `ieee:${ieee[1]!.toLowerCase()}`;
  return MAC.test(text) ? `mac:${text.replaceAll(/[:-]/g, "").toLowerCase()}` : null;
}

/** The device's own words; without any the entity is a device by itself. */
function identityOf({ component, node, object }: ConfigTopic, device: unknown, values: ReadonlyMap<string, unknown>): Identity {
  const said: ReadonlyMap<string, unknown> = device instanceof Map ? (device as Map<string, unknown>) : new Map();
  const ids = texts(said.get("identifiers"));
  const connections = said.get("connections");
  const pairs = Array.isArray(connections) ? (connections as unknown[]).slice(0, 20).filter((c): c is unknown[] => Array.isArray(c)) : [];
  const wires = pairs.flatMap(([, wire]) => texts(wire));
  // Tasmota before version 10 was known by the end of its MAC, before which its entities' names stood.
  const tasmotas = ids.filter((id) => /^[0-9A-F]{6}$/.test(id) && object.startsWith(`${id}_`)).map((id) => `tasmota:${id.toLowerCase()}`);
  const hardware = [...[...ids, ...wires].map(hardwareOf).filter((h) => h !== null), ...tasmotas];
  const linked = pairs
    .filter(([kind]) => kind === "mac" || kind === "bluetooth" || kind === "zigbee")
    .flatMap(([kind, wire]) => texts(wire).map((w) => `${String(kind)}:${w.toLowerCase()}`));
  const [address = `${component}/${node === null ? "" : `${node}/`}${object}`, ...aliases] = [...ids, ...linked];
  return {
    address,
    aliases,
    name: shortText(said.get("name")) ?? shortText(values.get("name")) ?? address,
    hardware: [...new Set(hardware)],
    maker: shortText(said.get("manufacturer")),
    model: shortText(said.get("model")),
    area: shortText(said.get("suggested_area")),
  };
}
