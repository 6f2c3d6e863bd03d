/** What keeps the house from acting blindly, twice, too often, or against people: told in time. */
import { describe, expect, it } from "vitest";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { rejudgeAll } from "../../server/core/restore.ts";
import { PlayedHouse, rule, T0 } from "../support/played-house.ts";
import { device, smallSite } from "../support/small-site.ts";

const off = rule({ hold: 0, want: { on: false } });

/** Says the same every minute, as devices do. */
function goOn(h: PlayedHouse, said: Readonly<Record<string, Record<string, PointValue>>>, minutes: number): void {
  for (let i = 0; i < minutes; i++) {
    h.wait(60);
    for (const [id, values] of Object.entries(said)) h.say(id, values);
  }
}

describe("the switch hands off", () => {
  const take = (h: PlayedHouse, part: object, until: number | null = null) =>
    h.ask("staff", { kind: "hands-off", building: null, floor: null, space: null, device: null, reason: "painters", until, ...part });

  it.each([
    ["the device", { device: "hall/light-301" }],
    ["its space", { space: "hall/301" }],
    ["its floor", { building: "hall", floor: "3" }],
    ["its building", { building: "hall" }],
    ["the site", {}],
  ])("at %s stops what is on its way in the same turn, and everything after it", (_, part) => {
    const h = new PlayedHouse([off]);
    h.say("light-301", { on: true });
    expect(h.sent()).toHaveLength(1);
    expect(take(h, part)).toMatchObject({ ok: true });
    expect(h.commands()).toMatchObject([{ state: "canceled" }]);
    goOn(h, { "light-301": { on: true } }, 30);
    expect(h.sent()).toHaveLength(1);
    expect(h.findings()).toHaveLength(1);
  });

  it.each([
    ["another device", { device: "hall/ac-301" }],
    ["another space", { space: "hall/302" }],
    ["another floor", { building: "hall", floor: "1" }],
  ])("at %s changes nothing here", (_, part) => {
    const h = new PlayedHouse([off]);
    take(h, part);
    h.say("light-301", { on: true });
    expect(h.sent()).toHaveLength(1);
  });

  it("is put back by a person or by its end, and what waited goes within the turn", () => {
    const h = new PlayedHouse([off]);
    take(h, { space: "hall/301" }, T0 + 600_000);
    h.say("light-301", { on: true });
    goOn(h, { "light-301": { on: true } }, 9);
    expect(h.sent()).toEqual([]);
    h.wait(60);
    expect(h.sent()).toHaveLength(1);
    expect(h.decisions.filter((d) => d.kind === "hands-off").at(-1)).toMatchObject({ handsOff: { endedBy: "system" } });

    const second = new PlayedHouse([off]);
    const answer = take(second, { device: "hall/light-301" });
    second.say("light-301", { on: true });
    second.ask("chief", { kind: "hands-on", handsOff: answer.ok ? answer.subject : "", reason: null });
    expect(second.sent()).toHaveLength(1);
    expect(second.ask("chief", { kind: "hands-on", handsOff: "none", reason: null })).toMatchObject({ ok: false });
  });

  it("leaves people's own commands alone, and says what it does not know", () => {
    const h = new PlayedHouse([]);
    h.say("light-301", { on: false });
    take(h, {});
    expect(h.ask("staff", { kind: "command", device: "hall/light-301", set: { on: true }, reason: "inspection" })).toMatchObject({ ok: true });
    expect(take(h, { space: "hall/999" })).toMatchObject({ ok: false, refusal: { code: "unknown-space" } });
    expect(take(h, { building: "hall", floor: "9" })).toMatchObject({ ok: false, refusal: { code: "unknown-floor" } });
    expect(take(h, {}, T0 - 1)).toMatchObject({ ok: false, refusal: { code: "in-the-past" } });
  });
});

