/** A meter that lies is a leak nobody sees: silent, stuck, implausible devices, water by night, paper that nobody printed. */
import { describe, expect, it } from "vitest";
import { normalise } from "../../../server/core/normalise.ts";
import type { PointValue } from "../../../server/core/reading.ts";
import { doubtedPoints } from "../../../server/core/house.ts";
import { rejudgeAll } from "../../../server/core/restore.ts";
import type { Site } from "../../../server/core/space.ts";
import { PolicyStory } from "../../support/policy-story.ts";
import { restartInto } from "../../support/restart.ts";
import { device, smallSite } from "../../support/small-site.ts";

class MeterStory extends PolicyStory {
  constructor(start: string, only: string, more: Partial<Site> = {}) {
    super(start, smallSite(more), only);
    rejudgeAll(this.house, this.now);
    this.enter({ kind: "tick" });
  }

  /** Says values as a codec would hand them over: they are judged for plausibility first. */
  tell(id: string, values: Record<string, PointValue>): void {
    const state = this.house.devices.get(`hall/${id}`);
    const known = { kind: state?.device.kind ?? null, points: state?.points ?? null, doubted: doubtedPoints(state) };
    const { report } = normalise({ device: `hall/${id}`, ts: this.now, values }, known, this.now, false);
    if (report !== null) this.enter({ kind: "report", report, topic: `jieyue/hall/${id}/state`, codec: "native" });
  }
}

/** The second house with what the first one's history and records hold, too. */
function copyOf(first: MeterStory, second: MeterStory): MeterStory {
  second.reports.unshift(...first.reports);
  second.decisions.unshift(...first.decisions);
  return second;
}

describe("device-silent", () => {
  const one = { devices: [device("ac-301", "ac", "301", { interval: 60 })] };

  it("tells after three intervals without a word, to the second, and ends with the next word", () => {
    const s = new MeterStory("2026-07-01T10:00:00", "device-silent", one);
    s.say("ac-301", { on: true });
    s.wait(180);
    expect(s.findings()).toEqual([]);
    s.wait(1);
    expect(s.findings()).toMatchObject([{ reason: "silent", evidence: { interval: 60 }, mode: "advise" }]);
    expect(s.alerts()).toHaveLength(1);
    s.wait(3600);
    expect(s.findings()).toHaveLength(1);
    s.say("ac-301", { on: true });
    expect(s.findings()).toMatchObject([{ state: "closed", closeReason: "heard" }]);
  });

  it("calls nobody for one that never spoke, and says of one that said goodbye that it is offline", () => {
    const s = new MeterStory("2026-07-01T10:00:00", "device-silent", one);
    s.wait(181);
    expect(s.findings()).toEqual([]);
    expect(s.house.standings.get("device-silent\nhall/ac-301")!.last).toMatchObject({ state: "unknown", reason: "never-heard" });
    s.say("ac-301", { on: true });
    s.enter({ kind: "availability", device: "hall/ac-301", online: false });
    s.wait(181);
    expect(s.found("device-silent").at(-1)).toMatchObject({ reason: "offline", state: "open" });
  });

  it("blames no device when everybody falls silent at once, and tells of those that stay silent when the line is back", () => {
    const ids = Array.from({ length: 60 }, (_, i) => `plug-${i}`);
    const s = new MeterStory("2026-07-01T10:00:00", "device-silent", { devices: ids.map((id) => device(id, "plug", "301", { interval: 60 })) });
    const round = (...but: string[]) => {
      for (const id of ids) {
        if (!but.includes(id)) s.say(id, { on: true, power: 5 });
        s.wait(1);
      }
    };
    round();
    for (let minute = 0; minute < 5; minute++) round("plug-7");
    expect(s.findings().map((f) => [f.subject.device, f.state])).toEqual([["hall/plug-7", "open"]]);
    // The line dies for eight minutes: nobody else is blamed, and what was open stays as it is.
    s.wait(480);
    expect(s.findings().map((f) => [f.subject.device, f.state])).toEqual([["hall/plug-7", "open"]]);
    for (let minute = 0; minute < 4; minute++) round("plug-7", "plug-9");
    expect(s.findings().map((f) => [f.subject.device, f.state])).toEqual([
      ["hall/plug-7", "open"],
      ["hall/plug-9", "open"],
    ]);
    // A clock that jumps is a silence, too, and the first words after it come before any timer rings.
    s.now += 900_000;
    for (let minute = 0; minute < 4; minute++) round("plug-7", "plug-9");
    expect(s.findings()).toHaveLength(2);
  });

  it("listens three intervals after a restart before it says anything", () => {
    const s = new MeterStory("2026-07-01T10:00:00", "device-silent", one);
    s.say("ac-301", { on: true });
    s.now += 3_600_000;
    rejudgeAll(s.house, s.now);
    s.wait(180);
    expect(s.findings()).toEqual([]);
    s.wait(2);
    expect(s.findings()).toHaveLength(1);
  });
});

