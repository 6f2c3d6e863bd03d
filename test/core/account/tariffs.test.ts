/** Prices and the rows they come from: versions by date, months cut where one changes, hours of use, steps over the year. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketAt, bucketsOf, monthAfter, planMonth, pricesOf } from "../../../server/core/account/buckets.ts";
import { periodOf, priceNow, steppedCost } from "../../../server/core/account/price.ts";
import type { Account, FactorRow, Pricing } from "../../../server/core/account/tables.ts";
import { EMPTY_ACCOUNT, factorOn, headcountOn, rowOn, tariffOn } from "../../../server/core/account/tables.ts";
import { createZone } from "../../../server/core/zone.ts";
import { createCalendar } from "../../../server/core/calendar.ts";
import { flatTariff, smallSite } from "../../support/small-site.ts";

const zone = createZone("Asia/Shanghai");
const tou: Extract<Pricing, { kind: "time-of-use" }> = {
  kind: "time-of-use",
  prices: { sharp: 1.2, peak: 1, flat: 0.6, valley: 0.3 },
  plans: [
    { months: [7, 8], sharp: [12, 13], peak: [8, 9], valley: [0, 1, 2, 23] },
    { months: [1, 2, 3, 4, 5, 6, 9, 10, 11, 12], sharp: [], peak: [18], valley: [0] },
  ],
};
const account = (more: Partial<Account>): Account => ({ ...EMPTY_ACCOUNT, ...more });

function factor(id: string, more: Partial<FactorRow>): FactorRow {
  const { pricing: _, ...version } = flatTariff("electricity", 0);
  return { ...version, concept: "co2", variant: null, value: 0.5, unit: "kg/kWh", region: "CN", id, ...more };
}

describe("which row holds", () => {
  const rows = [
    factor("2022", { validFrom: "2022-01-01", validUntil: "2022-12-31" }),
    factor("2023", { validFrom: "2023-01-01" }),
    factor("north", { validFrom: "2023-01-01", region: "north" }),
  ];

  it("is the newest of the narrowest region, by its dates, both inclusive", () => {
    expect(rowOn(rows, ["CN"], "2021-12-31")).toBeNull();
    expect(rowOn(rows, ["CN"], "2022-12-31")?.id).toBe("2022");
    expect(rowOn(rows, ["CN"], "2023-01-01")?.id).toBe("2023");
    expect(rowOn(rows, ["north", "CN"], "2024-05-01")?.id).toBe("north");
    expect(rowOn(rows, ["north", "CN"], "2022-05-01")?.id).toBe("2022");
    expect(rowOn(rows, ["south"], "2024-05-01")).toBeNull();
  });

  it("is the site's own before all others, and a named variant where there are several", () => {
    const own = factor("own", { region: "site", validFrom: "2020-01-01", value: 0.1 });
    const gas = (id: string, variant: string) => factor(id, { quantity: "gas", concept: "standard-coal", variant });
    const tables = account({ factors: [...rows, own, gas("oil", "oil-field"), gas("field", "gas-field")], regions: ["CN"] });
    expect(factorOn(tables, "electricity", "co2", "2024-01-01")?.id).toBe("own");
    expect(factorOn(tables, "gas", "standard-coal", "2024-01-01")?.id).toBe("field");
    expect(factorOn({ ...tables, variants: { gas: "oil-field" } }, "gas", "standard-coal", "2024-01-01")?.id).toBe("oil");
  });

  it("heads are counted by versions, and the site's are its departments' where nobody counted them", () => {
    const heads = account({
      headcounts: [
        { department: "a", from: "2026-01-01", people: 10, source: "x" },
        { department: "a", from: "2026-06-15", people: 12, source: "x" },
        { department: "b", from: "2026-01-01", people: 5, source: "x" },
      ],
    });
    expect(headcountOn(heads, "a", "2026-06-14")).toBe(10);
    expect(headcountOn(heads, "a", "2026-06-15")).toBe(12);
    expect(headcountOn(heads, null, "2026-06-15")).toBe(17);
    expect(headcountOn(heads, "c", "2026-06-15")).toBeNull();
    expect(headcountOn(heads, null, "2025-06-15")).toBeNull();
  });
});

describe("the price of a moment", () => {
  const site = smallSite({ account: account({ tariffs: [flatTariff("electricity", 0, { pricing: tou })] }) });
  const calendar = createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: {} });
  const at = (date: string, minutes: number) => priceNow({ site, calendar }, "electricity", zone.fromLocal(date, minutes));

  it("goes by the hour and the month", () => {
    expect([at("2026-07-01", 12 * 60), at("2026-07-01", 8 * 60), at("2026-07-01", 7 * 60 + 59), at("2026-07-01", 23 * 60)]).toEqual([1.2, 1, 0.6, 0.3]);
    expect([at("2026-06-30", 12 * 60), at("2026-06-30", 18 * 60)]).toEqual([0.6, 1]);
  });

  it("is nothing where no tariff is known", () => {
    expect(priceNow({ site, calendar }, "water", zone.fromLocal("2026-07-01", 0))).toBe(0);
  });
});

describe("a month cut in parts", () => {
  const changing = account({
    regions: ["CN"],
    tariffs: [
      flatTariff("electricity", 0.6, { id: "old", validUntil: "2026-07-09" }),
      flatTariff("electricity", 0, { id: "new", validFrom: "2026-07-10", pricing: tou }),
    ],
    factors: [factor("before", { validUntil: "2026-07-19" }), factor("after", { validFrom: "2026-07-20" })],
  });
  const plan = planMonth(zone, "2026-07");
  const buckets = bucketsOf(changing, "electricity", plan);

  it("is cut where any row changes, and by the tariff's periods", () => {
    expect(buckets.map((b) => [b.from, b.until, b.period, b.tariff?.id, b.co2?.id])).toEqual([
      ["2026-07-01", "2026-07-09", null, "old", "before"],
      ...["sharp", "peak", "flat", "valley"].map((p) => ["2026-07-10", "2026-07-19", p, "new", "before"]),
      ...["sharp", "peak", "flat", "valley"].map((p) => ["2026-07-20", "2026-07-31", p, "new", "after"]),
    ]);
    expect(plan.dates).toHaveLength(31);
    expect(planMonth(zone, "2024-02").dates).toHaveLength(29);
  });

  it("has every hour in exactly one part", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 31 * 24 - 1 }), (hour) => {
        const start = plan.from + hour * 3_600_000;
        const b = buckets[bucketAt(buckets, zone, start)]!;
        const date = zone.date(start);
        expect(b.from <= date && date <= b.until).toBe(true);
        if (b.period !== null) expect(b.period).toBe(periodOf(tou, 7, hour % 24));
      }),
    );
    expect(bucketAt(buckets, zone, plan.to)).toBe(-1);
  });

  it("months follow each other over the year's end", () => {
    expect([monthAfter("2026-12"), monthAfter("2026-01", -1), monthAfter("2026-03", -12)]).toEqual(["2027-01", "2025-12", "2025-03"]);
  });
});

describe("a stepped price", () => {
  const steps = [
    { upTo: 100, price: 2 },
    { upTo: 300, price: 3 },
    { upTo: null, price: 5 },
  ];
  const amount = fc.double({ min: 0, max: 2000, noNaN: true });

  it("costs each part at its step", () => {
    expect(steppedCost(steps, 0, 350)).toBe(200 + 600 + 250);
    expect(steppedCost(steps, 90, 20)).toBe(20 + 30);
    expect(steppedCost(steps, 500, 1)).toBe(5);
  });

  it("adds up however the year is cut, never falls, and never costs less later in the year", () => {
    fc.assert(
      fc.property(amount, amount, amount, (before, a, b) => {
        const whole = steppedCost(steps, before, a + b);
        expect(steppedCost(steps, before, a) + steppedCost(steps, before + a, b)).toBeCloseTo(whole, 6);
        expect(whole).toBeGreaterThanOrEqual(steppedCost(steps, before, a) - 1e-9);
        expect(steppedCost(steps, before + b, a)).toBeGreaterThanOrEqual(steppedCost(steps, before, a) - 1e-6);
      }),
    );
  });

  it("what the parts of a month pay is the whole's bill, also where a row changes within it", () => {
    const water = account({
      tariffs: [
        flatTariff("water", 0, { id: "a", validUntil: "2026-07-10", pricing: { kind: "stepped", steps } }),
        flatTariff("water", 0, { id: "b", validFrom: "2026-07-11", pricing: { kind: "stepped", steps: steps.map((s) => ({ ...s, price: s.price * 2 })) } }),
      ],
    });
    const buckets = bucketsOf(water, "water", planMonth(zone, "2026-07"));
    fc.assert(
      fc.property(amount, amount, amount, (before, a, b) => {
        const prices = pricesOf(buckets, [a, b], before);
        const bill = steppedCost(steps, before, a) + 2 * steppedCost(steps, before + a, b);
        expect(prices[0]! * a + prices[1]! * b).toBeCloseTo(bill, 5);
      }),
    );
    expect(tariffOn(water, "water", "2026-07-11")?.id).toBe("b");
  });
});
