/** What holds for the figures of any alarms. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { AlarmRecord } from "../../../server/core/alerts/alarm-record.ts";
import { FLOOD } from "../../../server/core/alerts/benchmarks.ts";
import { floodsOf, mostWithin } from "../../../server/core/alerts/floods.ts";
import { alarmHealth } from "../../../server/core/alerts/health.ts";
import { proposals } from "../../../server/core/alerts/proposals.ts";
import { DEADBAND_RULE, ruleOf } from "../../support/alarm-rules.ts";
import { alarm, DAY, MIDNIGHT, over } from "../../support/alarm-records.ts";

const times = fc.array(fc.integer({ min: 0, max: 3_600_000 }), { maxLength: 120 }).map((list) => list.sort((a, b) => a - b));

it("the most within a window is what a count by hand at every alarm gives", () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 900_000 }), (list, ms) => {
      const byHand = Math.max(0, ...list.map((t) => list.filter((u) => u > t - ms && u <= t).length));
      expect(mostWithin(list, ms)).toBe(byHand);
    }),
  );
});

it("floods are there exactly when more than ten came within ten minutes; they do not touch, and within one five always remain", () => {
  fc.assert(
    fc.property(times, (list) => {
      const floods = floodsOf(list, 10_000_000);
      expect(floods.length > 0).toBe(mostWithin(list, FLOOD.ms) > FLOOD.count);
      const remaining = (at: number, from: number) => list.filter((t) => t >= from && t > at - FLOOD.ms && t <= at).length;
      floods.forEach((f, i) => {
        expect(f.alarms).toBe(list.filter((t) => t >= f.from && t < f.until).length);
        expect(f.alarms).toBeGreaterThan(FLOOD.count);
        if (i > 0) expect(f.from).toBeGreaterThanOrEqual(floods[i - 1]!.until);
        expect(remaining(f.until - 1, f.from)).toBeGreaterThanOrEqual(FLOOD.until);
        expect(remaining(f.until, f.from)).toBeLessThan(FLOOD.until);
      });
    }),
  );
});

const record: fc.Arbitrary<AlarmRecord> = fc
  .record({
    at: fc.integer({ min: -2000, max: 3 * 1440 + 100 }),
    lasts: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: null }),
    device: fc.constantFrom("hall/a", "hall/b", "hall/c"),
    severity: fc.constantFrom("low", "medium", "high" as const),
    who: fc.subarray(["chief", "deputy", "director"]),
    title: fc.constantFrom("policy.rule.is-on", "policy.other.is-on", "command.ignored"),
    ended: fc.constantFrom("itself", "house", "person" as const),
    quiet: fc.boolean(),
    value: fc.integer({ min: 0, max: 60 }),
  })
  .map(({ at, lasts, ended, who, quiet, value, ...rest }) =>
    alarm(at, { ...rest, for: lasts, quiet, who: quiet ? [] : who, evidence: { value }, ...(lasts === null ? {} : { ended }) }),
  );
const records = fc.array(record, { maxLength: 80 });

it("shares stay within 0 and 100, worst is at least the mean, days add up, and what is ranked is ranked", () => {
  fc.assert(
    fc.property(records, (all) => {
      const h = alarmHealth(over(3, all));
      const { low, medium, high } = h.mix.percent;
      expect(low + medium + high).toBeCloseTo(h.alarms === 0 ? 0 : 100, 8);
      expect(h.top.reduce((n, t) => n + t.count, 0)).toBe(h.alarms);
      for (const f of h.figures) expect(f.value).toBeGreaterThanOrEqual(0);
      for (const p of h.people) {
        expect(p.byDay.reduce((n, d) => n + d.alarms, 0)).toBe(p.alarms);
        expect(p.day.worst).toBeGreaterThanOrEqual(p.day.mean);
        expect(p.needHuman.mean).toBeLessThanOrEqual(p.day.mean);
        expect(p.floodShare).toBeLessThanOrEqual(100);
      }
      expect(h.people.map((p) => p.alarms)).toEqual(h.people.map((p) => p.alarms).sort((a, b) => b - a));
    }),
  );
});

it("a person's own figures are those that the whole office's have of them", () => {
  fc.assert(
    fc.property(records, (all) => {
      const office = alarmHealth(over(3, all)).people.find((p) => p.person === "deputy");
      expect(alarmHealth(over(3, all, "deputy")).people[0]).toEqual(office);
    }),
  );
});

it("a proposal stays within its parameter's range, changes it, and never spares more alarms than there were", () => {
  const limits = fc.record({
    hold: fc.integer({ min: 0, max: 3600 }),
    clearAfter: fc.integer({ min: 0, max: 7200 }),
    deadband: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(records, limits, fc.integer({ min: 0, max: 10 }), (all, params, back) => {
      const rule = ruleOf(DEADBAND_RULE, params);
      const found = proposals({ from: MIDNIGHT, to: MIDNIGHT + 3 * DAY, records: all, rules: [rule], back: new Map(all.map((r) => [r.id, back])) });
      for (const p of found) {
        for (const c of p.changes) {
          const definition = [...DEADBAND_RULE.params, { name: "alertAfter", min: 0, max: 86_400 }, { name: "clearAfter", min: 0, max: 86_400 }].find(
            (d) => d.name === c.param,
          )!;
          expect(c.to).toBeGreaterThanOrEqual(definition.min);
          expect(c.to).toBeLessThanOrEqual(definition.max);
          expect(c.to).not.toBe(c.from);
          expect(c.from).toBe(rule.settings.params[c.param]);
          expect(c.spared).toBeLessThanOrEqual(p.count);
          expect(c.spared).toBeGreaterThanOrEqual(2);
        }
      }
    }),
  );
});
