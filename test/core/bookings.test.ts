import { describe, expect, it } from "vitest";
import { onDuty } from "../../server/core/bookings.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import { restoreBookings } from "../../server/core/bookings.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import type { CalendarSettings } from "../../server/core/calendar-settings.ts";
import type { Site } from "../../server/core/space.ts";
import { PlayedHouse, T0 } from "../support/played-house.ts";
import { smallSite } from "../support/small-site.ts";

const HOUR = 3_600_000;
const holidays = {
  "2026": {
    source: "test",
    provisional: false,
    off: [{ name: "国庆节", from: "2026-10-01", until: "2026-10-08" }],
    work: [{ name: "国庆节", date: "2026-09-20" }],
  },
};

function house(calendar: Partial<CalendarSettings> = {}, policies: readonly PolicyDefinition[] = POLICIES, more: Partial<Site> = {}) {
  const settings = { ...smallSite().calendar, ...calendar };
  const site = smallSite({ ...more, calendar: settings });
  const h = new PlayedHouse(policies, site, createCalendar({ timezone: "Asia/Shanghai", settings, holidays }));
  h.house.timers.add(h.now, { kind: "calendar" });
  h.enter({ kind: "tick" });
  return h;
}
const at = (text: string) => Date.parse(`${text}+08:00`);
const meeting = (space: string, from: number, until: number, note = "例会") => ({ kind: "add-booking", as: "meeting", space, from, until, note }) as const;

describe("bookings", () => {
  it("let a lamp shine after hours while they last, from the instant they are made, and no longer", () => {
    const h = house();
    h.now = at("2026-07-01T18:05:00");
    h.say("light-301", { on: true, power: 80 });
    h.say("presence-301", { occupied: false });
    expect(h.findings().filter((f) => f.policy === "after-hours-shutoff" && f.state === "open")).toHaveLength(1);
    expect(h.ask("clerk", meeting("hall/301", h.now, h.now + HOUR))).toMatchObject({ ok: true });
    expect(h.findings().find((f) => f.policy === "after-hours-shutoff")).toMatchObject({ state: "closed", closeReason: "booked" });
    for (let i = 0; i < 13; i++) {
      h.wait(300);
      h.say("light-301", { on: true, power: 80 });
      h.say("presence-301", { occupied: false });
    }
    expect(h.house.bookings.size).toBe(0);
    expect(h.findings().filter((f) => f.policy === "after-hours-shutoff" && f.state === "open")).toHaveLength(1);
  });

  it("are refused where the room is taken, with who has it, and may touch", () => {
    const h = house();
    const from = T0 + 24 * HOUR;
    expect(h.ask("clerk", meeting("hall/302", from, from + HOUR, "党组会"))).toMatchObject({ ok: true });
    expect(h.ask("chief", meeting("hall/302", from + HOUR / 2, from + 2 * HOUR))).toMatchObject({
      ok: false,
      refusal: { code: "booked-already", detail: expect.stringMatching(/党组会/) },
    });
    expect(h.ask("chief", meeting("hall/302", from + HOUR, from + 2 * HOUR))).toMatchObject({ ok: true });
    expect(h.ask("chief", meeting("hall/301", from, from + HOUR))).toMatchObject({ ok: true });
    const [first] = [...h.house.bookings.values()].filter((b) => b.note === "党组会");
    expect(h.ask("clerk", { kind: "change-booking", booking: first!.id, until: from + 1.5 * HOUR })).toMatchObject({
      ok: false,
      refusal: { code: "booked-already" },
    });
    expect(h.ask("clerk", { kind: "change-booking", booking: first!.id, note: "党组扩大会" })).toMatchObject({ ok: true });
    expect(h.ask("clerk", { kind: "cancel-booking", booking: first!.id })).toMatchObject({ ok: true });
    expect(h.ask("clerk", { kind: "cancel-booking", booking: first!.id })).toMatchObject({ ok: false, refusal: { code: "not-active" } });
    for (const wrong of [
      meeting("hall/9", from, from + HOUR),
      meeting("hall/301", from, from),
      meeting("hall/301", T0 - HOUR, T0),
      meeting("hall/301", from, from + 8 * 24 * HOUR),
    ])
      expect(h.ask("clerk", wrong)).toMatchObject({ ok: false });
  });

  it("from another calendar follow it whole: new, changed, gone; and cannot be changed here", () => {
    const h = house();
    const from = T0 + HOUR;
    const offer = (uid: string, note: string, until = from + HOUR) => ({ uid, space: "hall/302", from, until, note });
    const take = (...bookings: readonly ReturnType<typeof offer>[]) => h.enter({ kind: "bookings", source: "feed:oa", bookings });
    expect(take(offer("a", "一"), offer("b", "二")).filter((d) => d.kind === "booking")).toHaveLength(2);
    expect(take(offer("a", "一"), offer("b", "二"))).toEqual([]);
    expect(
      take(offer("a", "一", from + 2 * HOUR))
        .filter((d) => d.kind === "booking")
        .map((d) => d.why)
        .sort(),
    ).toEqual(["canceled", "changed"]);
    const [kept] = h.house.bookings.values();
    expect(kept).toMatchObject({ note: "一", until: from + 2 * HOUR, source: "feed:oa" });
    expect(h.ask("staff", { kind: "cancel-booking", booking: kept!.id })).toMatchObject({ ok: false, refusal: { code: "in-feed" } });
    h.enter({ kind: "bookings", source: "feed:oa", bookings: [{ ...offer("x", "nowhere"), space: "hall/none" }] });
    expect(h.house.bookings.size).toBe(0);
  });

  it("are there again after a restart, as far as they are not over or taken back", () => {
    const h = house();
    h.ask("clerk", meeting("hall/302", T0 + HOUR, T0 + 2 * HOUR));
    h.ask("clerk", meeting("hall/302", T0 + 5 * HOUR, T0 + 6 * HOUR));
    h.ask("director", { kind: "declare-event", name: "运动会", from: "2026-07-03", until: "2026-07-04" });
    const next = house();
    restoreBookings(next.house, [...h.house.bookings.values()], [...h.house.events.values()], T0 + 3 * HOUR);
    expect([...next.house.bookings.values()].map((b) => b.from)).toEqual([T0 + 5 * HOUR]);
    expect(next.house.calendar.day(at("2026-07-04T12:00:00")).event).toBe("运动会");
  });
});

