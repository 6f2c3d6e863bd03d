/** Savings as the API, the page and the month ask for them: roll-ups and records in, reckoned in the core a few milliseconds at a time. */
import { allPages } from "./all-pages.ts";
import type { Estimate } from "./core/backtest-tally.ts";
import { priceNow } from "./core/account/price.ts";
import type { SavingsStatement } from "./core/account/settlement.ts";
import type { Device } from "./core/device.ts";
import type { Command, Finding } from "./core/finding.ts";
import type { House } from "./core/house.ts";
import type { DeviceId, Millis } from "./core/reading.ts";
import { AVOIDED_SETTINGS, avoidedInTurns } from "./core/savings/avoided.ts";
import type { EnergyDay } from "./core/savings/baseline.ts";
import { fitBaseline } from "./core/savings/baseline.ts";
import { chanceOf } from "./core/savings/chance.ts";
import type { Metered } from "./core/savings/episode.ts";
import { episodesOf, obeyed } from "./core/savings/episode.ts";
import { loadSeries, STEP } from "./core/savings/load.ts";
import { PAST_SETTINGS, pastsOf } from "./core/savings/past.ts";
import { plannedOf } from "./core/savings/planned.ts";
import { verify } from "./core/savings/verify.ts";
import type { History, Records, Savings } from "./ports.ts";

export interface SavingsParts {
  readonly house: House;
  readonly history: Pick<History, "rollups" | "oldest">;
  readonly records: Pick<Records, "findings" | "commands" | "firstCommandAt">;
  readonly now: () => Millis;
}

const DAY = 86_400_000;
/** How far back pasts are looked for, and a baseline goes at most. */
const PAST_DAYS = 42;
const BASELINE_DAYS = 365;
/** Points that are asked for at once, and pages of records at most. */
const POINTS_AT_ONCE = 50;
/** What a device's load is read by, in W or L/min. */
const LOAD_OF: Readonly<Record<string, { readonly point: "power" | "flow"; readonly quantity: "kwh" | "m3" }>> = {
  ac: { point: "power", quantity: "kwh" },
  light: { point: "power", quantity: "kwh" },
  plug: { point: "power", quantity: "kwh" },
  copier: { point: "power", quantity: "kwh" },
  water: { point: "flow", quantity: "m3" },
};
/** A day that was heard less than this part of the day that was heard most is not whole. */
const WHOLE = 0.8;

export async function readSavings(parts: SavingsParts, building: string, from: Millis, to: Millis): Promise<Savings> {
  const { house, records } = parts;
  const { calendar } = house;
  const pastFrom = Math.max(calendar.midnight(from - PAST_DAYS * DAY), calendar.midnight((await parts.history.oldest()) ?? from));
  const here = (id: DeviceId) => house.devices.get(id)?.device.building === building;
  const findings = (await allPages((page) => records.findings({ from: pastFrom, to }, page))).filter((f) => here(f.subject.device));
  const commands = (
    await allPages(
      (page) => records.commands({}, page),
      (c: Command) => c.plannedAt < pastFrom,
    )
  ).filter((c) => c.plannedAt >= pastFrom && here(c.device));
  const metered = await loadsOf(parts, findings, commands, Math.floor(pastFrom / STEP) * STEP, to);
  const episodes = episodesOf(commands, new Map(findings.map((f) => [f.id, f])), metered, from, to);
  const pasts = pastsOf(metered, findings, obeyed(commands), calendar, PAST_SETTINGS);
  const turns = avoidedInTurns(episodes, pasts, AVOIDED_SETTINGS, chanceOf(`${building} ${from} ${to}`));
  let turn = turns.next();
  while (turn.done !== true) {
    await new Promise((resolve) => setImmediate(resolve));
    turn = turns.next();
  }
  return {
    building,
    from,
    to,
    planned: plannedOf(
      findings.filter((f) => f.openedAt >= from),
      Math.min(to, parts.now()),
    ),
    measured: turn.value,
    ...(await modelled(parts, building, from, to)),
  };
}