describe("the dead man", () => {
  it("holds every policy back when nobody was heard for ten minutes, says so once, and goes on with the next word", () => {
    const slow = rule({ hold: 1500 });
    const devices = [device("light-301", "light", "301", { interval: 300 }), device("ac-301", "ac", "301", { interval: 300 })];
    const h = new PlayedHouse([slow], smallSite({ devices }));
    rejudgeAll(h.house, h.now);
    h.say("light-301", { on: true });
    h.wait(600);
    expect(h.alerts()).toEqual([]);
    h.wait(1000);
    // The finding is due, but nobody was heard for longer than three intervals.
    expect(h.sent()).toEqual([]);
    expect(h.alerts().filter((a) => a.title === "system.deaf")).toHaveLength(1);
    h.say("ac-301", { on: false });
    h.say("light-301", { on: true });
    h.wait(300);
    expect(h.alerts().find((a) => a.title === "system.deaf")).toMatchObject({ state: "normal" });
    h.say("light-301", { on: true });
    goOn(h, { "light-301": { on: true } }, 26);
    expect(h.sent().length).toBeGreaterThan(0);
  });
});

describe("two servers", () => {
  it("only the one that leads commands, and takes over what stands as soon as it does", () => {
    const h = new PlayedHouse([off]);
    h.enter({ kind: "lead", leads: false, holder: "other" });
    h.say("light-301", { on: true });
    goOn(h, { "light-301": { on: true } }, 5);
    expect(h.findings()).toHaveLength(1);
    expect(h.sent()).toEqual([]);
    expect(h.ask("staff", { kind: "command", device: "hall/ac-301", set: { on: false }, reason: "r" })).toMatchObject({
      ok: false,
      refusal: { code: "another-server" },
    });
    h.enter({ kind: "lead", leads: true, holder: null });
    expect(h.sent()).toHaveLength(1);
  });
});

describe("comfort", () => {
  const warmer: PolicyDefinition = rule({
    id: "warmer",
    kinds: ["ac"],
    watches: { own: ["setpoint"] },
    judge: (view) => {
      const setpoint = Number(view.point("setpoint")?.value ?? 0);
      const evidence = { setpoint };
      return setpoint >= 26
        ? { state: "fine", reason: "warm", evidence }
        : { state: "breach", reason: "cold", evidence, hold: 0, want: { set: { setpoint: 26 } } };
    },
  });
  const obey = (h: PlayedHouse) => {
    const command = h.sent().at(-1)!;
    h.confirmSent();
    h.say("ac-301", { on: true, mode: "cool", ...(command.set as Record<string, number>) });
  };

  it("moves a setpoint by one degree every ten minutes toward less comfort", () => {
    const h = new PlayedHouse([warmer]);
    h.say("ac-301", { on: true, mode: "cool", setpoint: 23.5 });
    expect(h.sent().map((c) => c.set)).toEqual([{ setpoint: 24.5 }]);
    obey(h);
    h.wait(599);
    expect(h.sent()).toHaveLength(1);
    h.wait(1);
    expect(h.sent().map((c) => c.set)).toEqual([{ setpoint: 24.5 }, { setpoint: 25.5 }]);
    obey(h);
    h.wait(600);
    expect(h.sent().at(-1)!.set).toEqual({ setpoint: 26 });
  });

  it("moves it at once where the rule is a legal limit, and toward comfort", () => {
    const h = new PlayedHouse([{ ...warmer, legal: true }]);
    h.say("ac-301", { on: true, mode: "cool", setpoint: 22 });
    expect(h.sent().map((c) => c.set)).toEqual([{ setpoint: 26 }]);
    const heating = new PlayedHouse([warmer]);
    heating.say("ac-301", { on: true, mode: "heat", setpoint: 22 });
    expect(heating.sent().map((c) => c.set)).toEqual([{ setpoint: 26 }]);
  });
});

describe("rate limits", () => {
  it("ask one device for at most twelve things in an hour", () => {
    let n = 0;
    const restless = rule({
      watches: { own: ["brightness"] },
      kinds: ["light"],
      judge: (view) => ({
        state: "breach",
        reason: "wrong",
        evidence: { n: ++n },
        hold: 0,
        want: { set: { brightness: Number(view.point("brightness")?.value) === 50 ? 51 : 50 } },
      }),
    });
    const h = new PlayedHouse([restless]);
    for (let i = 0; i < 40; i++) {
      h.say("light-301", { brightness: i % 2 === 0 ? 50 : 51 });
      h.wait(60);
    }
    expect(h.commands().length).toBe(12);
  });

  it("let the whole house's commands out fifty a second", () => {
    const devices = Array.from({ length: 120 }, (_, i) => device(`light-${i}`, "light", "301"));
    const h = new PlayedHouse([rule({ hold: 60 })], smallSite({ devices }));
    for (const d of devices) h.say(d.id.slice(5), { on: true });
    const counts = [];
    h.wait(59);
    for (let second = 0; second < 4; second++) {
      const before = h.sent().length;
      h.wait(1);
      counts.push(h.sent().length - before);
    }
    expect(counts).toEqual([50, 50, 20, 0]);
  });
});

