import { describe, expect, it } from "vitest";
import { device, smallSite } from "../support/small-site.ts";
import { PlayedHouse, rule, T0 } from "../support/played-house.ts";

describe("a finding", () => {
  it("opens when the hold has run out, to the second, and closes when the breach is over", () => {
    const h = new PlayedHouse([rule({ hold: 60 })]);
    h.say("light-301", { on: true, power: 100 });
    h.wait(59);
    expect(h.findings()).toEqual([]);
    h.wait(1);
    expect(h.findings()).toMatchObject([
      {
        policy: "rule",
        state: "open",
        since: T0,
        openedAt: T0 + 60_000,
        reason: "is-on",
        subject: { device: "hall/light-301", space: "hall/301", department: "general" },
      },
    ]);
    h.wait(30);
    h.say("light-301", { on: false, power: 0 });
    expect(h.findings()).toMatchObject([{ state: "closed", closedAt: T0 + 90_000, closeReason: "off" }]);
  });

  it("does not open when the breach ends one second before the hold runs out, and the hold begins anew", () => {
    const h = new PlayedHouse([rule({ hold: 60 })]);
    h.say("light-301", { on: true });
    h.wait(59);
    h.say("light-301", { on: false });
    h.wait(1);
    h.say("light-301", { on: true });
    h.wait(59);
    expect(h.findings()).toEqual([]);
    h.wait(1);
    expect(h.findings()).toHaveLength(1);
  });

  it("ends where its device was last heard, when that falls silent", () => {
    const quiet = rule({
      hold: 60,
      judge: (view) =>
        view.fresh(view.device.id)
          ? { state: "breach", reason: "is-on", evidence: {}, hold: 60, want: null }
          : { state: "unknown", reason: "no-state", evidence: {} },
    });
    const h = new PlayedHouse([quiet]);
    h.say("light-301", { on: true, power: 600 });
    h.wait(120);
    h.say("light-301", { on: true, power: 600 });
    h.wait(901);
    // A minute of 600 W, from the opening to the last word: nobody measured what came after it.
    expect(h.findings()).toMatchObject([{ state: "closed", closeReason: "silent", closedAt: T0 + 120_000, wasted: { kwh: 0.01 } }]);
    h.say("light-301", { on: true });
    h.wait(60);
    expect(h.findings()).toHaveLength(2);
  });

  it("is at most one per policy and subject, however often the device repeats itself", () => {
    const h = new PlayedHouse([rule({ hold: 10, want: null })]);
    for (let i = 0; i < 50; i++) {
      h.say("light-301", { on: true, power: i });
      h.wait(7);
    }
    expect(h.findings()).toHaveLength(1);
    expect(h.house.findings.size).toBe(1);
  });

  it("is neither opened, closed nor commanded on inputs that are not known", () => {
    const h = new PlayedHouse([rule({ hold: 10 })]);
    h.say("light-301", { on: true });
    h.wait(5);
    h.say("light-301", { on: true }, "suspect");
    h.wait(60);
    expect(h.findings()).toEqual([]);
    h.say("light-301", { on: true });
    h.wait(10);
    expect(h.findings()).toHaveLength(1);
    h.say("light-301", { on: true }, "bad");
    expect(h.house.findings.size).toBe(1);
  });

  it("counts what it wastes: power over time, priced by the site's tariff", () => {
    const h = new PlayedHouse([rule({ hold: 0, want: null })]);
    h.say("light-301", { on: true, power: 1000 });
    for (const power of [1000, 1000, 500, 500, 500]) {
      h.wait(600);
      h.say("light-301", { on: true, power });
    }
    h.wait(600);
    h.say("light-301", { on: false, power: 0 });
    expect(h.findings()[0]!.wasted).toEqual({ kwh: 0.75, m3: 0, cny: 0.6 });
  });

  it("believes a load for three intervals only: silence is no waste that anybody measured", () => {
    const h = new PlayedHouse([rule({ hold: 0, want: null })]);
    h.say("light-301", { on: true, power: 1000 });
    h.wait(4 * 3600);
    h.say("light-301", { on: false, power: 0 });
    expect(h.findings()[0]!.wasted!.kwh).toBeCloseTo(0.25, 4);
  });

  it("is not made for what is exempt, out of scope, disabled, overridden, or not adopted", () => {
    const site = smallSite({ exemptions: [{ policy: "rule", device: null, space: "hall/301", spaceClass: null, reason: "clinic" }] });
    const exempt = new PlayedHouse([rule({ hold: 0 })], site);
    exempt.say("light-301", { on: true });
    expect(exempt.findings()).toEqual([]);

    const scoped = new PlayedHouse([rule({ hold: 0 })], smallSite({ policies: { rule: { scope: { classes: ["meeting"] } } } }));
    scoped.say("light-301", { on: true });
    scoped.say("ac-302", { on: true });
    expect(scoped.findings().map((f) => f.subject.device)).toEqual(["hall/ac-302"]);

    const disabled = new PlayedHouse([rule({ hold: 0 })], smallSite({ policies: { rule: { enabled: false } } }));
    disabled.say("light-301", { on: true });
    expect(disabled.findings()).toEqual([]);

    const unknown = new PlayedHouse([rule({ hold: 0 })]);
    unknown.say("light-999", { on: true });
    expect(unknown.findings()).toEqual([]);
    expect(unknown.house.devices.get("hall/light-999")!.device).toMatchObject({ adopted: false, kind: "light" });
    expect(
      unknown.ask("staff", { kind: "adopt", device: "hall/light-999", as: { kind: "light", space: "hall/302", name: "New", interval: 60, standby: 3 } }),
    ).toEqual({ ok: true, subject: "hall/light-999" });
    expect(unknown.findings()).toMatchObject([{ subject: { device: "hall/light-999", space: "hall/302", department: "general" } }]);
  });

  it("closes as overridden while a person's override lasts, and comes back when it ends by itself", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    h.say("light-301", { on: true });
    expect(h.house.findings.size).toBe(1);
    const answer = h.ask("chief", {
      kind: "override",
      device: null,
      space: "hall/301",
      policy: "rule",
      set: null,
      reason: "night work",
      until: h.now + 600_000,
    });
    expect(answer.ok).toBe(true);
    expect(h.findings()[0]).toMatchObject({ state: "closed", closeReason: "overridden" });
    expect(h.commands().at(-1)).toMatchObject({ state: "canceled" });
    h.wait(599);
    expect(h.house.findings.size).toBe(0);
    h.wait(1);
    expect(h.house.findings.size).toBe(1);
    expect(h.decisions.filter((d) => d.kind === "override").map((d) => d.why)).toEqual(["granted", "ended"]);
  });

  it("follows the mode: observe records, advise alerts, enforce commands; a change takes an open finding along", () => {
    const h = new PlayedHouse([rule({ hold: 0 })], smallSite({ policies: { rule: { mode: "observe" } } }));
    h.say("light-301", { on: true });
    expect([h.findings().length, h.alerts().length, h.commands().length]).toEqual([1, 0, 0]);
    h.ask("director", { kind: "policy", policy: "rule", change: { mode: "advise" } });
    expect([h.findings().length, h.alerts().length, h.commands().length]).toEqual([1, 1, 0]);
    h.ask("director", { kind: "policy", policy: "rule", change: { mode: "enforce" } });
    expect([h.findings().length, h.alerts().length, h.commands().length]).toEqual([1, 1, 1]);
    h.ask("director", { kind: "policy", policy: "rule", change: { mode: "observe" } });
    expect(h.commands()[0]).toMatchObject({ state: "canceled" });
  });

  it("warns first where the policy says so, and commands only after the warning", () => {
    const h = new PlayedHouse([rule({ hold: 30, warn: 600 })]);
    h.say("light-301", { on: true });
    h.wait(30);
    expect(h.findings()).toHaveLength(1);
    expect(h.alerts()).toHaveLength(1);
    h.wait(599);
    expect(h.commands()).toEqual([]);
    h.wait(1);
    expect(h.commands()).toHaveLength(1);
  });

  it("refuses a parameter out of its range and names the range", () => {
    const h = new PlayedHouse([rule()]);
    expect(h.ask("director", { kind: "policy", policy: "rule", change: { params: { limit: 31 } } })).toMatchObject({
      ok: false,
      refusal: { code: "param-out-of-range", detail: expect.stringContaining("16 to 30 °C") },
    });
    expect(h.ask("director", { kind: "policy", policy: "rule", change: { params: { nonsense: 1 } } })).toMatchObject({
      ok: false,
      refusal: { code: "unknown-param" },
    });
    expect(h.house.policies.get("rule")!.settings.params).toEqual({ limit: 26, alertAfter: 0, clearAfter: 0 });
  });

  it("keeps a device's description when it is placed again", () => {
    const h = new PlayedHouse([rule()], smallSite({ devices: [device("light-301", "light", "301")] }));
    expect(h.house.devicesBySpace.get("hall/301")!.map((d) => d.id)).toEqual(["hall/light-301"]);
  });
});
