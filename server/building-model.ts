/** A building as a whole: what it used day by day, read from roll-ups, and what the days before the first command let expect. */
import type { House } from "./core/house.ts";
import type { DeviceId, Millis } from "./core/reading.ts";
import { fitBaseline } from "./core/savings/baseline.ts";
import { standingAdjustments, withoutAdjusted } from "./core/savings/entries.ts";
import type { EnergyDay } from "./core/savings/shape.ts";
import { verify } from "./core/savings/verify.ts";
import type { Savings } from "./ports/savings.ts";
import type { SavingsParts } from "./savings-past.ts";

const DAY = 86_400_000;
/** A baseline's days at most, where nobody chose them. */
const BASELINE_DAYS = 365;
/** A day that was heard less than this part of the day that was heard most (of a sensor: of its messages) is not whole. */
const WHOLE = 0.8;
/** Part (0–1) of the rooms that must have been heard on a day before its occupancy counts. */
const HEARD_ROOMS = 0.9;
/** Points that are asked for at once. */
const POINTS_AT_ONCE = 50;

type Modelled = Pick<Savings, "modelled" | "baseline">;
type Whole = Pick<SavingsParts, "house" | "history">;

export async function readModelled(parts: SavingsParts, building: string, from: Millis, to: Millis): Promise<Modelled> {
  const { house, history, records } = parts;
  const { calendar } = house;
  const meters = house.site.account.mains.filter((m) => m.building === building && m.floor === null && m.space === null).map((m) => m.meter);
  const [station] = house.outdoorByBuilding.get(building) ?? [];
  const sensors = sensorsOf(house, building);
  const chosen = house.savings.baselines.get(building) ?? null;
  const about = { meters, rooms: sensors.size, chosen: chosen?.days == null ? null : chosen };
  const none = (why: Extract<Modelled["baseline"]["result"], { kind: "refused"; regressor: null }>["why"], days: Days | null = null): Modelled => ({
    modelled: verify(null, 0, [], 0),
    baseline: { from: days?.start ?? null, to: days?.end ?? null, ...about, result: { kind: "refused", why, regressor: null } },
  });
  if (meters.length === 0) return none("no-meter");
  if (station === undefined) return none("no-weather");
  const first = await records.firstCommandAt();
  const days = chosen?.days == null ? freeDays(house, await history.oldest(), Math.min(from, first ?? from)) : chosenDays(house, chosen.days);
  if (days === null) return none("no-past");
  if (first !== null && days.end > calendar.midnight(first)) return none("overlaps-enforcement", days);
  if (days.end > from) return none("overlaps-report", days);
  const read = (start: Millis, end: Millis) => daysOf(parts, meters, station.id, sensors, start, end);
  const before = await read(days.start, days.end);
  const reported = await read(calendar.midnight(from), to);
  const adjustments = standingAdjustments(house.savings, building);
  const result = fitBaseline(withoutAdjusted(before, adjustments));
  return {
    modelled: verify(result.kind === "model" ? result.model : null, before.length, reported, reported.length, adjustments),
    baseline: { from: days.start, to: days.end, ...about, result },
  };
}

interface Days {
  readonly start: Millis;
  readonly end: Millis;
}

/** The days before something, a year at most, as far as there are readings; null where there are none. */
function freeDays({ calendar }: House, oldest: Millis | null, before: Millis): Days | null {
  const end = calendar.midnight(before);
  if (oldest === null) return null;
  const start = Math.max(calendar.midnight(end - BASELINE_DAYS * DAY), calendar.midnight(calendar.midnight(oldest) + 1.5 * DAY));
  return start < end ? { start, end } : null;
}

function chosenDays({ calendar }: House, { from, until }: { readonly from: string; readonly until: string }): Days {
  return { start: calendar.instant(from, 0), end: calendar.midnight(calendar.instant(until, 0) + 1.5 * DAY) };
}

