/** A gas meter without a wire over the whole server: read at the ends of two months, exchanged, and killed between the word and the disk. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { App } from "../../server/app.ts";
import { followedClock } from "../../server/clock.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import type { PersonRequest } from "../../server/core/event.ts";
import { createLog } from "../../server/log.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import { createHouse } from "../../server/core/house.ts";
import { createMeterTeller } from "../../server/meter-teller.ts";
import type { MeterEntry } from "../../server/core/meters/entry.ts";
import { eventually, startServerProcess } from "../support/server-process.ts";
import { device, flatTariff, SMALL_ACCOUNT, smallSite } from "../support/small-site.ts";
import { openWhole } from "../support/whole-app.ts";

const GAS = "hall/gas-1/gas";
const at = (text: string) => Date.parse(`${text}+08:00`);
const JULY = at("2026-07-01T00:00:00");
const AUGUST = at("2026-08-01T00:00:00");
const base = smallSite();
const HEAT = "hall/heat-1/heat";
const byHand = (id: string, point: string) => device(id, "meter", "301", { codec: "manual", interval: 31 * 86_400, manual: { point, every: "month" } });
const { pricing: _, ...version } = flatTariff("heat", 0);
const site = smallSite({
  account: {
    ...SMALL_ACCOUNT,
    factors: [{ ...version, concept: "standard-coal", variant: null, value: 0.03412, unit: "kgce/MJ" }],
    tariffs: [...SMALL_ACCOUNT.tariffs, flatTariff("gas", 3)],
  },
  devices: [...base.devices, byHand("gas-1", "gas"), byHand("heat-1", "heat")],
});
const calendar = createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: {} });

let folder: string;
let app: App | null = null;
const clock = followedClock(() => 0);

async function open(): Promise<App> {
  app = await openWhole({ site, folder, clock, start: at("2026-06-30T16:00:00") });
  return app;
}
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "jieyue-meters-"))));
afterEach(async () => {
  await app?.close();
  app = null;
  rmSync(folder, { recursive: true, force: true });
});

async function ask(by: string, request: PersonRequest): Promise<string> {
  const answer = await app!.flow.request(by, request);
  if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.detail}`);
  return answer.subject;
}
/** Entered by one, confirmed by another. */
async function read(value: number, when: string, point = GAS): Promise<void> {
  const entry = await ask("staff", { kind: "enter-reading", point, at: at(when), value, note: null });
  await ask("chief", { kind: "decide-entry", entry, confirm: true, reason: null });
}
async function julyDays(): Promise<number[]> {
  const days = await app!.flow.history.rollups({ points: [GAS], from: JULY, to: AUGUST, step: "day" });
  return [...days.total];
}
const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
const stored = () => app!.flow.history.readings(GAS, 0, at("2027-01-01T00:00:00"), 100);

it(
  "a month's use lies between the readings at its ends; an exchange that is confirmed later repairs it; restarts change nothing",
  { timeout: 60_000 },
  async () => {
    await open();
    await read(1000, "2026-06-30T16:00:00");
    // 31 July, at the end of the day's work: 310 m³ in 31 days, 10 a day.
    clock.wind(at("2026-07-31T16:00:00"), 0);
    await read(1310, "2026-07-31T16:00:00");
    await eventually(stored, (r) => r.length === 2);
    const days = await julyDays();
    expect(days).toHaveLength(31);
    expect(days.slice(0, 30).every((d) => Math.abs(d - 10) < 1e-6)).toBe(true);
    // Of the last day what was used until 16:00; the rest is known with the next reading.
    expect(days[30]).toBeCloseTo((10 * 16) / 24, 6);
    expect(sum(days)).toBeCloseTo(310 - (10 * 8) / 24, 6);

    // August: the meter was exchanged on the 15th, and nobody said so.
    clock.wind(at("2026-08-31T16:00:00"), 0);
    const low = await ask("staff", { kind: "enter-reading", point: GAS, at: at("2026-08-31T16:00:00"), value: 160, note: null });
    await expect(ask("chief", { kind: "decide-entry", entry: low, confirm: true, reason: null })).rejects.toThrow(/does-not-fit/);
    const exchange = await ask("staff", { kind: "enter-exchange", point: GAS, at: at("2026-08-15T16:00:00"), final: 1460, initial: 0, note: "verification" });
    await ask("chief", { kind: "decide-entry", entry: exchange, confirm: true, reason: null });
    await ask("director", { kind: "decide-entry", entry: low, confirm: true, reason: null });
    await eventually(stored, (r) => r.length === 5);
    const august = async () => {
      const answer = await app!.flow.history.rollups({ points: [GAS], from: AUGUST, to: at("2026-09-01T00:00:00"), step: "day" });
      return sum([...answer.total]);
    };
    // 1310 → 1460 on the old one, 0 → 160 on the new one: 310 m³ since 31 July 16:00, eight hours of which lie in July.
    expect(sum(await julyDays())).toBeCloseTo(310, 6);
    expect(await august()).toBeCloseTo(310 - (10 * 8) / 24, 6);
    expect(app!.flow.house.devices.get("hall/gas-1")!.points.get("gas")!.value).toBe(160);

    // Of heat nobody read anything in July and before, so it is in no month; then a GJ a day.
    expect((await app!.flow.months.read("2026-07"))!.bulletin.quantities.map((q) => q.quantity)).not.toContain("heat");
    for (const [value, when] of [
      [100, "2026-06-30T16:00:00"],
      [131, "2026-07-31T16:00:00"],
      [162, "2026-08-31T16:00:00"],
    ] as const)
      await read(value, when, HEAT);
    await eventually(
      () => app!.flow.history.readings(HEAT, 0, at("2027-01-01T00:00:00"), 10),
      (r) => r.length === 3,
    );

    clock.wind(at("2026-09-01T09:00:00"), 0);
    const month = await app!.flow.months.read("2026-07");
    const gas = month!.bulletin.quantities.find((q) => q.quantity === "gas")!;
    expect(gas.amount.value).toBeCloseTo(310, 3);
    expect(gas.cost.value).toBeCloseTo(930, 3);
    expect(month!.bulletin.account.meters.find((m) => m.point === GAS)).toMatchObject({ days: 31, of: 31 });
    const heat = month!.bulletin.quantities.find((q) => q.quantity === "heat")!;
    expect(heat.amount.value).toBeCloseTo(31_000, 3);
    expect(heat.coal.value).toBeCloseTo(31_000 * 0.03412, 3);

    const before = await stored();
    await app!.close();
    await open();
    clock.wind(at("2026-09-01T10:00:00"), 0);
    expect(await stored()).toEqual(before);
    expect(sum(await julyDays())).toBeCloseTo(310, 6);
    expect(await august()).toBeCloseTo(310 - (10 * 8) / 24, 6);
    expect(app!.flow.house.devices.get("hall/gas-1")!.points.get("gas")!.value).toBe(160);
    expect((await app!.flow.records.audit({ limit: 50 })).items.map((e) => e.what).toReversed()).toEqual(
      expect.arrayContaining(["enter-reading", "decide-entry", "enter-exchange"]),
    );
  },
);