describe("device-stuck", () => {
  it("finds a light sensor that repeats itself by day, and nobody acts on it until it moves again", () => {
    const site = smallSite();
    const s = new PolicyStory("2026-07-01T09:00:00", site);
    rejudgeAll(s.house, s.now);
    s.say("light-301", { on: true, power: 80 });
    s.say("lux-301", { illuminance: 900 });
    s.playTo("2026-07-01T09:05:00");
    s.playTo("2026-07-01T11:05:00");
    expect(s.found("device-stuck")).toMatchObject([{ reason: "stuck", evidence: { point: "illuminance", value: 900 } }]);
    expect([...s.house.devices.get("hall/lux-301")!.suspected!.values()]).toEqual([["illuminance"]]);
    // Daylight had been judged by it: now nothing is known.
    expect(s.found("daylight-lights-off")[0]).toMatchObject({ state: "open" });
    const judged = s.house.standings.get("daylight-lights-off\nhall/light-301")!.last;
    expect(judged).toMatchObject({ state: "unknown", reason: "no-light-reading" });
    s.say("lux-301", { illuminance: 640 });
    s.playTo("2026-07-01T11:07:00");
    expect(s.found("device-stuck")[0]).toMatchObject({ state: "closed", closeReason: "moves" });
    expect(s.house.devices.get("hall/lux-301")!.suspected).toBeNull();
  });

  it("lets a sensor rest in the dark, and wants a counter to move when something runs through it", () => {
    const s = new MeterStory("2026-07-01T21:00:00", "device-stuck");
    s.tell("lux-301", { illuminance: 0 });
    s.tell("plug-301", { on: true, power: 20, energy: 5 });
    s.playTo("2026-07-02T02:00:00");
    expect(s.findings()).toEqual([]);
    s.tell("plug-301", { on: true, power: 400, energy: 5 });
    s.playTo("2026-07-02T04:01:00");
    expect(s.findings()).toMatchObject([{ subject: { device: "hall/plug-301" }, evidence: { point: "energy" } }]);
  });
});

