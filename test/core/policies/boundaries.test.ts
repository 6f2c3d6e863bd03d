/** Where each rule begins: a tenth of a unit to both sides of every limit, a second to both sides of every time. */
import { describe, expect, it } from "vitest";
import type { FlowTrend } from "../../../server/core/flow-trend.ts";
import { BREACHES, DAY, NIGHT, nights, policy, steady } from "../../support/breaches.ts";
import type { Held, HeldDevice } from "../../support/held.ts";
import { instant, judge } from "../../support/held.ts";
import { PolicyStory } from "../../support/policy-story.ts";
import { device, smallSite } from "../../support/small-site.ts";

describe("on the boundary", () => {
  const at = (id: string, points: HeldDevice["points"], around: readonly HeldDevice[] = BREACHES[id]!.held.around ?? []) => {
    const { held } = BREACHES[id]!;
    return judge(policy(id), { ...held, around, subject: { ...held.subject, points: { ...held.subject.points, ...points } } }).state;
  };

  it("a tenth of a unit decides", () => {
    expect([25.9, 26, 26.1].map((setpoint) => at("cooling-floor", { setpoint }))).toEqual(["breach", "fine", "fine"]);
    expect([19.9, 20, 20.1].map((setpoint) => at("heating-ceiling", { setpoint }))).toEqual(["fine", "fine", "breach"]);
    expect([0, 0.05, 0.15].map((flow) => at("vacant-water-off", { flow }))).toEqual(["fine", "fine", "breach"]);
    expect([799.9, 800, 800.1].map((illuminance) => at("daylight-lights-off", {}, [{ kind: "lux", points: { illuminance } }]))).toEqual([
      "fine",
      "breach",
      "breach",
    ]);
    // 2 % of the sky's light comes to the desk.
    expect([24_995, 25_000, 25_005].map((illuminance) => at("daylight-lights-off", {}, [{ kind: "outdoor", points: { illuminance } }]))).toEqual([
      "fine",
      "breach",
      "breach",
    ]);
  });

  it("a lamp's own light falls as it is dimmed, and what is to be kept is never taken: off, or dimmed to full tens of what daylight lacks", () => {
    const { held } = BREACHES["daylight-lights-off"]!;
    const lamp = (illuminance: number, brightness: number | null, params: Record<string, number> = {}) => {
      const points = { on: true, ...(brightness === null ? {} : { brightness }) };
      const judged = judge(policy("daylight-lights-off"), {
        ...held,
        params,
        subject: { kind: "light", points },
        around: [{ kind: "lux", points: { illuminance } }],
      });
      return judged.state === "breach" ? judged.want!.set : judged.reason;
    };
    // At a fifth of its brightness it gives 60 lx of its 300.
    expect([559.9, 560].map((lux) => lamp(lux, 20))).toEqual(["too-dark", { on: false }]);
    // Where more is kept than the limit asks for, a lamp that is on or off waits for that, and one that can be dimmed gives the difference.
    const kept = { limit: 500, keep: 650 };
    expect([949.9, 950].map((lux) => lamp(lux, null, kept))).toEqual(["too-dark", { on: false }]);
    expect([799.9, 800, 829.9, 830, 949.9, 950].map((lux) => lamp(lux, 100, kept))).toEqual([
      "too-dark",
      { brightness: 50 },
      { brightness: 50 },
      { brightness: 40 },
      { brightness: 10 },
      { on: false },
    ]);
    // Dimmed so far (150 lx of its own), it is left so until daylight needs less.
    expect([650, 679.9, 680].map((lux) => lamp(lux, 50, kept))).toEqual(["dimmed", "dimmed", { brightness: 40 }]);
    expect(lamp(400, 100, { limit: 100, keep: 300, "own-light": 0 })).toEqual({ on: false });
    expect(lamp(200, 100, { limit: 100, keep: 300, "own-light": 0 })).toBe("dimmed");
    const judged = judge(policy("daylight-lights-off"), { ...held, params: kept, subject: { kind: "light", points: { on: true, brightness: 100 } } });
    expect(judged).toMatchObject({
      wasteShare: 0.8,
      evidence: { daylight: 600, level: 20 },
      want: { set: { brightness: 20 }, proof: { point: "illuminance", from: 650, seconds: 180, device: "hall/lux-1", stays: true } },
    });
  });

  it("a tenth of a degree of weather decides, and a tenth of a kelvin beside the heating curve", () => {
    const weather = (temperature: number): HeldDevice[] => [{ kind: "outdoor", points: { temperature } }];
    expect([23.9, 24, 24.1].map((t) => at("natural-air-first", {}, weather(t)))).toEqual(["breach", "breach", "fine"]);
    // At 0 °C the curve says 59 °C, and 5 K to both sides are its band.
    expect([63.9, 64, 64.1].map((supply) => at("boiler-follows-weather", { supply }))).toEqual(["fine", "fine", "breach"]);
    expect([53.9, 54, 54.1].map((supply) => at("boiler-follows-weather", { supply }))).toEqual(["breach", "fine", "fine"]);
    // However cold it is, no more than 75 °C; from 20 °C on nothing is too cold.
    expect([80, 80.1].map((supply) => at("boiler-follows-weather", { supply }, weather(-20)))).toEqual(["fine", "breach"]);
    expect([29.9, 29.9].map((supply, i) => at("boiler-follows-weather", { supply }, weather(20 - i / 10)))).toEqual(["fine", "breach"]);
  });

  it("a boiler's setpoint that is as near as 2 K is its crew's business; cold rooms count while people work", () => {
    const { held } = BREACHES["boiler-follows-weather"]!;
    const boiler = (points: HeldDevice["points"], more: Partial<Held> = {}) =>
      judge(policy("boiler-follows-weather"), { ...held, ...more, subject: { ...held.subject, points: { ...held.subject.points, ...points } } });
    expect(boiler({ setpoint: 61 })).toMatchObject({ state: "breach", want: null });
    expect(boiler({ setpoint: 61.1 })).toMatchObject({ want: { set: { setpoint: 59 }, proof: { point: "supply", from: 54, to: 64 } } });
    expect(boiler({ supply: 40 })).toMatchObject({ reason: "too-cold", wasteShare: 0 });
    expect(boiler({ supply: 40 }, { at: "2026-12-01T03:00:00" })).toMatchObject({ state: "fine", reason: "on-curve" });
    expect(boiler({ supply: 40, on: false })).toMatchObject({ reason: "too-cold", want: null });
    expect(boiler({ on: true }, { at: "2026-07-01T10:00:00" })).toMatchObject({ reason: "out-of-season", want: { set: { on: false } } });
  });

  it("a boiler's zone is held to the ceiling of its rooms, whatever its water's setpoint is, and only while it heats", () => {
    const zone = (points: HeldDevice["points"], more: Partial<Held> = {}) =>
      judge(policy("heating-ceiling"), {
        at: "2026-12-01T10:00:00",
        subject: { kind: "boiler", points: { on: { value: true, ago: 900 }, setpoint: 70, room: 19, roomSetpoint: { value: 22, ago: 100 }, ...points } },
        ...more,
      });
    expect([19.9, 20, 20.1].map((roomSetpoint) => zone({ roomSetpoint }).state)).toEqual(["fine", "fine", "breach"]);
    expect(zone({})).toMatchObject({
      reason: "above",
      hold: 60,
      since: instant("2026-12-01T10:00:00") - 100_000,
      evidence: { setpoint: 22, limit: 20, temperature: 19, point: "roomSetpoint" },
      want: { set: { roomSetpoint: 20 } },
    });
    expect(zone({ on: { value: true, ago: 50 } })).toMatchObject({ since: instant("2026-12-01T10:00:00") - 50_000 });
    expect(zone({ on: false })).toMatchObject({ state: "fine", reason: "off" });
    expect(zone({ roomSetpoint: { value: 22, quality: "suspect" } })).toMatchObject({ state: "unknown", reason: "no-setpoint" });
    const without = { kind: "boiler" as const, points: { on: true, setpoint: 70, room: 25 } };
    expect(zone({}, { subject: without })).toMatchObject({ state: "fine", reason: "no-thermostat" });
    const s = new PolicyStory("2026-12-01T10:00:00", smallSite({ devices: [device("boiler-1", "boiler", null)] }), "heating-ceiling");
    s.say("boiler-1", { on: true, setpoint: 70, roomSetpoint: 23 });
    s.playTo("2026-12-01T10:00:59");
    expect(s.sent()).toEqual([]);
    s.playTo("2026-12-01T10:01:00");
    expect(s.sent()).toMatchObject([{ device: "hall/boiler-1", set: { roomSetpoint: 20 } }]);
    s.confirmSent();
    s.wait(1);
    s.say("boiler-1", { roomSetpoint: 20 });
    expect(s.commands()).toMatchObject([{ state: "proven", proof: { point: "roomSetpoint", value: 20 } }]);
    expect(s.findings()).toMatchObject([{ state: "closed", closeReason: "at-or-below" }]);
  });

  it("so does a tenth of a watt", () => {
    expect([1.9, 2, 2.1].map((power) => at("standby-cut", { power }))).toEqual(["fine", "fine", "breach"]);
    expect([49.9, 50, 50.1].map((power) => at("standby-cut", { power }))).toEqual(["breach", "breach", "fine"]);
    expect([59.9, 60, 60.1].map((power) => at("off-but-draws", { power }))).toEqual(["fine", "fine", "breach"]);
    expect([49.9, 50, 50.1].map((voltage) => at("supply-failed", { voltage }))).toEqual(["breach", "fine", "fine"]);
    const socket = (power: number) =>
      judge(policy("after-hours-shutoff"), { at: NIGHT, subject: { kind: "plug", points: { on: { value: true, ago: 40_000 }, power } } }).reason;
    expect([49.9, 50, 50.1].map(socket)).toEqual(["standby", "standby", "left-on"]);
    const stuck = (power: number) =>
      judge(policy("device-stuck"), { at: DAY, subject: { kind: "plug", points: { power, energy: { value: 5, ago: 3600 } } } }).state;
    expect([99.9, 100, 100.1].map(stuck)).toEqual(["fine", "breach", "breach"]);
    const meter = (flow: number) =>
      judge(policy("device-stuck"), { at: DAY, subject: { kind: "water", points: { flow, volume: { value: 5, ago: 3600 } } } }).state;
    expect([0.9, 1, 1.1].map(meter)).toEqual(["fine", "breach", "breach"]);
    const sensor = (kind: "presence" | "boiler", points: HeldDevice["points"]) => judge(policy("device-stuck"), { at: DAY, subject: { kind, points } });
    const seen = (value: boolean) => sensor("presence", { occupied: { value, ago: 9000 } });
    expect(seen(true)).toMatchObject({ state: "breach", hold: 64_800, suspects: ["occupied"] });
    expect(seen(false).state).toBe("fine");
    const boiler = (value: boolean) => sensor("boiler", { on: { value, ago: 9000 }, supply: { value: 60, ago: 9000 } });
    expect(boiler(true)).toMatchObject({ state: "breach", hold: 64_800, suspects: ["supply"] });
    expect(boiler(false).state).toBe("fine");
  });

  it("a tenth of a litre a minute decides of a night: beside the limit, and beside what is usual", () => {
    const night = (flows: readonly number[], params = {}) =>
      judge(policy("night-flow"), { at: DAY, subject: { kind: "water", points: { flow: 0.5 } }, flow: nights("2026-07-01", flows), params }).reason;
    expect([0.1, 0.2, 0.3].map((least) => night([0, 0, 0, 0, least]))).toEqual(["quiet-night", "quiet-night", "leaks"]);
    expect([1.4, 1.5, 1.6].map((least) => night([1, 1, 1, 1, least]))).toEqual(["usual-night", "usual-night", "leaks"]);
    // Three nights must be known; the 20th percentile of the seven before, not their median, and none but those seven.
    expect([night([1, 1, 9]), night([1, 1, 1, 9])]).toEqual(["no-baseline", "leaks"]);
    expect([night([1, 4, 4, 4, 4, 4, 1, 2.3]), night([1, 4, 4, 4, 4, 4, 1, 2.5])]).toEqual(["usual-night", "leaks"]);
    expect(night([1, 1, 4, 4, 4, 4, 4, 4, 1, 2.5])).toBe("usual-night");
  });

  it("which hours are the night, how many nights are compared, how, and how many must be known, is the office's to say", () => {
    const reason = (flow: FlowTrend, params: Record<string, number>, at: Held["at"] = DAY) =>
      judge(policy("night-flow"), { at, subject: { kind: "water", points: { flow: 0.5 } }, flow, params }).reason;
    // Water runs from two to six: an hour of rest in the window is a quiet night.
    const leaking = nights("2026-07-01", [0, 0, 0, 0, 1]);
    expect([2, 1].map((from) => reason(leaking, { "night-from": from }))).toEqual(["leaks", "quiet-night"]);
    expect([6, 7].map((until) => reason(leaking, { "night-until": until }))).toEqual(["leaks", "quiet-night"]);
    // A night that begins before midnight began the day before.
    const running = steady("2026-07-01T10:00:00", 5 * 24, 16, 1);
    expect(reason(running, { "night-from": 22, "night-until": 6 })).toBe("leaks");
    expect(reason(running, { "night-from": 17, "night-until": 6 })).toBe("quiet-night");
    expect(["05:59:59", "06:00:00"].map((clock) => reason(running, { "night-from": 22, "night-until": 6 }, `2026-07-01T${clock}`))).toEqual([
      "quiet-night",
      "leaks",
    ]);
    const night = (flows: readonly number[], params: Record<string, number>) => reason(nights("2026-07-01", flows), params);
    expect([3, 4].map((n) => night([1, 1, 1, 9], { "least-nights": n }))).toEqual(["leaks", "no-baseline"]);
    // Of two nights that are looked at no more than two can be known.
    expect(night([1, 1, 1, 9], { nights: 2, "least-nights": 4 })).toBe("leaks");
    const fourteen = [4, ...Array.from({ length: 13 }, () => 1), 2];
    expect([13, 14].map((n) => night(fourteen, { nights: n, percentile: 100 }))).toEqual(["leaks", "usual-night"]);
    expect([0, 50].map((share) => night([1, 1, 2, 2, 2, 2.9], { percentile: share }))).toEqual(["leaks", "usual-night"]);
    expect([290, 289].map((rise) => night([1, 1, 1, 2.9], { rise }))).toEqual(["usual-night", "leaks"]);
  });

  it("the sun counts from its height on, and who comes early from its hours on", () => {
    const held = { ...BREACHES["daylight-lights-off"]!.held, at: "2026-07-01T08:00:00" };
    const elevation = judge(policy("daylight-lights-off"), held).evidence["elevation"] as number;
    expect([elevation - 0.1, elevation + 0.1].map((sun) => judge(policy("daylight-lights-off"), { ...held, params: { sun } }).reason)).toEqual([
      "bright",
      "sun-low",
    ]);
    const early = (clock: string, hours: number) =>
      judge(policy("after-hours-shutoff"), { at: `2026-07-01T${clock}`, subject: { kind: "light", points: { on: true } }, params: { early: hours * 3600 } });
    expect(["06:29:59", "06:30:00"].map((clock) => early(clock, 2).reason)).toEqual(["left-on", "early"]);
    expect(["07:29:59", "07:30:00"].map((clock) => early(clock, 1).reason)).toEqual(["left-on", "early"]);
    expect(early("08:29:59", 0).reason).toBe("left-on");
  });

  it("a valve is shut by a leak only where the site allows it, and where it is known that nobody is there", () => {
    const { held } = BREACHES["night-flow"]!;
    const leak = (occupied: boolean | null, params: Record<string, number>) =>
      judge(policy("night-flow"), { ...held, params, around: occupied === null ? [] : [{ kind: "presence", points: { occupied } }] });
    expect(leak(false, { "close-valve": 1 })).toMatchObject({ want: { set: { valve: "closed" } } });
    for (const [occupied, allowed] of [
      [true, 1],
      [null, 1],
      [false, 0],
    ] as const)
      expect(leak(occupied, { "close-valve": allowed })).toMatchObject({ state: "breach", want: null });
  });

  it("a fan is off in an empty room, an escaped breeze is no fan, and people may have theirs", () => {
    const fan = (occupied: boolean, tags: readonly string[] = ["fan"]) =>
      judge(policy("natural-air-first"), {
        at: DAY,
        subject: { kind: "plug", points: { on: { value: true, ago: 50 }, power: 30 }, tags },
        around: [{ kind: "presence", points: { occupied: { value: occupied, ago: 100 } } }],
      });
    expect(fan(false)).toMatchObject({ state: "breach", reason: "fan-alone", hold: 600, since: instant(DAY) - 50_000, want: { set: { on: false } } });
    expect([fan(true).reason, fan(false, []).reason, fan(false, ["fan", "always-on"]).reason]).toEqual(["occupied", "not-governed", "not-governed"]);
  });

  it("what waits is spared while somebody is there or has booked, and where it must always run", () => {
    const { held } = BREACHES["standby-cut"]!;
    const bookings = [{ kind: "meeting" as const, space: "hall/301", from: instant(NIGHT) - 1000, until: instant(NIGHT) + 1000, note: "m" }];
    const cut = (more: Partial<Held>) => judge(policy("standby-cut"), { ...held, ...more }).reason;
    expect(cut({ bookings })).toBe("booked");
    expect(cut({ around: [{ kind: "presence", points: { occupied: true } }] })).toBe("occupied");
    expect(cut({ subject: { ...held.subject, tags: ["always-on"] } })).toBe("not-governed");
    expect(cut({ at: "2026-07-01T13:00:00" })).toBe("midday-break");
  });

  it("half an hour to the second beside working hours a job is the office's", () => {
    const job = (clock: string) => {
      const now = instant(`2026-07-01T${clock}`);
      return judge(policy("copier-after-hours"), { at: now, subject: { kind: "copier", points: {} }, job: { at: now } }).reason;
    };
    expect(["07:59:59", "08:00:00", "08:30:00"].map(job)).toEqual(["after-hours", "working-hours", "working-hours"]);
    expect(["17:30:00", "17:59:59", "18:00:00"].map(job)).toEqual(["working-hours", "working-hours", "after-hours"]);
  });

  it("a job after hours in a room that is booked is the office's, too", () => {
    const now = instant(NIGHT);
    const bookings = [{ kind: "meeting" as const, space: "hall/301", from: now - 1000, until: now + 1000, note: "m" }];
    const job = (at: number) => judge(policy("copier-after-hours"), { at: now + 5000, subject: { kind: "copier", points: {} }, bookings, job: { at } }).reason;
    expect([job(now), job(now + 1000)]).toEqual(["booked", "after-hours"]);
  });

  it("two pages make a draft long enough, and every job is one where the office says so", () => {
    const draft = (more: object, params: Record<string, number> = {}) =>
      judge(policy("copier-duplex"), { at: DAY, subject: { kind: "copier", points: {} }, params, job: { document: "初稿", pages: 2, ...more } }).reason;
    expect([draft({ pages: 1 }), draft({})]).toEqual(["one-page", "single-sided"]);
    expect([draft({ document: "通知" }), draft({ document: "通知" }, { "every-job": 1 })]).toEqual(["no-draft", "single-sided"]);
  });

  it("so does a second", () => {
    const shut = (clock: string) => judge(policy("after-hours-shutoff"), { ...BREACHES["after-hours-shutoff"]!.held, at: `2026-07-01T${clock}` });
    expect(["17:29:59", "17:30:00", "17:59:59", "18:00:00"].map((clock) => shut(clock).reason)).toEqual(["working-hours", "grace", "grace", "left-on"]);
    expect(shut("17:30:00").recheckAt).toBe(instant("2026-07-01T18:00:00"));
  });

  it("a breach of two things together begins with the later one", () => {
    const since = (id: string, own: Record<string, number>, sensor: number) => {
      const { held } = BREACHES[id]!;
      const aged = (d: HeldDevice, ages: Record<string, number> | number): HeldDevice => ({
        ...d,
        points: Object.fromEntries(
          Object.entries(d.points).map(([name, p]) => [
            name,
            { value: typeof p === "object" ? p.value : p, ago: typeof ages === "number" ? ages : (ages[name] ?? 9000) },
          ]),
        ),
      });
      const judged = judge(policy(id), { ...held, subject: aged(held.subject, own), around: (held.around ?? []).map((d) => aged(d, sensor)) });
      return judged.state === "breach" ? (instant(held.at) - judged.since!) / 1000 : judged.state;
    };
    for (const id of ["window-open-no-ac", "vacant-lights-off", "vacant-ac-off"]) {
      expect(since(id, { on: 100 }, 200), id).toBe(100);
      expect(since(id, { on: 200 }, 100), id).toBe(100);
    }
    for (const id of ["cooling-floor", "heating-ceiling"]) for (const point of ["on", "mode", "setpoint"]) expect(since(id, { [point]: 100 }, 0), id).toBe(100);
    expect([since("off-but-draws", { on: 100 }, 0), since("device-stuck", { illuminance: 3600 }, 0)]).toEqual([100, 3600]);
  });

  it("what was rightful until midnight is waste since midnight", () => {
    const since = (id: string, at: string, held: Partial<Held>) => {
      const judged = judge(policy(id), { ...BREACHES[id]!.held, ...held, at });
      return judged.state === "breach" ? judged.since : judged.state;
    };
    const shining: HeldDevice = { kind: "light", points: { on: { value: true, ago: 40_000 } }, tags: ["decorative"] };
    expect(since("decorative-lights-off", "2026-10-08T01:00:00", { subject: shining })).toBe(instant("2026-10-08T00:00:00"));
    const heating: HeldDevice = { kind: "boiler", points: { on: { value: true, ago: 40_000 }, supply: 50 } };
    expect(since("boiler-follows-weather", "2026-03-16T01:00:00", { subject: heating })).toBe(instant("2026-03-16T00:00:00"));
  });

  it("people are told before the machine is stopped: a quarter of an hour for the wind, ten minutes after hours", () => {
    expect(judge(policy("natural-air-first"), BREACHES["natural-air-first"]!.held)).toMatchObject({ hold: 900, warn: 900 });
    expect(judge(policy("after-hours-shutoff"), BREACHES["after-hours-shutoff"]!.held)).toMatchObject({ hold: 0, warn: 600 });
    const s = new PolicyStory("2026-07-01T10:00:00", smallSite(), "natural-air-first");
    s.say("outdoor-1", { temperature: 24 });
    s.say("ac-301", { on: true, mode: "cool", setpoint: 26 });
    s.playTo("2026-07-01T10:29:59");
    expect([s.findings().length, s.alerts().length, s.sent().length]).toEqual([1, 1, 0]);
    s.playTo("2026-07-01T10:30:00");
    expect(s.sent()).toMatchObject([{ set: { on: false } }]);
  });
});
