/** What was used, once each: by device, with what a meter counts beyond the meters behind it as a line of its own. */
import type { Device } from "../device.ts";
import { pointDefinition } from "../device.ts";
import type { DeviceId, PointId } from "../reading.ts";
import type { Space } from "../space.ts";
import type { Account, Quantity } from "./tables.ts";

/** The points that tell a quantity, the best first, and what their total is multiplied by to be in its unit. */
export const TOLD_BY: Readonly<Record<Quantity, readonly { readonly name: string; readonly scale: number }[]>> = {
  electricity: [
    { name: "energy", scale: 1 },
    // Watt-hours.
    { name: "power", scale: 0.001 },
  ],
  water: [
    { name: "volume", scale: 1 },
    // Litres a minute, over hours.
    { name: "flow", scale: 0.06 },
  ],
  gas: [{ name: "gas", scale: 1 }],
  paper: [{ name: "pages", scale: 1 }],
  // GJ.
  heat: [{ name: "heat", scale: 1000 }],
  petrol: [],
  diesel: [],
};

export interface Candidate {
  readonly device: DeviceId;
  readonly point: PointId;
  readonly scale: number;
}

/** Every point that could tell the quantity, device by device, the best first. */
export function candidatesOf(devices: Iterable<Device>, quantity: Quantity): Candidate[] {
  return [...devices].flatMap((d) =>
    TOLD_BY[quantity].flatMap(({ name, scale }) => (pointDefinition(d.kind, name) === undefined ? [] : [{ device: d.id, point: `${d.id}/${name}`, scale }])),
  );
}

/** What one point told: amounts by bucket in the quantity's unit, and on how many days of the month it was heard. */
export interface Measured {
  readonly device: DeviceId;
  readonly point: PointId;
  readonly amounts: readonly number[];
  readonly days: number;
}

/** Of a device's points the one that was heard on most days, of two the better one. Those that were never heard tell nothing. */
export function bestOf(told: readonly Measured[]): Map<DeviceId, Measured> {
  const best = new Map<DeviceId, Measured>();
  for (const m of told) if (m.days > 0 && m.days > (best.get(m.device)?.days ?? 0)) best.set(m.device, m);
  return best;
}

export interface Line {
  /** Stable within its month. */
  readonly id: string;
  readonly quantity: Quantity;
  readonly device: DeviceId;
  /** The point that was read. */
  readonly point: PointId;
  /** rest: what a meter counted beyond what stands behind it. */
  readonly part: "own" | "rest";
  readonly department: string | null;
  readonly building: string;
  readonly floor: string | null;
  readonly space: string | null;
  readonly kind: string | null;
  readonly item: string | null;
  /** By bucket, in the quantity's unit. */
  readonly amounts: readonly number[];
}

/** A meter against the meters behind it. */
export interface MainReading {
  readonly quantity: Quantity;
  readonly meter: DeviceId;
  readonly measured: number;
  readonly behind: number;
  /** What it counted beyond them. */
  readonly rest: number;
  /** What they counted beyond it: one of them is wrong, or the meter was not heard all the time. */
  readonly excess: number;
}

/** What is known of how devices stand behind meters. */
interface Wiring {
  readonly account: Pick<Account, "mains">;
  readonly spaces: ReadonlyMap<string, Pick<Space, "floor">>;
  readonly devices: ReadonlyMap<DeviceId, Device>;
  /** Devices that each meter measures alone. */
  readonly alone: ReadonlyMap<DeviceId, readonly Device[]>;
  /** Devices that were heard of the quantity. */
  readonly measures: ReadonlySet<DeviceId>;
}

/**
 * The meter that counts a device: its own, its circuit's, or the narrowest that counts its place. Behind a meter that was not heard the next
 * one counts. Null: none does.
 */
function meterAbove(device: Device, wiring: Wiring, seen: ReadonlySet<DeviceId> = new Set()): DeviceId | null {
  const { measures, devices, alone } = wiring;
  if (seen.has(device.id)) return null;
  const met = new Set([...seen, device.id]);
  for (const named of [device.meter, device.feeder]) {
    const meter = named == null || met.has(named) ? undefined : devices.get(named);
    if (meter === undefined) continue;
    const found = measures.has(meter.id) ? meter.id : meterAbove(meter, wiring, met);
    if (found !== null && found !== device.id) return found;
  }
  const placed = meterOfPlace(device, wiring);
  if (placed !== null) return placed;
  // The meter of one device alone is counted where that device is.
  const [only] = alone.get(device.id) ?? [];
  return only === undefined ? null : meterAbove({ ...only, meter: null }, wiring, met);
}

function meterOfPlace(device: Device, { account, spaces, measures }: Wiring): DeviceId | null {
  const floor = device.space === null ? null : (spaces.get(device.space)?.floor ?? null);
  const own = account.mains.find((m) => m.meter === device.id);
  const width = (m: { readonly space: string | null; readonly floor: string | null }) => (m.space !== null ? 0 : m.floor !== null ? 1 : 2);
  const above = account.mains
    .filter((m) => m.meter !== device.id && m.building === device.building && measures.has(m.meter))
    .filter((m) => (m.space === null || m.space === device.space) && (m.floor === null || m.floor === floor))
    // A meter stands behind a wider one only.
    .filter((m) => own === undefined || width(m) > width(own))
    .toSorted((a, b) => width(a) - width(b));
  return above[0]?.meter ?? null;
}

