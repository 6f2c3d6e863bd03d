import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Holidays } from "../../server/core/calendar.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import type { CalendarSettings } from "../../server/core/calendar-settings.ts";
import { loadSite } from "../../server/settings/load.ts";
import { smallSite } from "../support/small-site.ts";
import { runs } from "../support/properties.ts";

const shipped = loadSite("");
if (!shipped.ok) throw new Error(shipped.problems.join("\n"));
const { calendar } = shipped;
const at = (local: string) => Date.parse(`${local}+08:00`);
const iso = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 16);
const made = (more: Partial<CalendarSettings>, holidays: Holidays = {}) =>
  createCalendar({ timezone: "Asia/Shanghai", settings: { ...smallSite().calendar, ...more }, holidays });

describe("the shipped calendar", () => {
  it.each<[string, boolean, string, string | null]>([
    ["2024-02-04", true, "make-up", "春节"],
    ["2024-02-10", false, "holiday", "春节"],
    ["2024-05-11", true, "make-up", "劳动节"],
    ["2024-10-12", true, "make-up", "国庆节"],
    ["2024-06-08", false, "weekend", null],
    ["2025-01-26", true, "make-up", "春节"],
    ["2025-02-04", false, "holiday", "春节"],
    ["2025-02-05", true, "weekday", null],
    ["2025-10-08", false, "holiday", "国庆节、中秋节"],
    ["2025-10-09", true, "weekday", null],
    ["2025-10-11", true, "make-up", "国庆节、中秋节"],
    ["2026-01-04", true, "make-up", "元旦"],
    ["2026-02-14", true, "make-up", "春节"],
    ["2026-02-23", false, "holiday", "春节"],
    ["2026-02-24", true, "weekday", null],
    ["2026-02-28", true, "make-up", "春节"],
    ["2026-05-09", true, "make-up", "劳动节"],
    ["2026-06-19", false, "holiday", "端午节"],
    ["2026-07-01", true, "weekday", null],
    ["2026-07-04", false, "weekend", null],
    ["2026-09-20", true, "make-up", "国庆节"],
    ["2026-10-01", false, "holiday", "国庆节"],
    ["2026-10-08", true, "weekday", null],
    ["2026-10-10", true, "make-up", "国庆节"],
    ["2023-05-01", true, "no-data-weekday", null],
    ["2030-01-05", false, "no-data-weekend", null],
  ])("knows why %s is a working day or not", (date, working, why, holiday) => {
    expect(calendar.day(at(`${date}T12:00:00`))).toEqual({ date, working, why, holiday, event: null });
    expect(calendar.working(at(`${date}T10:00:00`))).toBe(working);
  });

  it("has every year's statutory days off", () => {
    for (const year of ["2024", "2025", "2026", "2027"]) {
      for (const day of ["01-01", "05-01", "10-01", "10-02", "10-03"])
        expect(calendar.day(at(`${year}-${day}T12:00:00`)), `${year}-${day}`).toMatchObject({ working: false, why: "holiday" });
    }
  });
});

describe("working time", () => {
  it("begins and ends to the minute, with the noon break between", () => {
    for (const [time, working] of [
      ["08:29:59", false],
      ["08:30:00", true],
      ["11:59:59", true],
      ["12:00:00", false],
      ["13:59:59", false],
      ["14:00:00", true],
      ["17:29:59", true],
      ["17:30:00", false],
    ] as const) {
      expect(calendar.working(at(`2026-07-01T${time}`)), time).toBe(working);
    }
  });

  it("says when it last ended and when it changes next, over weekends and holidays too", () => {
    expect(iso(calendar.offSince(at("2026-07-01T13:00:00")))).toBe("2026-07-01T12:00");
    expect(iso(calendar.offSince(at("2026-07-01T23:00:00")))).toBe("2026-07-01T17:30");
    expect(iso(calendar.offSince(at("2026-07-01T03:00:00")))).toBe("2026-07-01T00:00");
    expect(iso(calendar.nextChange(at("2026-07-01T03:00:00")))).toBe("2026-07-01T08:30");
    expect(iso(calendar.nextChange(at("2026-07-01T08:30:00")))).toBe("2026-07-01T12:00");
    expect(iso(calendar.nextChange(at("2026-07-03T18:00:00")))).toBe("2026-07-06T08:30");
    expect(iso(calendar.nextChange(at("2026-09-30T18:00:00")))).toBe("2026-10-08T08:30");
  });
});

