import { describe, expect, it } from "vitest";
import type { Holidays } from "../../server/core/calendar.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import { rejudgeAll } from "../../server/core/restore.ts";
import { PlayedHouse } from "../support/played-house.ts";
import { smallSite } from "../support/small-site.ts";

const year = (provisional: boolean) => ({ source: "test", provisional, off: [], work: [] });

/** Stands in a house at noon of a day of 2026 and lets two days pass. */
function houseOn(date: string, holidays: Holidays): PlayedHouse {
  const site = smallSite();
  const h = new PlayedHouse([], site, createCalendar({ timezone: site.timezone, settings: site.calendar, holidays }));
  h.now = Date.parse(`${date}T12:00:00+08:00`);
  rejudgeAll(h.house, h.now);
  h.enter({ kind: "tick" });
  return h;
}

describe("the holiday data of next year", () => {
  it("are asked for from the first of December on, and not before", () => {
    const h = houseOn("2026-11-30", { "2026": year(false) });
    expect(h.alerts()).toEqual([]);
    h.wait(12 * 3600 - 1);
    expect(h.alerts()).toEqual([]);
    h.wait(1);
    expect(h.alerts()).toMatchObject([
      {
        kind: "system",
        title: "system.holidays",
        severity: "low",
        state: "unacknowledged",
        evidence: { year: "2027", provisional: false },
        assignee: "director",
      },
    ]);
    h.wait(86_400);
    expect(h.alerts()).toHaveLength(1);
  });

  it("that are only the statutory days are asked for too; those that are whole are not", () => {
    expect(houseOn("2026-12-05", { "2026": year(false), "2027": year(true) }).alerts()).toMatchObject([{ evidence: { year: "2027", provisional: true } }]);
    expect(houseOn("2026-12-05", { "2026": year(false), "2027": year(false) }).alerts()).toEqual([]);
  });

  it("of this year are missed at any time", () => {
    expect(houseOn("2026-03-05", {}).alerts()).toMatchObject([{ evidence: { year: "2026" } }]);
  });
});
