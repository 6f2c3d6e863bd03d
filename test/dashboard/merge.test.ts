import { describe, expect, it } from "vitest";
import { houseTime, mergeDevice, mergePoints, newestFirst, surplus } from "../../dashboard/src/merge.ts";
import { device, point } from "./dtos.ts";

describe("a change laid over what is known", () => {
  it("replaces points by name, keeps the others and their order, and puts new ones last", () => {
    const merged = mergePoints([point("on", true), point("setpoint", 22), point("power", 800)], [point("setpoint", 26), point("energy", 5)]);
    expect(merged.map((p) => [p.name, p.value])).toEqual([
      ["on", true],
      ["setpoint", 26],
      ["power", 800],
      ["energy", 5],
    ]);
  });

  it("takes everything but the points from what was heard", () => {
    const merged = mergeDevice(device("hall/ac-1", { points: [point("on", true)] }), device("hall/ac-1", { status: "offline", points: [] }));
    expect(merged.status).toBe("offline");
    expect(merged.points.map((p) => p.name)).toEqual(["on"]);
  });

  it("takes an unknown device as it is", () => {
    const heard = device("hall/new", { points: [point("on", false)] });
    expect(mergeDevice(undefined, heard)).toBe(heard);
  });
});

describe("what is kept", () => {
  const items = [1, 2, 3, 4, 5].map((n) => ({ id: `i${n}`, over: n !== 1, at: `2026-07-01T0${n}:00:00+08:00` }));

  it("names the oldest that are over beyond the limit, and never one that still stands", () => {
    expect(
      surplus(
        items,
        (i) => i.over,
        (i) => i.at,
        2,
      ),
    ).toEqual(["i3", "i2"]);
    expect(
      surplus(
        items,
        (i) => i.over,
        (i) => i.at,
        0,
      ),
    ).not.toContain("i1");
    expect(
      surplus(
        items,
        (i) => i.over,
        (i) => i.at,
        4,
      ),
    ).toEqual([]);
  });

  it("orders by instants, not by texts of different offsets", () => {
    const late = { id: "late", at: "2026-07-01T03:00:00+00:00" };
    const early = { id: "early", at: "2026-07-01T09:00:00+08:00" };
    expect(newestFirst([early, late], (i) => i.at).map((i) => i.id)).toEqual(["late", "early"]);
  });
});

describe("the house's time", () => {
  const clock = { now: "2026-07-01T08:00:00+08:00", speed: 60, simulated: true };

  it("runs as fast as the hand-wound clock", () => {
    expect(houseTime(clock, 2000) - Date.parse(clock.now)).toBe(120_000);
  });

  it("never goes before what was heard", () => {
    expect(houseTime(clock, -5)).toBe(Date.parse(clock.now));
  });
});
