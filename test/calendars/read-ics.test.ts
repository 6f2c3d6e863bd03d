import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readApart } from "../../server/calendars/calendars.ts";
import { readIcs } from "../../server/calendars/read-ics.ts";
import type { IcsQuestion } from "../../server/ports/calendars.ts";
import { runs } from "../support/properties.ts";

const DAY = 86_400_000;
const at = (text: string, offset = "+08:00") => Date.parse(text + offset);
const question: IcsQuestion = {
  timezone: "Asia/Shanghai",
  from: at("2026-07-01T00:00:00"),
  to: at("2026-08-30T00:00:00"),
  space: null,
  rooms: { 大会议室: "hall/312", "312": "hall/312", "Room 2": "hall/302" },
};
const calendar = (...events: readonly string[]) => ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", ...events, "END:VCALENDAR"].join("\r\n");
const event = (...lines: readonly string[]) => ["BEGIN:VEVENT", "DTSTAMP:20260601T000000Z", ...lines, "END:VEVENT"].join("\r\n");
const read = (...events: readonly string[]) => readIcs(calendar(...events), question);

describe("an iCalendar text", () => {
  it("becomes bookings: UTC, named zones, floating times, whole days", () => {
    const { bookings, skipped } = read(
      event("UID:utc", "SUMMARY:碰头会", "LOCATION:大会议室", "DTSTART:20260702T010000Z", "DTEND:20260702T020000Z"),
      event("UID:zone", "SUMMARY:b", "LOCATION:312", "DTSTART;TZID=Asia/Shanghai:20260702T090000", "DTEND;TZID=Asia/Shanghai:20260702T100000"),
      event("UID:windows", "SUMMARY:c", "LOCATION:312", "DTSTART;TZID=China Standard Time:20260702T090000", "DURATION:PT1H"),
      event("UID:floating", "SUMMARY:d", "LOCATION:Room 2", "DTSTART:20260702T090000", "DTEND:20260702T100000"),
      event("UID:day", "SUMMARY:e", "LOCATION:Room 2", "DTSTART;VALUE=DATE:20260704", "DTEND;VALUE=DATE:20260705"),
      event("UID:berlin", "SUMMARY:f", "LOCATION:312", "DTSTART;TZID=Europe/Berlin:20260702T030000", "DTEND;TZID=Europe/Berlin:20260702T040000"),
    );
    expect(skipped).toEqual([]);
    const nine = { from: at("2026-07-02T09:00:00"), until: at("2026-07-02T10:00:00") };
    expect(bookings).toMatchObject([
      { uid: "utc", note: "碰头会", space: "hall/312", ...nine },
      { uid: "zone", ...nine },
      { uid: "windows", ...nine },
      { uid: "floating", space: "hall/302", ...nine },
      { uid: "day", from: at("2026-07-04T00:00:00"), until: at("2026-07-05T00:00:00") },
      { uid: "berlin", ...nine },
    ]);
  });

  it("follows its own zone definition over a change of the clocks", () => {
    const zone = [
      "BEGIN:VTIMEZONE",
      "TZID:Home",
      "BEGIN:STANDARD",
      "DTSTART:20250101T000000",
      "TZOFFSETFROM:+0200",
      "TZOFFSETTO:+0100",
      "END:STANDARD",
      "BEGIN:DAYLIGHT",
      "DTSTART:20260715T000000",
      "TZOFFSETFROM:+0100",
      "TZOFFSETTO:+0200",
      "END:DAYLIGHT",
      "END:VTIMEZONE",
    ].join("\r\n");
    const { bookings } = read(
      zone,
      event("UID:w", "SUMMARY:w", "LOCATION:312", "DTSTART;TZID=Home:20260708T090000", "DTEND;TZID=Home:20260708T100000", "RRULE:FREQ=WEEKLY;COUNT=2"),
    );
    expect(bookings.map((b) => b.from)).toEqual([at("2026-07-08T09:00:00", "+01:00"), at("2026-07-15T09:00:00", "+02:00")]);
  });

  it("writes recurring meetings out, without those that are taken out and with those that were moved", () => {
    const { bookings } = read(
      event(
        "UID:r",
        "SUMMARY:周例会",
        "LOCATION:312",
        "DTSTART;TZID=Asia/Shanghai:20240101T090000",
        "DTEND;TZID=Asia/Shanghai:20240101T100000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        "EXDATE;TZID=Asia/Shanghai:20260713T090000",
      ),
      event(
        "UID:r",
        "SUMMARY:周例会（改期）",
        "LOCATION:Room 2",
        "RECURRENCE-ID;TZID=Asia/Shanghai:20260720T090000",
        "DTSTART;TZID=Asia/Shanghai:20260721T140000",
        "DTEND;TZID=Asia/Shanghai:20260721T150000",
      ),
    );
    const july = bookings.filter((b) => b.from < at("2026-08-01T00:00:00")).sort((a, b) => a.from - b.from);
    expect(july.map((b) => [b.note, b.space, b.from])).toEqual([
      ["周例会", "hall/312", at("2026-07-06T09:00:00")],
      ["周例会（改期）", "hall/302", at("2026-07-21T14:00:00")],
      ["周例会", "hall/312", at("2026-07-27T09:00:00")],
    ]);
    expect(bookings.every((b) => b.from < question.to + DAY)).toBe(true);
    expect(new Set(bookings.map((b) => b.uid)).size).toBe(bookings.length);
  });

  it("leaves out what books no room of ours, and says why", () => {
    const times = ["DTSTART:20260702T010000Z", "DTEND:20260702T020000Z"];
    const { bookings, skipped } = read(
      event("UID:1", "SUMMARY:elsewhere", "LOCATION:市政府 5 楼", ...times),
      event("UID:2", "SUMMARY:nowhere", ...times),
      event("UID:3", "SUMMARY:called off", "LOCATION:312", "STATUS:CANCELLED", ...times),
      event("UID:4", "SUMMARY:free", "LOCATION:312", "TRANSP:TRANSPARENT", ...times),
      event("UID:5", "SUMMARY:by invitation", "ATTENDEE;CUTYPE=ROOM;CN=大会议室:mailto:room@example.org", ...times),
      event("UID:6", "SUMMARY:no end", "LOCATION:312", "DTSTART:20260702T010000Z"),
      event("UID:7", "SUMMARY:no begin", "LOCATION:312"),
      event("UID:8", "SUMMARY:every second", "LOCATION:312", ...times, "RRULE:FREQ=SECONDLY;COUNT=1000000000"),
      event("UID:9", "SUMMARY:no such day", "LOCATION:312", ...times, "RRULE:FREQ=DAILY;BYMONTH=2,4;BYMONTHDAY=31"),
      event("UID:5", "SUMMARY:a second of that name", "LOCATION:312", ...times),
    );
    expect(bookings.map((b) => b.note)).toEqual(["by invitation"]);
    expect(Object.fromEntries(skipped.map((s) => [s.what, s.why]))).toEqual({
      elsewhere: "no room here is called '市政府 5 楼'",
      nowhere: "it names no room",
      "called off": "canceled",
      free: "marked as free time",
      "no end": "it ends when it begins",
      "no begin": "it has no beginning",
      "every second": "it recurs more than once a day",
      "no such day": "it recurs on a day that no month has",
      "a second of that name": "another meeting of this file has the same UID",
    });
    expect(skipped[0]).toEqual({ what: "no begin", code: "no-beginning", about: null, why: "it has no beginning" });
  });

  it("takes up what has recurred since long ago without counting through all of it", () => {
    const daily = event("UID:d", "SUMMARY:d", "LOCATION:312", "DTSTART:19000101T010000Z", "DTEND:19000101T020000Z", "RRULE:FREQ=DAILY");
    const { bookings, skipped } = read(daily);
    expect(skipped).toEqual([]);
    expect(bookings[0]!.from).toBe(at("2026-07-01T09:00:00"));
    expect(bookings.length).toBeGreaterThanOrEqual(60);
  });

  it("names the same meetings, whether it counts from the beginning or takes up later", () => {
    const weekday = fc.constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU");
    const rule = fc.record({
      freq: fc.constantFrom("DAILY", "WEEKLY", "MONTHLY"),
      interval: fc.integer({ min: 1, max: 5 }),
      days: fc.uniqueArray(weekday, { maxLength: 3 }),
      week: weekday,
      end: fc.constantFrom("", ";COUNT=40", ";UNTIL=20260715T000000Z"),
    });
    fc.assert(
      fc.property(rule, fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 60 }), (r, day, hours) => {
        const text = calendar(
          event(
            "UID:r",
            "SUMMARY:r",
            "LOCATION:312",
            `DTSTART:202601${String(day).padStart(2, "0")}T210000Z`,
            `DURATION:PT${hours}H`,
            `RRULE:FREQ=${r.freq};INTERVAL=${r.interval};WKST=${r.week}${r.days.length > 0 ? `;BYDAY=${r.days.join(",")}` : ""}${r.end}`,
            "EXDATE:20260703T210000Z",
          ),
        );
        const whole = readIcs(text, { ...question, from: at("2026-01-01T00:00:00") }).bookings;
        expect(readIcs(text, question).bookings).toEqual(whole.filter((b) => b.until > question.from));
      }),
      { numRuns: runs(200) },
    );
  });

  it("puts everything into the room that is given where it names none", () => {
    const text = calendar(event("UID:2", "SUMMARY:n", "DTSTART:20260702T010000Z", "DTEND:20260702T020000Z"));
    expect(readIcs(text, { ...question, space: "hall/301" }).bookings).toMatchObject([{ space: "hall/301" }]);
  });

  it("says what is no calendar, and never throws anything else", () => {
    for (const text of ["", "hello", "BEGIN:VCARD\r\nEND:VCARD", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR"])
      expect(() => readIcs(text, question)).toThrow(/iCalendar|VCALENDAR/);
    const lines = fc.constantFrom(
      "BEGIN:VEVENT",
      "END:VEVENT",
      "DTSTART:20260702T010000Z",
      "DTSTART:x",
      "RRULE:FREQ=DAILY",
      "RRULE:FREQ=;;",
      "UID:1",
      "LOCATION:312",
      "EXDATE:20260702",
      "DURATION:-P1D",
      "RECURRENCE-ID:20260703T010000Z",
      "DTEND;VALUE=DATE:2026",
      " folded",
      'X;Y="',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(lines, fc.string({ maxLength: 30 })), { maxLength: 14 }), (body) => {
        try {
          const { bookings, skipped } = readIcs(calendar(...body), question);
          expect(bookings.every((b) => b.until > b.from && Number.isFinite(b.from))).toBe(true);
          expect(skipped.every((s) => s.why !== "")).toBe(true);
        } catch (error) {
          expect((error as { trouble?: { why: string } }).trouble?.why).toMatch(/iCalendar/);
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it("that makes its reader run for ever is given up with its thread", async () => {
    const never = calendar(
      event("UID:n", "SUMMARY:n", "LOCATION:312", "DTSTART:20260101T010000Z", "DTEND:20260101T020000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    );
    const outcome = await readApart(never, question, 1500).then(
      (r) => r.bookings,
      (error: Error) => error.message,
    );
    expect(outcome).toSatisfy((o: unknown) => (Array.isArray(o) ? o.length === 0 : /within|too often/.test(String(o))));
    expect(
      (await readApart(calendar(event("UID:ok", "SUMMARY:o", "LOCATION:312", "DTSTART:20260702T010000Z", "DTEND:20260702T020000Z")), question)).bookings,
    ).toHaveLength(1);
    await expect(readApart("nonsense", question)).rejects.toThrow(/iCalendar/);
  });
});
