import fc from "fast-check";
import { expect, it } from "vitest";
import type { Lasting } from "../../../server/core/savings/survival.ts";
import { kaplanMeier, restrictedMean, survivalAt } from "../../../server/core/savings/survival.ts";

const lastings = fc.array(fc.record({ length: fc.integer({ min: 1, max: 60 }), ended: fc.boolean() }), { minLength: 1, maxLength: 40 });
const ended = (lengths: readonly number[]): Lasting[] => lengths.map((length) => ({ length, ended: true }));

it("gives the remission times of Freireich's trial as the textbooks do (6-MP arm: Klein and Moeschberger, example 4.1)", () => {
  const arm: Lasting[] = [
    ...[6, 6, 6, 7, 10, 13, 16, 22, 23].map((length) => ({ length, ended: true })),
    ...[6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map((length) => ({ length, ended: false })),
  ];
  const survival = kaplanMeier(arm);
  expect(survival.at).toEqual([6, 7, 10, 13, 16, 22, 23]);
  expect(survival.beyond.map((s) => s.toFixed(3))).toEqual(["0.857", "0.807", "0.753", "0.690", "0.627", "0.538", "0.448"]);
  expect(Math.sqrt(survival.beyond[2]! ** 2 * survival.greenwood[2]!).toFixed(3)).toBe("0.096");
});

it("is the plain mean where nothing was cut short, with the plain variance of a mean", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 2, maxLength: 30 }), (lengths) => {
      const { mean, variance } = restrictedMean(kaplanMeier(ended(lengths)), Infinity);
      const plain = lengths.reduce((a, b) => a + b, 0) / lengths.length;
      expect(mean).toBeCloseTo(plain, 9);
      expect(variance).toBeCloseTo(lengths.reduce((s, x) => s + (x - plain) ** 2, 0) / lengths.length ** 2, 6);
    }),
  );
});

it("falls from one, never rises, and hands out no more than the whole", () => {
  fc.assert(
    fc.property(lastings, (all) => {
      const survival = kaplanMeier(all);
      let last = 1;
      for (const share of survival.beyond) {
        expect(share).toBeLessThanOrEqual(last);
        expect(share).toBeGreaterThanOrEqual(0);
        last = share;
      }
      expect(survival.mass.reduce((a, b) => a + b, 0)).toBeCloseTo(1 - last, 9);
    }),
  );
});

it("does not care for the order, nor whether two alike are written twice or weigh two", () => {
  fc.assert(
    fc.property(lastings, fc.integer(), (all, seed) => {
      const shuffled = all.map((x, i) => ({ x, key: Math.imul(i + 1, seed | 1) })).toSorted((a, b) => a.key - b.key);
      const [one, other] = [kaplanMeier(all), kaplanMeier(shuffled.map(({ x }) => x))];
      const doubled = kaplanMeier(all.map((x) => ({ ...x, weight: 2 })));
      const twice = kaplanMeier([...all, ...all]);
      for (const t of [0, 5, 17, 40]) {
        expect(survivalAt(other, t)).toBeCloseTo(survivalAt(one, t), 9);
        expect(survivalAt(doubled, t)).toBeCloseTo(survivalAt(twice, t), 9);
      }
    }),
  );
});

it("makes more of what was cut short than of what ended there, and claims nothing beyond what was seen", () => {
  const cut = kaplanMeier([
    { length: 4, ended: false },
    { length: 10, ended: true },
  ]);
  expect(restrictedMean(cut, 100).mean).toBe(10);
  expect(restrictedMean(kaplanMeier(ended([4, 10])), 100).mean).toBe(7);
  expect(restrictedMean(kaplanMeier([{ length: 8, ended: false }]), 100)).toEqual({ mean: 8, variance: 0 });
});

it("refuses lengths that are none", () => {
  expect(() => kaplanMeier([{ length: Number.NaN, ended: true }])).toThrow(/from 0 on/);
  expect(() => kaplanMeier([{ length: -1, ended: true }])).toThrow(RangeError);
});
