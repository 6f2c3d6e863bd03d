/** What every simulated device is to the hall. One file per kind; `plug.ts` is the shortest to copy. */
import type { Device } from "../../server/core/device.ts";
import { POINTS } from "../../server/core/device.ts";
import type { PointValue } from "../../server/core/reading.ts";
import type { Random } from "../random.ts";
import type { Weather } from "../weather.ts";
import type { Room } from "../office/room.ts";

export type Change = Readonly<Record<string, PointValue>>;

/** What a device feels at a step. */
export interface Surroundings {
  /** ms, and seconds since the last step (0: something was just switched; nothing accumulates). */
  readonly now: number;
  readonly dt: number;
  /** Local minutes after midnight. */
  readonly minute: number;
  readonly weather: Weather;
  /** W drawn now on a floor (its name), in a space (its id) or in the whole building (null). */
  drawn(part: string | null): number;
  /** L/min that all water meters but the main one measured at the last step. */
  readonly flowing: number;
  /** Whether heat is to be had. */
  readonly heating: boolean;
}

export interface SimDevice {
  readonly device: Device;
  readonly room: Room | null;
  /** Its points as they truly are, unrounded; the same object all its life. */
  readonly values: Record<string, PointValue>;
  /** Effects on its room after the last step: W of heat (negative: cooling), lx at the desks, W drawn from the mains. */
  heat: number;
  lamp: number;
  draw: number;
  step(around: Surroundings): void;
  /** A hand or a command on it; null when done, else why not. Validated already by `checkChange`. */
  set(change: Change, now: number): string | null;
}

export interface Making {
  readonly device: Device;
  readonly room: Room | null;
  readonly random: Random;
}

/** Narrower limits than the kind's own, as the makers of such devices set them. */
const LIMITS: Readonly<Partial<Record<string, readonly [number, number]>>> = { "ac/setpoint": [16, 30], "boiler/setpoint": [20, 85] };

/** Why a change cannot be asked of a kind of device, null where it can: unknown or read-only point, wrong type, out of range. */
export function checkChange(device: Device, change: Readonly<Record<string, unknown>>): string | null {
  const names = Object.keys(change);
  if (names.length === 0) return "nothing to set";
  for (const name of names) {
    const point = device.kind === null ? undefined : POINTS[device.kind].find((p) => p.name === name);
    const value = change[name];
    if (point === undefined) return `no point ${name}`;
    if (point.writable !== true) return `${name} cannot be set`;
    if (point.type === "boolean" && typeof value !== "boolean") return `${name} must be true or false`;
    if (point.type === "enum" && !(typeof value === "string" && point.values?.includes(value) === true))
      return `${name} must be one of ${point.values?.join(", ") ?? ""}`;
    const [min, max] = LIMITS[`${device.kind ?? ""}/${name}`] ?? [point.min ?? -Infinity, point.max ?? Infinity];
    if (point.type === "number" && !(typeof value === "number" && value >= min && value <= max))
      return `${name} must be a number from ${String(min)} to ${String(max)}`;
  }
  return null;
}

/** kWh after `dt` seconds at `watts`. */
export function counted(kwh: number, watts: number, dt: number): number {
  return kwh + (watts * dt) / 3_600_000;
}

const DIGITS: Readonly<Record<string, number>> = {
  power: 10,
  energy: 10_000,
  temperature: 10,
  humidity: 10,
  illuminance: 1,
  flow: 100,
  volume: 10_000,
  voltage: 10,
  current: 1000,
  supply: 10,
  return: 10,
  gas: 1000,
};

/** A value as the device's display would show it. */
export function rounded(name: string, value: PointValue): PointValue {
  const digits = DIGITS[name];
  return typeof value === "number" && digits !== undefined ? Math.round(value * digits) / digits : value;
}

/** How far a number may move before a device speaks without being asked; counters wait for their turn. */
export function moved(name: string, told: PointValue | undefined, value: PointValue): boolean {
  if (typeof value !== "number" || typeof told !== "number") return told !== value;
  const by = Math.abs(value - told);
  switch (name) {
    case "power":
      return by > 25 && by > 0.12 * Math.abs(told);
    case "temperature":
      return by >= 0.5;
    case "illuminance":
      return by > 40 && by > 0.25 * told;
    case "flow":
      return by >= 0.5;
    case "supply":
    case "return":
      return by >= 2;
    case "setpoint":
    case "brightness":
    case "count":
      return by >= 0.05;
    default:
      return false;
  }
}
