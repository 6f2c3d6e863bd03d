/** A whole day of the city hall twice: enforced, and when the house only looks on; and what its account and its back-tests make of that. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tariffOn } from "../../server/core/account/tables.ts";
import type { Command, Finding } from "../../server/core/finding.ts";
import { PROTECTED_CLASSES } from "../../server/core/space.ts";
import type { MonthRead } from "../../server/ports/months.ts";
import type { PlayedDay, Used } from "../support/played-hall.ts";
import { playDay } from "../support/played-hall.ts";

const MORNING = Date.parse("2026-07-01T08:00:00+08:00");
const HOUR = 3_600_000;
const NIGHT = Date.parse("2026-07-01T20:00:00+08:00");

let enforced: PlayedDay;
afterAll(() => enforced?.close());

describe("a summer working day in the city hall, devices in good order", () => {
  let findings: readonly Finding[];
  let commands: readonly Command[];
  beforeAll(async () => {
    enforced = await playDay({ start: MORNING, seed: 7, faults: 0 });
    await enforced.until(NIGHT);
    findings = await enforced.findings();
    commands = await enforced.commands();
  });

  it("has something to do from the first minutes on", () => {
    const first = findings.reduce((a, b) => (a.openedAt < b.openedAt ? a : b));
    expect(first.openedAt - MORNING).toBeLessThan(30 * 60_000);
    expect(new Set(findings.map((f) => f.policy)).size).toBeGreaterThanOrEqual(5);
  });

  it("finds every air conditioner that truly cooled below 26 °C for longer than the hold", () => {
    const truly = enforced.truth().filter((t) => t.kind === "cooling-floor" && (t.until ?? NIGHT) - t.at > 62_000 && t.at < NIGHT - 120_000);
    expect(truly.length).toBeGreaterThan(0);
    for (const t of truly) {
      const found = findings.filter(
        (f) => f.policy === "cooling-floor" && f.subject.device === t.device && f.since <= t.at + 90_000 && (f.closedAt ?? NIGHT) >= t.at,
      );
      expect(found, `${t.device} from ${new Date(t.at).toISOString()}`).toHaveLength(1);
    }
  });

  it("never finds what did not happen: each finding of cooling-floor is in the record of the truth", () => {
    const truly = enforced.truth().filter((t) => t.kind === "cooling-floor");
    for (const f of findings.filter((x) => x.policy === "cooling-floor")) {
      expect(
        truly.some((t) => t.device === f.subject.device && t.at <= f.openedAt && (t.until ?? NIGHT) >= f.since),
        `${f.subject.device} ${new Date(f.openedAt).toISOString()}`,
      ).toBe(true);
    }
  });

  it("proves the commands that it sent", () => {
    // Where nothing sees people, somebody who stays late switches the sockets on again: that command rightly gives up.
    const { house } = enforced.office.flow;
    const seen = (id: string) => house.devicesBySpace.get(house.devices.get(id)!.device.space ?? "")?.some((d) => d.kind === "presence") === true;
    const ended = commands.filter((c) => c.endedAt !== null && c.state !== "canceled" && seen(c.device));
    expect(ended.length).toBeGreaterThan(20);
    expect(ended.filter((c) => c.state !== "proven").map((c) => [c.device, c.state, c.error])).toEqual([]);
    for (const c of ended) expect(c.proof).not.toBeNull();
  });

  it("leaves protected rooms and lamps alone", () => {
    const { house } = enforced.office.flow;
    for (const c of commands) {
      const { device } = house.devices.get(c.device)!;
      expect(device.protection).toBeNull();
      if (device.space !== null) expect(PROTECTED_CLASSES.has(house.spaces.get(device.space)!.class)).toBe(false);
    }
  });

  it("has at most one open finding for a policy and subject at any time", () => {
    const bySubject = new Map<string, Finding[]>();
    for (const f of findings) {
      const key = `${f.policy} ${f.subject.device} ${f.subject.job}`;
      bySubject.set(key, [...(bySubject.get(key) ?? []), f]);
    }
    for (const list of bySubject.values()) {
      list.sort((a, b) => a.openedAt - b.openedAt);
      for (let i = 1; i < list.length; i++) expect(list[i]!.openedAt).toBeGreaterThanOrEqual(list[i - 1]!.closedAt!);
    }
  });

  it("warns at six and has switched off by ten past what nobody has leave to use", () => {
    const left = findings.filter((f) => f.policy === "after-hours-shutoff");
    expect(left.length).toBeGreaterThan(5);
    for (const f of left) {
      expect(f.openedAt).toBeGreaterThanOrEqual(Date.parse("2026-07-01T18:00:00+08:00"));
      expect(f.actAt! - f.openedAt).toBe(600_000);
    }
    const commanded = commands.filter((c) => c.by === "after-hours-shutoff");
    expect(commanded.length).toBeGreaterThan(0);
    for (const c of commanded) expect(c.plannedAt).toBeGreaterThanOrEqual(Date.parse("2026-07-01T18:10:00+08:00"));
  });
});

describe("the same day when the house only looks on", () => {
  const MORNING_OVER = MORNING + 2 * HOUR;
  let day: PlayedDay;
  let account: MonthRead;
  let truth: Used;
  beforeAll(async () => {
    day = await playDay({ start: MORNING, seed: 7, faults: 0, mode: "observe" });
    await day.until(MORNING_OVER);
    account = (await day.office.flow.months.read("2026-07"))!;
    truth = day.used();
    await day.until(NIGHT);
  });
  afterAll(() => day.close());

  it("commands nothing, and measurably more is used", async () => {
    expect((await day.commands()).filter((c) => c.source === "policy")).toEqual([]);
    const kwh = (used: Used) => Object.values(used.kwh).reduce((a, b) => a + b, 0);
    expect(1 - kwh(enforced.used()) / kwh(day.used())).toBeGreaterThan(0.05);
  });

  it("counts every kWh of the hall once: devices as they used it, meters for what nobody else counts", () => {
    const electricity = account.lines.filter((l) => l.quantity === "electricity");
    const kwh = (lines: typeof electricity) => lines.reduce((sum, l) => sum + l.amount, 0);
    for (const kind of ["ac", "light", "plug"] as const) {
      expect(truth.kwh[kind], kind).toBeGreaterThan(0);
      const told = kwh(electricity.filter((l) => l.kind === kind));
      // Counters are told once a minute: the last minute of each is not known yet.
      expect(told / truth.kwh[kind], kind).toBeGreaterThan(0.95);
      expect(told / truth.kwh[kind], kind).toBeLessThan(1.001);
    }
    // The whole is what the main meter counted, and not that and what is behind it besides; what a floor's meter counted too little is no more either.
    const [use] = account.bulletin.quantities;
    const main = use!.mains.find((m) => m.meter === "hall/meter-main")!;
    expect(kwh(electricity)).toBeCloseTo(main.measured + main.excess, 3);
    expect(main.rest).toBeGreaterThan(0);
    expect(use!.mains.map((m) => m.meter).toSorted()).toEqual(["1", "2", "3", "canteen", "main", "server-room"].map((m) => `hall/meter-${m}`).toSorted());
    const water = account.bulletin.quantities.find((q) => q.quantity === "water")!;
    expect(water.amount.value! / truth.m3).toBeGreaterThan(0.9);
    expect(water.amount.value! / truth.m3).toBeLessThan(1.05);
    // What it cost is what it was times the price of the site file.
    const price = tariffOn(day.office.flow.house.site.account, "electricity", "2026-07-01")!.pricing;
    expect(price.kind === "flat" && use!.cost.value! / price.price).toBeCloseTo(kwh(electricity), 3);
    expect(use!.departments.map((d) => d.department).filter((d) => d !== null)).toHaveLength(8);
    expect(use!.departments.every((d) => d.department === null || d.rank !== null)).toBe(true);
  });

  it.each(["cooling-floor", "vacant-lights-off", "vacant-ac-off", "after-hours-shutoff", "window-open-no-ac", "standby-cut"])(
    "a back-test finds of %s what the house found",
    async (policy) => {
      const { house, backtests } = day.office.flow;
      const { params, scope } = house.policies.get(policy)!.settings;
      const { id } = backtests.ask("staff", { policy, params, scope, from: MORNING, to: NIGHT });
      await backtests.over(id);
      const { result, error } = backtests.get(id)!;
      expect(error).toBeNull();
      // What began and ended in one instant is a matter of whether the clock or the report came first.
      const found = (await day.findings()).filter((f) => f.policy === policy && f.closedAt !== f.openedAt);
      const hours = found.reduce((sum, f) => sum + ((f.closedAt ?? NIGHT) - f.openedAt) / HOUR, 0);
      const kwh = found.reduce((sum, f) => sum + (f.wasted?.kwh ?? 0), 0);
      expect(found.length).toBeGreaterThan(0);
      expect(result!.findings).toBe(found.length);
      expect(result!.hours).toBeCloseTo(hours, 1);
      expect(result!.wasted.kwh / Math.max(kwh, 0.01)).toBeCloseTo(1, 1);
    },
  );
});
