/** Who is told when: the office's chain on its own clock. Wednesday 1 July 2026; working 08:30–12:00, 14:00–17:30. */
import { describe, expect, it } from "vitest";
import type { RosterEntry } from "../../../server/core/calendar-settings.ts";
import { smallSite } from "../../support/small-site.ts";
import { at, lampOn, MAIL, PAGE_CHANNEL, ROBOT, SMS, ToldHouse } from "../../support/told-house.ts";

const duty: RosterEntry = { space: null, people: ["staff"], from: "2026-01-01", until: null, start: 1050, end: 510, days: "all" };
const withDuty = { calendar: { ...smallSite().calendar, roster: [duty] } };

describe("an alert that nobody answers climbs the chain", () => {
  it("chief at 30 s, deputy at 15 min, director at 45 min", () => {
    const h = new ToldHouse("07-01 14:00").lamp().until("07-01 16:00");
    expect(h.calls()).toEqual(["14:00:30 chief", "14:15:00 deputy", "14:45:00 director"]);
    expect(h.timetable().map((t) => t.how)).toEqual(["raised", "climbed", "climbed"]);
  });

  it("nobody after it was acknowledged", () => {
    const h = new ToldHouse("07-01 14:00").lamp().until("07-01 14:20").ack("deputy").until("07-02 17:00");
    expect(h.calls()).toEqual(["14:00:30 chief", "14:15:00 deputy"]);
    expect(h.alerts()[0]).toMatchObject({ state: "acknowledged", acknowledgedBy: "deputy", assignee: "deputy", climbsAt: null });
  });

  it("nobody at all where it was acknowledged, or over, before the first was told", () => {
    expect(new ToldHouse("07-01 14:00").lamp().until("07-01 14:00:29").ack().until("07-01 16:00").calls()).toEqual([]);
    expect(new ToldHouse("07-01 14:00").lamp().until("07-01 14:00:29").lamp(false).until("07-01 16:00").calls()).toEqual([]);
  });

  it("nobody further once its cause is over", () => {
    const h = new ToldHouse("07-01 14:00").lamp().until("07-01 14:10").lamp(false).until("07-01 17:00");
    expect(h.calls()).toEqual(["14:00:30 chief"]);
    expect(h.alerts()[0]!.state).toBe("returned-unacknowledged");
  });

  it("over lunch: working time alone counts", () => {
    expect(new ToldHouse("07-01 11:50").lamp().until("07-01 16:00").calls()).toEqual(["11:50:30 chief", "14:05:00 deputy", "14:35:00 director"]);
  });

  it("over night", () => {
    expect(new ToldHouse("07-01 17:20").lamp().until("07-02 12:00").calls()).toEqual(["17:20:30 chief", "07-02 08:35:00 deputy", "07-02 09:05:00 director"]);
  });

  it("over the weekend", () => {
    expect(new ToldHouse("07-03 17:20").lamp().until("07-06 12:00").calls()).toEqual(["17:20:30 chief", "07-06 08:35:00 deputy", "07-06 09:05:00 director"]);
  });

  it("over the National Day holidays, and on a make-up Saturday as on any working day", () => {
    expect(new ToldHouse("09-30 17:25").lamp().until("10-09 12:00").calls()).toEqual(["17:25:30 chief", "10-08 08:40:00 deputy", "10-08 09:10:00 director"]);
    expect(new ToldHouse("10-10 14:00").lamp().until("10-10 16:00").calls()).toEqual(["14:00:30 chief", "14:15:00 deputy", "14:45:00 director"]);
  });

  it("at two in the morning: what is severe at once, to whoever has duty; the chain when the office works", () => {
    const h = new ToldHouse("07-02 02:00", { site: withDuty });
    h.enter({ kind: "tick" });
    h.house.timers.add(h.now, { kind: "calendar" });
    h.enter({ kind: "tick" });
    h.lamp();
    expect(h.alerts()[0]!.assignee).toBe("staff");
    expect(h.until("07-02 12:00").calls()).toEqual(["02:00:30 staff", "08:30:30 chief", "08:45:00 deputy", "09:15:00 director"]);
  });

  it("at two in the morning without a roster: the chief at once", () => {
    expect(new ToldHouse("07-02 02:00").lamp().until("07-02 12:00").calls()).toEqual(["02:00:30 chief", "08:45:00 deputy", "09:15:00 director"]);
  });

  it("at two in the morning, what is not severe waits for the morning", () => {
    expect(new ToldHouse("07-02 02:00", { policies: [lampOn("medium")] }).lamp().until("07-02 12:00").calls()).toEqual(["08:31:00 chief", "10:30:00 deputy"]);
    expect(new ToldHouse("07-02 02:00", { policies: [lampOn("low")] }).lamp().until("07-02 12:00").calls()).toEqual(["08:45:00 chief"]);
  });

  it("by a department's own working hours", () => {
    const hours = [{ building: null, department: "general", working: [[600, 1200]] as [number, number][], days: [1, 2, 3, 4, 5] }];
    const h = new ToldHouse("07-01 19:50", { site: { calendar: { ...smallSite().calendar, hours } } });
    expect(h.lamp().until("07-02 12:00").calls()).toEqual(["19:50:30 chief", "07-02 10:05:00 deputy", "07-02 10:35:00 director"]);
  });
});

