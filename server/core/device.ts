import type { ManualMeter } from "./meters/manual.ts";
import type { DeviceId } from "./reading.ts";

export const DEVICE_KINDS = ["ac", "light", "water", "copier", "meter", "plug", "presence", "contact", "lux", "boiler", "outdoor"] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** One measured or commanded quantity of a kind. `min`/`max` bound what is plausible; outside them a value is suspect. */
export interface PointDefinition {
  readonly name: string;
  readonly type: "number" | "boolean" | "enum";
  /** UCUM-like display unit, "" where it has none. */
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly writable?: boolean;
  /** A counter only ever rises; a fall is suspect. */
  readonly counter?: boolean;
  /** A counter's fastest believable rise in its unit an hour, and what it may rise at once (a whole print job); more is suspect. */
  readonly fastest?: number;
  readonly atOnce?: number;
}

const on: PointDefinition = { name: "on", type: "boolean", unit: "", writable: true };
const power: PointDefinition = { name: "power", type: "number", unit: "W", min: -1, max: 1_000_000 };
const energy: PointDefinition = { name: "energy", type: "number", unit: "kWh", min: 0, max: 1e9, counter: true, fastest: 1000, atOnce: 1 };
const gas: PointDefinition = { name: "gas", type: "number", unit: "m³", min: 0, max: 1e9, counter: true, fastest: 1000, atOnce: 5 };
// As heat meters count; 100 GJ an hour are 28 MW.
const heat: PointDefinition = { name: "heat", type: "number", unit: "GJ", min: 0, max: 1e9, counter: true, fastest: 100, atOnce: 1 };
const temperature: PointDefinition = { name: "temperature", type: "number", unit: "°C", min: -40, max: 85 };
const illuminance: PointDefinition = { name: "illuminance", type: "number", unit: "lx", min: 0, max: 200_000 };
const electrical: readonly PointDefinition[] = [
  power,
  energy,
  { name: "voltage", type: "number", unit: "V", min: 0, max: 1000 },
  { name: "current", type: "number", unit: "A", min: 0, max: 10_000 },
];
const sheets = (name: string): PointDefinition => ({ name, type: "number", unit: "sheets", min: 0, max: 1e9, counter: true, fastest: 15_000, atOnce: 2000 });

/** The points of each kind of device, as the contract lists them. */
export const POINTS: Readonly<Record<DeviceKind, readonly PointDefinition[]>> = {
  ac: [
    on,
    { name: "mode", type: "enum", unit: "", values: ["cool", "heat", "dry", "fan", "auto", "off"], writable: true },
    { name: "setpoint", type: "number", unit: "°C", min: 5, max: 40, writable: true },
    temperature,
    power,
    energy,
  ],
  light: [on, { name: "brightness", type: "number", unit: "%", min: 0, max: 100, writable: true }, power, energy],
  water: [
    { name: "flow", type: "number", unit: "L/min", min: 0, max: 10_000 },
    { name: "volume", type: "number", unit: "m³", min: 0, max: 1e9, counter: true, fastest: 600, atOnce: 1 },
    { name: "valve", type: "enum", unit: "", values: ["open", "closed"], writable: true },
  ],
  copier: [
    on,
    sheets("pages"),
    sheets("color"),
    sheets("mono"),
    sheets("duplex"),
    { name: "status", type: "enum", unit: "", values: ["idle", "printing", "sleep", "down"] },
    power,
    energy,
  ],
  // A meter of gas or heat, with or without a wire, is a meter too.
  meter: [...electrical, gas, heat],
  plug: [on, ...electrical],
  presence: [
    { name: "occupied", type: "boolean", unit: "" },
    { name: "count", type: "number", unit: "people", min: 0, max: 100_000 },
  ],
  contact: [{ name: "open", type: "boolean", unit: "" }],
  lux: [illuminance],
  boiler: [
    on,
    { name: "supply", type: "number", unit: "°C", min: -10, max: 150 },
    { name: "return", type: "number", unit: "°C", min: -10, max: 150 },
    { name: "setpoint", type: "number", unit: "°C", min: 0, max: 120, writable: true },
    // Of the zone that it heats, where it has a thermostat there (OpenTherm: room temperature, id 24, and room setpoint, id 16).
    { name: "room", type: "number", unit: "°C", min: -40, max: 85 },
    { name: "roomSetpoint", type: "number", unit: "°C", min: 5, max: 40, writable: true },
    power,
    gas,
  ],
  outdoor: [temperature, { name: "humidity", type: "number", unit: "%", min: 0, max: 100 }, illuminance],
};