describe("meter-implausible", () => {
  it("finds a counter that fell once, however often it says so, and forgets it when it has been right for a while", () => {
    const s = new MeterStory("2026-07-01T10:00:00", "meter-implausible");
    s.tell("plug-301", { energy: 1200 });
    s.wait(60);
    for (const energy of [12, 12.1, 12.2]) {
      s.tell("plug-301", { energy });
      s.wait(60);
    }
    expect(s.findings()).toMatchObject([{ state: "open", evidence: { point: "energy", value: 12, before: 1200, doubt: "fell" } }]);
    expect(s.house.devices.get("hall/plug-301")!.points.get("energy")!.quality).toBe("suspect");
    s.tell("plug-301", { energy: 1200.2 });
    expect(s.house.devices.get("hall/plug-301")!.points.get("energy")!.quality).toBe("good");
    s.wait(839);
    expect(s.house.findings.size).toBe(1);
    s.wait(2);
    expect(s.findings()).toMatchObject([{ state: "closed", closeReason: "plausible" }]);
  });

  it("stays through a restart: a counter that fell is held against what it was, and settles to the second", () => {
    const s = new MeterStory("2026-07-01T10:00:00", "meter-implausible");
    s.tell("plug-301", { energy: 1200 });
    s.wait(60);
    s.tell("plug-301", { energy: 12 });
    s.wait(60);
    const next = restartInto(new MeterStory("2026-07-01T10:00:00", "meter-implausible"), s, 20);
    expect(next.house.findings.size).toBe(1);
    next.wait(40);
    next.tell("plug-301", { energy: 12.1 });
    expect(next.house.devices.get("hall/plug-301")!.points.get("energy")).toMatchObject({ quality: "suspect", doubt: "fell", trusted: { value: 1200 } });
    next.wait(60);
    next.tell("plug-301", { energy: 1200.2 });
    const again = restartInto(new MeterStory("2026-07-01T10:00:00", "meter-implausible"), copyOf(s, next), 20);
    again.playTo("2026-07-01T10:17:59");
    expect(again.house.findings.size).toBe(1);
    again.playTo("2026-07-01T10:18:00");
    expect(again.findings()).toMatchObject([{ id: s.findings()[0]!.id, state: "closed", closeReason: "plausible" }]);
  });

  it("finds a jump, a value that cannot be, and believes a meter that was exchanged after a quarter of an hour", () => {
    const s = new MeterStory("2026-07-01T10:00:00", "meter-implausible");
    s.tell("water-102", { volume: 100 });
    s.wait(60);
    s.tell("water-102", { volume: 900 });
    expect(s.findings()).toMatchObject([{ evidence: { point: "volume", doubt: "jumped", before: 100 } }]);
    for (let minute = 0; minute <= 16; minute++) {
      s.wait(60);
      s.tell("water-102", { volume: 900 + minute * 0.01 });
    }
    expect(s.house.devices.get("hall/water-102")!.points.get("volume")!.quality).toBe("good");
    s.tell("ac-301", { temperature: 127 });
    expect(s.findings().at(-1)).toMatchObject({ subject: { device: "hall/ac-301" }, evidence: { point: "temperature", doubt: "bounds" } });
  });

  it("says nothing of what lay retained on the broker, nor of a long print job", () => {
    const s = new MeterStory("2026-07-01T10:00:00", "meter-implausible");
    const known = { kind: "plug" as const, points: null };
    const { report } = normalise({ device: "hall/plug-301", ts: null, values: { energy: 4 } }, known, s.now, true);
    s.enter({ kind: "report", report: report!, topic: "t", codec: "native" });
    s.tell("copier-301", { pages: 1000 });
    s.wait(2);
    s.tell("copier-301", { pages: 1600 });
    expect(s.findings()).toEqual([]);
  });
});

