import { describe, expect, it } from "vitest";
import { PolicyStory } from "../../support/policy-story.ts";
import { device, smallSite } from "../../support/small-site.ts";

describe("vacant-water-off", () => {
  const story = (more = {}) => new PolicyStory("2026-07-01T10:00:00", smallSite(more), "vacant-water-off");

  it("closes the valve after five minutes of running water in an empty room, and no flow proves it", () => {
    const s = story();
    s.say("presence-102", { occupied: false });
    s.say("water-102", { flow: 6, volume: 100, valve: "open" });
    s.playTo("2026-07-01T10:04:59");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T10:05:00");
    expect(s.sent()).toMatchObject([{ set: { valve: "closed" } }]);
    s.wait(1);
    s.say("water-102", { flow: 0, volume: 100.03, valve: "closed" });
    expect(s.commands()).toMatchObject([{ state: "proven", proof: { point: "flow", value: 0 } }]);
    expect(s.findings()[0]!.wasted!.m3).toBeCloseTo(0, 2);
  });

  it("tells somebody where there is no valve", () => {
    const s = story();
    s.say("presence-102", { occupied: false });
    s.say("water-102", { flow: 6 });
    s.playTo("2026-07-01T10:10:00");
    expect(s.findings()).toHaveLength(1);
    expect(s.alerts()).toMatchObject([{ state: "unacknowledged" }]);
    expect(s.commands()).toEqual([]);
  });

  it("takes a meter's noise for no flow, and people for a reason", () => {
    const s = story();
    s.say("presence-102", { occupied: false });
    s.say("water-102", { flow: 0.05 });
    s.playTo("2026-07-01T10:10:00");
    s.say("presence-102", { occupied: true });
    s.say("water-102", { flow: 8 });
    s.playTo("2026-07-01T10:30:00");
    expect(s.findings()).toEqual([]);
  });

  it("watches a fire line too, but never touches its valve", () => {
    const s = story({ devices: [device("water-102", "water", "102", { protection: "fire-line" }), device("presence-102", "presence", "102")] });
    s.say("presence-102", { occupied: false });
    s.say("water-102", { flow: 6, valve: "open" });
    s.playTo("2026-07-01T11:00:00");
    expect(s.findings()).toHaveLength(1);
    expect(s.commands()).toEqual([]);
  });
});

describe("the copier's rules", () => {
  const print = (s: PolicyStory, more: object) =>
    s.enter({
      kind: "job",
      device: "hall/copier-301",
      job: { job: "j1", user: "clerk", document: "d", pages: 1, copies: 1, sheets: 1, duplex: false, color: false, state: "completed", at: s.now, ...more },
    });

  it.each([
    [10, 0],
    [11, 1],
  ])("holds a job of %i sheets: %i requests", (sheets, requests) => {
    const s = new PolicyStory("2026-07-01T10:00:00");
    print(s, { sheets, state: "held" });
    expect(s.house.approvals.size).toBe(requests);
    expect(s.sent()).toHaveLength(1 - requests);
  });

  it("finds afterwards what a copier printed without being asked to, and not what was granted", () => {
    const s = new PolicyStory("2026-07-01T10:00:00");
    print(s, { job: "j1", sheets: 11 });
    expect(s.found("copier-approval")).toMatchObject([{ reason: "unapproved", state: "closed" }]);
    expect(s.alerts()).toHaveLength(1);
    print(s, { job: "j2", sheets: 30, state: "held" });
    s.ask("chief", { kind: "decide-approval", approval: [...s.house.approvals.keys()][0]!, grant: true, note: null });
    s.wait(120);
    print(s, { job: "j2", sheets: 30 });
    expect(s.found("copier-approval").map((f) => f.reason)).toEqual(["unapproved", "too-many-sheets"]);
    print(s, { job: "j3", sheets: 30, state: "held" });
    s.ask("chief", { kind: "decide-approval", approval: [...s.house.approvals.keys()][0]!, grant: false, note: null });
    print(s, { job: "j3", sheets: 30, state: "canceled" });
    expect(s.findings().filter((f) => f.reason === "unapproved")).toHaveLength(1);
  });

  it.each<[string, string, object, string | null]>([
    ["in working hours", "2026-07-01T10:00:00", {}, null],
    ["in the noon break", "2026-07-01T12:45:00", {}, null],
    ["half an hour after work", "2026-07-01T17:59:00", {}, null],
    ["later", "2026-07-01T18:01:00", {}, "after-hours"],
    ["on a Saturday", "2026-07-04T10:00:00", {}, "after-hours"],
    ["on a Saturday that is worked", "2026-02-14T10:00:00", {}, null],
    ["by nobody's account", "2026-07-01T10:00:00", { user: null }, "nobody"],
    ["canceled at night", "2026-07-01T23:00:00", { state: "canceled" }, null],
  ])("a job %s (%s)", (_what, at, more, reason) => {
    const s = new PolicyStory(at);
    print(s, more);
    expect(s.found("copier-after-hours").map((f) => f.reason)).toEqual(reason === null ? [] : [reason]);
  });

  it.each([
    ["hours ahead", 16 * 3_600_000],
    ["never set", 1000 - Date.parse("2026-07-01T10:00:00+08:00")],
  ])("a copier whose clock is %s is judged by ours", (_what, off) => {
    const s = new PolicyStory("2026-07-01T10:00:00");
    print(s, { at: s.now + off });
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T23:00:00");
    print(s, { job: "j2", at: s.now + off });
    expect(s.found("copier-after-hours")).toMatchObject([{ reason: "after-hours", since: s.now, evidence: { printedAt: s.now } }]);
  });
});
