/** "Who would hear of this?" says what then happens: the hypothetical alert is played for real, and the two timetables are one. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_ALERTING, LEVELS } from "../../../server/core/alerts/alerting.ts";
import type { Alerting, Route } from "../../../server/core/alerts/alerting.ts";
import type { ChannelDefinition } from "../../../server/core/alerts/notice.ts";
import type { Probe, WhoHears } from "../../../server/core/alerts/rehearsal.ts";
import { whoHears } from "../../../server/core/alerts/rehearsal.ts";
import type { Severity } from "../../../server/core/policy.ts";
import type { RosterEntry } from "../../../server/core/calendar-settings.ts";
import { smallSite } from "../../support/small-site.ts";
import { at, lampOn, MAIL, PAGE_CHANNEL, ROBOT, SMS, ToldHouse } from "../../support/told-house.ts";
import type { ToldOptions } from "../../support/told-house.ts";
import { runs } from "../../support/properties.ts";

const lamp = (severity: Severity = "high"): Probe => ({
  kind: "finding",
  severity,
  title: "policy.lamp.is-on",
  device: "hall/light-301",
  space: null,
  department: null,
});
const duty: RosterEntry = { space: null, people: ["staff"], from: "2026-01-01", until: null, start: 1050, end: 510, days: "all" };
const withDuty = { calendar: { ...smallSite().calendar, roster: [duty] } };

const clock = (ms: number) => new Date(ms + 28_800_000).toISOString().slice(5, 19).replace("T", " ");
/** Each message once, as `07-01 14:00:30 chief mail raised`. */
const messages = (answer: WhoHears) =>
  [
    ...new Set(answer.steps.flatMap((s) => s.told).flatMap((t) => (t.at === null ? [] : [`${clock(t.at)} ${t.person ?? "group"} ${t.channel} ${t.how}`]))),
  ].sort();
const heard = (h: ToldHouse, id: string) =>
  h.notices
    .filter(({ notice }) => notice.alerts.includes(id))
    .map(({ at: when, notice }) => `${clock(when)} ${notice.person ?? "group"} ${notice.channel} ${notice.how}`)
    .sort();

/** Lets time pass, ringing what is due at its own instant; somebody speaks every five minutes, so that the house is not deaf. */
function pass(h: ToldHouse, until: number): void {
  while (h.now < until) {
    h.now = Math.min(until, Math.max(h.now + 1, h.house.timers.next ?? until), h.now + 300_000);
    if ((h.house.timers.next ?? Infinity) <= h.now) h.enter({ kind: "tick" });
    else h.say("outdoor-1", { temperature: 20 });
  }
}

