/** What the house knows of a point whose counter people may read. */
import { counterOf } from "../counter.ts";
import type { Device, PointDefinition } from "../device.ts";
import { pointDefinition } from "../device.ts";
import type { House } from "../house.ts";
import type { Millis, PointId } from "../reading.ts";
import { deviceOf } from "./entry.ts";

/** A counter of an adopted device; null where the point is none. */
export function counterAt(house: Pick<House, "devices">, point: PointId): { readonly device: Device; readonly definition: PointDefinition } | null {
  const device = house.devices.get(deviceOf(point))?.device;
  const name = point.slice(point.lastIndexOf("/") + 1);
  if (device === undefined || !device.adopted || pointDefinition(device.kind, name) === undefined) return null;
  const definition = counterOf(name);
  return definition === undefined ? null : { device, definition };
}

/** The newest reading that was entered or confirmed, and is not rejected. */
export function lastEntered(house: Pick<House, "meters">, point: PointId): Millis | null {
  const waiting = [...(house.meters.waitingAt.get(point) ?? [])].map((e) => e.at);
  const newest = Math.max(house.meters.confirmed.get(point)?.at(-1)?.at ?? Number.NEGATIVE_INFINITY, ...waiting);
  return Number.isFinite(newest) ? newest : null;
}