it("what was confirmed and not yet stored when the power went is told at the next start, in its order, and what was stored is not told twice", async () => {
  const history = createMemoryHistory();
  const house = createHouse(site, calendar, []);
  const said = { point: GAS, by: "staff", enteredAt: 1, note: null, state: "confirmed", decidedBy: "chief", reason: null, doubts: [] } as const;
  const confirmed: readonly MeterEntry[] = [
    { ...said, id: "a", kind: "reading", at: JULY, value: 100, decidedAt: JULY + 1 },
    { ...said, id: "b", kind: "exchange", at: JULY + 1000, final: 110, initial: 0, decidedAt: JULY + 2000 },
    { ...said, id: "c", kind: "reading", at: JULY + 3_600_000, value: 5, decidedAt: JULY + 3_600_001 },
  ];
  let power = true;
  const start = (lost: number) => {
    let left = lost;
    return createMeterTeller({
      house,
      history,
      records: { confirmedSince: async (since) => confirmed.filter((e) => e.decidedAt! >= since) },
      now: () => JULY + 7_200_000,
      take: (report, durable) => power && left-- > 0 && history.append(report, durable),
      log: createLog("silent"),
    });
  };
  const shown = async () => (await history.readings(GAS, 0, AUGUST, 100)).map((r) => r.value);
  // The first server stores one reading of the exchange's two and dies.
  const first = start(2);
  for (const e of confirmed) first.tell(e);
  await eventually(shown, (v) => v.length === 2);
  power = false;
  first.close();
  expect(await history.mark("meters")).toBe(JULY + 1);

  power = true;
  await start(Number.POSITIVE_INFINITY).resume();
  await eventually(
    () => history.mark("meters"),
    (mark) => mark === JULY + 3_600_001,
  );
  expect(await shown()).toEqual([100, 110, 0, 5]);
  const { total } = await history.rollups({ points: [GAS], from: JULY, to: AUGUST, step: "day" });
  expect([...total]).toEqual([15]);

  // Once more: everything is there, nothing is doubled.
  await start(Number.POSITIVE_INFINITY).resume();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await shown()).toEqual([100, 110, 0, 5]);
  expect([...(await history.rollups({ points: [GAS], from: JULY, to: AUGUST, step: "day" })).total]).toEqual([15]);
});

it("a server that is killed as soon as it has said yes has the reading when it is back, once", { timeout: 60_000 }, async () => {
  let server = await startServerProcess(folder);
  const point = "hall/plug-301/energy";
  /** Asks as one of the office's people, in a session of their own. */
  const as = async (person: string) => {
    const headers = { "content-type": "application/json" };
    const be = await fetch(`${server.url}/api/v1/auth/be`, { method: "POST", headers, body: JSON.stringify({ person }) });
    const cookie = be.headers
      .getSetCookie()
      .map((c) => c.split(";")[0])
      .join("; ");
    return async (path: string, body?: unknown) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${server.url}/api/v1${path}`, { method: "POST", headers: { ...headers, cookie }, ...sent });
      return { status: response.status, body: (await response.json()) as { entry: { id: string }; code?: string } };
    };
  };
  try {
    const first = await as("facilities-1");
    const second = await as("facilities-2");
    for (let round = 1; round <= 5; round++) {
      const entered = await first("/meters/readings", { point, value: 100 + round });
      expect(entered.status).toBe(201);
      const path = `/meters/readings/${entered.body.entry.id}/confirm`;
      expect(await first(path)).toMatchObject({ status: 403, body: { code: "own-request" } });
      expect((await second(path)).status).toBe(200);
    }
    await server.kill();
    server = await startServerProcess(folder);
    const readings = () => server.get<{ items: { value: number }[] }>(`/readings?point=${point}&from=0&to=${Date.now() + 60_000}`);
    const { items } = await eventually(readings, (r) => r.items.length >= 5);
    expect(items.map((i) => i.value)).toEqual([101, 102, 103, 104, 105]);
  } finally {
    await server.kill();
  }
});
