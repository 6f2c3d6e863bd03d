/** Values that end by themselves, over restarts and changes of what their sources say. */
import { describe, expect, it } from "vitest";
import type { PointState } from "../server/core/policy.ts";
import { createLapses } from "../server/lapses.ts";

const state = (value: PointState["value"], received: number, quality: PointState["quality"] = "good"): PointState => ({
  value,
  at: received,
  received,
  changed: received,
  quality,
});
const MOVES = { point: "occupied", seconds: 30, to: "false" } as const;
const COUNTS = { point: "power", seconds: 60, to: "unknown" } as const;
const at = (points: Record<string, PointState>) => () => new Map(Object.entries(points));

describe("what ends by itself", () => {
  it("also ends where it began before our restart, and at once where that is long ago", () => {
    const lapses = createLapses();
    const points = new Map([["occupied", state(true, 1000)]]);
    lapses.learn("hall/a", [MOVES], points, 11_000);
    lapses.learn("hall/b", [MOVES], points, 99_000);
    lapses.learn(
      "hall/c",
      [MOVES, COUNTS],
      new Map([
        ["occupied", state(false, 1000)],
        ["power", state(5, 1000, "bad")],
      ]),
      11_000,
    );
    expect(lapses.next).toBe(31_000);
    expect(lapses.due(30_999, () => points)).toEqual([]);
    expect(lapses.due(99_000, () => points).map((r) => [r.device, r.at, r.readings])).toEqual([
      ["hall/a", 31_000, [{ name: "occupied", value: false, quality: "good" }]],
      ["hall/b", 99_000, [{ name: "occupied", value: false, quality: "good" }]],
    ]);
    expect(lapses.next).toBeNull();
  });

  it("ends once, and not at all where its sensor said no itself or its source says no such thing any more", () => {
    const lapses = createLapses();
    const points = { occupied: state(true, 0), power: state(61, 0) };
    lapses.learn("hall/a", [MOVES, COUNTS], undefined, 0);
    lapses.heard("hall/a", { occupied: true, power: 61 }, 0);
    lapses.heard("hall/b", { occupied: true }, 0);
    lapses.heard("hall/a", { occupied: false }, 10_000);
    expect(lapses.due(50_000, at(points))).toEqual([]);
    expect(lapses.due(60_000, at(points)).map((r) => r.readings)).toEqual([[{ name: "power", value: 61, quality: "bad" }]]);
    lapses.heard("hall/a", { power: 61 }, 70_000);
    lapses.learn("hall/a", [], undefined, 80_000);
    expect(lapses.due(500_000, at(points))).toEqual([]);
  });

  it("waits in one place however often it is said", () => {
    const lapses = createLapses();
    lapses.learn("hall/a", [COUNTS], undefined, 0);
    for (let n = 0; n < 1000; n++) lapses.heard("hall/a", { power: n }, n * 1000);
    expect(lapses.due(1_058_999, at({ power: state(999, 999_000) }))).toEqual([]);
    expect(lapses.next).toBe(1_059_000);
    expect(lapses.due(2_000_000, at({ power: state(999, 999_000) }))).toHaveLength(1);
  });
});
