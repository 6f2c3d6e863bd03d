/** Who wins where wishes oppose while something is on its way already, and what a compressor suffers meanwhile. */
import { describe, expect, it } from "vitest";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { PlayedHouse, rule } from "../support/played-house.ts";
import { restartInto } from "../support/restart.ts";
import { device, smallSite } from "../support/small-site.ts";

const off = rule({ hold: 0 });
const one = smallSite({ devices: [device("ac-301", "ac", "301")] });

function override(h: PlayedHouse, set: Record<string, PointValue>, name = "light-301", by = "chief") {
  return h.ask(by, { kind: "override", device: `hall/${name}`, space: null, policy: null, set, reason: "filming", until: h.now + 3 * 3_600_000 });
}

describe("an override against a policy's command", () => {
  it("that is on its way stops it: it is not sent once more", () => {
    const h = new PlayedHouse([off]);
    h.say("light-301", { on: true, power: 80 });
    h.confirmSent();
    h.wait(1);
    expect(override(h, { on: true })).toMatchObject({ ok: true });
    expect(h.commands()).toMatchObject([{ by: "rule", state: "canceled" }]);
    h.wait(120);
    expect(h.sent()).toHaveLength(1);
    // It came too late for the device: it is switched on again.
    h.say("light-301", { on: false, power: 0 });
    expect(h.sent().at(-1)).toMatchObject({ source: "override", set: { on: true } });
  });

  it("that waits for its proof does not wait with it, and nobody is accused", () => {
    const h = new PlayedHouse([off], smallSite({ devices: [device("ac-301", "ac", "301", { openLoop: true })] }));
    h.say("ac-301", { on: true, mode: "cool", temperature: 26 });
    h.confirmSent();
    h.wait(1);
    h.say("ac-301", { on: false, mode: "cool", temperature: 26 });
    h.wait(301);
    override(h, { on: true }, "ac-301");
    expect(h.sent().at(-1)).toMatchObject({ source: "override", set: { on: true } });
    h.confirmSent();
    h.wait(1);
    for (let minute = 0; minute < 45; minute++) {
      h.say("ac-301", { on: true, mode: "cool", temperature: 26 });
      h.wait(60);
    }
    expect(h.alerts().filter((a) => a.kind === "command")).toEqual([]);
  });

  it("is not held back by what people undid of a policy's, nor by a policy's failure", () => {
    const h = new PlayedHouse([off]);
    for (let i = 0; i < 4; i++) {
      h.say("light-301", { on: true });
      h.confirmSent();
      h.wait(2);
      h.say("light-301", { on: i === 3 });
      h.wait(60);
    }
    expect(h.alerts().filter((a) => a.title === "conflict.undone")).toHaveLength(1);
    override(h, { brightness: 50 });
    expect(h.sent().at(-1)).toMatchObject({ source: "override", set: { brightness: 50 } });
  });
});

describe("a person's command over one that waits for its proof", () => {
  it("leaves no false alarm behind", () => {
    const h = new PlayedHouse([]);
    h.say("light-301", { on: true, power: 80 });
    h.ask("staff", { kind: "command", device: "hall/light-301", set: { on: false }, reason: "r" });
    h.wait(1);
    h.say("light-301", { on: false, power: 80 });
    h.wait(1);
    h.ask("staff", { kind: "command", device: "hall/light-301", set: { on: true }, reason: "r" });
    h.wait(1);
    h.say("light-301", { on: true, power: 80 });
    h.wait(700);
    expect(h.commands().map((c) => c.state)).toEqual(["canceled", "proven"]);
    expect(h.alerts()).toEqual([]);
  });
});

describe("two overrides that oppose", () => {
  it.each([true, false])("the later one counts, and the device is not sent back and forth (%s last)", (last) => {
    const h = new PlayedHouse([]);
    h.say("light-301", { on: !last });
    override(h, { on: !last });
    h.wait(1);
    override(h, { on: last }, "light-301", "deputy");
    for (let i = 0; i < 30; i++) {
      h.confirmSent();
      h.wait(1);
      h.say("light-301", { on: last });
      h.wait(60);
    }
    expect(h.sent().map((c) => c.set)).toEqual([{ on: last }]);
  });
});

