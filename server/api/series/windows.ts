/** Reads roll-ups into the windows of a chart: of points, and of sums over devices as the month's account reckons them. */
import type { SeriesGroup } from "../../contract/series.ts";
import type { Line, Measured } from "../../core/account/consumption.ts";
import { candidatesOf, consumptionOf } from "../../core/account/consumption.ts";
import type { Quantity } from "../../core/account/tables.ts";
import { headcountOn } from "../../core/account/tables.ts";
import type { House } from "../../core/house.ts";
import type { Millis, PointId } from "../../core/reading.ts";
import type { Rolled, SeriesFunction, WindowStep } from "../../core/series.ts";
import { createColumn, createNights, rollupStepOf, windowAfter, windowStart } from "../../core/series.ts";
import type { Zone } from "../../core/zone.ts";
import { problem } from "../../errors.ts";
import type { History, Rollups } from "../../ports/history.ts";

/** Points that are asked for at once, and windows of them altogether. */
const POINTS_AT_ONCE = 300;
const MOST_CELLS = 2_000_000;
/** Sums that are told one by one; the smaller ones are told together. */
const MOST_GROUPS = 30;

/** Windows that are asked for, in the order of the answer; null: there is none to hold against. */
export interface Grid {
  readonly step: WindowStep;
  readonly zone: Zone;
  readonly starts: readonly (Millis | null)[];
}

export interface Told {
  readonly values: Float64Array;
  readonly counts: Int32Array;
}

function spanOf({ step, zone, starts }: Grid): { readonly from: Millis; readonly to: Millis } {
  const known = starts.filter((s) => s !== null);
  return known.length === 0 ? { from: 0, to: 0 } : { from: Math.min(...known), to: windowAfter(step, zone, Math.max(...known)) };
}

/** The place of the window that a roll-up belongs to. */
function slotsOf({ step, zone, starts }: Grid): (start: Millis) => number | undefined {
  const slots = new Map<Millis, number>();
  starts.forEach((s, i) => s !== null && slots.set(s, i));
  if (step !== "month") return (start) => slots.get(start);
  const months = new Map<Millis, number | undefined>();
  return (start) => {
    if (!months.has(start)) months.set(start, slots.get(windowStart("month", zone, start)));
    return months.get(start);
  };
}

function rowOf(r: Rollups, i: number): Rolled {
  return { count: r.count[i]!, mean: r.mean[i]!, min: r.min[i]!, max: r.max[i]!, last: r.last[i]!, total: r.total[i]! };
}

export interface AskedPoint {
  readonly id: PointId;
  readonly fn: SeriesFunction;
  readonly scale: number;
  readonly counter: boolean;
}

/** What points come to in each window. */
export async function readPoints(history: Pick<History, "rollups">, grid: Grid, points: readonly AskedPoint[]): Promise<readonly Told[]> {
  const { zone, step } = grid;
  const night = points.some((p) => p.fn === "night");
  const rolled = await history.rollups({ points: points.map((p) => p.id), ...spanOf(grid), step: night ? "hour" : rollupStepOf(step) });
  if (night) {
    const nights = points.map((p) => createNights(grid.starts, zone, p.counter ? "total" : "mean"));
    for (let i = 0; i < rolled.start.length; i++) nights[rolled.point[i]!]!.take(rolled.start[i]!, rowOf(rolled, i));
    return nights;
  }
  const slotOf = slotsOf(grid);
  const columns = points.map((p) => createColumn(grid.starts.length, p.fn as Exclude<SeriesFunction, "night">, p.scale));
  for (let i = 0; i < rolled.start.length; i++) {
    const slot = slotOf(rolled.start[i]!);
    if (slot !== undefined) columns[rolled.point[i]!]!.take(slot, rowOf(rolled, i));
  }
  return columns;
}

export interface Group extends Told {
  readonly key: string | null;
  readonly rest: boolean;
  readonly lines: readonly Pick<Line, "point" | "part">[];
}

function keyOf(by: SeriesGroup, line: Line): string | null {
  if (by === "floor") return line.floor === null ? null : `${line.building}/${line.floor}`;
  return line[by];
}

