/** A June over the whole server: readings in, a draft, the close, a reading that comes late, a correction, restarts between them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { App } from "../../server/app.ts";
import { followedClock } from "../../server/clock.ts";
import type { Account, TariffRow } from "../../server/core/account/tables.ts";
import type { MonthRead } from "../../server/ports/months.ts";
import { device, flatTariff, SMALL_ACCOUNT, smallSite } from "../support/small-site.ts";
import { openWhole } from "../support/whole-app.ts";

const HOUR = 3_600_000;
const JUNE = Date.parse("2026-06-01T00:00:00+08:00");
const JULY = Date.parse("2026-07-01T00:00:00+08:00");

/** Until the 14th one price, from then on by the hour; water by steps. */
const tariffs: readonly TariffRow[] = [
  flatTariff("electricity", 0.5, { id: "old", validUntil: "2026-06-14" }),
  flatTariff("electricity", 0, {
    id: "new",
    validFrom: "2026-06-15",
    pricing: {
      kind: "time-of-use",
      prices: { sharp: 2, peak: 1, flat: 0.6, valley: 0.3 },
      plans: [{ months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], sharp: [], peak: [9, 10], valley: [0, 1, 2, 3, 4, 5] }],
    },
  }),
  flatTariff("water", 0, {
    pricing: {
      kind: "stepped",
      steps: [
        { upTo: 10, price: 2 },
        { upTo: null, price: 5 },
      ],
    },
  }),
];
const account: Account = { ...SMALL_ACCOUNT, tariffs, mains: [{ meter: "hall/main", building: "hall", floor: null, space: null }] };
const site = smallSite({ account, devices: [...smallSite().devices, device("main", "meter", null, { department: null })] });

/** kWh and m³ that are used within the hour that begins then. */
const used = {
  ac: (hour: number) => (hour % 24 === 9 || hour % 24 === 15 ? 2 : 0),
  lamp: (hour: number) => (hour % 24 < 3 ? 0.5 : 0),
  /** What the main meter counts beyond the two. */
  rest: () => 0.1,
  water: (hour: number) => (hour % 24 === 10 ? 0.5 : 0),
};
const HOURS = 30 * 24;

let folder: string;
let app: App | null = null;
const clock = followedClock(() => 0);

async function open(): Promise<App> {
  app = await openWhole({ site, folder, clock, start: JUNE });
  return app;
}
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "jieyue-month-"))));
afterEach(async () => {
  await app?.close();
  app = null;
  rmSync(folder, { recursive: true, force: true });
});

/** Says what a device counts, and waits until it is durable. */
function say(name: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  return new Promise((resolve) =>
    app!.flow.take({ topic: `jieyue/hall/${name}/state`, payload: Buffer.from(JSON.stringify(values)), qos: 1, retained: false, settle: resolve }),
  );
}

/** Every counter on every full hour of June, as it stands then. `before` is called an hour before its end. */
async function playJune(before: () => Promise<void>): Promise<void> {
  const counters = { ac: 100, lamp: 20, main: 1000, water: 50 };
  let said: Promise<void>[] = [];
  for (let hour = 0; hour <= HOURS; hour++) {
    if (hour === HOURS) await before();
    clock.wind(JUNE + hour * HOUR, 0);
    const round = (value: number) => Math.round(value * 1000) / 1000;
    said.push(
      say("ac-301", { energy: round(counters.ac) }),
      say("light-301", { energy: round(counters.lamp) }),
      say("main", { energy: round(counters.main) }),
      say("water-102", { volume: round(counters.water) }),
    );
    counters.ac += used.ac(hour);
    counters.lamp += used.lamp(hour);
    counters.main += used.ac(hour) + used.lamp(hour) + used.rest();
    counters.water += used.water(hour);
    if (said.length < 400) continue;
    await Promise.all(said);
    said = [];
  }
  await Promise.all(said);
  await app!.flow.settled();
}

function priceAt(hour: number): number {
  if (hour < 14 * 24) return 0.5;
  const of = hour % 24;
  return of === 9 || of === 10 ? 1 : of < 6 ? 0.3 : 0.6;
}
const sum = (of: (hour: number) => number) => Array.from({ length: HOURS }, (_, hour) => of(hour)).reduce((a, b) => a + b, 0);
const june = async (): Promise<MonthRead> => (await app!.flow.months.read("2026-06"))!;
const lineOf = (read: MonthRead, name: string) => read.lines.find((l) => l.device === `hall/${name}` && l.quantity !== "water");
const figures = (read: MonthRead) => read.bulletin.quantities.map((q) => [q.quantity, q.amount.value, q.cost.value]);

