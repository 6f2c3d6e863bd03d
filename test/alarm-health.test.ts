/** What the figures are read from: the records, the history for how far values came back, the audit for when a rule was changed; and the day's look. */
import { describe, expect, it } from "vitest";
import { createReview, daysOf, readHealth } from "../server/alarm-health.ts";
import type { BadRule } from "../server/core/alerts/bad-rule.ts";
import { createZone } from "../server/core/zone.ts";
import { createCalendar } from "../server/core/calendar.ts";
import type { AuditEntry } from "../server/core/event.ts";
import { alarm, DAY, MIDNIGHT, MINUTE } from "./support/alarm-records.ts";
import { DEADBAND_RULE } from "./support/alarm-rules.ts";
import { PlayedHouse } from "./support/played-house.ts";
import { smallSite } from "./support/small-site.ts";

/** Six alarms in two minutes about one limit; before each but the first the room had come back to so many degrees. */
function parts(lows: readonly (number | null)[], changedAt: number | null = null, house = new PlayedHouse([DEADBAND_RULE]).house) {
  const alarms = lows.map((_, i) => alarm(i / 3, { for: 1 / 6, device: "hall/ac-301", evidence: { value: 26.4 } }));
  const asked: unknown[] = [];
  return {
    asked,
    house,
    records: {
      alarmRecords: async () => alarms,
      audit: async () => ({ items: changedAt === null ? [] : [{ at: changedAt } as AuditEntry & { seq: number; hash: string }], next: null }),
    },
    history: {
      windows: async (point: string, from: number, to: number, every: number, fn: string) => {
        asked.push([point, (from - MIDNIGHT) / 1000, (to - MIDNIGHT) / 1000, every / 1000, fn]);
        const low = lows[alarms.findIndex((a) => a.raisedAt === to)]!;
        return low === null ? [] : [{ at: from, value: low, count: 3 }];
      },
    },
  };
}

describe("how far a value came back", () => {
  it("is looked up in the history between one alarm's end and the next one's beginning", async () => {
    const p = parts([26, 25.9, 25.8, 25.8, 25.7, 25.6]);
    const { proposals } = await readHealth(p, MIDNIGHT, MIDNIGHT + DAY, null);
    expect(p.asked).toHaveLength(5);
    expect(p.asked).toContainEqual(["hall/ac-301/temperature", 10, 20, 10, "min"]);
    expect(proposals[0]!.changes[0]).toEqual({ param: "deadband", unit: "K", from: 0, to: 0.5, spared: 5 });
  });

  it("is not guessed where the history has nothing", async () => {
    const { proposals } = await readHealth(parts([null, null, null, null, null, null]), MIDNIGHT, MIDNIGHT + DAY, null);
    expect(proposals[0]!.changes.map((c) => c.param)).not.toContain("deadband");
    expect(proposals[0]!.changes[0]).toMatchObject({ param: "clearAfter", spared: 5 });
  });

  it("what was before the rule's last change is left out", async () => {
    const { proposals } = await readHealth(parts([26, 26, 26, 26, 26, 26], MIDNIGHT + DAY - 1), MIDNIGHT, MIDNIGHT + DAY, null);
    expect(proposals).toEqual([]);
  });
});

it("a local day begins and ends at its midnights, also where clocks are changed", () => {
  const site = smallSite();
  const calendar = createCalendar({ timezone: "Europe/Berlin", settings: site.calendar, holidays: {} });
  const zone = createZone("Europe/Berlin");
  const from = Date.parse("2026-10-24T10:00:00+02:00");
  const days = daysOf(calendar, from, from + 3 * DAY);
  expect(days.map((d) => [d.date, (d.until - d.from) / 3_600_000])).toEqual([
    ["2026-10-24", 14],
    ["2026-10-25", 25],
    ["2026-10-26", 24],
    ["2026-10-27", 9],
  ]);
  expect(zone.toIso(days[2]!.from)).toContain("2026-10-26T00:00:00");
});

describe("the day's look at the rules", () => {
  it("is made at the start and once a local day, by the server that has the house", async () => {
    const p = parts([26, 25.9, 25.8, 25.8, 25.7, 25.6]);
    const told: (readonly BadRule[])[] = [];
    let now = MIDNIGHT + 10 * MINUTE;
    const review = createReview(
      p,
      () => now,
      (found) => void told.push(found),
    );
    const { calendar } = p.house;
    // The played house knows one day only.
    Object.assign(p.house, { calendar: { ...calendar, day: (at: number) => ({ ...calendar.day(at), date: new Date(at).toISOString().slice(0, 10) }) } });
    p.house.pulse.leads = false;
    await review();
    expect(told).toEqual([]);
    p.house.pulse.leads = true;
    await review();
    await review();
    expect(told).toEqual([[{ policy: "rule", what: "chattering", count: 6, change: { param: "deadband", from: 0, to: 0.5 } }]]);
    now += DAY;
    await review();
    expect(told).toHaveLength(2);
  });

  it("is made again when it failed", async () => {
    const p = parts([26]);
    let fails = true;
    const records = { ...p.records, alarmRecords: async () => (fails ? Promise.reject(new Error("locked")) : []) };
    const told: unknown[] = [];
    const review = createReview(
      { ...p, records },
      () => MIDNIGHT,
      (found) => void told.push(found),
    );
    await expect(review()).rejects.toThrow("locked");
    fails = false;
    await review();
    expect(told).toEqual([[]]);
  });
});
