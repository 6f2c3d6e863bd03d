import { describe, expect, it } from "vitest";
import { changedQuery, pathTo, placeOf } from "../../dashboard/src/router.ts";
import { drawable, extentOf, offsetOf, samplesOf, timeTicks } from "../../dashboard/src/series.ts";
import { summarise } from "../../dashboard/src/space-summary.ts";
import { windowOf } from "../../dashboard/src/windowing.ts";
import { device, point } from "./dtos.ts";

describe("addresses", () => {
  it("name pages", () => {
    expect(placeOf("/")).toEqual({ page: "overview" });
    expect(placeOf("/alerts/")).toEqual({ page: "alerts" });
    expect(placeOf("/devices/hall/ac-301")).toEqual({ page: "device", id: "hall/ac-301" });
    expect(placeOf("/spaces/hall/301")).toEqual({ page: "space", id: "hall/301" });
    expect(placeOf("/devices/hall")).toEqual({ page: "not-found" });
    expect(placeOf("/no/such/thing")).toEqual({ page: "not-found" });
  });

  it("survive odd ids and broken escapes", () => {
    const id = "hall/空调 1%#?";
    expect(placeOf(pathTo("devices", id))).toEqual({ page: "device", id });
    expect(placeOf("/devices/hall/%E0%A4%A")).toEqual({ page: "device", id: "hall/%E0%A4%A" });
  });

  it("keep their other filters when one changes", () => {
    expect(changedQuery("?state=open&policy=x", { policy: null, department: "a&b" })).toBe("?state=open&department=a%26b");
    expect(changedQuery("?q=1", { q: "" })).toBe("");
  });
});

describe("a long list", () => {
  it("renders what is seen and a little more, and stands for the rest by height", () => {
    const seen = windowOf(10_000, 56, 56 * 500, 560, 8);
    expect(seen).toEqual({ first: 492, end: 518, before: 492 * 56, after: (10_000 - 518) * 56 });
  });

  it("holds at both ends, and when the list became shorter than where one was", () => {
    expect(windowOf(3, 56, 0, 560)).toEqual({ first: 0, end: 3, before: 0, after: 0 });
    expect(windowOf(0, 56, 0, 560)).toEqual({ first: 0, end: 0, before: 0, after: 0 });
    const shrunk = windowOf(5, 56, 50_000, 560);
    expect(shrunk.first).toBeLessThan(5);
    expect(shrunk.end).toBe(5);
  });
});

describe("a space in figures", () => {
  it("sums what is heard, and only that", () => {
    const s = summarise([
      device("hall/ac", { points: [point("on", true), point("mode", "cool"), point("temperature", 27.1), point("power", 800)] }),
      device("hall/ac-2", { status: "offline", points: [point("on", true), point("power", 700)] }),
      device("hall/light", { kind: "light", points: [point("on", false), point("power", 0.4)] }),
      device("hall/meter", { kind: "meter", points: [point("power", 9000)] }),
      device("hall/p1", { kind: "presence", points: [point("occupied", false)] }),
      device("hall/p2", { kind: "presence", points: [point("count", 2)] }),
      device("hall/win", { kind: "contact", points: [point("open", true)] }),
    ]);
    expect(s).toEqual({
      occupied: true,
      temperature: 27.1,
      setpoint: null,
      acs: { on: 1, total: 2 },
      lights: { on: 0, total: 1 },
      windows: { open: 1, total: 1 },
      power: 800.4,
      flow: null,
      missing: 1,
    });
  });

  it("does not claim that nobody is there where no sensor knows", () => {
    expect(summarise([device("hall/light", { kind: "light" })]).occupied).toBeNull();
    expect(summarise([device("hall/p", { kind: "presence", status: "silent", points: [point("occupied", true)] })]).occupied).toBeNull();
  });

  it("counts a unit whose mode is off as off", () => {
    expect(summarise([device("hall/ac", { points: [point("on", true), point("mode", "off")] })]).acs.on).toBe(0);
  });
});

describe("histories", () => {
  it("become samples in order, switches as 0 and 1, and gaps stay gaps", () => {
    const samples = samplesOf([
      { at: "2026-07-01T09:01:00+08:00", value: true, quality: "good" },
      { at: "2026-07-01T09:00:00+08:00", value: false, quality: "good" },
      { at: "2026-07-01T09:02:00+08:00", value: null, count: 0 },
    ]);
    expect(samples.map((s) => s.y)).toEqual([0, 1, null]);
    expect(extentOf(samples)).toEqual({ min: 0, mean: 0.5, max: 1 });
    expect(extentOf([])).toBeNull();
  });

  it("are offered for what can be drawn, the most telling first", () => {
    expect(drawable([point("on", true), point("mode", "cool"), point("power", 5), point("temperature", 27)]).map((p) => p.name)).toEqual([
      "temperature",
      "power",
      "on",
    ]);
  });

  it("have ticks at round local times", () => {
    const offset = offsetOf("2026-07-01T09:00:00+08:00");
    expect(offset).toBe(8 * 3_600_000);
    const from = Date.parse("2026-07-01T08:07:00+08:00");
    const ticks = timeTicks(from, from + 86_400_000, offset);
    expect(ticks.length).toBeLessThanOrEqual(9);
    expect(ticks.map((t) => new Date(t + offset).toISOString().slice(11, 16))).toEqual([
      "09:00",
      "12:00",
      "15:00",
      "18:00",
      "21:00",
      "00:00",
      "03:00",
      "06:00",
    ]);
    expect(offsetOf("2026-07-01T01:00:00Z")).toBe(0);
  });
});