describe("a compressor", () => {
  const ask = (h: PlayedHouse, set: Record<string, PointValue>) => h.ask("staff", { kind: "command", device: "hall/ac-301", set, reason: "r" });

  it("rests also where it is switched by its mode", () => {
    const h = new PlayedHouse([]);
    h.say("ac-301", { mode: "cool" });
    h.wait(10);
    h.say("ac-301", { mode: "off" });
    expect(ask(h, { mode: "cool" })).toMatchObject({ ok: false, refusal: { code: "compressor-rest" } });
    h.wait(300);
    expect(ask(h, { mode: "cool" }).ok).toBe(true);
  });

  it("has its rest from when it was asked to stop, though it did not say yet that it did; over a restart too", () => {
    const h = new PlayedHouse([]);
    h.say("ac-301", { on: true, mode: "cool" });
    h.wait(600);
    expect(ask(h, { on: false }).ok).toBe(true);
    h.wait(5);
    expect(ask(h, { on: true })).toMatchObject({ ok: false, refusal: { code: "compressor-rest" } });
    const next = restartInto(new PlayedHouse([]), h, 30);
    expect(ask(next, { on: true })).toMatchObject({ ok: false, refusal: { code: "compressor-rest" } });
  });

  it("has its rest whatever its own clock says, and whoever switched", () => {
    const h = new PlayedHouse([]);
    const say = (on: boolean) => {
      const report = {
        device: "hall/ac-301",
        at: h.now - 3_600_000,
        received: h.now,
        late: false,
        readings: [{ name: "on", value: on, quality: "good" as const }],
      };
      h.enter({ kind: "report", topic: "jieyue/hall/ac-301/state", codec: "native", report });
    };
    say(true);
    h.wait(60);
    say(false);
    expect(ask(h, { on: true })).toMatchObject({ ok: false, refusal: { code: "compressor-rest" } });
    // People play with the remote control: after six switchings nobody's command switches once more.
    for (let i = 0; i < 5; i++) {
      h.wait(301);
      say(i % 2 === 0);
    }
    expect(ask(h, { on: false })).toMatchObject({ ok: false, refusal: { code: "switched-too-often" } });
  });
});

describe("comfort steps", () => {
  const warmer: PolicyDefinition = rule({
    kinds: ["ac"],
    watches: { own: ["setpoint"] },
    judge: (view) => {
      const setpoint = Number(view.point("setpoint")?.value ?? 0);
      const limit = view.params["limit"]!;
      if (setpoint >= limit) return { state: "fine", reason: "warm", evidence: { setpoint } };
      return { state: "breach", reason: "cold", evidence: { setpoint }, hold: 0, want: { set: { setpoint: limit } } };
    },
  });
  const obey = (h: PlayedHouse) => {
    h.wait(1);
    h.say("ac-301", { on: true, mode: "cool", ...(h.sent().at(-1)!.set as Record<string, number>) });
  };

  it("are counted also where the last one reached what was wanted, and in automatic mode both ways", () => {
    const h = new PlayedHouse([warmer], one);
    h.say("ac-301", { on: true, mode: "cool", setpoint: 25.5 });
    obey(h);
    h.ask("director", { kind: "policy", policy: "rule", change: { params: { limit: 27 } } });
    expect(h.sent().map((c) => c.set)).toEqual([{ setpoint: 26 }]);
    h.wait(600);
    expect(h.sent().map((c) => c.set)).toEqual([{ setpoint: 26 }, { setpoint: 27 }]);
    const auto = new PlayedHouse([warmer], one);
    auto.say("ac-301", { on: true, mode: "auto", setpoint: 22 });
    expect(auto.sent().map((c) => c.set)).toEqual([{ setpoint: 23 }]);
  });

  it("are counted over a restart", () => {
    const h = new PlayedHouse([warmer], one);
    h.say("ac-301", { on: true, mode: "cool", setpoint: 22 });
    obey(h);
    const next = restartInto(new PlayedHouse([warmer], one), h, 60);
    expect(next.sent()).toEqual([]);
    next.wait(540);
    expect(next.sent().map((c) => c.set)).toEqual([{ setpoint: 24 }]);
  });

  it("that people undo again and again end in the conflict too", () => {
    const h = new PlayedHouse([warmer], one);
    for (let minute = 0; minute < 120; minute++) {
      h.say("ac-301", { on: true, mode: "cool", setpoint: 22 });
      for (let second = 0; second < 60; second++) if (h.wait(1).some((d) => d.kind === "send")) obey(h);
    }
    expect(h.alerts().filter((a) => a.title === "conflict.undone")).toHaveLength(1);
  });
});