describe("the timetable of a hypothetical alert", () => {
  const ask = (h: ToldHouse, when: string, probe = lamp()) => whoHears(h.house, probe, h.now, at(when));
  const brief = (answer: WhoHears) => answer.steps.map((s) => `${clock(s.at)} ${s.level} ${s.person} ${s.why}${s.absent === null ? "" : ` ${s.absent}`}`);

  it("names each step with its person, its time and its row of the table", () => {
    const routes: Route[] = [
      { name: "Severe", when: { severities: ["high"] }, channels: ["mail", "robot"], people: ["staff"], goOn: true },
      { name: "Director", when: { levels: ["director"] }, channels: ["sms"], people: [], goOn: false },
    ];
    const h = new ToldHouse("07-01 13:00", { channels: [PAGE_CHANNEL, MAIL, SMS, ROBOT], alerting: { routes } });
    const answer = ask(h, "07-01 14:00");
    expect(answer).toMatchObject({ begins: "told", because: null });
    expect(brief(answer)).toEqual(["07-01 14:00:30 chief chief own", "07-01 14:15:00 deputy deputy own", "07-01 14:45:00 director director own"]);
    expect(answer.steps[2]!.told.map((t) => `${t.channel} ${t.person} ${t.route}`)).toEqual([
      "mail director Severe",
      "mail staff Severe",
      "robot null Severe",
      "sms director Director",
    ]);
  });

  it("says who stands in for whom, who has duty, and whose turn falls away", () => {
    const h = new ToldHouse("07-01 09:00", { site: withDuty });
    h.ask("director", { kind: "add-absence", person: "chief", from: at("07-01 13:00"), until: at("07-03 00:00"), standIn: "staff", note: "" });
    h.ask("director", { kind: "add-absence", person: "deputy", from: at("07-02 08:00"), until: at("07-03 00:00"), standIn: null, note: "" });
    expect(brief(ask(h, "07-01 14:00"))[0]).toBe("07-01 14:00:30 chief staff stand-in chief");
    expect(brief(ask(h, "07-02 02:00"))).toEqual([
      "07-02 02:00:30 duty staff duty",
      "07-02 08:30:30 chief staff known chief",
      "07-02 08:45:00 deputy staff nobody deputy",
      "07-02 09:15:00 director director own",
    ]);
  });

  it("says which channel does not get there and why, and which goes around one that is down", () => {
    const routes: Route[] = [{ name: "All", when: {}, channels: ["mail", "sms", "pigeon"], people: [], goOn: false }];
    const h = new ToldHouse("07-01 14:00", { channels: [PAGE_CHANNEL, MAIL, { ...SMS, reaches: [] }], alerting: { routes } });
    h.house.channels.get("mail")!.downSince = h.now;
    const [first] = ask(h, "07-01 14:00").steps;
    expect(first!.told.map((t) => [t.channel, t.miss, t.insteadOf, t.at === null])).toEqual([
      ["mail", "down", null, false],
      ["sms", "no-address", null, true],
      ["pigeon", "no-channel", null, true],
      ["page", null, "mail", false],
    ]);
  });

  it("says when a digest holds it back", () => {
    const h = new ToldHouse("07-01 14:00", { policies: [lampOn("low")] });
    h.lamp().until("07-01 14:20");
    const [first] = ask(h, "07-01 14:20", { ...lamp("low"), device: "hall/ac-302", title: "policy.other.empty" }).steps;
    expect([clock(first!.at), clock(first!.told[0]!.at!)]).toEqual(["07-01 14:35:00", "07-01 15:15:00"]);
  });

  it("says that nobody hears of what stands behind another alert or is out of service, and changes nothing in the house", () => {
    const h = new ToldHouse("07-01 14:00");
    h.lamp();
    h.ask("chief", { kind: "alert", alert: h.alerts()[0]!.id, action: { kind: "out-of-service", until: at("07-01 16:00"), note: "under repair" } });
    const before = JSON.stringify([h.alerts(), h.house.timers.size, [...h.house.alerts.keys()], [...h.house.raisings], [...h.house.groups]]);
    const answer = ask(h, "07-01 15:00");
    expect(answer).toMatchObject({ begins: "out-of-service", because: "under repair" });
    expect(brief(answer)[0]).toBe("07-01 16:00:30 chief chief own");
    expect(JSON.stringify([h.alerts(), h.house.timers.size, [...h.house.alerts.keys()], [...h.house.raisings], [...h.house.groups]])).toBe(before);
  });
});