describe("seasons and events", () => {
  it("run over the new year where they must", () => {
    expect([
      calendar.season(at("2026-07-01T12:00:00")),
      calendar.season(at("2026-12-31T12:00:00")),
      calendar.season(at("2027-01-01T12:00:00")),
      calendar.season(at("2026-04-20T12:00:00")),
    ]).toEqual(["summer", "winter", "winter", "between"]);
    expect([
      calendar.heating(at("2026-11-14T12:00:00")),
      calendar.heating(at("2026-11-15T00:00:00")),
      calendar.heating(at("2027-03-15T23:59:59")),
      calendar.heating(at("2027-03-16T00:00:00")),
    ]).toEqual([false, true, true, false]);
  });

  it("name a declared event on each of its days, and make no day free", () => {
    const c = made(
      { events: [{ name: { "zh-CN": "文化节" }, from: "2026-07-01", until: "2026-07-02" }] },
      { "2026": { source: "test", provisional: false, off: [], work: [] } },
    );
    expect(["2026-06-30", "2026-07-01", "2026-07-02", "2026-07-03"].map((d) => c.day(at(`${d}T12:00:00`)).event)).toEqual([null, "文化节", "文化节", null]);
    expect(c.day(at("2026-07-01T12:00:00")).working).toBe(true);
  });
});

describe("whatever the hours and the zone", () => {
  const period = fc
    .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b, Math.min(a, b) + 1)] as const);
  const hours = fc.oneof(
    fc.array(period, { maxLength: 3 }),
    fc.constantFrom(
      [[0, 1440]] as const,
      [
        [480, 720],
        [720, 1020],
      ] as const,
      [
        [0, 360],
        [1320, 1440],
      ] as const,
    ),
  );
  const moment = fc.integer({ min: at("2025-01-01T00:00:00"), max: at("2027-12-31T00:00:00") });

  it.each(["Asia/Shanghai", "Europe/Berlin"])("in %s working time changes at the next change and not before, and last ended when it says", (timezone) => {
    fc.assert(
      fc.property(hours, moment, fc.double({ min: 0, max: 1, noNaN: true }), (working, now, share) => {
        const c = createCalendar({ timezone, settings: { ...smallSite().calendar, working }, holidays: {} });
        const next = c.nextChange(now);
        expect(next).toBeGreaterThan(now);
        expect(next - now).toBeLessThanOrEqual(14 * 86_400_000);
        expect(c.working(now + Math.floor(share * (next - 1 - now))), "constant until then").toBe(c.working(now));
        if (next < now + 14 * 86_400_000) expect(c.working(next), "changed then").toBe(!c.working(now));
        const since = c.offSince(now);
        expect(since).toBeLessThanOrEqual(now);
        expect(since).toBeGreaterThanOrEqual(c.midnight(now));
        expect(c.minuteOfDay(now)).toBeLessThan(1440);
        expect(c.day(c.midnight(now)).date).toBe(c.day(now).date);
      }),
      { numRuns: runs(300) },
    );
  });

  it("counts the minutes of the clock on a day of 25 hours", () => {
    const c = createCalendar({ timezone: "Europe/Berlin", settings: smallSite().calendar, holidays: {} });
    expect(c.minuteOfDay(Date.parse("2026-10-25T22:59:59Z"))).toBe(1439);
    expect(c.minuteOfDay(Date.parse("2026-03-29T10:00:00Z"))).toBe(720);
  });
});