describe("somebody who is away", () => {
  const away = (h: ToldHouse, person: string, from: string, until: string, standIn: string | null = null) =>
    expect(h.ask("director", { kind: "add-absence", person, from: at(from), until: at(until), standIn, note: "leave" })).toMatchObject({ ok: true });

  it("is stood in for by whom they named", () => {
    const h = new ToldHouse("07-01 14:00");
    away(h, "chief", "07-01 13:00", "07-05 00:00", "staff");
    expect(h.lamp().until("07-01 14:50").calls()).toEqual(["14:00:30 staff", "14:15:00 deputy", "14:45:00 director"]);
  });

  it("without a stand-in the next of the chain answers, and is not told twice", () => {
    const h = new ToldHouse("07-01 14:00");
    away(h, "chief", "07-01 13:00", "07-05 00:00");
    h.lamp();
    expect(h.alerts()[0]!.assignee).toBe("deputy");
    expect(h.until("07-01 16:00").calls()).toEqual(["14:00:30 deputy", "14:45:00 director"]);
  });

  it("hands over what they answer for when they leave, and whoever stands in is told", () => {
    const h = new ToldHouse("07-01 14:00");
    away(h, "chief", "07-01 14:05", "07-05 00:00", "staff");
    h.lamp().until("07-01 14:10");
    expect(h.calls()).toEqual(["14:00:30 chief", "14:05:00 staff"]);
    expect(h.alerts()[0]).toMatchObject({ assignee: "staff", log: [{ what: "raised" }, { what: "told" }, { what: "handed-over", note: "staff" }] });
  });

  it("when everybody is away the alert still has somebody who answers", () => {
    const h = new ToldHouse("07-01 14:00");
    for (const person of ["chief", "deputy", "director", "staff"]) away(h, person, "07-01 13:00", "07-05 00:00");
    h.lamp().until("07-01 16:00");
    expect(h.alerts()[0]!.assignee).toBe("director");
    expect(h.calls()).toEqual(["14:00:30 director"]);
  });

  it("refuses what makes no sense, and says what to do", () => {
    const h = new ToldHouse("07-01 14:00");
    const ask = (standIn: string | null, until: string) =>
      h.ask("director", { kind: "add-absence", person: "chief", from: at("07-01 13:00"), until: at(until), standIn, note: "" });
    expect(ask("chief", "07-02 00:00")).toMatchObject({ ok: false, refusal: { code: "own-stand-in" } });
    expect(ask("nobody", "07-02 00:00")).toMatchObject({ ok: false, refusal: { code: "unknown-person" } });
    expect(ask(null, "07-01 13:30")).toMatchObject({ ok: false, refusal: { code: "bad-period" } });
  });
});

