import { describe, expect, it } from "vitest";
import { PolicyStory } from "../../support/policy-story.ts";
import { device, smallSite, space } from "../../support/small-site.ts";

describe("vacant-lights-off", () => {
  it("is found after ten empty minutes, by the sensor's own time, and switched off", () => {
    const s = new PolicyStory("2026-07-01T20:00:00", smallSite(), "vacant-lights-off");
    s.say("light-301", { on: true, power: 80 });
    s.say("presence-301", { occupied: true });
    s.playTo("2026-07-01T20:05:00");
    s.say("presence-301", { occupied: false, count: 0 });
    s.wait(599);
    expect(s.findings()).toEqual([]);
    s.wait(1);
    expect(s.found("vacant-lights-off")).toMatchObject([{ reason: "empty" }]);
    expect(s.clock(s.found("vacant-lights-off")[0]!.since)).toBe("20:05:00");
    expect(s.sent()).toMatchObject([{ device: "hall/light-301", set: { on: false } }]);
  });

  it("does not command on a sensor that fell silent: who does not know does not act", () => {
    const s = new PolicyStory("2026-07-01T20:00:00", smallSite(), "vacant-lights-off");
    s.say("light-301", { on: true });
    s.say("presence-301", { occupied: false });
    s.mute.add("hall/presence-301");
    s.ask("director", { kind: "policy", policy: "vacant-lights-off", change: { params: { hold: 1200 } } });
    s.playTo("2026-07-01T21:00:00");
    expect(s.findings()).toEqual([]);
  });

  it("believes any of several sensors that sees somebody", () => {
    const site = smallSite();
    const s = new PolicyStory("2026-07-01T20:00:00", { ...site, devices: [...site.devices, device("presence-301b", "presence", "301")] }, "vacant-lights-off");
    s.say("light-301", { on: true });
    s.say("presence-301", { occupied: false });
    s.say("presence-301b", { count: 1 });
    s.playTo("2026-07-01T21:00:00");
    expect(s.findings()).toEqual([]);
    s.say("presence-301b", { count: 0 });
    s.playTo("2026-07-01T21:10:00");
    expect(s.findings()).toHaveLength(1);
  });

  it("leaves escape-route lamps alone", () => {
    const s = new PolicyStory("2026-07-01T20:00:00");
    s.say("exit-301", { on: true });
    s.say("presence-301", { occupied: false });
    s.playTo("2026-07-01T23:00:00");
    expect([s.findings(), s.commands()]).toEqual([[], []]);
  });
});

describe("daylight-lights-off", () => {
  const at = (time: string) => new PolicyStory(`2026-07-01T${time}`, smallSite(), "daylight-lights-off");

  it.each<[string, number, boolean]>([
    ["799 lx with the lamp's own 300", 799, false],
    ["800 lx with the lamp's own 300", 800, true],
  ])("indoors: %s → %s", (_what, lux, found) => {
    const s = at("10:00:00");
    s.say("light-301", { on: true });
    s.say("lux-301", { illuminance: lux });
    s.playTo("2026-07-01T10:09:59");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T10:10:00");
    expect(s.findings()).toHaveLength(found ? 1 : 0);
  });

  it("is not misled by a bright sensor at night", () => {
    const s = at("21:00:00");
    s.say("light-301", { on: true });
    s.say("lux-301", { illuminance: 2000 });
    s.playTo("2026-07-01T22:00:00");
    expect(s.findings()).toEqual([]);
  });

  it("goes by the sky where a room has windows and no sensor, and not where it has none", () => {
    const site = smallSite({
      spaces: [space("301", "office"), space("303", "corridor", { windows: null })],
      devices: [device("light-301", "light", "301"), device("light-303", "light", "303"), device("outdoor-1", "outdoor", null)],
    });
    const s = new PolicyStory("2026-07-01T10:00:00", site, "daylight-lights-off");
    s.say("light-301", { on: true });
    s.say("light-303", { on: true });
    s.say("outdoor-1", { illuminance: 60_000 });
    s.playTo("2026-07-01T10:15:00");
    expect(s.findings().map((f) => [f.subject.device, f.evidence["source"]])).toEqual([["hall/light-301", "outdoor"]]);
  });

  it("stands back when a cloud comes before the ten minutes are over", () => {
    const s = at("10:00:00");
    s.say("light-301", { on: true });
    s.say("lux-301", { illuminance: 1500 });
    s.playTo("2026-07-01T10:09:00");
    s.say("lux-301", { illuminance: 400 });
    s.playTo("2026-07-01T10:12:00");
    s.say("lux-301", { illuminance: 1500 });
    s.playTo("2026-07-01T10:21:59");
    expect(s.findings()).toEqual([]);
  });

  it("counts the ten minutes anew after a time that nobody knows of", () => {
    const s = at("10:00:00");
    s.say("light-301", { on: true });
    s.say("lux-301", { illuminance: 1500 });
    s.playTo("2026-07-01T10:05:00");
    s.mute.add("hall/lux-301");
    s.say("lux-301", { illuminance: 199_999 }, "suspect");
    s.playTo("2026-07-01T11:00:00");
    s.mute.clear();
    s.say("lux-301", { illuminance: 1500 });
    s.playTo("2026-07-01T11:09:59");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T11:10:00");
    expect(s.findings().map((f) => [s.clock(f.since), s.clock(f.openedAt)])).toEqual([["11:00:00", "11:10:00"]]);
  });
});

describe("decorative-lights-off", () => {
  const facade = (day: string, more = {}) => {
    const s = new PolicyStory(`${day}T20:00:00`, smallSite(more), "decorative-lights-off");
    s.say("facade-1", { on: true, power: 2000 });
    return s;
  };

  it("is found at once on an ordinary day, weekend or make-up day", () => {
    for (const day of ["2026-07-01", "2026-07-04", "2026-02-14"])
      expect(facade(day).found("decorative-lights-off"), day).toMatchObject([{ reason: "ordinary-day" }]);
  });

  it("lets them shine on a public holiday and on a declared event", () => {
    expect(facade("2026-10-01").findings()).toEqual([]);
    const { calendar } = smallSite();
    expect(facade("2026-07-01", { calendar: { ...calendar, events: [{ name: "艺术节", from: "2026-07-01", until: "2026-07-03" }] } }).findings()).toEqual([]);
  });

  it("is found at midnight when the holiday is over, and ends at midnight when one begins", () => {
    const after = facade("2026-10-07");
    after.playTo("2026-10-07T23:59:59");
    expect(after.findings()).toEqual([]);
    after.playTo("2026-10-08T00:01:00");
    expect(after.findings()).toHaveLength(1);
    const before = facade("2026-09-30");
    expect(before.house.findings.size).toBe(1);
    before.playTo("2026-10-01T00:01:00");
    expect(before.house.findings.size).toBe(0);
    expect(before.findings()).toMatchObject([{ closeReason: "holiday" }]);
  });

  it("is not about lamps that light a way", () => {
    const s = new PolicyStory(
      "2026-07-01T20:00:00",
      smallSite({ devices: [device("yard-1", "light", null, { tags: ["decorative", "illumination"] }), device("yard-2", "light", null)] }),
      "decorative-lights-off",
    );
    s.say("yard-1", { on: true });
    s.say("yard-2", { on: true });
    expect(s.findings()).toEqual([]);
  });
});
