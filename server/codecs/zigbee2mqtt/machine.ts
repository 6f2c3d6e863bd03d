/** One entry of `bridge/devices` as machines: a Zigbee device is one, but each gang of a switch, each zone of a floor
 * heating is one of its own, since each feeds a load of its own. */
import type { DescribedPoint, Description } from "../../core/description.ts";
import { guessKind } from "../../core/description.ts";
import type { DeviceKind } from "../../core/device.ts";
import type { PointValue } from "../../core/reading.ts";
import { EVENT_SECONDS, isObject, own, shortText } from "../codec.ts";
import type { Climate } from "./climate.ts";
import { climateOf, describeClimate } from "./climate.ts";
import type { Property } from "./exposes.ts";
import { propertiesOf, READABLE, SETTABLE } from "./exposes.ts";
import type { Binding } from "./points.ts";
import { bindingsOf, describeBinding, limits, passedAs } from "./points.ts";

export interface Machine {
  /** `0x…`, or `0x…/left` for a gang. */
  readonly address: string;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly climate: Climate | null;
  readonly description: Description;
  /** What its properties are to it, as they come. */
  readonly roles: Map<string, Role>;
}

/** What one property is to a machine. */
export interface Role {
  /** Its climate is read anew with it. */
  readonly moves: boolean;
  /** It is told by this machine: as the point of its binding, or passed on by this name. */
  readonly told: boolean;
  readonly binding: Binding | null;
  readonly passed: string;
}

export interface Zigbee {
  readonly ieee: string;
  readonly name: string;
  readonly base: string;
  /** What the list said, in short: the same text is not read twice. */
  readonly print: string;
  readonly machines: readonly Machine[];
  /** Whose a property is; the first machine's where it is not here. */
  readonly owners: ReadonlyMap<string, Machine>;
  readonly properties: ReadonlyMap<string, Property>;
  /** What can be asked for by `/get`: nothing of a device that sleeps. */
  readonly readable: readonly string[];
  readonly disabled: boolean;
}

/** Seconds between the words of what has mains and measures: its bridge has it report within the hour, also where nothing changes. */
const REPORT_SECONDS = 1500;
const MAX_GANGS = 16;
/** A sleeper (a radiator valve) hears within this of being asked, or not. */
export const WAKES_SECONDS = 600;
/** Properties asked for in one question. */
const MAX_ASKED = 12;

/** Null for the coordinator and for what is no device. `first`: at the first bridge a friendly name alone is a name too. */
export function zigbeeOf(entry: unknown, base: string, first: boolean, print: string): Zigbee | null {
  if (!isObject(entry) || own(entry, "type") === "Coordinator") return null;
  const ieee = shortText(own(entry, "ieee_address"), 40)?.toLowerCase();
  const name = shortText(own(entry, "friendly_name"), 300);
  if (ieee === undefined || name === null || !/^0x[0-9a-f]{1,16}$/.test(ieee)) return null;
  const definition = own(entry, "definition");
  const defined = isObject(definition) ? definition : {};
  const unread: string[] = [];
  if (!isObject(definition)) unread.push("Zigbee2MQTT does not know this model: what it says is passed on as it is.");
  const properties = propertiesOf(own(defined, "exposes"), unread);
  const about = shortText(own(defined, "description")) ?? "";
  const gangs = gangsOf(properties);
  const battery = own(entry, "power_source") === "Battery";

  const described = (part: readonly Property[], gang: string | null, whole: boolean): Machine => {
    const all = bindingsOf(part, about, unread);
    const climate = climateOf(
      part,
      [...all.values()].some((b) => b.point === "on" && (b.property.access & SETTABLE) !== 0),
    );
    // A climate that has an off of its own is on by that alone.
    const bindings = new Map([...all].filter(([, b]) => b.point !== "on" || climate === null || climate.off.kind === "switch"));
    const points = pointsOf(part, bindings, climate);
    const address = gang === null ? ieee : `${ieee}/${gang}`;
    const called = gang === null ? name : `${name}/${gang}`;
    const description: Description = {
      address,
      aliases: [...(first && called !== address ? [called] : []), `${base}/${called}`],
      name: gang === null ? name : `${name} ${gang}`,
      hardware: [whole ? `ieee:${ieee}` : `ieee:${ieee}/${gang ?? ""}`],
      maker: shortText(own(defined, "vendor")),
      model: shortText(own(defined, "model")) ?? shortText(own(entry, "model_id")),
      area: shortText(own(entry, "description")) ?? (name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : null),
      kind: kindOf(part, climate, about, points),
      points,
      topic: `${base}/${name}`,
      // After 25 h of silence the bridge itself gives a sleeper up.
      interval: !battery && [...bindings.values()].some((b) => b.measured) ? REPORT_SECONDS : EVENT_SECONDS,
      ...(battery && points.some((p) => p.writable) ? { wakes: WAKES_SECONDS } : {}),
      openLoop: false,
      unread: [...new Set(unread)].slice(0, 20),
    };
    return { address, bindings, climate, description, roles: new Map() };
  };

  const shared = properties.filter((p) => p.endpoint === null || !gangs.includes(p.endpoint));
  const sharesPoints = gangs.length > 0 && bindingsOf(shared, about, []).size > 0;
  const machines =
    gangs.length === 0
      ? [described(properties, null, true)]
      : [
          ...(sharesPoints ? [described(shared, null, true)] : []),
          ...gangs.map((gang, i) =>
            described(
              // What belongs to no gang is told with the first, unless the whole device has points of its own.
              properties.filter((p) => p.endpoint === gang || (i === 0 && !sharesPoints && shared.includes(p))),
              gang,
              i === 0 && !sharesPoints,
            ),
          ),
        ];
  const owners = new Map<string, Machine>();
  for (const machine of machines) for (const p of machine.description.points) owners.set(p.key, machine);
  return {
    ieee,
    name,
    base,
    print,
    machines,
    owners,
    properties: new Map(properties.map((p) => [p.property, p])),
    readable: battery ? [] : readableOf(properties, machines),
    disabled: own(entry, "disabled") === true,
  };
}