describe("off-but-draws", () => {
  it("leaves it to the command that failed where there is one: one cause is one alert", () => {
    const s = new PolicyStory("2026-07-01T10:00:00", smallSite(), "off-but-draws");
    s.say("ac-301", { on: true, mode: "cool", power: 800 });
    expect(s.ask("director", { kind: "command", device: "hall/ac-301", set: { on: false }, reason: "now" }).ok).toBe(true);
    s.confirmSent();
    s.wait(1);
    s.say("ac-301", { on: false, power: 800 });
    s.playTo("2026-07-01T10:20:00");
    expect(s.alerts().map((a) => a.title)).toEqual(["command.no-effect"]);
    expect(s.findings()).toEqual([]);
    expect(s.house.standings.get("off-but-draws\nhall/ac-301")!.last).toMatchObject({ state: "fine", reason: "told" });
  });

  it("says what it costs", () => {
    const s = new PolicyStory("2026-07-01T10:00:00", smallSite(), "off-but-draws");
    s.say("ac-301", { on: false, power: 800 });
    s.playTo("2026-07-01T10:04:59");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T10:05:00");
    expect(s.findings()).toMatchObject([{ reason: "draws", severity: "high", evidence: { power: 800, cnyPerHour: 0.64 } }]);
    s.say("ac-301", { on: false, power: 2 });
    s.playTo("2026-07-01T10:07:00");
    expect(s.findings()).toMatchObject([{ state: "closed", closeReason: "draws-nothing" }]);
  });

  it("tells of a protected device too, which nobody commands, and counts its minutes from when it began to draw", () => {
    const devices = smallSite().devices.map((d) => (d.id === "hall/ac-301" ? { ...d, protection: "server-room" } : d));
    const site = smallSite({ devices, policies: { "off-but-draws": { mode: "enforce" } } });
    const s = new PolicyStory("2026-07-01T08:00:00", site, "off-but-draws");
    s.say("ac-301", { on: false, power: 2 });
    s.playTo("2026-07-01T10:00:00");
    s.say("ac-301", { on: false, power: 800 });
    s.playTo("2026-07-01T10:02:00");
    // A burst is none: the five minutes are counted from when it was last seen to draw nothing, not from when it was switched off.
    s.say("ac-301", { on: false, power: 2 });
    s.playTo("2026-07-01T10:03:00");
    s.say("ac-301", { on: false, power: 800 });
    s.playTo("2026-07-01T10:07:59");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T10:09:00");
    expect(s.findings()).toMatchObject([{ reason: "draws", evidence: { power: 800 } }]);
    expect(s.clock(s.findings()[0]!.since)).toBe("10:03:00");
    expect([s.alerts().length, s.sent().length]).toEqual([1, 0]);
  });

  it("sees it by a meter of its own, and accuses nobody by one that others share or that fell silent", () => {
    const lamp = (id: string) => device(id, "light", "301", { meter: "hall/meter-9", interval: 600 });
    const meter = device("meter-9", "meter", "301", { interval: 60 });
    const play = (lamps: string[], minutes: number) => {
      const s = new PolicyStory("2026-07-01T10:00:00", smallSite({ devices: [...lamps.map(lamp), meter] }), "off-but-draws");
      for (const id of lamps) s.say(id, { on: false });
      for (let i = 0; i < 10; i++) {
        if (i < minutes) s.say("meter-9", { power: 800 });
        s.wait(60);
      }
      return s.findings();
    };
    expect(play(["light-1"], 10)).toMatchObject([{ reason: "draws", evidence: { power: 800, cnyPerHour: 0.64 } }]);
    expect(play(["light-1", "light-2"], 10)).toEqual([]);
    expect(play(["light-1"], 1)).toEqual([]);
  });
});

describe("night-flow", () => {
  /** Plays nights in which `flow` L/min runs from 00:00 on. */
  const play = (flows: readonly number[]) => {
    const s = new PolicyStory("2026-07-01T00:00:00", smallSite(), "night-flow");
    rejudgeAll(s.house, s.now);
    flows.forEach((flow, i) => {
      const date = `2026-07-0${i + 1}`;
      s.say("water-102", { flow });
      s.playTo(`${date}T06:00:00`);
      s.say("water-102", { flow: 0 });
      s.playTo(`${date}T23:59:59`);
    });
    return s;
  };

  it("finds the first night on which it leaks, at five, and ends with the next quiet one", () => {
    const s = play([0, 0, 0, 0, 0.6, 0]);
    expect(s.findings()).toHaveLength(1);
    const [found] = s.findings();
    expect(found).toMatchObject({ reason: "leaks", state: "closed", closeReason: "quiet-night", severity: "high" });
    expect(found!.evidence).toMatchObject({ least: 0.6, usual: 0, nights: 4 });
    expect(new Date(found!.since).toISOString()).toBe("2026-07-04T21:00:00.000Z");
    expect(s.sent()).toEqual([]);
  });

  it("knows what is usual: a base flow is no leak, half more of it is", () => {
    expect(play([1, 1, 1, 1, 1.4]).findings()).toEqual([]);
    expect(play([1, 1, 1, 1, 1.6]).findings()).toHaveLength(1);
    expect(play([1, 1]).findings()).toEqual([]);
  });

  it("finds water that never rests for a day, without any night to compare with", () => {
    const s = new PolicyStory("2026-07-01T09:00:00", smallSite(), "night-flow");
    rejudgeAll(s.house, s.now);
    s.say("water-102", { flow: 0.3 });
    s.playTo("2026-07-02T08:45:00");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-02T09:16:00");
    expect(s.findings()).toMatchObject([{ reason: "never-rests", evidence: { flow: 0.3 } }]);
  });
});