const definitions = new Map<DeviceKind, ReadonlyMap<string, PointDefinition>>(
  DEVICE_KINDS.map((kind) => [kind, new Map(POINTS[kind].map((p) => [p.name, p]))]),
);

/** The definition of a kind's point; undefined for a point that the kind does not have (it is kept all the same). */
export function pointDefinition(kind: DeviceKind | null, name: string): PointDefinition | undefined {
  return kind === null ? undefined : definitions.get(kind)?.get(name);
}

/** How a printer is asked by SNMP: versions 1 and 2c by a community, version 3 by a user, with what it proves itself and hides by. */
export interface SnmpAccess {
  readonly host: string;
  readonly port: number;
  readonly version: 1 | "2c" | 3;
  readonly community: string | null;
  readonly user: string | null;
  readonly auth: { readonly protocol: "md5" | "sha" | "sha224" | "sha256" | "sha384" | "sha512"; readonly key: string } | null;
  readonly privacy: { readonly protocol: "aes" | "aes256b" | "aes256r"; readonly key: string } | null;
  /** The name of the context that is asked; mostly empty. */
  readonly context: string;
}

/** How a printer is asked by us; at least one way is there. */
export interface PrinterConnection {
  readonly snmp: SnmpAccess | null;
  /** `ipp://host:port/printers/queue` */
  readonly ipp: string | null;
  /** CUPS's page log, a file of this machine. */
  readonly pageLog: string | null;
}

/** A device as the site file or an adoption describes it. A discovered one has `kind` guessed and `adopted` false. */
export interface Device {
  readonly id: DeviceId;
  readonly building: string;
  readonly name: Text;
  readonly kind: DeviceKind | null;
  /** `<building>/<space>`, or null while it has no place. */
  readonly space: string | null;
  readonly department: string | null;
  readonly codec: string;
  /** The MQTT topic its state arrives on. */
  readonly topic: string;
  /** What its codec knows it by; absent where that is the topic itself (native) or nothing (manual). */
  readonly address?: string | undefined;
  readonly tags: readonly string[];
  /** Why it may never be commanded (escape-route lighting, fire line, server room …); null where it may. */
  readonly protection: string | null;
  /** Seconds between its messages; three of them without a word and it is silent. */
  readonly interval: number;
  /** Power in W below which it counts as off. */
  readonly standby: number;
  /** Whether somebody described or adopted it. */
  readonly adopted: boolean;
  /** The device whose `power` measures this one, where it has none itself; null where nothing does. */
  readonly meter?: DeviceId | null | undefined;
  /** The gateway it speaks through, and the meter of the circuit that feeds it: when they fail, it is not its own fault. */
  readonly gateway?: DeviceId | null | undefined;
  readonly feeder?: DeviceId | null | undefined;
  /** A printer that we ask; null or absent for all else. */
  readonly printer?: PrinterConnection | null | undefined;
  /** A meter without a wire: people read it. Null or absent: it speaks itself. */
  readonly manual?: ManualMeter | null | undefined;
  /** Seconds within which it hears a command, where it sleeps between its own messages (LoRaWAN class A, battery radios). */
  readonly wakes?: number | undefined;
  /** True for what is commanded by infrared and the like: what it reports is what it was told, and only an effect proves anything. */
  readonly openLoop?: boolean | undefined;
  /** Units of its points that the office has no word for, as its source writes them; absent where it writes none. */
  readonly units?: Readonly<Record<string, string>> | undefined;
  /** True for a stranger that somebody does not want to see. */
  readonly ignored?: boolean | undefined;
}

/** A text for people: one string, or one per locale (`zh-CN`, `zh-TW`, `en`). */
export type Text = string | Readonly<Record<string, string>>;
