/** What was used, once each: a meter and the meters behind it are never summed twice. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Measured } from "../../../server/core/account/consumption.ts";
import { candidatesOf, consumptionOf } from "../../../server/core/account/consumption.ts";
import type { Account, Main } from "../../../server/core/account/tables.ts";
import { EMPTY_ACCOUNT } from "../../../server/core/account/tables.ts";
import type { Device } from "../../../server/core/device.ts";
import { device, space } from "../../support/small-site.ts";

const spaces = new Map([space("301", "office"), space("302", "meeting"), space("101", "corridor", { department: "logistics" })].map((s) => [s.id, s]));

function told(amounts: Readonly<Record<string, number | readonly number[]>>, days = 31): Measured[] {
  return Object.entries(amounts).map(([id, a]) => ({ device: `hall/${id}`, point: `hall/${id}/energy`, amounts: typeof a === "number" ? [a] : a, days }));
}
function consume(devices: readonly Device[], measured: readonly Measured[], more: Partial<Account> = {}, buckets = 1) {
  return consumptionOf({ quantity: "electricity", devices, spaces, account: { ...EMPTY_ACCOUNT, ...more }, told: measured, buckets });
}
const main = (meter: string, floor: string | null, spaceId: string | null = null): Main => ({
  meter: `hall/${meter}`,
  building: "hall",
  floor,
  space: spaceId,
});
const sum = (values: readonly number[]) => values.reduce((s, v) => s + v, 0);
const amounts = (of: ReturnType<typeof consume>) => Object.fromEntries(of.lines.map((l) => [`${l.device.slice(5)} ${l.part}`, l.amounts[0]]));

describe("meters and what stands behind them", () => {
  const devices = [device("main", "meter", null), device("floor", "meter", "101"), device("ac", "ac", "301"), device("light", "light", "302")];
  const mains = [main("main", null), main("floor", "3")];

  it("a floor's meter counts its devices and a rest, and the main one counts the floor and a rest", () => {
    const used = consume(devices, told({ main: 100, floor: 60, ac: 30, light: 10 }), { mains });
    expect(amounts(used)).toEqual({ "main rest": 40, "floor rest": 20, "ac own": 30, "light own": 10 });
    expect(used.mains).toEqual([
      { quantity: "electricity", meter: "hall/floor", measured: 60, behind: 40, rest: 20, excess: 0 },
      { quantity: "electricity", meter: "hall/main", measured: 100, behind: 60, rest: 40, excess: 0 },
    ]);
  });

  it("where the parts say more than the meter, they count, and the difference is told", () => {
    const used = consume(devices, told({ main: 100, floor: 60, ac: 80, light: 10 }), { mains });
    expect(sum(used.lines.map((l) => l.amounts[0]!))).toBe(100);
    expect(used.mains[0]).toMatchObject({ meter: "hall/floor", rest: 0, excess: 30 });
  });

  it("a feeder comes before the meter of the place, and a silent one is no meter", () => {
    const fed = devices.map((d) => (d.id === "hall/light" ? { ...d, feeder: "hall/main" } : d));
    expect(amounts(consume(fed, told({ main: 100, floor: 60, ac: 30, light: 10 }), { mains }))).toMatchObject({ "floor rest": 30, "main rest": 30 });
    expect(amounts(consume(devices, [...told({ main: 100, ac: 30, light: 10 }), ...told({ floor: 60 }, 0)], { mains }))).toEqual({
      "main rest": 60,
      "ac own": 30,
      "light own": 10,
    });
  });

  it("the meter of one device alone is that device's use, in its place and its department", () => {
    const metered = [
      device("main", "meter", null, { department: null }),
      device("m1", "meter", null, { department: null }),
      device("ac", "ac", "301", { meter: "hall/m1", feeder: "hall/main" }),
    ];
    const used = consume(metered, told({ main: 50, m1: 20 }));
    expect(used.lines.map((l) => [l.device, l.point, l.department, l.floor, l.kind, l.amounts[0]])).toEqual([
      ["hall/ac", "hall/m1/energy", "general", "3", "ac", 20],
      ["hall/main", "hall/main/energy", null, null, "meter", 30],
    ]);
  });

  it("meters that stand behind each other in a circle are still counted once each", () => {
    const ring = [device("a", "meter", null, { feeder: "hall/b" }), device("b", "meter", null, { feeder: "hall/a" })];
    expect(sum(consume(ring, told({ a: 5, b: 7 })).lines.map((l) => l.amounts[0]!))).toBe(7);
  });

  it("has an item by its tag, else by its kind and place", () => {
    const items = [
      { code: "A3", name: "x", kinds: ["light"], classes: ["facade"] },
      { code: "A1", name: "x", kinds: ["light"], classes: [] },
      { code: "D", name: "x", kinds: [], classes: [] },
    ];
    const lamps = [device("l1", "light", "301"), device("l2", "light", "301", { tags: ["A3"] }), device("ac", "ac", "301")];
    expect(consume(lamps, told({ l1: 1, l2: 1, ac: 1 }), { items }).lines.map((l) => [l.device, l.item])).toEqual([
      ["hall/ac", null],
      ["hall/l1", "A1"],
      ["hall/l2", "A3"],
    ]);
  });

  it("reads a counter, and the load where the counter is not heard", () => {
    const both = [device("ac", "ac", "301")];
    expect(candidatesOf(both, "electricity").map((c) => [c.point, c.scale])).toEqual([
      ["hall/ac/energy", 1],
      ["hall/ac/power", 0.001],
    ]);
    const measured = (days: number): Measured[] => [
      { device: "hall/ac", point: "hall/ac/energy", amounts: [9], days },
      { device: "hall/ac", point: "hall/ac/power", amounts: [7], days: 20 },
    ];
    expect(consume(both, measured(20)).lines[0]).toMatchObject({ point: "hall/ac/energy", amounts: [9] });
    expect(consume(both, measured(3)).lines[0]).toMatchObject({ point: "hall/ac/power", amounts: [7] });
    expect(candidatesOf([device("p", "presence", "301")], "electricity")).toEqual([]);
  });
});

it("the sum of the lines is what the outermost meters counted, or what is behind them where that is more; never more, never twice", () => {
  // A random forest: each node stands behind an earlier one or behind none.
  const forest = fc.array(fc.record({ above: fc.nat(), amounts: fc.tuple(fc.nat(1000), fc.nat(1000)), heard: fc.boolean() }), { minLength: 1, maxLength: 25 });
  fc.assert(
    fc.property(forest, (nodes) => {
      const above = nodes.map((n, i) => (i === 0 || n.above % (i + 1) === i ? null : n.above % (i + 1)));
      const devices = nodes.map((_, i) => device(`m${i}`, "meter", "301", above[i] === null ? {} : { feeder: `hall/m${above[i]}` }));
      const measured = nodes.flatMap((n, i) => (n.heard ? told({ [`m${i}`]: n.amounts }) : []));
      const used = consume(devices, measured, {}, 2);
      // Behind a meter that was not heard the next one counts.
      const parent = (i: number): number | null => {
        const next = above[i]!;
        return next === null || nodes[next]!.heard ? next : parent(next);
      };
      const effective = (i: number, b: 0 | 1): number => {
        const children = nodes.flatMap((n, c) => (n.heard && parent(c) === i ? [c] : []));
        return Math.max(nodes[i]!.amounts[b], sum(children.map((c) => effective(c, b))));
      };
      for (const b of [0, 1] as const) {
        const roots = nodes.flatMap((n, i) => (n.heard && parent(i) === null ? [effective(i, b)] : []));
        expect(sum(used.lines.map((l) => l.amounts[b]!))).toBeCloseTo(sum(roots), 6);
      }
      expect(new Set(used.lines.map((l) => l.id)).size).toBe(measured.length);
    }),
  );
});
