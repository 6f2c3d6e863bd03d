import { describe, expect, it } from "vitest";
import { PolicyStory } from "../../support/policy-story.ts";
import { device, smallSite } from "../../support/small-site.ts";

const story = (start: string, more = {}) => new PolicyStory(start, smallSite(more), "after-hours-shutoff");

describe("after-hours-shutoff", () => {
  it("warns at 18:00, half an hour after work ended, and switches off at 18:10", () => {
    const s = story("2026-07-01T17:00:00");
    s.say("light-301", { on: true, power: 80 });
    s.say("presence-301", { occupied: false });
    s.playTo("2026-07-01T17:59:59");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T18:00:00");
    expect(s.found("after-hours-shutoff")).toMatchObject([{ reason: "left-on" }]);
    expect(s.alerts()).toMatchObject([{ state: "unacknowledged", assignee: "chief" }]);
    s.playTo("2026-07-01T18:09:59");
    expect(s.sent()).toEqual([]);
    s.playTo("2026-07-01T18:10:00");
    expect(s.sent()).toMatchObject([{ device: "hall/light-301", set: { on: false } }]);
  });

  it.each<[string, string, boolean]>([
    ["in the noon break", "2026-07-01T13:00:00", false],
    ["early in the morning, by one who comes at seven", "2026-07-01T07:00:00", false],
    ["at three in the night", "2026-07-01T03:00:00", true],
    ["on a Saturday", "2026-07-04T10:00:00", true],
    ["on a Saturday that is worked for a holiday", "2026-02-14T10:00:00", false],
    ["on a public holiday", "2026-10-01T10:00:00", true],
    ["within working hours", "2026-07-01T15:00:00", false],
  ])("%s (%s): found %s", (_what, at, found) => {
    const s = story(at);
    s.say("ac-301", { on: true, mode: "cool", setpoint: 26 });
    s.wait(60);
    expect(s.findings()).toHaveLength(found ? 1 : 0);
  });

  it("spares a room with people in it, for as long as they are there, and unless it is told not to", () => {
    const s = story("2026-07-01T19:00:00");
    s.say("presence-301", { occupied: true });
    s.say("light-301", { on: true });
    s.playTo("2026-07-01T20:00:00");
    expect(s.findings()).toEqual([]);
    s.say("presence-301", { occupied: false });
    s.playTo("2026-07-01T20:00:09");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T20:00:10");
    expect(s.findings()).toMatchObject([{ since: Date.parse("2026-07-01T20:00:00+08:00"), openedAt: Date.parse("2026-07-01T20:00:10+08:00") }]);
    const strict = story("2026-07-01T19:00:00", { policies: { "after-hours-shutoff": { params: { "spare-occupied": 0 } } } });
    strict.say("presence-301", { occupied: true });
    strict.say("light-301", { on: true });
    expect(strict.findings()).toHaveLength(1);
  });

  it("ends the moment overtime is granted, and comes back when it is over", () => {
    const s = story("2026-07-01T19:00:00");
    s.say("light-301", { on: true });
    expect(s.house.findings.size).toBe(1);
    const asked = s.ask("clerk", { kind: "request-approval", space: "hall/301", from: s.now, until: s.now + 3_600_000, reason: "budget" });
    expect(s.house.findings.size).toBe(1);
    s.ask("chief", { kind: "decide-approval", approval: asked.ok ? asked.subject : "", grant: true, note: null });
    expect(s.findings()).toMatchObject([{ state: "closed", closeReason: "booked" }]);
    s.playTo("2026-07-01T19:59:59");
    expect(s.house.findings.size).toBe(0);
    s.playTo("2026-07-01T20:00:00");
    expect(s.house.findings.size).toBe(1);
  });

  it("respects a booked meeting and a declared event", () => {
    const { calendar } = smallSite();
    const from = Date.parse("2026-07-01T18:00:00+08:00");
    const booked = story("2026-07-01T18:30:00", {
      calendar: { ...calendar, bookings: [{ kind: "meeting", space: "hall/302", from, until: from + 7_200_000, note: "党组会" }] },
    });
    booked.say("ac-302", { on: true });
    booked.say("light-301", { on: true });
    expect(booked.findings().map((f) => f.subject.device)).toEqual(["hall/light-301"]);
    const event = story("2026-07-01T19:00:00", { calendar: { ...calendar, events: [{ name: "艺术节", from: "2026-07-01", until: "2026-07-01" }] } });
    event.say("light-301", { on: true });
    expect(event.findings()).toEqual([]);
  });

  it("ends when working time begins", () => {
    const s = story("2026-07-02T03:00:00", { policies: { "after-hours-shutoff": { mode: "advise" } } });
    s.say("light-301", { on: true, power: 60 });
    s.playTo("2026-07-02T08:29:59");
    expect(s.house.findings.size).toBe(1);
    s.playTo("2026-07-02T08:31:00");
    expect(s.findings()).toMatchObject([{ state: "closed", closeReason: "working-hours" }]);
  });

  it("lets loads rise before work begins, and lights shine where somebody came in", () => {
    const s = story("2026-07-02T03:00:00", { policies: { "after-hours-shutoff": { mode: "advise" } } });
    s.say("plug-301", { on: true, power: 60 });
    s.say("light-301", { on: true, power: 60 });
    s.playTo("2026-07-02T06:29:59");
    expect(s.house.findings.size).toBe(2);
    s.playTo("2026-07-02T06:30:00");
    expect([...s.house.findings.values()].map((f) => f.subject.device)).toEqual(["hall/light-301"]);
    s.playTo("2026-07-02T08:20:00");
    s.say("presence-301", { occupied: true });
    s.playTo("2026-07-02T08:25:00");
    s.say("presence-301", { occupied: false });
    s.playTo("2026-07-02T08:29:00");
    expect(s.house.findings.size).toBe(0);
  });

  it("takes a socket whose load cannot be believed for no load left on, and a load from when it rose", () => {
    const s = story("2026-07-01T19:00:00");
    s.say("plug-301", { on: true, power: 30 });
    s.playTo("2026-07-01T21:00:00");
    s.say("plug-301", { power: -32_768 }, "suspect");
    s.wait(150);
    s.say("plug-301", { on: true, power: 30 });
    s.playTo("2026-07-01T21:30:00");
    expect(s.findings()).toEqual([]);
    s.say("plug-301", { on: true, power: 80 });
    s.playTo("2026-07-01T21:45:00");
    const [found] = s.findings();
    expect(found).toMatchObject({ state: "open", since: Date.parse("2026-07-01T21:30:00+08:00") });
    expect(found!.openedAt).toBe(found!.since + 2 * s.house.devices.get("hall/plug-301")!.device.interval * 1000);
  });

  it("leaves decorative lights to their own rule, and what must always run alone; valves only where the site says so", () => {
    const s = story("2026-07-01T20:00:00", {
      devices: [
        device("facade-1", "light", null, { tags: ["decorative"] }),
        device("fridge", "plug", "301", { tags: ["always-on"] }),
        device("water-1", "water", "301"),
        device("water-2", "water", "301", { tags: ["after-hours"] }),
        device("copier-301", "copier", "301", { standby: 10 }),
      ],
    });
    for (const id of ["facade-1", "fridge"]) s.say(id, { on: true });
    for (const id of ["water-1", "water-2"]) s.say(id, { valve: "open", flow: 0 });
    s.say("copier-301", { power: 60 });
    s.playTo("2026-07-01T20:20:05");
    expect(
      s
        .findings()
        .map((f) => f.subject.device)
        .sort(),
    ).toEqual(["hall/copier-301", "hall/water-2"]);
    expect(new Set(s.sent().map((c) => `${c.device} ${JSON.stringify(c.set)}`))).toEqual(
      new Set(['hall/water-2 {"valve":"closed"}', 'hall/copier-301 {"on":false}']),
    );
    // A copier that never says `on` answers by its power.
    s.say("copier-301", { power: 0.5 });
    expect(s.commands().find((c) => c.device === "hall/copier-301")).toMatchObject({ state: "proven", proof: { point: "power" } });
  });
});
