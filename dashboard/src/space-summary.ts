/** A space in a few figures, from its devices. Pure. */
import type { DeviceDto } from "../../server/contract/devices.ts";

export interface SpaceSummary {
  /** null: no sensor knows. */
  readonly occupied: boolean | null;
  /** °C, by the space's air conditioner. */
  readonly temperature: number | null;
  readonly setpoint: number | null;
  readonly acs: { readonly on: number; readonly total: number };
  readonly lights: { readonly on: number; readonly total: number };
  readonly windows: { readonly open: number; readonly total: number };
  /** W of everything that is metered here; null where nothing is. */
  readonly power: number | null;
  /** L/min; null where there is no water. */
  readonly flow: number | null;
  /** Devices that are offline or silent. */
  readonly missing: number;
}

function value(device: DeviceDto, point: string): string | number | boolean | null {
  return device.points.find((p) => p.name === point)?.value ?? null;
}

export function summarise(devices: readonly DeviceDto[]): SpaceSummary {
  let occupied: boolean | null = null;
  let temperature: number | null = null;
  let setpoint: number | null = null;
  let power: number | null = null;
  let flow: number | null = null;
  let missing = 0;
  const acs = { on: 0, total: 0 };
  const lights = { on: 0, total: 0 };
  const windows = { open: 0, total: 0 };
  for (const device of devices) {
    if (device.status === "offline" || device.status === "silent") missing++;
    const heard = device.status === "online" || device.status === "discovered";
    if (device.kind === "ac") {
      acs.total++;
      if (heard && value(device, "on") === true && value(device, "mode") !== "off") acs.on++;
      const t = value(device, "temperature");
      if (heard && typeof t === "number") temperature ??= t;
      const s = value(device, "setpoint");
      if (heard && typeof s === "number") setpoint ??= s;
    } else if (device.kind === "light") {
      lights.total++;
      if (heard && value(device, "on") === true) lights.on++;
    } else if (device.kind === "contact") {
      windows.total++;
      if (heard && value(device, "open") === true) windows.open++;
    } else if (device.kind === "presence" && heard) {
      const count = value(device, "count");
      const here = value(device, "occupied");
      if (typeof here === "boolean" || typeof count === "number") occupied = occupied === true || here === true || (typeof count === "number" && count > 0);
    }
    if (!heard) continue;
    const p = device.kind === "meter" ? null : value(device, "power");
    if (typeof p === "number") power = (power ?? 0) + Math.max(0, p);
    const f = device.kind === "water" ? value(device, "flow") : null;
    if (typeof f === "number") flow = (flow ?? 0) + f;
  }
  return { occupied, temperature, setpoint, acs, lights, windows, power, flow, missing };
}