/** The presence sensors of a building by room; one that stands in none is a room of its own. */
function sensorsOf({ devices }: House, building: string): ReadonlyMap<string, readonly { readonly id: DeviceId; readonly interval: number }[]> {
  const found = [...devices.values()].map((s) => s.device).filter((d) => d.building === building && d.kind === "presence" && d.adopted);
  return Map.groupBy(found, (d) => d.space ?? d.id);
}

/** Every local day that is over by `to`, measured or not. */
async function daysOf(
  parts: Whole,
  meters: readonly DeviceId[],
  station: DeviceId,
  sensors: ReturnType<typeof sensorsOf>,
  from: Millis,
  to: Millis,
): Promise<EnergyDay[]> {
  const { house, history } = parts;
  const { calendar } = house;
  const occupancy = await occupancyOf(parts, sensors, from, to);
  const rolled = await history.rollups({ points: [...meters.map((m) => `${m}/energy`), `${station}/temperature`], from, to, step: "day" });
  const heard = meters.map(() => 0);
  for (let i = 0; i < rolled.start.length; i++) {
    const point = rolled.point[i]!;
    if (point < meters.length) heard[point] = Math.max(heard[point]!, rolled.count[i]!);
  }
  const known = new Map<Millis, { meters: number; kwh: number; temperature: number | null }>();
  for (let i = 0; i < rolled.start.length; i++) {
    const point = rolled.point[i]!;
    const day = known.get(rolled.start[i]!) ?? { meters: 0, kwh: 0, temperature: null };
    known.set(rolled.start[i]!, day);
    if (point === meters.length) day.temperature = Number.isFinite(rolled.mean[i]!) ? rolled.mean[i]! : null;
    else if (rolled.count[i]! >= WHOLE * heard[point]! && Number.isFinite(rolled.total[i]!)) {
      day.meters++;
      day.kwh += rolled.total[i]!;
    }
  }
  const days: EnergyDay[] = [];
  for (let at = from; ;) {
    const next = calendar.midnight(at + 1.5 * DAY);
    if (next > to) break;
    const day = known.get(at);
    const { date, working } = calendar.day(at);
    days.push({
      date,
      kwh: day !== undefined && day.meters === meters.length ? day.kwh : null,
      temperature: day?.temperature ?? null,
      working,
      occupancy: occupancy.get(at) ?? null,
    });
    at = next;
  }
  return days;
}

/** Hours that rooms were occupied, added up, by local midnight; of the rooms that were not heard it is taken that they were like the others. */
async function occupancyOf({ history }: Whole, sensors: ReturnType<typeof sensorsOf>, from: Millis, to: Millis): Promise<ReadonlyMap<Millis, number>> {
  /** By day, then by room: of several sensors the one that saw somebody longest. */
  const heard = new Map<Millis, Map<string, number>>();
  const all = [...sensors].flatMap(([room, of]) => of.map((s) => ({ room, ...s })));
  for (let first = 0; first < all.length; first += POINTS_AT_ONCE) {
    const asked = all.slice(first, first + POINTS_AT_ONCE);
    const rolled = await history.rollups({ points: asked.map((s) => `${s.id}/occupied`), from, to, step: "day" });
    for (let i = 0; i < rolled.start.length; i++) {
      const { room, interval } = asked[rolled.point[i]!]!;
      if (rolled.count[i]! < (WHOLE * DAY) / (1000 * interval) || !Number.isFinite(rolled.total[i]!)) continue;
      const rooms = heard.get(rolled.start[i]!) ?? new Map<string, number>();
      heard.set(rolled.start[i]!, rooms.set(room, Math.max(rooms.get(room) ?? 0, rolled.total[i]!)));
    }
  }
  const hours = new Map<Millis, number>();
  for (const [day, rooms] of heard) {
    if (rooms.size < HEARD_ROOMS * sensors.size) continue;
    hours.set(day, ([...rooms.values()].reduce((a, b) => a + b, 0) * sensors.size) / rooms.size);
  }
  return hours;
}