describe("stubbornness", () => {
  /** A person switches the lamp on again a minute after every time it was switched off. */
  const quarrel = (h: PlayedHouse, times: number) => {
    for (let i = 0; i < times; i++) {
      h.say("light-301", { on: true, power: 80 });
      h.confirmSent();
      h.wait(2);
      h.say("light-301", { on: false, power: 0 });
      h.wait(60);
    }
  };

  it("gives way after a few times, names the conflict, and tries again two hours later", () => {
    const h = new PlayedHouse([off]);
    quarrel(h, 3);
    expect(h.sent()).toHaveLength(3);
    h.say("light-301", { on: true, power: 80 });
    expect(h.sent()).toHaveLength(3);
    const conflict = h.alerts().find((a) => a.title === "conflict.undone");
    expect(conflict).toMatchObject({ state: "unacknowledged", evidence: { by: "rule", point: "on", wanted: "false", reported: "true", times: 3 } });
    goOn(h, { "light-301": { on: true, power: 80 } }, 119);
    expect(h.sent()).toHaveLength(3);
    goOn(h, { "light-301": { on: true, power: 80 } }, 2);
    expect(h.commands()).toHaveLength(4);
    expect(h.alerts().find((a) => a.title === "conflict.undone")).toMatchObject({ state: "returned-unacknowledged" });
  });

  it("does not count what a device does right after it came back", () => {
    const h = new PlayedHouse([off]);
    for (let i = 0; i < 6; i++) {
      quarrel(h, 1);
      h.enter({ kind: "availability", device: "hall/light-301", online: false });
      h.enter({ kind: "availability", device: "hall/light-301", online: true });
    }
    expect(h.sent()).toHaveLength(6);
    expect(h.alerts().filter((a) => a.title === "conflict.undone")).toEqual([]);
  });
});

describe("shadow and canary", () => {
  const site = (mode: "shadow" | "canary", canary: readonly string[] = []) => smallSite({ policies: { rule: { mode, canary } } });

  it("a shadow decides everything, sends nothing, tells nobody, and keeps what it would have sent", () => {
    const h = new PlayedHouse([off], site("shadow"));
    h.say("light-301", { on: true, power: 80 });
    goOn(h, { "light-301": { on: true, power: 80 } }, 10);
    expect(h.sent()).toEqual([]);
    expect(h.alerts()).toEqual([]);
    expect(h.findings()).toMatchObject([{ mode: "shadow", would: { set: { on: false }, at: T0, held: null }, command: null }]);
    // It keeps it once.
    expect(h.decisions.filter((d) => d.kind === "finding" && d.why === "would")).toHaveLength(1);
  });

  it("a shadow says what would have held it back", () => {
    const h = new PlayedHouse([off], site("shadow"));
    h.ask("staff", { kind: "hands-off", building: null, floor: null, space: "hall/301", device: null, reason: "r", until: null });
    h.say("light-301", { on: true });
    expect(h.findings()).toMatchObject([{ would: { held: "hands-off" } }]);
  });

  it("a canary enforces in its spaces and shadows everywhere else", () => {
    const h = new PlayedHouse([off], site("canary", ["hall/302"]));
    h.say("ac-301", { on: true });
    h.say("ac-302", { on: true });
    expect(h.findings().map((f) => [f.subject.device, f.mode])).toEqual([
      ["hall/ac-301", "shadow"],
      ["hall/ac-302", "enforce"],
    ]);
    expect(h.sent().map((c) => c.device)).toEqual(["hall/ac-302"]);
  });

  it("switching on for good takes what the shadow found along; a canary needs a space", () => {
    const h = new PlayedHouse([off], site("shadow"));
    h.say("light-301", { on: true });
    expect(h.ask("director", { kind: "policy", policy: "rule", change: { mode: "canary" } })).toMatchObject({ ok: false, refusal: { code: "no-canary" } });
    h.ask("director", { kind: "policy", policy: "rule", change: { mode: "canary", canary: ["hall/301"] } });
    expect(h.sent()).toHaveLength(1);
    expect(h.findings()).toMatchObject([{ mode: "enforce" }]);
  });
});