/** The loads of devices that something was found at or asked of. */
async function loadsOf({ house, history }: SavingsParts, findings: readonly Finding[], commands: readonly Command[], from: Millis, to: Millis) {
  const ids = new Set([...findings.map((f) => f.subject.device), ...commands.map((c) => c.device)]);
  const devices = [...ids].flatMap((id): Device[] => {
    const device = house.devices.get(id)?.device;
    return device !== undefined && device.kind !== null && device.kind in LOAD_OF ? [device] : [];
  });
  const metered = new Map<DeviceId, Metered>();
  const windows = Math.max(0, Math.ceil((to - from) / STEP));
  for (let at = 0; at < devices.length; at += POINTS_AT_ONCE) {
    const asked = devices.slice(at, at + POINTS_AT_ONCE);
    const rolled = await history.rollups({ points: asked.map((d) => `${d.id}/${LOAD_OF[d.kind!]!.point}`), from, to, step: "5m" });
    const loads = asked.map(() => new Float64Array(windows).fill(Number.NaN));
    // The integral over five minutes, in unit times hours.
    for (let i = 0; i < rolled.start.length; i++) loads[rolled.point[i]!]![(rolled.start[i]! - from) / STEP] = (rolled.total[i]! * 3_600_000) / STEP;
    asked.forEach((d, i) => {
      if (loads[i]!.every(Number.isNaN)) return;
      const spaceClass = d.space === null ? "" : (house.spaces.get(d.space)?.class ?? "");
      const { quantity } = LOAD_OF[d.kind!]!;
      metered.set(d.id, { device: d.id, kind: d.kind!, group: `${d.kind} ${spaceClass}`, quantity, standby: d.standby, load: loadSeries(from, loads[i]!) });
    });
  }
  return metered;
}

/** The building as a whole: what it used day by day, and what the days before the first command let expect. */
async function modelled(
  { house, history, records }: SavingsParts,
  building: string,
  from: Millis,
  to: Millis,
): Promise<Pick<Savings, "modelled" | "baseline">> {
  const { calendar } = house;
  const meters = house.site.account.mains.filter((m) => m.building === building && m.floor === null && m.space === null).map((m) => m.meter);
  const [station] = house.outdoorByBuilding.get(building) ?? [];
  const none = (why: "no-meter" | "no-weather" | "no-past"): Pick<Savings, "modelled" | "baseline"> => ({
    modelled: verify(null, 0, [], 0),
    baseline: { from: null, to: null, meters, result: { kind: "refused", why, regressor: null } },
  });
  if (meters.length === 0) return none("no-meter");
  if (station === undefined) return none("no-weather");
  const [oldest, first] = [await history.oldest(), await records.firstCommandAt()];
  const end = calendar.midnight(Math.min(from, first ?? from));
  const begin = oldest === null ? end : Math.max(calendar.midnight(end - BASELINE_DAYS * DAY), calendar.midnight(oldest) + 1.5 * DAY);
  if (begin >= end) return none("no-past");
  const start = calendar.midnight(begin);
  const before = await daysOf({ house, history }, meters, station.id, start, end);
  const reported = await daysOf({ house, history }, meters, station.id, calendar.midnight(from), to);
  const result = fitBaseline(before);
  return {
    modelled: verify(result.kind === "model" ? result.model : null, before.length, reported, reported.length),
    baseline: { from: start, to: end, meters, result },
  };
}

/** Every local day that is over by `to`, measured or not. */
async function daysOf(
  { house: { calendar }, history }: Pick<SavingsParts, "house" | "history">,
  meters: readonly DeviceId[],
  station: DeviceId,
  from: Millis,
  to: Millis,
): Promise<EnergyDay[]> {
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
      occupancy: null,
    });
    at = next;
  }
  return days;
}

/** What the month's account states: the sum over all buildings, each kind of saving by itself. */
export async function stateSavings(parts: SavingsParts, from: Millis, to: Millis): Promise<SavingsStatement> {
  const price = priceNow(parts.house, "electricity", to - 1);
  const all: Savings[] = [];
  for (const { id } of parts.house.site.buildings) all.push(await readSavings(parts, id, from, to));
  const part = (amounts: readonly Estimate[]) => {
    if (amounts.length === 0) return null;
    const sum = (of: (e: Estimate) => number) => amounts.reduce((total, e) => total + of(e), 0);
    const kwh = sum((e) => e.value);
    // What buildings err by is taken to be shared: bounds add up.
    return { kwh, low: sum((e) => e.low), high: sum((e) => e.high), cny: price > 0 ? kwh * price : null };
  };
  return {
    planned: part(all.filter((s) => s.planned.findings > 0).map((s) => s.planned.amount)),
    measured: part(all.filter((s) => s.measured.commands.length > 0).map((s) => s.measured.total.kwh)),
    verified: part(all.flatMap(({ modelled: m }) => (m.kind === "verified" ? [m.modelled.amount] : []))),
    method:
      "Decision 16: avoided load by each device's own past (Kaplan-Meier, 95 %); the whole building by IPMVP option C with gates after ASHRAE Guideline 14.",
  };
}