it("a month is drafted, closed, kept through a late reading and restarts, and corrected by reversal alone", { timeout: 120_000 }, async () => {
  const { months } = (await open()).flow;
  await playJune(async () => {
    expect(await months.close("director", "2026-06")).toMatchObject({ ok: false, refusal: { code: "month-not-over" } });
  });
  clock.wind(JULY + 9 * HOUR, 0);
  const draft = await june();
  expect(draft).toMatchObject({ state: "open", refused: null, whole: null });

  // What the counters rose by, once each: the main meter's line is what it counted beyond the two.
  const ac = sum(used.ac);
  const lamp = sum(used.lamp);
  const rest = sum(used.rest);
  expect(lineOf(draft, "ac-301")).toMatchObject({ part: "own", department: "general" });
  expect(lineOf(draft, "ac-301")!.amount).toBeCloseTo(ac, 3);
  expect(lineOf(draft, "light-301")!.amount).toBeCloseTo(lamp, 3);
  expect(lineOf(draft, "main")).toMatchObject({ part: "rest", department: null });
  expect(lineOf(draft, "main")!.amount).toBeCloseTo(rest, 3);
  const [electricity, water] = draft.bulletin.quantities;
  expect(electricity!.amount.value).toBeCloseTo(ac + lamp + rest, 3);

  // Each hour at the price that held then; water by steps.
  expect(lineOf(draft, "ac-301")!.cost).toBeCloseTo(
    sum((h) => used.ac(h) * priceAt(h)),
    3,
  );
  expect(electricity!.cost.value).toBeCloseTo(
    sum((h) => (used.ac(h) + used.lamp(h) + used.rest()) * priceAt(h)),
    3,
  );
  expect(water!.amount.value).toBeCloseTo(15, 6);
  expect(water!.cost.value).toBeCloseTo(10 * 2 + 5 * 5, 6);

  expect(await months.close("director", "2026-06")).toEqual({ ok: true, subject: "2026-06" });
  const closed = await june();
  expect(closed).toMatchObject({ state: "closed", closedBy: "director", whole: true });
  expect(figures(closed)).toEqual(figures(draft));
  expect(await months.close("director", "2026-06")).toMatchObject({ ok: false, refusal: { code: "closed-already" } });

  // Readings of June that come now: the history knows them, the closed month does not.
  await say("exit-301", { energy: 10, ts: "2026-06-30T10:00:00+08:00" });
  await say("exit-301", { energy: 30, ts: "2026-06-30T20:00:00+08:00" });
  const late = await app!.flow.history.rollups({ points: ["hall/exit-301/energy"], from: JUNE, to: JULY, step: "day" });
  expect([...late.total]).toEqual([20]);
  clock.wind(JULY + 10 * HOUR, 0);
  expect(figures(await june())).toEqual(figures(closed));

  await app!.close();
  await open();
  clock.wind(JULY + 11 * HOUR, 0);
  const again = await june();
  expect(again).toMatchObject({ state: "closed", whole: true, digest: closed.digest });
  expect(figures(again)).toEqual(figures(closed));
  const after = app!.flow.months;
  expect(await after.close("director", "2026-06")).toMatchObject({ ok: false, refusal: { code: "closed-already" } });
  const entry = again.entries.find((e) => e.device === "hall/ac-301")!;
  expect(await after.correct("director", "2026-06", entry.entry, ac / 2, "the meter was exchanged")).toMatchObject({ ok: true });

  await app!.close();
  await open();
  clock.wind(JULY + 12 * HOUR, 0);
  const corrected = await june();
  expect(lineOf(corrected, "ac-301")).toMatchObject({ is: "correction", reason: "the meter was exchanged", by: "director" });
  expect(lineOf(corrected, "ac-301")!.cost).toBeCloseTo(sum((h) => used.ac(h) * priceAt(h)) / 2, 3);
  expect(corrected.entries.reduce((total, e) => total + (e.quantity === "electricity" ? e.amount : 0), 0)).toBeCloseTo(ac / 2 + lamp + rest, 3);
  expect(corrected).toMatchObject({ whole: true, digest: closed.digest });
  expect(await app!.flow.months.correct("director", "2026-06", entry.entry, 1, "again")).toMatchObject({ ok: false, refusal: { code: "reversed-already" } });
  const audit = await app!.flow.records.audit({ limit: 100 });
  expect(audit.items.map((e) => e.what).filter((w) => w.endsWith("-month"))).toEqual(["correct-month", "close-month"]);
  expect((await app!.flow.records.verifyAudit()).broken).toBeNull();
});