describe("what is on the alert", () => {
  it("who was told when, by what, and whether it arrived", () => {
    const h = new ToldHouse("07-01 14:00", {
      channels: [PAGE_CHANNEL, MAIL, ROBOT],
      deliver: (n) => (n.channel === "page" ? { ok: false, retry: false, error: "no-page-open" } : { ok: true }),
    });
    h.lamp().until("07-01 14:16");
    const told = h.alerts()[0]!.told.map((t) => `${t.person} ${t.channel} ${t.how} ${t.state}`);
    expect(told).toEqual([
      "chief page raised failed",
      "chief mail raised sent",
      "null robot raised sent",
      "deputy page climbed failed",
      "deputy mail climbed sent",
      "null robot climbed sent",
    ]);
  });

  it("given to somebody by hand it is theirs, they are told, and unanswered it climbs as before", () => {
    const h = new ToldHouse("07-01 14:00").lamp().until("07-01 14:05");
    h.ask("staff", { kind: "alert", alert: h.alerts()[0]!.id, action: { kind: "assign", to: "staff", note: null } });
    expect(h.until("07-01 15:00").calls()).toEqual(["14:00:30 chief", "14:05:30 staff", "14:20:00 deputy", "14:50:00 director"]);
  });

  it("after a shelf the clock begins anew", () => {
    const h = new ToldHouse("07-01 14:00").lamp().until("07-01 14:01");
    h.ask("chief", { kind: "alert", alert: h.alerts()[0]!.id, action: { kind: "shelve", until: at("07-01 15:00"), note: "painters" } });
    expect(h.until("07-01 15:20").calls()).toEqual(["14:00:30 chief", "15:00:30 chief", "15:15:00 deputy"]);
  });
});

describe("a restart", () => {
  it.each([10, 60, 600])("in the middle of a climb, down for %i s: everybody is told once, at the latest when it is back", (down) => {
    const before = new ToldHouse("07-01 14:00").lamp().until("07-01 14:10");
    const after = before.restart(down).until("07-01 16:00");
    expect(before.calls()).toEqual(["14:00:30 chief"]);
    expect(after.calls().map((c) => c.slice(9))).toEqual(["deputy", "director"]);
  });

  it("between decide and send: the one who was not told is told, once", () => {
    const before = new ToldHouse("07-01 14:00", { deliver: () => null }).lamp().until("07-01 14:00:30");
    const after = before.restart(5, () => ({ ok: true }));
    expect(
      after
        .until("07-01 14:10")
        .calls()
        .map((c) => c.slice(9)),
    ).toEqual(["chief"]);
  });

  it("after send, before record: told once more, and never again", () => {
    const before = new ToldHouse("07-01 14:00", { deliver: () => null }).lamp().until("07-01 14:00:30");
    const once = before.restart(5, () => ({ ok: true }));
    once.until("07-01 14:01");
    const twice = once.restart(5).until("07-01 14:10");
    expect([before, once, twice].map((h) => h.calls().length)).toEqual([1, 1, 0]);
    expect(once.notices[0]!.notice.id).toBe(before.notices[0]!.notice.id);
  });

  it("takes shelves, off-delays and absences along", () => {
    const h = new ToldHouse("07-01 14:00").lamp();
    h.ask("director", { kind: "add-absence", person: "deputy", from: h.now, until: at("07-05 00:00"), standIn: "staff", note: "" });
    h.ask("chief", { kind: "alert", alert: h.alerts()[0]!.id, action: { kind: "shelve", until: at("07-01 15:00"), note: "painters" } });
    expect(h.restart(60).until("07-01 15:20").calls()).toEqual(["15:00:30 chief", "15:15:00 staff"]);
  });
});

