/** A back-test goes the thinned way; the plain way, every reading through the door, must come to the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Calendar } from "../../server/core/calendar.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import { createBacktest, wantedPoints, warmUp } from "../../server/core/backtest.ts";
import type { BacktestParts } from "../../server/core/backtest.ts";
import type { BacktestResult } from "../../server/core/backtest-tally.ts";
import type { Device, DeviceKind } from "../../server/core/device.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import { policySettings } from "../../server/core/house.ts";
import type { PointValue, Report } from "../../server/core/reading.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import type { History } from "../../server/ports/history.ts";
import { smallSite } from "../support/small-site.ts";
import { runs } from "../support/properties.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 2026-07-01T08:00+08:00, a Wednesday. */
const T0 = 1_782_864_000_000;

const site = smallSite();
const settings = {
  ...site.calendar,
  working: [
    [510, 720],
    [840, 1050],
  ] as const,
};
const calendar: Calendar = createCalendar({
  timezone: "Asia/Shanghai",
  settings,
  holidays: { "2026": { source: "test", provisional: false, off: [], work: [] } },
});

const device = (id: string, kind: DeviceKind, space: string | null, more: Partial<Device> = {}): Device => ({
  ...site.devices[0]!,
  id: `hall/${id}`,
  kind,
  space,
  name: id,
  topic: `jieyue/hall/${id}/state`,
  interval: 60,
  tags: [],
  protection: null,
  adopted: true,
  meter: null,
  ...more,
});
const room = site.spaces[0]!.id;
const devices: Device[] = [
  device("ac", "ac", room),
  device("lamp", "light", room),
  device("eye", "presence", room, { interval: 120 }),
  device("window", "contact", room),
  device("lux", "lux", room),
  device("tap", "water", room),
  device("plug", "plug", room),
  device("weather", "outdoor", null),
];

function parts(definition: PolicyDefinition, from: number, to: number, more: Partial<BacktestParts> = {}): BacktestParts {
  const { params, scope } = policySettings(definition);
  return {
    site: { ...site, devices },
    calendar,
    devices,
    definition,
    params,
    scope,
    from,
    to,
    warm: warmUp(definition, params),
    overrides: [],
    approvals: [],
    bookings: [],
    events: [],
    jobs: [],
    ...more,
  };
}

async function thinned(history: History, p: BacktestParts): Promise<BacktestResult> {
  const run = createBacktest(p);
  const wanted = wantedPoints(p.definition, p.scope, p.devices, new Map(p.site.spaces.map((s) => [s.id, s])));
  const query = { from: p.from - p.warm, to: p.to, points: wanted.points, quietMs: wanted.devices.map((d) => 3000 * d.interval) };
  await history.scan(query, async (slice) => run.take(slice));
  return run.finish();
}

async function plainly(history: History, p: BacktestParts): Promise<BacktestResult> {
  const run = createBacktest(p);
  await history.replay(p.from - p.warm, (r) => run.report(r));
  return run.finish();
}

/** Figures that two ways of counting must share; how much was read is their difference. */
function figures(r: BacktestResult) {
  return { ...r, readings: 0, gaps: 0 };
}

/** The figures, where what differs by less than their last digits may count is as in the others: sums of the same in other parts round otherwise. */
function settled(of: unknown, like: unknown): unknown {
  if (typeof of === "number" && typeof like === "number") return Math.abs(of - like) <= 0.002 ? like : of;
  if (typeof of !== "object" || of === null || typeof like !== "object" || like === null) return of;
  if (Array.isArray(of)) return of.map((one: unknown, i) => settled(one, (like as readonly unknown[])[i]));
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, settled(value, (like as Readonly<Record<string, unknown>>)[name])]));
}

async function stored(reports: readonly Report[]): Promise<History> {
  const history = createMemoryHistory();
  await history.open();
  for (const r of reports) history.append(r, undefined);
  return history;
}

const say = (id: string, at: number, values: Readonly<Record<string, PointValue>>): Report => ({
  device: `hall/${id}`,
  at,
  received: at + 50,
  late: false,
  readings: Object.entries(values).map(([name, value]) => ({ name, value, quality: "good" })),
});

/** What a device says at each of its intervals, from a few numbers: which stretches it is on, loud, silent. */
function life(id: string, kind: DeviceKind, interval: number, from: number, hours: number, dice: readonly number[]): Report[] {
  const reports: Report[] = [];
  for (let at = from, n = 0; at < from + hours * HOUR; at += interval * 1000, n++) {
    const die = dice[Math.floor((at - from) / (20 * MINUTE)) % dice.length]!;
    // One face in eight is silence.
    if (die % 8 === 7) continue;
    const on = die % 2 === 1;
    const load = on ? 400 + ((n * 37 + die) % 50) : die % 5;
    const values: Readonly<Record<DeviceKind, Readonly<Record<string, PointValue>>>> = {
      ac: { on, mode: die % 3 === 0 ? "heat" : "cool", setpoint: 23 + (die % 6), temperature: 25 + (n % 7) / 10, power: load, energy: 100 + n },
      light: { on, power: on ? 80 : 0 },
      presence: { occupied: die % 4 < 2 },
      contact: { open: die % 5 === 0 },
      lux: { illuminance: (die % 10) * 100 },
      water: { flow: on ? (die % 7) / 2 : 0, volume: 10 + n / 100, valve: "open" },
      plug: { on: true, power: load },
      outdoor: { temperature: 15 + (die % 20), humidity: 50, illuminance: 20_000 },
      copier: {},
      meter: {},
      boiler: {},
    };
    reports.push(say(id, at, values[kind]));
  }
  return reports;
}

const dice = fc.array(fc.nat({ max: 1000 }), { minLength: 5, maxLength: 60 });
const judged = POLICIES.filter((p) => p.subject === "device" && !["copier", "boiler"].some((k) => p.kinds.every((kind) => kind === k)));

describe("a back-test", () => {
  it.each(judged.map((p) => [p.id, p] as const))("finds for %s by what changed what it finds by every reading", async (_id, definition) => {
    const from = T0 + 4 * HOUR;
    await fc.assert(
      fc.asyncProperty(fc.array(dice, { minLength: devices.length, maxLength: devices.length }), async (all) => {
        const reports = devices.flatMap((d, i) => life(d.id.slice(5), d.kind!, d.interval, T0 + i * 1237, 16, all[i]!)).sort((a, b) => a.received - b.received);
        const history = await stored(reports);
        const p = parts(definition, from, T0 + 15 * HOUR, { warm: 4 * HOUR });
        const plain = figures(await plainly(history, p));
        expect(settled(figures(await thinned(history, p)), plain)).toEqual(plain);
      }),
      { numRuns: runs(12) },
    );
  });
});