/** What was used, once each, by what it belongs to; the most first. `keys`: those that are told one by one, where that is settled. */
export async function readGroups(
  { house, history }: { readonly house: House; readonly history: Pick<History, "rollups"> },
  grid: Grid,
  { by, quantity, perHead }: { readonly by: SeriesGroup; readonly quantity: Quantity; readonly perHead: boolean },
  keys: readonly (string | null)[] | null,
): Promise<readonly Group[]> {
  const { zone, step, starts } = grid;
  const devices = [...house.devices.values()].map((s) => s.device).filter((d) => d.adopted);
  const candidates = candidatesOf(devices, quantity);
  if (candidates.length * starts.length > MOST_CELLS)
    throw problem("range-too-wide", `This sums ${candidates.length} points in ${starts.length} windows; ask for a shorter range or step=auto.`);
  const slotOf = slotsOf(grid);
  const span = spanOf(grid);
  const told: Measured[] = [];
  const heard = new Map<PointId, Told>();
  for (let at = 0; at < candidates.length; at += POINTS_AT_ONCE) {
    const asked = candidates.slice(at, at + POINTS_AT_ONCE);
    const rolled = await history.rollups({ points: asked.map((c) => c.point), ...span, step: rollupStepOf(step) });
    const columns = asked.map((c) => createColumn(starts.length, "total", c.scale));
    const days = asked.map(() => new Set<Millis>());
    for (let i = 0; i < rolled.start.length; i++) {
      const [start, point] = [rolled.start[i]!, rolled.point[i]!];
      const slot = slotOf(start);
      if (slot === undefined) continue;
      columns[point]!.take(slot, rowOf(rolled, i));
      if (rolled.count[i]! > 0) days[point]!.add(zone.midnight(start));
    }
    asked.forEach((c, i) => {
      const column = columns[i]!;
      heard.set(c.point, column);
      told.push({ device: c.device, point: c.point, amounts: Array.from(column.values, (v) => (Number.isNaN(v) ? 0 : v)), days: days[i]!.size });
    });
    // A thousand meters are a long reckoning: what waits meanwhile has its turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { lines } = consumptionOf({ quantity, devices, spaces: house.spaces, account: house.site.account, told, buckets: starts.length });
  const byKey = new Map<string | null, Line[]>();
  for (const line of lines) {
    const key = keyOf(by, line);
    byKey.set(key, [...(byKey.get(key) ?? []), line]);
  }
  const weight = (of: readonly Line[]) => of.reduce((sum, l) => sum + l.amounts.reduce((s, a) => s + a, 0), 0);
  const order =
    keys ??
    [...byKey]
      .map(([key, of]) => ({ key, of: weight(of) }))
      .sort((a, b) => b.of - a.of)
      .map(({ key }) => key);
  const single = order.slice(0, keys === null && order.length > MOST_GROUPS ? MOST_GROUPS - 1 : undefined);
  const others = [...byKey].filter(([key]) => !single.includes(key)).flatMap(([, of]) => of);
  const heads = (key: string | null, slot: number) => {
    const start = starts[slot];
    return key === null || start == null ? null : headcountOn(house.site.account, key, zone.date(start));
  };
  const sum = (key: string | null, of: readonly Line[], rest: boolean): Group => {
    const values = new Float64Array(starts.length).fill(Number.NaN);
    const counts = new Int32Array(starts.length);
    for (const line of of) {
      const known = heard.get(line.point);
      for (let slot = 0; slot < starts.length; slot++) {
        counts[slot]! += known?.counts[slot] ?? 0;
        if (Number.isNaN(known?.values[slot] ?? Number.NaN)) continue;
        values[slot] = (Number.isNaN(values[slot]!) ? 0 : values[slot]!) + line.amounts[slot]!;
      }
    }
    if (perHead) values.forEach((v, slot) => (values[slot] = v / (heads(key, slot) ?? Number.NaN)));
    return { key, rest, values, counts, lines: of };
  };
  const groups = single.map((key) => sum(key, byKey.get(key) ?? [], false));
  return others.length === 0 && keys === null ? groups : [...groups, ...(others.length > 0 && !perHead ? [sum(null, others, true)] : [])];
}