/** The item of a device: a tag that is one, else the first whose kinds and classes it fits. */
export function itemOf(device: Device, account: Pick<Account, "items">, spaceClass: string | null): string | null {
  const tagged = account.items.find((i) => device.tags.includes(i.code));
  if (tagged !== undefined) return tagged.code;
  const fits = account.items.find(
    (i) =>
      (i.kinds.length > 0 || i.classes.length > 0) &&
      (i.kinds.length === 0 || (device.kind !== null && i.kinds.includes(device.kind))) &&
      (i.classes.length === 0 || (spaceClass !== null && i.classes.includes(spaceClass))),
  );
  return fits?.code ?? null;
}

export interface ConsumptionQuestion {
  readonly quantity: Quantity;
  readonly devices: readonly Device[];
  readonly spaces: ReadonlyMap<string, Space>;
  readonly account: Account;
  readonly told: readonly Measured[];
  /** How many buckets there are. */
  readonly buckets: number;
}

export interface Consumption {
  readonly lines: readonly Line[];
  readonly mains: readonly MainReading[];
}

/**
 * Lines whose sum is what was used. A meter counts what its lines behind it counted and a rest; where they counted more than it did, they
 * are what is known, and the difference is told with the meter. Nothing is in two lines.
 */
export function consumptionOf({ quantity, devices, spaces, account, told, buckets }: ConsumptionQuestion): Consumption {
  const best = bestOf(told);
  const byId = new Map(devices.map((d) => [d.id, d]));
  const measures = new Set(best.keys());
  const alone = new Map<DeviceId, Device[]>();
  for (const d of devices) if (d.meter != null && d.meter !== d.id) alone.set(d.meter, [...(alone.get(d.meter) ?? []), d]);
  const wiring: Wiring = { account, spaces, devices: byId, alone, measures };
  const above = new Map<DeviceId, DeviceId>();
  const behind = new Map<DeviceId, DeviceId[]>();
  for (const id of measures) {
    const device = byId.get(id);
    const meter = device === undefined ? null : meterAbove(device, wiring);
    if (meter === null || inTurn(above, meter, id)) continue;
    above.set(id, meter);
    behind.set(meter, [...(behind.get(meter) ?? []), id]);
  }
  const lines: Line[] = [];
  const mains: MainReading[] = [];
  const zero = Array.from({ length: buckets }, () => 0);
  /** What a device counted in effect, by bucket. */
  const walk = (id: DeviceId): readonly number[] => {
    const measured = best.get(id)!;
    const parts = (behind.get(id) ?? []).map(walk);
    const sum = parts.reduce<readonly number[]>((total, p) => total.map((t, i) => t + (p[i] ?? 0)), zero);
    const rest = measured.amounts.map((a, i) => Math.max(0, a - sum[i]!));
    const stands = standsFor(byId.get(id)!, alone, measures);
    lines.push({
      id: `${quantity} ${id}`,
      quantity,
      device: stands.id,
      point: measured.point,
      part: parts.length === 0 ? "own" : "rest",
      department: stands.department,
      building: stands.building,
      floor: stands.space === null ? null : (spaces.get(stands.space)?.floor ?? null),
      space: stands.space,
      kind: stands.kind,
      item: itemOf(stands, account, stands.space === null ? null : (spaces.get(stands.space)?.class ?? null)),
      amounts: rest.map(tidy),
    });
    if (parts.length > 0) {
      const whole = total(measured.amounts);
      const counted = total(sum);
      mains.push({ quantity, meter: id, measured: tidy(whole), behind: tidy(counted), rest: tidy(total(rest)), excess: tidy(Math.max(0, counted - whole)) });
    }
    return sum.map((s, i) => s + rest[i]!);
  };
  for (const id of measures) if (byId.has(id) && !above.has(id)) walk(id);
  return { lines: lines.toSorted((a, b) => (a.id < b.id ? -1 : 1)), mains };
}

/** Whose use a meter tells: that of the one device that it measures alone, where that one tells nothing itself; else its own. */
function standsFor(device: Device, alone: ReadonlyMap<DeviceId, readonly Device[]>, measures: ReadonlySet<DeviceId>): Device {
  const measured = alone.get(device.id) ?? [];
  return measured.length === 1 && !measures.has(measured[0]!.id) ? measured[0]! : device;
}

/** Whether `id` would stand behind itself. */
function inTurn(above: ReadonlyMap<DeviceId, DeviceId>, meter: DeviceId, id: DeviceId): boolean {
  for (let at: DeviceId | undefined = meter; at !== undefined; at = above.get(at)) if (at === id) return true;
  return false;
}

const total = (amounts: readonly number[]) => amounts.reduce((sum, a) => sum + a, 0);
/** Millionths are enough, and are written alike everywhere. */
export function tidy(value: number): number {
  const rounded = Math.round(value * 1e6) / 1e6;
  return rounded === 0 ? 0 : rounded;
}
