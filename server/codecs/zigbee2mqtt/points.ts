/** Which of a Zigbee device's properties is which of the office's points, and both directions. */
import type { DescribedPoint } from "../../core/description.ts";
import { isOfficePoint, officeUnit } from "../../core/description.ts";
import type { PointValue } from "../../core/reading.ts";
import { convert } from "../../core/units.ts";
import type { Property } from "./exposes.ts";
import { SETTABLE } from "./exposes.ts";

export interface Binding {
  readonly point: string;
  readonly property: Property;
  /** It moves by itself. */
  readonly measured?: boolean;
  /** Undefined: that says nothing here. */
  read(raw: unknown): PointValue | undefined;
  /** The value in the device's words, or the sentence that says why not. */
  write(value: PointValue): { readonly raw: PointValue } | { readonly why: string };
}

/** Names of numbers that the office has a point for; where a device has two for one point, the earlier is taken. */
const NUMBERS: readonly (readonly [name: string, point: string])[] = [
  ["total_power", "power"],
  ["total_active_power", "power"],
  ["power", "power"],
  ["active_power", "power"],
  ["total_energy", "energy"],
  ["total_active_energy", "energy"],
  ["energy", "energy"],
  ["energy_consumed", "energy"],
  ["voltage", "voltage"],
  ["current", "current"],
  ["local_temperature", "temperature"],
  ["temperature", "temperature"],
  ["humidity", "humidity"],
  ["illuminance", "illuminance"],
  ["illuminance_lux", "illuminance"],
  ["flow", "flow"],
  ["flow_rate", "flow"],
  ["water_flow", "flow"],
  ["water_current", "flow"],
  ["volume", "volume"],
  ["volume_1", "volume"],
  ["water_total", "volume"],
  ["total_water", "volume"],
  ["water_consumed", "volume"],
  ["gas", "gas"],
  ["gas_consumed", "gas"],
];
const FLAGS: readonly (readonly [name: string, point: string])[] = [
  ["contact", "open"],
  ["presence", "occupied"],
  ["occupancy", "occupied"],
  ["motion", "occupied"],
];
const WATER = ["flow", "volume"];
/** What has no unit may be a siren's loudness or an alarm's gas: no counter. */
const NEEDS_UNIT = new Set(["energy", "flow", "volume", "gas"]);
/** Brightness where nothing else is said. */
const FULL = 254;

/** The bindings of one device (or of one of its gangs), by property. */
export function bindingsOf(properties: readonly Property[], about: string, unread: string[]): ReadonlyMap<string, Binding> {
  const bound = new Map<string, Binding>();
  const points = new Set<string>();
  const bind = (binding: Binding | null): void => {
    if (binding === null || points.has(binding.point) || bound.has(binding.property.property)) return;
    points.add(binding.point);
    bound.set(binding.property.property, binding);
  };
  const named = (name: string, type: Property["type"]) => properties.filter((p) => p.name === name && p.type === type);
  for (const [name, point] of NUMBERS) for (const p of named(name, "numeric")) bind(measured(point, p, unread));
  // True is what the description calls on: a contact's is `false`, which is an open window.
  for (const [name, point] of FLAGS) for (const p of named(name, "binary")) bind(flag(point, p));
  const climatic = properties.some((p) => p.of === "climate");
  const wet = WATER.some((w) => points.has(w)) || (!climatic && !points.has("power") && /\bvalve\b|water|faucet|sprinkler/i.test(about));
  for (const p of named("state", "binary")) {
    // Radiator valves have switches for their child lock and the like, whose state is said under other keys.
    if (p.of !== "fan" && p.property !== "state" && p.property !== `state_${p.endpoint ?? ""}`) continue;
    if (p.of === "light" || p.of === "switch" || p.of === null) bind(wet ? valve(p) : flag("on", p));
    else if (p.of === "fan" && !climatic) bind(flag("on", p));
  }
  for (const p of named("brightness", "numeric")) if (p.of === "light") bind(brightness(p));
  return bound;
}