describe("paper", () => {
  const job = (n: number, more: object = {}) => ({
    job: `j${n}`,
    user: "clerk",
    document: "d",
    pages: 10,
    copies: 1,
    sheets: 10,
    duplex: false,
    color: false,
    state: "completed" as const,
    ...more,
  });

  it("shows the pages that no job explains, and lets the day's end close it", () => {
    const s = new PolicyStory("2026-07-01T09:00:00", smallSite(), "copier-unattributed");
    rejudgeAll(s.house, s.now);
    s.say("copier-301", { pages: 1000 });
    s.enter({ kind: "job", device: "hall/copier-301", job: { ...job(1), at: s.now } });
    s.say("copier-301", { pages: 1030 });
    s.playTo("2026-07-01T09:40:00");
    expect(s.findings()).toEqual([]);
    s.say("copier-301", { pages: 1031 });
    s.playTo("2026-07-01T10:10:00");
    expect(s.findings()).toMatchObject([{ reason: "unattributed", evidence: { pages: 21, counted: 31, explained: 10 } }]);
    s.playTo("2026-07-02T00:02:00");
    expect(s.findings()).toMatchObject([{ state: "closed", closeReason: "nothing-printed" }]);
  });

  it("counts a department's sheets of the month over all its copiers, once", () => {
    const devices = [device("copier-1", "copier", "301"), device("copier-2", "copier", "302")];
    const s = new PolicyStory("2026-07-01T09:00:00", smallSite({ devices, policies: { "copier-quota": { params: { limit: 25 } } } }), "copier-quota");
    rejudgeAll(s.house, s.now);
    s.say("copier-1", { pages: 0 });
    s.say("copier-2", { pages: 0 });
    s.enter({ kind: "job", device: "hall/copier-1", job: { ...job(1), at: s.now } });
    s.enter({ kind: "job", device: "hall/copier-2", job: { ...job(2, { sheets: 5, duplex: true }), at: s.now } });
    s.say("copier-1", { pages: 10 });
    s.say("copier-2", { pages: 20 });
    s.playTo("2026-07-01T10:00:00");
    // 10 + 5 sheets of jobs, and 10 sides that nobody explains.
    expect(s.findings()).toEqual([]);
    s.say("copier-2", { pages: 21 });
    s.playTo("2026-07-01T11:00:00");
    expect(s.findings()).toMatchObject([{ subject: { device: "hall/copier-1" }, evidence: { sheets: 26, limit: 25, month: "2026-07" } }]);
    s.playTo("2026-08-01T00:02:00");
    expect(s.findings()).toMatchObject([{ state: "closed" }]);
  });

  it("asks no quota of a copier that no department answers for", () => {
    const devices = [device("copier-1", "copier", "301", { department: null })];
    const s = new PolicyStory("2026-07-01T09:00:00", smallSite({ devices, policies: { "copier-quota": { params: { limit: 10 } } } }), "copier-quota");
    rejudgeAll(s.house, s.now);
    s.say("copier-1", { pages: 0 });
    s.say("copier-1", { pages: 500 });
    s.playTo("2026-07-01T10:00:00");
    expect(s.findings()).toEqual([]);
    expect(s.house.standings.get("copier-quota\nhall/copier-1")!.last).toMatchObject({ state: "fine", reason: "no-department" });
  });

  it("wants drafts on both sides or on used paper, and leaves final copies alone", () => {
    const judged = (more: object) => {
      const s = new PolicyStory("2026-07-01T09:00:00", smallSite(), "copier-duplex");
      s.enter({ kind: "job", device: "hall/copier-301", job: { ...job(1, more), at: s.now } });
      return s.findings().length;
    };
    expect(judged({ document: "工作报告 校对稿" })).toBe(1);
    expect(judged({ document: "Report (draft 2)" })).toBe(1);
    expect(judged({ document: "工作报告 校对稿", duplex: true })).toBe(0);
    expect(judged({ document: "工作报告 校对稿", reused: true })).toBe(0);
    expect(judged({ document: "工作报告 校对稿", pages: 1 })).toBe(0);
    expect(judged({ document: "工作报告 校对稿", state: "canceled" })).toBe(0);
    expect(judged({ document: "工作报告 定稿" })).toBe(0);
    expect(judged({ document: "工作报告" })).toBe(0);
  });
});