describe("a declared event", () => {
  it("changes the days' facts at once, for every calendar of the house, and back again", () => {
    const h = house({ hours: [{ building: null, department: "general", working: [[480, 960]], days: [1, 2, 3, 4, 5] }] });
    const day = at("2026-07-01T20:00:00");
    const own = h.house.calendar.hours("hall", "general");
    expect([h.house.calendar.day(day).event, own.day(day).event]).toEqual([null, null]);
    const made = h.ask("director", { kind: "declare-event", name: "国际论坛", from: "2026-07-01", until: "2026-07-02" });
    expect([h.house.calendar.day(day).event, own.day(day).event]).toEqual(["国际论坛", "国际论坛"]);
    h.say("facade-1", { on: true, power: 300 });
    expect(h.findings().filter((f) => f.policy === "decorative-lights-off" && f.state === "open")).toEqual([]);
    h.ask("director", { kind: "cancel-event", event: made.ok ? made.subject : "" });
    expect(h.house.calendar.day(day).event).toBeNull();
    expect(h.ask("director", { kind: "declare-event", name: "昨天", from: "2026-06-01", until: "2026-06-02" })).toMatchObject({
      ok: false,
      refusal: { code: "in-the-past" },
    });
    expect(h.ask("director", { kind: "cancel-event", event: "site-0" })).toMatchObject({ ok: false, refusal: { code: "not-active" } });
  });
});

describe("working hours of a department or a building", () => {
  const hours = [
    { building: "hall", department: null, working: [[540, 1020]], days: [1, 2, 3, 4, 5] },
    { building: null, department: "general", working: [[360, 1200]], days: [1, 2, 3, 4, 5, 6] },
  ] as const;

  it("are the narrowest that fit, and everything that asks about working time follows them", () => {
    const h = house({ hours });
    const site = h.house.calendar;
    const six = at("2026-07-01T06:30:00");
    expect(site.working(six)).toBe(false);
    expect(site.hours("hall", "general").working(six)).toBe(true);
    expect(site.hours("hall", null).working(at("2026-07-01T13:00:00"))).toBe(true);
    expect(site.hours("annex", null)).toBe(site);
    const saturday = at("2026-07-04T10:00:00");
    expect([site.day(saturday).working, site.hours("hall", "general").day(saturday).working]).toEqual([false, true]);
    // A public holiday stays one, and a make-up Sunday is worked by all.
    expect(site.hours("hall", "general").working(at("2026-10-03T10:00:00"))).toBe(false);
    expect(site.hours("hall", "general").working(at("2026-09-20T10:00:00"))).toBe(true);
  });

  it("decide when a lamp is left on", () => {
    const h = house({ hours: [hours[1]] });
    h.now = at("2026-07-01T19:30:00");
    h.say("light-301", { on: true, power: 80 });
    expect(h.findings().filter((f) => f.policy === "after-hours-shutoff")).toEqual([]);
    for (let i = 0; i < 13; i++) {
      h.wait(300);
      h.say("light-301", { on: true, power: 80 });
    }
    expect(h.findings().find((f) => f.policy === "after-hours-shutoff")).toMatchObject({ state: "open", openedAt: at("2026-07-01T20:30:00") });
  });
});

describe("the duty roster", () => {
  const roster = [{ space: "hall/301", people: ["staff", "clerk"], from: "2026-06-01", until: null, start: 1050, end: 510, days: "all" }] as const;

  it("takes people in turn, over midnight, and says who it is", () => {
    const h = house({ roster });
    const [tonight] = onDuty(h.house, at("2026-07-01T20:00:00"));
    const [later] = onDuty(h.house, at("2026-07-02T03:00:00"));
    const [tomorrow] = onDuty(h.house, at("2026-07-02T20:00:00"));
    expect(later).toEqual(tonight);
    expect(tonight!.until).toBe(at("2026-07-02T08:30:00"));
    expect(new Set([tonight!.person, tomorrow!.person])).toEqual(new Set(["staff", "clerk"]));
    expect(onDuty(h.house, at("2026-07-01T12:00:00"))).toEqual([]);
    expect(h.ask("staff", { kind: "cancel-booking", booking: [...h.house.bookings.keys()][0]! })).toMatchObject({
      ok: false,
      refusal: { code: "in-site-file" },
    });
  });

  it("goes on for weeks without being asked, and lets the room's lamp shine all night", () => {
    const h = house({ roster });
    h.now = at("2026-07-20T01:00:00");
    h.enter({ kind: "tick" });
    h.say("light-301", { on: true, power: 80 });
    expect(onDuty(h.house, h.now)).toHaveLength(1);
    expect(h.findings().filter((f) => f.policy === "after-hours-shutoff")).toEqual([]);
  });
});
