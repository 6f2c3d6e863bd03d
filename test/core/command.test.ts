import { describe, expect, it } from "vitest";
import { PlayedHouse, rule, T0 } from "../support/played-house.ts";
import { device, smallSite } from "../support/small-site.ts";
import { fulfils } from "../../server/core/command-memory.ts";

const breach = (h: PlayedHouse, device = "light-301", power = 100) => {
  h.say(device, { on: true, power });
  h.confirmSent();
};
const states = (h: PlayedHouse) =>
  h
    .commands()
    .at(-1)!
    .steps.map((s) => s.state);

describe("a command", () => {
  it("lives planned → sent → accepted → reported → proven, and power proves it", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    breach(h);
    const command = h.sent()[0]!;
    expect(command).toMatchObject({ device: "hall/light-301", set: { on: false }, source: "policy", by: "rule", before: { on: true } });
    h.wait(1);
    h.enter({ kind: "ack", device: "hall/light-301", command: command.id, accepted: true, error: null });
    h.wait(1);
    h.say("light-301", { on: false, power: 80 });
    expect(h.commands()[0]!.state).toBe("reported");
    h.wait(1);
    h.say("light-301", { power: 0.4 });
    expect(states(h)).toEqual(["planned", "sent", "accepted", "reported", "proven"]);
    expect(h.commands()[0]).toMatchObject({ endedAt: T0 + 3000, proof: { point: "power", value: 0.4 } });
    expect(h.findings()[0]).toMatchObject({ state: "closed", command: command.id });
    expect(h.alerts()[0]).toMatchObject({ state: "normal" });
    expect(h.house.commands.size).toBe(0);
  });

  it("is proven by its report where nothing measures the effect", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    h.say("light-301", { on: true });
    h.say("light-301", { on: false });
    expect(states(h)).toEqual(["planned", "sent", "reported", "proven"]);
    expect(h.commands()[0]!.proof).toMatchObject({ point: "on", value: false });
  });

  it("waits for one that sleeps between its own messages, and asks it once more", () => {
    const h = new PlayedHouse([rule({ hold: 0 })], smallSite({ devices: [device("light-301", "light", "301", { wakes: 600, interval: 600 })] }));
    breach(h);
    const at: number[] = [0];
    for (let s = 1; s <= 1795; s++) {
      if (h.wait(1).some((d) => d.kind === "send")) at.push(s);
      h.confirmSent();
    }
    expect(at).toEqual([0, 900]);
    expect(h.commands()[0]!.state).toBe("sent");
    h.wait(6);
    expect(h.commands()[0]).toMatchObject({ state: "ignored", attempts: 2 });
  });

  it("is sent again with back-off under the same id, then ignored, with an alert; the wish waits and is tried anew", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    breach(h);
    const at: number[] = [0];
    for (let s = 1; s <= 80; s++) {
      if (h.wait(1).some((d) => d.kind === "send")) at.push(s);
      h.confirmSent();
    }
    expect(at).toEqual([0, 5, 15, 35]);
    expect(new Set(h.sent().map((c) => c.id)).size).toBe(1);
    expect(h.commands()[0]).toMatchObject({ state: "ignored", attempts: 4, error: "no answer" });
    expect(h.alerts().find((a) => a.kind === "command")).toMatchObject({ severity: "high", state: "unacknowledged", title: "command.ignored" });
    h.wait(594);
    expect(h.commands()).toHaveLength(1);
    h.wait(2);
    expect(h.commands()).toHaveLength(2);
    h.say("light-301", { on: false, power: 0 });
    expect(h.commands()[1]!.state).toBe("proven");
    expect(h.alerts().find((a) => a.kind === "command")!.state).toBe("returned-unacknowledged");
  });

  it("is refused when the device says no", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    breach(h);
    h.enter({ kind: "ack", device: "hall/light-301", command: h.sent()[0]!.id, accepted: false, error: "locked" });
    expect(h.commands()[0]).toMatchObject({ state: "refused", error: "locked" });
    expect(h.alerts().find((a) => a.kind === "command")).toMatchObject({ title: "command.refused", evidence: { error: "locked" } });
  });

  it("does not take another device's answer", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    breach(h);
    h.enter({ kind: "ack", device: "hall/ac-301", command: h.sent()[0]!.id, accepted: false, error: "not mine" });
    expect(h.commands()[0]!.state).toBe("sent");
  });

  it("is canceled when the wish goes before the device followed", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    breach(h);
    h.ask("director", { kind: "policy", policy: "rule", change: { enabled: false } });
    expect(h.commands()[0]).toMatchObject({ state: "canceled" });
  });

  it("is tried again when the wire could not take it", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    h.say("light-301", { on: true });
    h.enter({ kind: "sent", command: h.sent()[0]!.id, ok: false, error: "not connected" });
    h.wait(5);
    expect(h.sent()).toHaveLength(2);
    h.confirmSent();
    expect(h.commands()[0]!.state).toBe("sent");
  });

  it("never goes to what is protected, by its own protection or its space's class", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    h.say("exit-301", { on: true });
    h.say("ac-101", { on: true });
    h.wait(3600);
    expect(h.findings()).toEqual([]);
    expect(h.commands()).toEqual([]);
    for (const device of ["hall/exit-301", "hall/ac-101"]) {
      expect(h.ask("director", { kind: "command", device, set: { on: false }, reason: "because" })).toMatchObject({
        ok: false,
        refusal: { code: "protected" },
      });
      expect(
        h.ask("director", { kind: "override", device, space: null, policy: null, set: { on: false }, reason: "because", until: h.now + 60_000 }),
      ).toMatchObject({ ok: false, refusal: { code: "protected" } });
    }
  });

  it("waits while the device is offline and goes when it is back", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    h.enter({ kind: "availability", device: "hall/light-301", online: false });
    h.say("light-301", { on: true });
    expect(h.commands()).toEqual([]);
    h.enter({ kind: "availability", device: "hall/light-301", online: true });
    expect(h.commands()).toHaveLength(1);
  });

  it("protects a compressor: five minutes of rest before on, six switchings an hour", () => {
    const h = new PlayedHouse([]);
    h.say("ac-301", { on: true });
    h.wait(10);
    h.say("ac-301", { on: false });
    expect(h.ask("staff", { kind: "command", device: "hall/ac-301", set: { on: true }, reason: "warm" })).toMatchObject({
      ok: false,
      refusal: { code: "compressor-rest" },
    });
    h.wait(300);
    expect(h.ask("staff", { kind: "command", device: "hall/ac-301", set: { on: true }, reason: "warm" }).ok).toBe(true);
    for (let i = 0; i < 6; i++) {
      h.wait(301);
      h.say("ac-301", { on: i % 2 === 0 });
    }
    h.wait(301);
    expect(h.ask("staff", { kind: "command", device: "hall/ac-301", set: { on: true }, reason: "warm" })).toMatchObject({
      ok: false,
      refusal: { code: "switched-too-often" },
    });
  });

  it("of a person goes through the same gate and does not fight a policy", () => {
    const h = new PlayedHouse([rule({ hold: 0 })]);
    breach(h);
    expect(h.ask("staff", { kind: "command", device: "hall/light-301", set: { on: true }, reason: "I want light" })).toMatchObject({
      ok: false,
      refusal: { code: "contradicts-policy" },
    });
    expect(h.ask("staff", { kind: "command", device: "hall/light-301", set: { brightness: 200 }, reason: "brighter" })).toMatchObject({
      ok: false,
      refusal: { code: "bad-values" },
    });
    expect(h.ask("staff", { kind: "command", device: "hall/light-301", set: { power: 1 }, reason: "less" })).toMatchObject({
      ok: false,
      refusal: { code: "bad-values" },
    });
  });
});

describe("fulfils", () => {
  it("is equality, or for numbers having moved to the wanted value or past it", () => {
    expect(fulfils(26, 26.04, 22)).toBe(true);
    expect(fulfils(26, 27, 22)).toBe(true);
    expect(fulfils(26, 25.9, 22)).toBe(false);
    expect(fulfils(20, 19, 24)).toBe(true);
    expect(fulfils(20, 21, 24)).toBe(false);
    expect(fulfils(26, 27, null)).toBe(false);
    expect(fulfils(false, false, true)).toBe(true);
    expect(fulfils(false, undefined, true)).toBe(false);
    expect(fulfils("closed", "open", null)).toBe(false);
  });
});