describe("over a restart", () => {
  it("the house goes on giving way after a named conflict, until the time that it named", () => {
    const h = new PlayedHouse([off]);
    for (let i = 0; i < 4; i++) {
      h.say("light-301", { on: true });
      h.confirmSent();
      h.wait(2);
      h.say("light-301", { on: i === 3 });
      h.wait(60);
    }
    expect(h.sent()).toHaveLength(3);
    const next = restartInto(new PlayedHouse([off]), h, 30);
    const goOn = (minutes: number) => {
      for (let i = 0; i < minutes; i++) {
        next.say("light-301", { on: true });
        next.wait(60);
      }
    };
    goOn(115);
    expect(next.sent()).toEqual([]);
    goOn(5);
    expect(next.commands()).toHaveLength(1);
    expect(next.alerts().find((a) => a.title === "conflict.undone")).toMatchObject({ clearedAt: expect.any(Number) });
  });

  it("limits and back-off do not begin anew", () => {
    const h = new PlayedHouse([off]);
    h.say("light-301", { on: true });
    h.enter({ kind: "ack", device: "hall/light-301", command: h.sent()[0]!.id, accepted: false, error: "locked" });
    h.wait(5);
    const next = restartInto(new PlayedHouse([off]), h, 60);
    next.say("light-301", { on: true });
    next.wait(500);
    expect(next.sent()).toEqual([]);
    next.wait(60);
    expect(next.commands()).toHaveLength(1);
  });

  it("a hand that is off stays off", () => {
    const h = new PlayedHouse([off]);
    h.ask("staff", { kind: "hands-off", building: "hall", floor: "3", space: null, device: null, reason: "painters", until: h.now + 600_000 });
    h.say("light-301", { on: true });
    const next = restartInto(new PlayedHouse([off]), h, 60);
    next.say("light-301", { on: true });
    next.wait(530);
    expect(next.sent()).toEqual([]);
    next.wait(20);
    expect(next.commands()).toHaveLength(1);
  });
});

describe("hands that come back", () => {
  it("hold a device to its override at once, without waiting for its next word", () => {
    const h = new PlayedHouse([]);
    h.say("light-301", { on: false });
    const answer = h.ask("staff", { kind: "hands-off", building: null, floor: null, space: null, device: "hall/light-301", reason: "r", until: null });
    override(h, { on: true });
    expect(h.sent()).toEqual([]);
    h.ask("staff", { kind: "hands-on", handsOff: answer.ok ? answer.subject : "", reason: null });
    expect(h.sent()).toMatchObject([{ set: { on: true } }]);
  });
});

describe("the dead man", () => {
  it("is not kept awake by a stranger", () => {
    const devices = [device("light-301", "light", "301", { interval: 3600 }), device("plug-301", "plug", "301", { interval: 60 })];
    const h = new PlayedHouse([rule({ hold: 1200 })], smallSite({ devices }));
    h.say("plug-301", { power: 1 });
    h.say("light-301", { on: true });
    for (let minute = 0; minute < 25; minute++) {
      h.wait(60);
      h.say("stranger", { power: 1 });
    }
    expect(h.findings()).toHaveLength(1);
    expect(h.sent()).toEqual([]);
  });
});

describe("a device that the site file describes", () => {
  it("is not moved out of its protected room by adopting it anew", () => {
    const h = new PlayedHouse([off]);
    h.say("ac-101", { on: true });
    const as = { kind: "ac", space: "hall/301", name: null, interval: null, standby: null } as const;
    expect(h.ask("director", { kind: "adopt", device: "hall/ac-101", as })).toMatchObject({ ok: false, refusal: { code: "in-site-file" } });
    expect(h.sent()).toEqual([]);
  });
});