describe("of two servers", () => {
  it("only the one that has the house tells; after a take-over what was due in the last moments is told, and nothing else", () => {
    const h = new ToldHouse("07-01 14:00");
    h.enter({ kind: "lead", leads: false, holder: "other" });
    h.lamp().until("07-01 14:14:30");
    expect(h.calls()).toEqual([]);
    h.until("07-01 14:15:20").enter({ kind: "lead", leads: true, holder: null });
    expect(h.until("07-01 14:46").calls()).toEqual(["14:15:20 deputy", "14:45:00 director"]);
    expect(h.alerts()[0]!.told.map((t) => `${t.person} ${t.state}`)).toEqual(["chief elsewhere", "deputy sent", "director sent"]);
  });
});

describe("a channel", () => {
  it("that fails for a moment is tried again, and nobody is told twice", () => {
    let tries = 0;
    const h = new ToldHouse("07-01 14:00", { deliver: () => (++tries < 3 ? { ok: false, retry: true, error: "timeout" } : { ok: true }) });
    h.lamp().until("07-01 14:10");
    expect(h.calls()).toEqual(["14:00:30 chief", "14:00:45 chief", "14:01:45 chief"]);
    expect(h.alerts()[0]!.told).toMatchObject([{ person: "chief", state: "sent" }]);
    expect(new Set(h.notices.map((n) => n.notice.id)).size).toBe(1);
  });

  it("waits as long as its peer asks", () => {
    let tries = 0;
    const h = new ToldHouse("07-01 14:00", { deliver: () => (++tries < 2 ? { ok: false, retry: true, error: "429", after: 90_000 } : { ok: true }) });
    expect(h.lamp().until("07-01 14:10").calls()).toEqual(["14:00:30 chief", "14:02:00 chief"]);
  });

  it("that will never take it: the person hears by another way", () => {
    const h = new ToldHouse("07-01 14:00", {
      channels: [MAIL, SMS],
      policies: [lampOn("medium")],
      deliver: (n) => (n.channel === "mail" ? { ok: false, retry: false, error: "550 no such mailbox" } : { ok: true }),
    });
    h.lamp().until("07-01 14:10");
    expect(h.timetable().map((t) => `${t.at} ${t.who} ${t.by}`)).toEqual(["14:01:00 chief mail", "14:01:00 chief sms"]);
  });

  it("that is down is itself an alert, told by the others, and ends when it works again", () => {
    let broken = true;
    const h = new ToldHouse("07-01 14:00", {
      channels: [MAIL, ROBOT],
      site: { people: [...smallSite().people, { id: "admin", name: "管理员", role: "administrator", department: null, email: null }] },
      deliver: (n) => (n.channel === "robot" && broken ? { ok: false, retry: true, error: "ECONNREFUSED" } : { ok: true }),
    });
    h.lamp().until("07-01 14:08");
    const down = h.alerts().find((a) => a.title === "system.channel-down");
    expect(down).toMatchObject({ severity: "high", state: "unacknowledged", evidence: { channel: "robot", error: "ECONNREFUSED" } });
    expect(h.timetable().filter((t) => t.who === "admin")).toMatchObject([{ by: "mail", at: "14:02:15" }]);
    broken = false;
    h.until("07-01 14:20");
    expect(h.alerts().find((a) => a.title === "system.channel-down")!.state).toBe("normal");
  });

  it("can be tried, and says what is missing", () => {
    const h = new ToldHouse("07-01 14:00", { channels: [MAIL, ROBOT] });
    expect(h.ask("admin", { kind: "try-channel", channel: "pigeon", person: null })).toMatchObject({ ok: false, refusal: { code: "unknown-channel" } });
    expect(h.ask("admin", { kind: "try-channel", channel: "mail", person: null })).toMatchObject({ ok: false, refusal: { code: "no-person" } });
    expect(h.ask("admin", { kind: "try-channel", channel: "mail", person: "clerk" })).toMatchObject({ ok: false, refusal: { code: "no-address" } });
    expect(h.ask("admin", { kind: "try-channel", channel: "robot", person: null })).toMatchObject({ ok: true });
    expect(h.timetable()).toMatchObject([{ by: "robot", how: "test", alerts: 0 }]);
  });
});