function measured(point: string, property: Property, unread: string[]): Binding | null {
  const wanted = officeUnit(point) ?? "";
  const { unit } = property;
  // A battery's millivolts are not the mains' volts.
  if (unit === null && NEEDS_UNIT.has(point)) return null;
  const name = point === "voltage" && unit?.toLowerCase() === "mv" ? "battery_voltage" : point;
  if (unit !== null && convert(1, unit, wanted) === undefined) {
    unread.push(`${property.property} is told in ${unit}, which is no ${wanted}: it is passed on as it is.`);
    return null;
  }
  return {
    point: name,
    property,
    measured: true,
    read: (raw) => (typeof raw === "number" && Number.isFinite(raw) ? (unit === null ? raw : convert(raw, unit, wanted)) : undefined),
    write: () => ({ why: `Its ${property.name} is measured and cannot be set.` }),
  };
}

function twoWords(point: string, property: Property, yes: PointValue, no: PointValue): Binding {
  return {
    point,
    property,
    read: (raw) => (raw === property.on ? yes : raw === property.off ? no : undefined),
    write: (value) =>
      (property.access & SETTABLE) === 0
        ? { why: `Its ${property.property} is told and cannot be set.` }
        : value === yes
          ? { raw: property.on }
          : value === no
            ? { raw: property.off }
            : { why: `It has no ${point} ${String(value)}.` },
  };
}

const flag = (point: string, property: Property): Binding => twoWords(point, property, true, false);
const valve = (property: Property): Binding => twoWords("valve", property, "open", "closed");

/** Whole percent, so that what was asked is what comes back: the lamp's own steps are finer than one. */
function brightness(property: Property): Binding {
  const full = property.max ?? FULL;
  return {
    point: "brightness",
    property,
    read: (raw) => (typeof raw === "number" && Number.isFinite(raw) && full > 0 ? Math.round((raw / full) * 100) : undefined),
    write: (value) =>
      (property.access & SETTABLE) === 0
        ? { why: "Its brightness is told and cannot be set." }
        : typeof value === "number" && value >= 0 && value <= 100
          ? { raw: Math.round((value / 100) * full) }
          : { why: `Its brightness is 0 to 100 %, not ${String(value)}.` },
  };
}

/** A number within what the device takes, on its own steps; or the sentence that says why not. */
export function bounded({ property, min, max, step, unit }: Property, value: PointValue): { readonly raw: number } | { readonly why: string } {
  const raw = typeof value === "number" ? convert(value, "°C", unit ?? "°C") : undefined;
  if (raw === undefined || !Number.isFinite(raw)) return { why: `${property} takes a number, not ${String(value)}.` };
  if ((min !== undefined && raw < min) || (max !== undefined && raw > max))
    return { why: `By its own description ${property} takes ${min ?? "…"} to ${max ?? "…"} ${unit ?? ""}, not ${raw}.`.replace(" ,", ",") };
  if (step === undefined || step <= 0) return { raw };
  const from = min ?? 0;
  return { raw: Number((from + Math.round((raw - from) / step) * step).toFixed(6)) };
}

/** Under which name a property that is no point is passed on; the office's own words are not lent to it. */
export function passedAs(key: string): string {
  return isOfficePoint(key) ? `raw.${key}` : key;
}

export function describeBinding({ point, property }: Binding): DescribedPoint {
  const unit = point === "brightness" ? "%" : property.unit;
  return {
    name: point,
    key: property.property,
    unit,
    writable: (property.access & SETTABLE) !== 0,
    ...(property.type !== "numeric" || point === "brightness" ? {} : limits(property)),
    ...(property.type === "binary" && point !== "valve" ? {} : property.values.length > 0 ? { values: property.values } : {}),
  };
}

export function limits({ min, max }: Property): { readonly min?: number; readonly max?: number } {
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}
