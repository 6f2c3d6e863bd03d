/** What people say of savings, through the door: what is refused by which name, what counts, what lasts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PersonRequest } from "../../../server/core/event.ts";
import type { Adjustment } from "../../../server/core/savings/entry.ts";
import { adjustedOn, standingAdjustments, withoutAdjusted } from "../../../server/core/savings/entries.ts";
import { dayNumber } from "../../../server/core/savings/shape.ts";
import { createCalendar } from "../../../server/core/calendar.ts";
import { civilFromDays } from "../../../server/core/zone.ts";
import { PlayedHouse } from "../../support/played-house.ts";
import { restartInto } from "../../support/restart.ts";
import { smallSite } from "../../support/small-site.ts";

type Asked<K extends PersonRequest["kind"]> = Extract<PersonRequest, { kind: K }>;

const calendar = createCalendar({ timezone: "Asia/Shanghai", settings: smallSite().calendar, holidays: {} });
/** 2026-07-01. */
const house = () => new PlayedHouse([], smallSite(), calendar);
const adjustment = (more: Partial<Asked<"add-adjustment">> = {}): PersonRequest => ({
  kind: "add-adjustment",
  building: "hall",
  from: "2026-06-01",
  until: "2026-06-10",
  kwh: 40,
  per: "day",
  reason: "a room of servers moved in",
  source: "its own meter",
  ...more,
});
const baseline = (more: Partial<Asked<"choose-baseline">> = {}): PersonRequest => ({
  kind: "choose-baseline",
  building: "hall",
  days: { from: "2025-06-01", until: "2026-05-31" },
  reason: "the year before the roof was mended",
  first: Date.parse("2026-06-15T10:00:00+08:00"),
  ...more,
});
const code = (answer: ReturnType<PlayedHouse["ask"]>) => (answer.ok ? "ok" : answer.refusal.code);

describe("an adjustment", () => {
  it("stands with who and why, is in the audit, and a restart keeps it", () => {
    const h = house();
    const answer = h.ask("director", adjustment());
    expect(code(answer)).toBe("ok");
    const next = restartInto(house(), h, 60);
    for (const of of [h, next])
      expect(standingAdjustments(of.house.savings, "hall")).toMatchObject([{ kwh: 40, per: "day", reason: "a room of servers moved in", by: "director" }]);
    expect(standingAdjustments(h.house.savings, "annex")).toEqual([]);
    const audited = h.decisions.flatMap((d) => (d.kind === "audit" ? [d.entry] : []));
    expect(audited).toMatchObject([{ by: "director", what: "add-adjustment", detail: { kwh: 40, source: "its own meter" } }]);
  });

  it.each([
    ["unknown-building", { building: "nowhere" }],
    ["bad-period", { from: "2026-06-11" }],
    ["bad-period", { from: "June" }],
    ["bad-period", { from: "1999-12-31" }],
    ["bad-period", { from: "2026-02-30" }],
    ["bad-period", { until: "2026-13-01" }],
    ["too-long", { from: "2023-01-01" }],
    ["bad-values", { kwh: 0 }],
    ["bad-values", { kwh: Number.NaN }],
    ["bad-values", { kwh: -2e9 }],
    ["bad-period", { per: "period", until: null }],
    ["no-reason", { reason: "  " }],
    ["no-reason", { source: "" }],
  ] as const)("is refused as %s: %j", (why, more) => {
    const h = house();
    expect(code(h.ask("director", adjustment(more)))).toBe(why);
    expect(h.decisions).toEqual([]);
  });

  it("is withdrawn once, with a reason, and stays on record", () => {
    const h = house();
    const made = h.ask("director", adjustment());
    const id = made.ok ? made.subject : "";
    const withdraw = (reason: string, of = id) => h.ask("admin", { kind: "withdraw-adjustment", adjustment: of, reason });
    expect(code(withdraw(""))).toBe("no-reason");
    expect(code(withdraw("x", "nothing"))).toBe("unknown-entry");
    expect(code(withdraw("counted by the model already"))).toBe("ok");
    expect(code(withdraw("again"))).toBe("not-active");
    const next = restartInto(house(), h, 60);
    for (const of of [h, next]) {
      expect(standingAdjustments(of.house.savings, "hall")).toEqual([]);
      expect(of.house.savings.adjustments.get(id)).toMatchObject({ kwh: 40 });
      expect(of.house.savings.withdrawals.get(id)).toMatchObject({ by: "admin", reason: "counted by the model already" });
    }
  });

  it("comes to its total over its days whatever they are, and to nothing on any other", () => {
    const dateOf = (n: number) => {
      const { year, month, day } = civilFromDays(n);
      return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 15_000, max: 25_000 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.constantFrom("day" as const, "period" as const),
        (first, more, kwh, per) => {
          const a: Adjustment = {
            kind: "adjustment",
            id: "a",
            building: "hall",
            from: dateOf(first),
            until: dateOf(first + more),
            kwh,
            per,
            reason: "r",
            source: "s",
            by: "b",
            at: 0,
          };
          expect(dayNumber(a.from)).toBe(first);
          let sum = 0;
          for (let n = first; n <= first + more; n++) sum += adjustedOn([a], dateOf(n));
          expect(sum).toBeCloseTo(per === "day" ? kwh * (more + 1) : kwh, 4);
          for (const n of [first - 1, first + more + 1]) expect(adjustedOn([a], dateOf(n))).toBe(0);
          expect(adjustedOn([{ ...a, per: "day", until: null }], dateOf(first + more + 9))).toBe(kwh);
          const days = [{ date: a.from, kwh: 500, temperature: 20, working: true, occupancy: null }];
          expect(withoutAdjusted(days, [a])[0]!.kwh).toBeCloseTo(500 - adjustedOn([a], a.from), 6);
        },
      ),
    );
  });
});

describe("a chosen baseline", () => {
  it("is the newest choice of the building, and can be given back to how it is by itself", () => {
    const h = house();
    expect(code(h.ask("director", baseline()))).toBe("ok");
    h.now += 1000;
    expect(code(h.ask("director", baseline({ days: { from: "2025-05-01", until: "2026-04-30" } })))).toBe("ok");
    expect(restartInto(house(), h, 60).house.savings.baselines.get("hall")!.days).toEqual({ from: "2025-05-01", until: "2026-04-30" });
    h.now += 1000;
    expect(code(h.ask("director", baseline({ days: null })))).toBe("ok");
    expect(restartInto(house(), h, 60).house.savings.baselines.get("hall")!.days).toBeNull();
  });

  it.each([
    ["overlaps-enforcement", { days: { from: "2025-06-16", until: "2026-06-15" } }],
    ["ok", { days: { from: "2025-06-15", until: "2026-06-14" } }],
    ["ok", { days: { from: "2025-07-01", until: "2026-06-30" }, first: null }],
    ["in-the-future", { days: { from: "2025-07-02", until: "2026-07-01" }, first: null }],
    ["bad-period", { days: { from: "2026-02-01", until: "2026-01-01" } }],
    ["too-long", { days: { from: "2022-01-01", until: "2026-01-01" } }],
    ["unknown-building", { building: "nowhere" }],
    ["no-reason", { reason: " " }],
  ] as const)("%s: %j", (why, more) => {
    expect(code(house().ask("director", baseline(more)))).toBe(why);
  });

  it("says from when on the house commanded, so that whoever chose knows which day to take", () => {
    const answer = house().ask("director", baseline({ days: { from: "2025-07-01", until: "2026-06-20" } }));
    expect(answer.ok ? "" : answer.refusal.detail).toContain("2026-06-15");
  });
});
