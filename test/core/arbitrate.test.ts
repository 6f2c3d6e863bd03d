import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Wish } from "../../server/core/arbitrate.ts";
import { settle } from "../../server/core/arbitrate.ts";
import { PlayedHouse, rule } from "../support/played-house.ts";

const wish = fc.record({
  point: fc.constantFrom("on", "setpoint", "mode"),
  value: fc.constantFrom<(string | number | boolean)[]>(true, false, 22, 26, "off", "cool"),
  source: fc.constantFrom("policy", "override" as const),
  by: fc.constantFrom("a", "b", "c", "d"),
  rank: fc.integer({ min: 1, max: 4 }),
  finding: fc.constant(null),
  reason: fc.constant("r"),
  given: fc.integer({ min: 0, max: 1 }),
  legal: fc.constant(false),
  effect: fc.constant(null),
}) as fc.Arbitrary<Wish>;

/** No policy has two wishes about one point. */
const wishes = fc.uniqueArray(wish, { selector: (w) => `${w.by} ${w.point}`, maxLength: 10 });

describe("settle", () => {
  it("does not depend on the order of the wishes", () => {
    fc.assert(
      fc.property(wishes, fc.integer(), (all, seed) => {
        const shuffled = [...all].sort(
          (a, b) => ((a.by.charCodeAt(0) * 31 + a.point.length + seed) % 7) - ((b.by.charCodeAt(0) * 31 + b.point.length + seed) % 7),
        );
        expect(settle(shuffled)).toEqual(settle(all));
        expect(settle([...all].reverse())).toEqual(settle(all));
      }),
    );
  });

  it("gives each point at most one winner, of the highest rank there is for it", () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const settled = settle(all);
        expect(new Set(settled.map((s) => s.point)).size).toBe(settled.length);
        for (const s of settled) expect(s.rank).toBe(Math.max(...all.filter((w) => w.point === s.point).map((w) => w.rank)));
      }),
    );
  });

  it("drops wishes about running where the stronger wish is off", () => {
    const base = { source: "policy" as const, finding: null, reason: "r", given: 0, legal: false, effect: null };
    const off = { ...base, point: "on", value: false, by: "vacant", rank: 40 };
    expect(settle([off, { ...base, point: "setpoint", value: 26, by: "cooling", rank: 30 }]).map((s) => s.point)).toEqual(["on"]);
    expect(settle([off, { ...base, point: "setpoint", value: 26, by: "cooling", rank: 50 }]).map((s) => s.point)).toEqual(["on", "setpoint"]);
  });
});

describe("the house", () => {
  it("makes the same decisions whatever the order of its policies", () => {
    const rules = [
      rule({ id: "a", priority: 10, want: { brightness: 30 } }),
      rule({ id: "b", priority: 20, want: { brightness: 60 } }),
      rule({ id: "c", priority: 20, want: { brightness: 90 } }),
    ];
    const play = (order: number[]) => {
      const h = new PlayedHouse(order.map((i) => rules[i]!));
      h.say("light-301", { on: true, brightness: 100 });
      h.wait(120);
      return h.sent()[0]!;
    };
    expect(play([0, 1, 2])).toMatchObject({ by: "b", set: { brightness: 60 } });
    for (const order of [
      [2, 1, 0],
      [1, 0, 2],
      [0, 2, 1],
    ])
      expect(play(order)).toMatchObject({ by: "b", set: { brightness: 60 } });
  });

  it("lets an override's wish win over every policy, and holds the device to it", () => {
    const h = new PlayedHouse([rule({ id: "a", hold: 0 })]);
    h.say("light-301", { on: true, power: 50 });
    h.ask("chief", { kind: "override", device: "hall/light-301", space: null, policy: "other", set: null, reason: "x y", until: h.now + 1 });
    const made = h.ask("chief", {
      kind: "override",
      device: "hall/light-301",
      space: null,
      policy: null,
      set: { on: true },
      reason: "filming",
      until: h.now + 3_600_000,
    });
    expect(made.ok).toBe(true);
    h.wait(2);
    h.say("light-301", { on: false, power: 0 });
    expect(h.sent().at(-1)).toMatchObject({ source: "override", set: { on: true } });
  });
});
