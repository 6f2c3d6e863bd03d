import { describe, expect, it } from "vitest";
import type { Holidays } from "../../server/core/calendar.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import { readSite, SHIPPED_HOLIDAYS } from "../../server/settings/load.ts";
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

const read = readSite("", SHIPPED_HOLIDAYS);
if (!read.ok) throw new Error(read.problems.join("\n"));
const shipped = read.holidays;

const DAY = 86_400_000;
const noon = (date: string) => Date.parse(`${date}T12:00:00+08:00`);
const dateOf = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);
/** 0 = Sunday. */
const weekday = (date: string) => new Date(`${date}T00:00:00Z`).getUTCDay();
/** From the almanac: 正月初一, 清明, 端午, 中秋. (Intl's Chinese calendar is no judge: it puts the new moon of 2027-02-06, shortly before midnight, on the next day.) */
const ALMANAC: Readonly<Record<string, readonly [string, string, string, string]>> = {
  "2024": ["02-10", "04-04", "06-10", "09-17"],
  "2025": ["01-29", "04-04", "05-31", "10-06"],
  "2026": ["02-17", "04-05", "06-19", "09-25"],
  "2027": ["02-06", "04-05", "06-09", "09-15"],
};

/** Every day of the year that is off by the law (全国年节及纪念日放假办法; since 2025 also the new year's eve and 2 May). */
function statutory(year: string): string[] {
  const [spring, ...others] = ALMANAC[year]!;
  const since2025 = year >= "2025";
  const newYear = noon(`${year}-${spring}`);
  const fixed = ["01-01", "05-01", ...(since2025 ? ["05-02"] : []), "10-01", "10-02", "10-03"];
  return [...[...fixed, ...others].map((d) => `${year}-${d}`), ...(since2025 ? [-1, 0, 1, 2] : [0, 1, 2]).map((d) => dateOf(newYear + d * DAY))];
}

describe("the shipped holiday data", () => {
  const years = Object.keys(shipped);
  const site = smallSite();
  const calendar = createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: shipped });

  it("hold 2024 to 2027, of which only the last awaits its notice", () => {
    expect(years).toEqual(["2024", "2025", "2026", "2027"]);
    expect(years.filter((y) => shipped[y]!.provisional)).toEqual(["2027"]);
    for (const y of years) expect(shipped[y]!.source, y).toMatch(/〔\d{4}〕\d+号|第\d+号/);
  });

  it.each(years)("%s: every day in the file is what the calendar says of it, in its own year and in order", (y) => {
    const { off, work } = shipped[y]!;
    const days: string[] = [];
    for (const { name, from, until } of off) {
      expect(from <= until && from.startsWith(y) && until.startsWith(y), `${name} ${from}`).toBe(true);
      for (let at = noon(from); dateOf(at) <= until; at += DAY) {
        days.push(dateOf(at));
        expect(calendar.day(at)).toMatchObject({ working: false, why: "holiday", holiday: name });
      }
    }
    for (const { name, date } of work) {
      expect([0, 6], `${date} makes up on a weekend`).toContain(weekday(date));
      expect(days, `${date} is worked and off`).not.toContain(date);
      expect(calendar.day(noon(date))).toMatchObject({ working: true, why: "make-up", holiday: name });
    }
    const all = [...days, ...work.map((w) => w.date)];
    expect(new Set(all).size).toBe(all.length);
    expect(days).toEqual([...days].sort());
  });

  it.each(years)("%s: has the days off that the law demands", (y) => {
    const missing = statutory(y).filter((date) => calendar.day(noon(date)).why !== "holiday");
    expect(missing).toEqual([]);
  });

  it.each(years.filter((y) => !shipped[y]!.provisional))("%s: gives no more days off than the law, but for those made up", (y) => {
    // Statutory days that fall on a weekend are given back on another day: the sum of weekdays off is the law's count and the made-up ones.
    const days: string[] = [];
    for (const { from, until } of shipped[y]!.off) for (let at = noon(from); dateOf(at) <= until; at += DAY) days.push(dateOf(at));
    const weekdaysOff = days.filter((d) => weekday(d) % 6 !== 0).length;
    expect(weekdaysOff - shipped[y]!.work.length).toBe(y >= "2025" ? 13 : 11);
  });
});