/** Endpoints that are switched (or heated) on their own, where there are two or more. */
function gangsOf(properties: readonly Property[]): readonly string[] {
  const gangs = new Set<string>();
  for (const p of properties) {
    const acts = ((p.of === "switch" || p.of === "light") && p.name === "state") || (p.of === "climate" && p.name.endsWith("_setpoint"));
    if (acts && p.endpoint !== null && !/[/+#]/.test(p.endpoint)) gangs.add(p.endpoint);
  }
  return gangs.size < 2 ? [] : [...gangs].slice(0, MAX_GANGS);
}

function pointsOf(properties: readonly Property[], bindings: ReadonlyMap<string, Binding>, climate: Climate | null): readonly DescribedPoint[] {
  const understood = [...(climate === null ? [] : describeClimate(climate)), ...[...bindings.values()].map(describeBinding)];
  const keys = new Set(understood.map((p) => p.key));
  // Of two setpoints the one that does not count in a mode is passed on under its own name.
  if (climate !== null && climate.heating !== null && climate.cooling !== null) keys.delete(climate.heating.property);
  const others = properties
    .filter((p) => !keys.has(p.property))
    .map((p): DescribedPoint => ({
      name: passedAs(p.property),
      key: p.property,
      unit: p.unit,
      // The house commands its own points only.
      writable: false,
      ...limits(p),
      ...(p.values.length > 0 ? { values: p.values } : {}),
    }));
  return [...understood, ...others];
}

function kindOf(properties: readonly Property[], climate: Climate | null, about: string, points: readonly DescribedPoint[]): DeviceKind | null {
  if (climate !== null) return "ac";
  const names = points.map((p) => p.name);
  if (names.includes("volume") || names.includes("flow") || names.includes("valve")) return "water";
  if (properties.some((p) => p.of === "light")) return "light";
  if (names.includes("on") && /\b(plug|socket|outlet)\b/i.test(about)) return "plug";
  return guessKind(names);
}

function readableOf(properties: readonly Property[], machines: readonly Machine[]): readonly string[] {
  const wanted = new Set<string>();
  for (const { bindings, climate } of machines) {
    for (const property of bindings.keys()) wanted.add(property);
    for (const property of climate?.properties ?? []) wanted.add(property);
  }
  return properties
    .filter((p) => (p.access & READABLE) !== 0 && wanted.has(p.property))
    .map((p) => p.property)
    .slice(0, MAX_ASKED);
}

/** A property's text (`advanced.output: attribute`) as the value that JSON would have had. */
export function valueOfText(property: Property | undefined, text: string): PointValue | null {
  if (text === "" || text === "null") return null;
  if (property?.type === "binary") return [property.on, property.off].find((word) => String(word) === text) ?? text;
  if (property === undefined && (text === "true" || text === "false")) return text === "true";
  if (property?.type === "enum" || property?.type === "text") return text;
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text.slice(0, 200);
}