describe("what whoHears says is what happens", () => {
  const PEOPLE = ["chief", "deputy", "director", "staff", "clerk"];
  const channel = fc.constantFrom("page", "mail", "sms", "robot");
  const severity = fc.constantFrom<Severity>("low", "medium", "high");
  const route = fc.record({
    name: fc.constantFrom("A", "B", "C"),
    when: fc.record(
      {
        severities: fc.uniqueArray(severity, { minLength: 1, maxLength: 2 }),
        levels: fc.uniqueArray(fc.constantFrom(...LEVELS), { minLength: 1, maxLength: 2 }),
        offHours: fc.boolean(),
        policies: fc.constantFrom(["lamp"], ["other"]),
        classes: fc.constantFrom(["office" as const], ["meeting" as const]),
        departments: fc.constantFrom(["general"], ["elsewhere"]),
      },
      { requiredKeys: [] },
    ),
    channels: fc.uniqueArray(channel, { minLength: 1, maxLength: 3 }),
    people: fc.uniqueArray(fc.constantFrom(...PEOPLE), { maxLength: 2 }),
    goOn: fc.boolean(),
  });
  const hours = (from: number, to: number) => fc.integer({ min: from * 12, max: to * 12 }).map((n) => n * 300_000);
  const absence = fc.record({ person: fc.constantFrom(...PEOPLE), from: hours(-10, 60), lasts: hours(1, 80), standIn: fc.option(fc.constantFrom(...PEOPLE)) });
  const world = fc.record({
    severity,
    start: fc.constantFrom("07-01 10:00", "07-01 11:58", "07-01 17:20", "07-03 17:29", "07-04 03:00", "09-30 17:25", "10-10 09:00"),
    wait: hours(0, 20),
    routes: fc.array(route, { maxLength: 3 }),
    absences: fc.array(absence, { maxLength: 4 }),
    offHours: fc.uniqueArray(severity, { maxLength: 3 }),
    roster: fc.boolean(),
    department: fc.record({ chief: fc.option(fc.constantFrom("chief", "staff")), deputy: fc.option(fc.constantFrom("deputy", "chief")) }),
    reaches: fc.subarray(PEOPLE),
    down: fc.option(channel),
    before: fc.constantFrom("nothing", "another", "alike"),
    every: fc.constantFrom(DEFAULT_ALERTING.every, { high: 600, medium: 7200, low: 14_400 }),
    perMinute: fc.constantFrom(1, 20),
    silence: fc.option(fc.record({ from: hours(-1, 30), lasts: hours(1, 30) })),
    flood: fc.constantFrom(DEFAULT_ALERTING.flood, { count: 1, seconds: 1200 }),
  });

  it("for random offices, tables, absences, rosters, channels and times", () => {
    const seen = { messages: 0, standIns: 0, duty: 0, held: 0, misses: 0, silenced: 0 };
    fc.assert(
      fc.property(world, (w) => {
        const channels: ChannelDefinition[] = [PAGE_CHANNEL, { ...MAIL, reaches: w.reaches, perMinute: w.perMinute }, SMS, ROBOT];
        const alerting: Partial<Alerting> = { routes: w.routes, offHours: w.offHours, every: w.every, flood: w.flood };
        const site: ToldOptions["site"] = { ...(w.roster ? withDuty : {}), departments: [{ id: "general", name: "综合科", ...w.department }] };
        // A channel that is down says nothing of itself here: what follows from its failing again is no part of the question.
        const deliver: ToldOptions["deliver"] = (n) => (n.channel === w.down ? { ok: false, retry: false, error: "no-address" } : { ok: true });
        const h = new ToldHouse(w.start, {
          policies: [lampOn(w.severity, { kinds: ["light"] }), lampOn("medium", { id: w.before === "alike" ? "lamp.too" : "other", kinds: ["ac"] })],
          channels,
          alerting,
          site,
          deliver,
        });
        h.house.timers.add(h.now, { kind: "calendar" });
        h.enter({ kind: "tick" });
        if (w.down !== null) h.house.channels.get(w.down)!.downSince = h.now;
        for (const a of w.absences)
          h.ask("director", { kind: "add-absence", person: a.person, from: h.now + a.from, until: h.now + a.from + a.lasts, standIn: a.standIn, note: "" });
        if (w.silence !== null) {
          const parts = { building: null, space: null, device: null, department: null, alarm: null, severity: null };
          const [from, until] = [h.now + w.silence.from, h.now + w.silence.from + w.silence.lasts];
          h.ask("director", { kind: "add-silence", ...parts, floor: "3", from, until, reason: "painters" });
        }
        if (w.before !== "nothing") h.say("ac-302", { on: true });
        pass(h, h.now + 120_000);
        // What was heard of counts for digests and floods; what others climb meanwhile is no part of the question, unless it is alike.
        if (w.before === "another") h.ack();
        const raised = h.now + w.wait;
        const answer = whoHears(h.house, lamp(w.severity), h.now, raised);
        pass(h, raised);
        h.lamp();
        const { id } = h.alerts().find((a) => a.title === "policy.lamp.is-on")!;
        const chain = answer.steps.filter((s) => s.why !== "hand-over").map((s) => s.at);
        pass(h, Math.max(raised, ...chain) + 5 * 3_600_000);
        const so = { ...answer, steps: answer.steps.filter((s) => s.at <= h.now) };
        expect(messages(so)).toEqual(heard(h, id));
        const log = h
          .alerts()
          .find((a) => a.id === id)!
          .log.filter((l) => ["told", "climbed", "handed-over"].includes(l.what));
        expect(so.steps.filter((s) => s.why !== "known" && s.why !== "nobody").map((s) => [s.at, s.person])).toEqual(log.map((l) => [l.at, l.note]));
        seen.silenced += Number(answer.begins === "silenced");
        seen.messages += messages(answer).length;
        for (const s of answer.steps) {
          seen.standIns += Number(s.why === "stand-in");
          seen.duty += Number(s.why === "duty");
          for (const t of s.told) {
            seen.held += Number(t.at !== null && t.at > s.at);
            seen.misses += Number(t.miss !== null);
          }
        }
      }),
      { numRuns: runs(150) },
    );
    // It was not by saying nothing that they agreed.
    for (const [what, n] of Object.entries(seen)) expect(n, what).toBeGreaterThan(0);
  });
});
