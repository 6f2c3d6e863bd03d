import { describe, expect, it } from "vitest";
import { POINTS } from "../../server/core/device.ts";
import type { Hall, HallOptions } from "../../simulators/office/hall.ts";
import { createHall } from "../../simulators/office/hall.ts";
import type { Outgoing } from "../../simulators/office/speaker.ts";
import { plainDay } from "../../simulators/stories/plain-day.ts";
import { summerDay } from "../../simulators/stories/summer-day.ts";
import { smallSite, SUMMER_MORNING } from "./small-site.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const site = smallSite();

function hall(options: Partial<HallOptions> = {}): Hall {
  return createHall({ site, seed: 1, start: SUMMER_MORNING, story: plainDay, faults: 0, step: 20, ...options });
}
function statesOf(messages: readonly Outgoing[], device: string): Record<string, unknown>[] {
  return messages.filter((m) => m.topic === `jieyue/hall/${device}/state`).map((m) => JSON.parse(m.payload) as Record<string, unknown>);
}
function at(hours: number, minutes: number): number {
  return SUMMER_MORNING + ((hours - 8) * 60 + minutes) * MINUTE;
}

describe("the hall", () => {
  it("says the same bytes for the same seed, however time is cut, and others for another seed", () => {
    const options = { story: summerDay, faults: 3 };
    const whole = hall(options).advance(3 * HOUR);
    const pieces = hall(options);
    const parts: Outgoing[] = [];
    for (let ms = 0, n = 0; ms < 3 * HOUR; n++) {
      const by = Math.min(1 + ((n * 7919) % 47_003), 3 * HOUR - ms);
      parts.push(...pieces.advance(by));
      ms += by;
    }
    expect(parts).toEqual(whole);
    expect(whole.length).toBeGreaterThan(5000);
    expect(hall({ ...options, seed: 2 }).advance(HOUR)).not.toEqual(hall(options).advance(HOUR));
  });

  it("says the same for the same commands at the same times", () => {
    const run = (): Outgoing[] => {
      const h = hall();
      const out = h.advance(10 * MINUTE);
      h.command("jieyue/hall/ac-301/set", '{"on":true,"setpoint":26,"id":"c1"}', at(8, 10));
      return [...out, ...h.advance(10 * MINUTE)];
    };
    expect(run()).toEqual(run());
  });

  it("does not change what befalls others when a device is added", () => {
    const sample = site.devices.find((d) => d.id === "hall/plug-302");
    if (sample === undefined) throw new Error("no plug-302");
    const bigger = { ...site, devices: [{ ...sample, id: "hall/plug-extra", space: "hall/plant", topic: "jieyue/hall/plug-extra/state" }, ...site.devices] };
    const of = (h: Hall): unknown[] => statesOf(h.advance(2 * HOUR), "presence-201");
    expect(of(hall({ site: bigger, faults: 2 }))).toEqual(of(hall({ faults: 2 })));
  });

  it("begins with every device online and its state, in the contract's form", () => {
    const first = hall().advance(1);
    for (const device of site.devices) {
      expect(first).toContainEqual({ topic: `jieyue/${device.id}/availability`, payload: "online", retain: true });
      const state = first.find((m) => m.topic === `jieyue/${device.id}/state`);
      const values = JSON.parse(state?.payload ?? "{}") as Record<string, unknown>;
      expect(values["ts"]).toBe("2026-07-01T08:00:00+08:00");
      expect(state?.retain).toBeUndefined();
      const points = POINTS[device.kind ?? "ac"];
      for (const [name, value] of Object.entries(values)) {
        if (name === "ts") continue;
        const point = points.find((p) => p.name === name);
        expect(point).toBeDefined();
        expect(typeof value).toBe(point?.type === "number" ? "number" : point?.type === "boolean" ? "boolean" : "string");
        if (typeof value === "number") expect(value >= (point?.min ?? -Infinity) && value <= (point?.max ?? Infinity)).toBe(true);
      }
    }
  });

  it("speaks on its interval, and no device says two states at one time", () => {
    const messages = hall().advance(4 * HOUR);
    for (const device of site.devices) {
      const times = statesOf(messages, device.id.slice(5)).map((s) => Date.parse(String(s["ts"])));
      expect(new Set(times).size).toBe(times.length);
      const gaps = times.slice(1).map((t, i) => t - (times[i] ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(65_000);
      expect(Math.min(...gaps)).toBeGreaterThan(0);
    }
  });

  it("never lets a counter fall, and counts what is drawn", () => {
    const messages = hall().advance(24 * HOUR);
    for (const device of site.devices) {
      const counters = POINTS[device.kind ?? "ac"].filter((p) => p.counter === true).map((p) => p.name);
      const states = statesOf(messages, device.id.slice(5));
      // A meter of electricity says nothing of gas.
      const said = counters.filter((name) => states.some((s) => name in s));
      expect(said.length > 0, device.id).toBe(counters.length > 0);
      for (const name of said) {
        const values = states.map((s) => Number(s[name]));
        expect(values.every((v, i) => i === 0 || v >= (values[i - 1] ?? 0))).toBe(true);
      }
    }
    const meter = statesOf(messages, "meter-main");
    const used = Number(meter.at(-1)?.["energy"]) - Number(meter[0]?.["energy"]);
    const mean = meter.reduce((sum, s) => sum + Number(s["power"]), 0) / meter.length;
    expect(used / ((mean * 24) / 1000)).toBeGreaterThan(0.85);
    expect(used / ((mean * 24) / 1000)).toBeLessThan(1.15);
  });

  it("keeps rooms within bounds for a hot day, and cools where it cools", () => {
    const h = hall({ story: summerDay });
    for (let n = 0; n < 24; n++) {
      h.advance(HOUR);
      for (const room of h.office.rooms.values()) {
        expect(room.heat.air).toBeGreaterThan(12);
        expect(room.heat.air).toBeLessThan(42);
      }
    }
    // On a holiday nobody comes to switch it on again.
    const warm = hall({ start: at(15, 0), story: { ...plainDay, holiday: true } });
    warm.command("jieyue/hall/ac-303/set", '{"on":false}', at(15, 0));
    warm.command("jieyue/hall/ac-305/set", '{"on":true,"mode":"cool","setpoint":22}', at(15, 0));
    warm.advance(HOUR);
    const air = (id: string): number => warm.office.rooms.get(id)?.heat.air ?? Number.NaN;
    expect(air("hall/305")).toBeLessThan(24);
    expect(air("hall/303")).toBeGreaterThan(air("hall/305") + 1);
  });

  it("has people at ten, few at night, and none on a holiday", () => {
    const headcount = (start: number, holiday: boolean): number => {
      const h = hall({ start, story: { ...plainDay, holiday } });
      h.advance(MINUTE);
      return [...h.office.rooms.values()].filter((r) => r.space.class === "office").reduce((sum, r) => sum + r.people, 0);
    };
    expect(headcount(at(10, 0), false)).toBeGreaterThan(15);
    expect(headcount(at(27, 0), false)).toBe(0);
    expect(headcount(at(10, 0), true)).toBeLessThan(6);
  });
});

describe("a command", () => {
  const acks = (messages: readonly Outgoing[]) =>
    messages.filter((m) => m.topic.endsWith("/ack")).map((m) => JSON.parse(m.payload) as { id: string; accepted: boolean; error?: string });

  it("is acked, done and shown within two seconds, and the power follows", () => {
    const h = hall();
    h.advance(MINUTE);
    h.command("jieyue/hall/light-302/set", '{"on":true,"id":"a"}', h.now());
    h.advance(5000);
    h.command("jieyue/hall/light-302/set", '{"on":false,"id":"b"}', h.now());
    const out = h.advance(2000);
    expect(acks(out)).toEqual([{ id: "b", accepted: true }]);
    const states = statesOf(out, "light-302");
    expect(states.at(-1)).toMatchObject({ on: false, power: 0.4 });
    expect(out.findIndex((m) => m.topic.endsWith("/ack"))).toBeLessThan(out.findIndex((m) => m.topic === "jieyue/hall/light-302/state"));
    expect(h.record.all().some((t) => t.kind === "command:done" && t.device === "hall/light-302")).toBe(true);
  });

  it("is refused with the reason when it makes no sense", () => {
    const h = hall();
    h.advance(MINUTE);
    for (const [topic, body] of [
      ["ac-301", { setpoint: 5 }],
      ["ac-301", { temperature: 20 }],
      ["ac-301", { on: "yes" }],
      ["ac-301", {}],
      ["presence-301", { occupied: false }],
      ["copier-3", { job: "nobody's", release: true }],
      ["light-301", { mode: "x" }],
    ] as const) {
      h.command(`jieyue/hall/${topic}/set`, JSON.stringify({ ...body, id: "x" }), h.now());
      const [ack] = acks(h.advance(2000));
      expect(ack?.accepted).toBe(false);
      expect(ack?.error).toMatch(/\w{3}/);
    }
  });

  it("does not hurt when it is garbage or for nobody", () => {
    const h = hall();
    h.advance(MINUTE);
    for (const payload of ["", "{", "null", "[]", "7", '"on"', '{"on":', "\u0000\uFFFF", '{"id":{"a":1},"on":true}'])
      h.command("jieyue/hall/plug-301/set", payload, h.now());
    h.command("jieyue/hall/nothing/set", '{"on":true}', h.now());
    h.command("jieyue/hall/plug-301/set", new Uint8Array([0xff, 0xfe, 0x00]), h.now());
    expect(acks(h.advance(3000))).toEqual([]);
  });

  it("cannot make the past: an old time counts as now", () => {
    const h = hall();
    h.advance(MINUTE);
    h.command("jieyue/hall/plug-301/set", '{"on":false,"id":"late"}', h.now() - HOUR);
    expect(acks(h.advance(2000))).toEqual([{ id: "late", accepted: true }]);
  });
});

describe("print jobs", () => {
  const jobs = (messages: readonly Outgoing[]) =>
    messages.filter((m) => m.topic === "jieyue/hall/copier-3/job").map((m) => JSON.parse(m.payload) as Record<string, unknown>);
  const order = { job: "0f0e-1", user: "wang", document: "plan", copies: 1, duplex: false, color: false };
  function copier(h: Hall) {
    const sim = h.devices.find((d) => d.device.id === "hall/copier-3");
    if (sim === undefined) throw new Error("no copier-3");
    return sim;
  }

  it("of more than ten sheets wait, and are printed when released", () => {
    const h = hall({ start: at(20, 30) });
    const sim = copier(h);
    const before = Number(sim.values["pages"]);
    h.office.print("wang", sim, { ...order, pages: 24 }, h.now());
    expect(jobs(h.advance(MINUTE))).toMatchObject([{ job: "0f0e-1", user: "wang", sheets: 24, state: "held" }]);
    expect(sim.values["pages"]).toBe(before);
    h.command("jieyue/hall/copier-3/set", '{"job":"0f0e-1","release":true,"id":"r"}', h.now());
    const out = h.advance(5 * MINUTE);
    expect(jobs(out)).toMatchObject([{ job: "0f0e-1", state: "completed" }]);
    expect(sim.values["pages"]).toBe(before + 24);
    expect(out.filter((m) => m.topic === "jieyue/hall/copier-3/ack").map((m) => JSON.parse(m.payload) as unknown)).toEqual([{ id: "r", accepted: true }]);
    expect(statesOf(out, "copier-3").map((s) => s["status"])).toContain("printing");
  });

  it("are canceled when refused, and forgotten when nobody answers", () => {
    const h = hall({ start: at(20, 30) });
    h.office.print("wang", copier(h), { ...order, pages: 11 }, h.now());
    h.office.print("wang", copier(h), { ...order, job: "0f0e-2", pages: 12 }, h.now());
    h.command("jieyue/hall/copier-3/set", '{"job":"0f0e-1","release":false}', h.now() + 1000);
    expect(jobs(h.advance(MINUTE)).map((j) => [j["job"], j["state"]])).toEqual([
      ["0f0e-1", "held"],
      ["0f0e-2", "held"],
      ["0f0e-1", "canceled"],
    ]);
    expect(
      jobs(h.advance(9 * HOUR))
        .filter((j) => j["job"] === "0f0e-2")
        .map((j) => j["state"]),
    ).toEqual(["canceled"]);
  });

  it("of ten sheets go through, and both sides of a sheet count", () => {
    const h = hall({ start: at(20, 30) });
    const before = Number(copier(h).values["pages"]);
    h.office.print("wang", copier(h), { ...order, pages: 20, duplex: true, color: true }, h.now());
    expect(jobs(h.advance(5 * MINUTE))).toMatchObject([{ sheets: 10, state: "completed", duplex: true }]);
    expect(Number(copier(h).values["pages"]) - before).toBe(20);
    expect(Number(copier(h).values["pages"])).toBe(Number(copier(h).values["color"]) + Number(copier(h).values["mono"]));
  });
});
