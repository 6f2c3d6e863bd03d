import { describe, expect, it } from "vitest";
import { PolicyStory } from "../../support/policy-story.ts";
import { smallSite } from "../../support/small-site.ts";

const NOON = "2026-07-01T10:00:00";
const cooling = { on: true, mode: "cool", setpoint: 24, temperature: 27 };

describe("cooling-floor", () => {
  it.each<[string, Record<string, string | number | boolean>, boolean]>([
    ["25.9 °C while cooling", { ...cooling, setpoint: 25.9 }, true],
    ["26.0 °C while cooling", { ...cooling, setpoint: 26 }, false],
    ["22 °C while heating", { ...cooling, mode: "heat", setpoint: 18 }, false],
    ["22 °C while drying", { ...cooling, mode: "dry" }, false],
    ["22 °C but off", { ...cooling, on: false }, false],
    ["mode off", { ...cooling, mode: "off" }, false],
    ["auto in a warm room cools", { ...cooling, mode: "auto" }, true],
    ["auto in a cold room does not", { ...cooling, mode: "auto", temperature: 20 }, false],
    ["no setpoint known", { on: true, mode: "cool" }, false],
  ])("%s → %s", (_what, state, found) => {
    const s = new PolicyStory(NOON, smallSite(), "cooling-floor");
    s.say("ac-301", state);
    s.wait(61);
    expect(s.found("cooling-floor")).toHaveLength(found ? 1 : 0);
  });

  it("is found after its hold to the second, in winter as in summer, and written to the limit", () => {
    for (const day of ["2026-07-01", "2026-12-01", "2026-10-01"]) {
      const s = new PolicyStory(`${day}T10:00:00`, smallSite(), "cooling-floor");
      s.say("ac-301", cooling);
      s.wait(59);
      expect(s.found("cooling-floor")).toEqual([]);
      s.wait(1);
      expect(s.found("cooling-floor")).toMatchObject([{ reason: "below", evidence: { setpoint: 24, limit: 26, mode: "cool" } }]);
      expect(s.sent()).toMatchObject([{ set: { setpoint: 26 } }]);
      s.say("ac-301", { ...cooling, setpoint: 26 });
      expect(s.found("cooling-floor")).toMatchObject([{ state: "closed", closeReason: "at-or-above" }]);
    }
  });

  it("follows a changed limit at once", () => {
    const s = new PolicyStory(NOON, smallSite(), "cooling-floor");
    s.say("ac-301", { ...cooling, setpoint: 26.5 });
    s.wait(120);
    s.ask("director", { kind: "policy", policy: "cooling-floor", change: { params: { limit: 27, hold: 2 } } });
    expect(s.found("cooling-floor")).toHaveLength(1);
    expect(s.sent()).toMatchObject([{ set: { setpoint: 27 } }]);
  });

  it("leaves the server room's unit alone", () => {
    const s = new PolicyStory(NOON);
    s.say("ac-101", { ...cooling, setpoint: 20 });
    s.wait(7200);
    // That it fell silent is told all the same: a server room is watched, and never commanded.
    expect(s.findings().map((f) => f.policy)).toEqual(["device-silent"]);
    expect(s.commands()).toEqual([]);
  });
});

describe("heating-ceiling", () => {
  it.each<[string, Record<string, string | number | boolean>, boolean]>([
    ["20.1 °C while heating", { on: true, mode: "heat", setpoint: 20.1, temperature: 18 }, true],
    ["20.0 °C while heating", { on: true, mode: "heat", setpoint: 20, temperature: 18 }, false],
    ["24 °C while cooling", { on: true, mode: "cool", setpoint: 27, temperature: 28 }, false],
    ["auto in a cold room heats", { on: true, mode: "auto", setpoint: 23, temperature: 18 }, true],
  ])("%s → %s", (_what, state, found) => {
    const s = new PolicyStory("2026-12-01T10:00:00", smallSite(), "heating-ceiling");
    s.say("ac-301", state);
    s.wait(60);
    expect(s.found("heating-ceiling")).toHaveLength(found ? 1 : 0);
    if (found) expect(s.sent()).toMatchObject([{ set: { setpoint: 20 } }]);
  });
});

describe("window-open-no-ac", () => {
  it("is found after three minutes of open window with the unit running, whichever came first", () => {
    for (const order of [
      ["contact-301", "ac-301"],
      ["ac-301", "contact-301"],
    ]) {
      const s = new PolicyStory(NOON, smallSite(), "window-open-no-ac");
      for (const device of order) s.say(device, device === "ac-301" ? { on: true } : { open: true });
      s.wait(179);
      expect(s.found("window-open-no-ac")).toEqual([]);
      s.wait(1);
      expect(s.found("window-open-no-ac")).toMatchObject([{ evidence: { window: "hall/contact-301" } }]);
      expect(s.sent()).toMatchObject([{ set: { on: false } }]);
    }
  });

  it("ends when the window closes, does not begin with it closed, and knows nothing without a word from the contact", () => {
    const s = new PolicyStory(NOON, smallSite(), "window-open-no-ac");
    s.say("ac-301", { on: true });
    s.wait(600);
    expect(s.found("window-open-no-ac")).toEqual([]);
    s.say("contact-301", { open: true });
    s.wait(180);
    s.say("contact-301", { open: false });
    expect(s.found("window-open-no-ac")).toMatchObject([{ state: "closed", closeReason: "closed" }]);
  });

  it("does not begin on a contact that fell silent", () => {
    const s = new PolicyStory(NOON, smallSite(), "window-open-no-ac");
    s.say("contact-301", { open: true });
    s.wait(901);
    s.say("ac-301", { on: true });
    s.wait(600);
    expect(s.found("window-open-no-ac")).toEqual([]);
  });
});

describe("vacant-ac-off", () => {
  it("is found after twenty empty minutes, and a person coming back starts the count anew", () => {
    const s = new PolicyStory(NOON, smallSite(), "vacant-ac-off");
    s.say("presence-301", { occupied: false });
    s.say("ac-301", { on: true });
    s.playTo("2026-07-01T10:19:00");
    s.say("presence-301", { occupied: true });
    s.say("presence-301", { occupied: false });
    s.playTo("2026-07-01T10:38:59");
    expect(s.found("vacant-ac-off")).toEqual([]);
    s.playTo("2026-07-01T10:39:00");
    expect(s.found("vacant-ac-off")).toHaveLength(1);
  });

  it("does nothing in a room where nothing sees people", () => {
    const s = new PolicyStory(NOON, smallSite(), "vacant-ac-off");
    s.say("ac-302", { on: true });
    s.wait(7200);
    expect(s.findings()).toEqual([]);
  });
});