describe("proof by effect", () => {
  const openLoop = (more: object = {}) => smallSite({ devices: [device("ac-301", "ac", "301", { openLoop: true, ...more }), device("plug-9", "plug", "301")] });

  it("an open loop is proven by the meter that measures it", () => {
    const h = new PlayedHouse([off], openLoop({ meter: "hall/plug-9" }));
    h.say("plug-9", { power: 900 });
    h.say("ac-301", { on: true, mode: "cool", temperature: 26 });
    h.confirmSent();
    h.wait(1);
    h.say("ac-301", { on: false, mode: "cool", temperature: 26 });
    expect(h.commands()[0]).toMatchObject({ state: "reported" });
    h.wait(5);
    h.say("plug-9", { power: 3 });
    expect(h.commands()[0]).toMatchObject({ state: "proven", proof: { point: "power", value: 3, device: "hall/plug-9" } });
  });

  it("or by its room, within half an hour; else it says what it burns", () => {
    const h = new PlayedHouse([off], openLoop());
    h.say("ac-301", { on: true, mode: "cool", temperature: 26 });
    h.confirmSent();
    h.say("ac-301", { on: false, mode: "cool", temperature: 26.1 });
    goOn(h, { "ac-301": { on: false, mode: "cool", temperature: 26.4 } }, 5);
    expect(h.commands()[0]).toMatchObject({ state: "reported" });
    h.say("ac-301", { on: false, mode: "cool", temperature: 26.5 });
    expect(h.commands()[0]).toMatchObject({ state: "proven", proof: { point: "temperature", value: 26.5 } });

    const lying = new PlayedHouse([off], openLoop({ meter: "hall/plug-9" }));
    lying.say("plug-9", { power: 800 });
    lying.say("ac-301", { on: true, mode: "cool", temperature: 26 });
    lying.confirmSent();
    lying.say("ac-301", { on: false, mode: "cool", temperature: 26 });
    goOn(lying, { "plug-9": { power: 800 }, "ac-301": { on: false, mode: "cool", temperature: 26 } }, 4);
    expect(lying.alerts().find((a) => a.title === "command.no-effect")).toMatchObject({ evidence: { power: 800, cnyPerHour: 0.64 } });
  });

  it("stays reported where nothing measures it, and calls nobody", () => {
    const h = new PlayedHouse([off], openLoop());
    h.say("ac-301", { on: true });
    h.confirmSent();
    h.say("ac-301", { on: false });
    goOn(h, { "ac-301": { on: false } }, 40);
    expect(h.commands()[0]).toMatchObject({ state: "reported", proof: null });
    expect(h.commands()[0]!.endedAt).not.toBeNull();
    expect(h.alerts().filter((a) => a.kind === "command")).toEqual([]);
  });

  it("a policy's own effect counts, in its own time", () => {
    const boiler = rule({
      kinds: ["boiler"],
      watches: { own: ["setpoint", "on"] },
      judge: (view) => {
        const setpoint = Number(view.point("setpoint")?.value);
        const want = { set: { setpoint: 50 }, proof: { point: "supply", from: 45, to: 55, seconds: 3600 } };
        return setpoint <= 50 ? { state: "fine", reason: "ok", evidence: {} } : { state: "breach", reason: "hot", evidence: { setpoint }, hold: 0, want };
      },
    });
    const h = new PlayedHouse([boiler], smallSite({ devices: [device("boiler-1", "boiler", null)] }));
    h.say("boiler-1", { on: true, setpoint: 70, supply: 70 });
    h.confirmSent();
    h.say("boiler-1", { on: true, setpoint: 50, supply: 68 });
    goOn(h, { "boiler-1": { on: true, setpoint: 50, supply: 60 } }, 30);
    expect(h.commands()[0]).toMatchObject({ state: "reported" });
    h.say("boiler-1", { on: true, setpoint: 50, supply: 55 });
    expect(h.commands()[0]).toMatchObject({ state: "proven", proof: { point: "supply", value: 55 } });
  });
});
