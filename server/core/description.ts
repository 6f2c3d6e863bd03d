/** What a source says of one of its devices: nobody has adopted anything yet. Pure data; everything in it is somebody else's word. */
import type { Device, DeviceKind, PointDefinition } from "./device.ts";
import { pointDefinition, POINTS } from "./device.ts";
import type { PointValue } from "./reading.ts";

/** One quantity of a device that describes itself. */
export interface DescribedPoint {
  /** The office's word for it, or the device's own where the office has none. */
  readonly name: string;
  /** The source's own key, as its messages write it. */
  readonly key: string;
  /** The unit that the source writes; null where it says none. Values arrive in the office's unit. */
  readonly unit: string | null;
  readonly writable: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly PointValue[];
}

/** What becomes of a value of which nothing was said for so long (seconds). */
export interface Lapse {
  readonly point: string;
  readonly seconds: number;
  /** `false`: its sensor says yes and never no. `unknown`: its source lets it count no longer. */
  readonly to: "false" | "unknown";
}

export interface Description {
  /** The device within its codec: unique there, and the same after a restart. */
  readonly address: string;
  /** Other words that a site file may use for it (a friendly name). */
  readonly aliases: readonly string[];
  /** The name that people gave it at its source. */
  readonly name: string;
  /** The hardware, `ieee:0x…`, `mac:aabbccddeeff`, `eui:…`, lower case: by these one device that is described twice is one. */
  readonly hardware: readonly string[];
  readonly maker: string | null;
  readonly model: string | null;
  /** Where its source says that it is (an area, a tag): a suggestion for its space. */
  readonly area: string | null;
  /** What it seems to be; null where nothing speaks for any kind. */
  readonly kind: DeviceKind | null;
  readonly points: readonly DescribedPoint[];
  /** The topic on which it mostly speaks. */
  readonly topic: string;
  /** Seconds between its messages, where its source says so. */
  readonly interval: number | null;
  /** Seconds within which it hears a command, where it sleeps between its own messages (LoRaWAN class A). */
  readonly wakes?: number;
  /** Commanded without an answer (infrared): only an effect proves anything. */
  readonly openLoop: boolean;
  /** Values that end by themselves; absent where there are none. */
  readonly lapses?: readonly Lapse[];
  /** What of its description could not be read, each with why. */
  readonly unread: readonly string[];
}

/** What a device seems to be by the points it has; null where they fit no kind. */
export function guessKind(points: Iterable<string>): DeviceKind | null {
  const has = new Set(points);
  if (has.has("supply") || has.has("return")) return "boiler";
  if (has.has("setpoint")) return "ac";
  if (has.has("volume") || has.has("flow") || has.has("valve")) return "water";
  if (has.has("pages")) return "copier";
  if (has.has("brightness")) return "light";
  if (has.has("occupied") || has.has("count")) return "presence";
  if (has.has("open")) return "contact";
  if (has.has("power") || has.has("energy")) return has.has("on") ? "plug" : "meter";
  if (has.has("gas")) return "meter";
  if (has.has("illuminance")) return "lux";
  return has.has("on") ? "light" : null;
}

const DEFINITIONS = new Map(
  Object.values(POINTS)
    .flat()
    .map((p) => [p.name, p]),
);

/** The office's point of this name, whatever kind of device has it; undefined where it has none. Its type and unit are the same for every kind. */
export function officePoint(name: string): PointDefinition | undefined {
  return DEFINITIONS.get(name);
}

/** Whether the office has this word for a point of any kind of device. */
export function isOfficePoint(name: string): boolean {
  return DEFINITIONS.has(name);
}

/** The office's unit of one of its points; "" where it has none, undefined where the office has no such point. */
export function officeUnit(name: string): string | undefined {
  return DEFINITIONS.get(name)?.unit;
}

/** The unit of a device's point: the office's, else the one that its source writes; "" where it has none. */
export function unitOfPoint({ kind, units }: Pick<Device, "kind" | "units">, name: string): string {
  const own = units !== undefined && Object.hasOwn(units, name) ? units[name] : undefined;
  return pointDefinition(kind, name)?.unit ?? own ?? officeUnit(name) ?? "";
}

/** Longer ones are no units. */
const LONGEST_UNIT = 20;
const MOST_UNITS = 200;

/** The units of points that the office has no word for; undefined where nothing is said of any. */
export function ownUnits(points: readonly DescribedPoint[]): Readonly<Record<string, string>> | undefined {
  const units = points.flatMap(({ name, unit }) => {
    const said = unit?.trim() ?? "";
    return said === "" || said.length > LONGEST_UNIT || isOfficePoint(name) ? [] : [[name, said] as const];
  });
  return units.length === 0 ? undefined : Object.fromEntries(units.slice(0, MOST_UNITS));
}
