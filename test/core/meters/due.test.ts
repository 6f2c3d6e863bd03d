import { describe, expect, it } from "vitest";
import { createCalendar } from "../../../server/core/calendar.ts";
import { dueOf } from "../../../server/core/meters/due.ts";
import type { Rhythm } from "../../../server/core/meters/manual.ts";
import { smallSite } from "../../support/small-site.ts";

const holidays = { "2026": { source: "test", provisional: false, off: [{ name: "国庆节", from: "2026-10-01", until: "2026-10-07" }], work: [] } };
const calendar = createCalendar({ timezone: "Asia/Shanghai", settings: smallSite().calendar, holidays: holidays as never });
const at = (date: string, time = "12:00") => Date.parse(`${date}T${time}:00+08:00`);
const due = (every: Rhythm, last: string | null, now: string, time?: string) => {
  const d = dueOf(calendar, every, last === null ? null : at(last), at(now, time));
  expect([d.from, d.until]).toEqual([at(d.date, "00:00"), at(d.date, "00:00") + 86_400_000]);
  return `${d.date}${d.owed ? " owed" : ""}`;
};

describe("the last working day", () => {
  it.each([
    // 2026-01-31 is a Saturday, 2026-05-31 a Sunday.
    ["month", "2025-12-31", "2026-01-10", "2026-01-30"],
    ["month", "2026-01-30", "2026-01-31", "2026-02-27"],
    ["month", "2026-04-30", "2026-05-28", "2026-05-29"],
    ["month", "2026-04-30", "2026-05-29", "2026-05-29 owed"],
    ["month", "2026-04-30", "2026-06-03", "2026-05-29 owed"],
    // Four days before is early enough, five are not.
    ["month", "2026-05-25", "2026-05-30", "2026-06-30"],
    ["month", "2026-05-24", "2026-05-30", "2026-05-29 owed"],
    // Made up for late.
    ["month", "2026-06-03", "2026-06-03", "2026-06-30"],
    // Several missed: the latest is owed.
    ["month", "2026-01-30", "2026-05-10", "2026-04-30 owed"],
    ["quarter", "2026-03-31", "2026-05-10", "2026-06-30"],
    ["quarter", "2026-03-31", "2026-10-10", "2026-09-30 owed"],
    ["week", "2026-07-03", "2026-07-08", "2026-07-10"],
    ["week", "2026-07-03", "2026-07-11", "2026-07-10 owed"],
    // A week of holidays owes nothing: 2026-10-05 to -11 has working days on Thursday and Friday; the day rhythm waits for them.
    ["day", "2026-09-30", "2026-10-03", "2026-10-08"],
    ["day", "2026-07-03", "2026-07-05", "2026-07-06"],
    ["day", "2026-07-03", "2026-07-06", "2026-07-06 owed"],
  ] as const)("%s, read %s, today %s: %s", (every, last, now, expected) => {
    expect(due(every, last, now)).toBe(expected);
  });
  it("a meter that was never read owes the running period only", () => {
    expect(due("month", null, "2026-07-01")).toBe("2026-07-31");
    expect(due("month", null, "2026-07-31")).toBe("2026-07-31 owed");
    expect(due("day", null, "2026-07-04")).toBe("2026-07-06");
  });
  it("is owed since the end of the first day that was missed, however many were missed since", () => {
    const since = (last: string, now: string) => dueOf(calendar, "month", at(last), at(now)).owedSince;
    expect(since("2026-05-29", "2026-06-29")).toBeNull();
    expect(since("2026-05-29", "2026-06-30")).toBe(at("2026-07-01", "00:00"));
    expect(since("2026-05-29", "2026-09-30")).toBe(at("2026-07-01", "00:00"));
    expect(since("2026-09-30", "2026-09-30")).toBeNull();
  });
  it("year's end", () => {
    expect(due("quarter", "2026-12-31", "2027-01-01")).toBe("2027-03-31");
    expect(due("month", "2026-11-30", "2027-01-02")).toBe("2026-12-31 owed");
  });
});
