/** A morning of the city hall: what the account says was used, against what the simulator knows was used. */
import { expect, it } from "vitest";
import { tariffOn } from "../../server/core/account/tables.ts";
import { playDay } from "../support/played-hall.ts";

const START = Date.parse("2026-07-01T08:00:00+08:00");

it("every kWh of the hall is counted once: devices as they used it, meters for what nobody else counts", { timeout: 120_000 }, async () => {
  const day = await playDay({ start: START, seed: 5, faults: 0, mode: "observe" });
  try {
    await day.until(START + 2 * 3_600_000);
    const read = (await day.office.flow.months.read("2026-07"))!;
    const truth = day.used();
    const electricity = read.lines.filter((l) => l.quantity === "electricity");
    const kwh = (lines: typeof electricity) => lines.reduce((sum, l) => sum + l.amount, 0);
    for (const kind of ["ac", "light", "plug"] as const) {
      expect(truth.kwh[kind], kind).toBeGreaterThan(0);
      const told = kwh(electricity.filter((l) => l.kind === kind));
      // Counters are told once a minute: the last minute of each is not known yet.
      expect(told / truth.kwh[kind], kind).toBeGreaterThan(0.95);
      expect(told / truth.kwh[kind], kind).toBeLessThan(1.001);
    }
    // The whole is what the main meter counted, and not that and what is behind it besides.
    const [use] = read.bulletin.quantities;
    const main = use!.mains.find((m) => m.meter === "hall/meter-main")!;
    expect(kwh(electricity)).toBeCloseTo(main.measured + use!.mains.reduce((sum, m) => sum + m.excess, 0), 1);
    expect(main.rest).toBeGreaterThan(0);
    expect(use!.mains.map((m) => m.meter).toSorted()).toEqual(["1", "2", "3", "canteen", "main", "server-room"].map((m) => `hall/meter-${m}`).toSorted());
    const water = read.bulletin.quantities.find((q) => q.quantity === "water")!;
    expect(water.amount.value! / truth.m3).toBeGreaterThan(0.9);
    expect(water.amount.value! / truth.m3).toBeLessThan(1.05);
    // What it cost is what it was times the price of the site file.
    const price = tariffOn(day.office.flow.house.site.account, "electricity", "2026-07-01")!.pricing;
    expect(price.kind === "flat" && use!.cost.value! / price.price).toBeCloseTo(kwh(electricity), 3);
    expect(use!.departments.map((d) => d.department).filter((d) => d !== null)).toHaveLength(8);
    expect(use!.departments.every((d) => d.department === null || d.rank !== null)).toBe(true);
  } finally {
    await day.close();
  }
});
