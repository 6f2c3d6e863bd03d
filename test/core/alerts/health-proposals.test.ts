/** Which rules are bad, and what would have spared how many of their alarms: tables by hand. */
import { describe, expect, it } from "vitest";
import type { AlarmRecord } from "../../../server/core/alerts/alarm-record.ts";
import type { Proposal, Rule } from "../../../server/core/alerts/proposals.ts";
import { proposals } from "../../../server/core/alerts/proposals.ts";
import { alarm, DAY, MIDNIGHT } from "../../support/alarm-records.ts";
import { DEADBAND_RULE, ruleOf } from "../../support/alarm-rules.ts";
import { rule } from "../../support/played-house.ts";

const propose = (records: readonly AlarmRecord[], rules: readonly Rule[] = [ruleOf(DEADBAND_RULE)], back: ReadonlyMap<string, number> = new Map(), days = 7) =>
  proposals({ from: MIDNIGHT, to: MIDNIGHT + days * DAY, records, rules, back });
const best = (found: readonly Proposal[]) => found.map((p) => [p.policy, p.faults[0], p.changes[0] ?? null]);
/** At minutes, each for some seconds. */
const series = (seconds: readonly number[], more: Partial<AlarmRecord> = {}, every = 100) => seconds.map((s, i) => alarm(i * every, { for: s / 60, ...more }));

describe("fleeting alarms", () => {
  it("want a longer hold: each that was over before it ran out is spared", () => {
    const found = propose(series([20, 40, 50, 80, 100, 1000]));
    // From 60 s by 30, 60, 120 s: 120 spares those under 60, 180 those under 120, which is all that comes near to the most (900 more: 5).
    expect(best(found)).toEqual([["rule", "fleeting", { param: "hold", unit: "s", from: 60, to: 180, spared: 5 }]]);
    expect(found[0]).toMatchObject({ count: 6, fleeting: 5, device: "hall/light-301", median: 50, share: 100, stale: 0, chattering: 0 });
  });

  it("a second decides: what lasts as long as the wait is told", () => {
    const spared = (seconds: number) => propose(series([seconds, seconds, seconds, seconds, seconds]))[0]?.changes[0];
    expect(spared(59.9)).toMatchObject({ to: 120, spared: 5 });
    expect(spared(60)).toMatchObject({ to: 180, spared: 5 });
  });

  it("without a hold the alert waits; what the house mends is told later and not mended later", () => {
    const plain = rule({ params: [] });
    const [wait] = propose(series([20, 20, 20, 20, 20]), [ruleOf(plain)]);
    expect(wait!.changes[0]).toEqual({ param: "alertAfter", unit: "s", from: 0, to: 30, spared: 5 });
    const mended = series([90, 90, 90, 90, 90, 90, 90, 90, 90, 90, 90, 90, 90, 90, 90], { ended: "house" });
    const [told] = propose(mended);
    expect([told!.faults, told!.changes[0]]).toEqual([["flooding"], { param: "alertAfter", unit: "s", from: 0, to: 120, spared: 15 }]);
  });

  it("are no fault of the rule where somebody had a hand in their end, or they are few", () => {
    expect(propose(series([20, 20, 20, 20, 20], { ended: "person" }))).toEqual([]);
    expect(propose(series([20, 20, 20, 20]))).toEqual([]);
    expect(propose(series([20, 20, 20, 1000, 1000, 1000]))).toEqual([]);
  });

  it("a fan's hold is its own", () => {
    const both = rule({
      params: [
        { name: "hold", unit: "s", default: 0, min: 0, max: 900 },
        { name: "fan-hold", unit: "s", default: 0, min: 0, max: 900 },
      ],
      id: "natural-air-first",
    });
    const [found] = propose(series([20, 20, 20, 20, 20], { title: "policy.natural-air-first.fan-alone" }), [ruleOf(both)]);
    expect(found!.changes[0]).toMatchObject({ param: "fan-hold", to: 30, spared: 5 });
  });
});

describe("chattering alarms", () => {
  // Every 20 s it comes for 10 s: one alarm after the other with 10 s between.
  const burst = (n: number) => Array.from({ length: n }, (_, i) => alarm(i / 3, { for: 1 / 6 }));

  it("want to stay until they are away for long enough: what came again before is the same alarm", () => {
    const found = propose(burst(6));
    expect(best(found)).toEqual([["rule", "chattering", { param: "clearAfter", unit: "s", from: 0, to: 30, spared: 5 }]]);
    expect(found[0]!.faults).toEqual(["chattering", "fleeting"]);
    // The other cures follow, each with its own figure.
    expect(found[0]!.changes.map((c) => [c.param, c.to, c.spared])).toEqual([
      ["clearAfter", 30, 5],
      ["hold", 120, 6],
    ]);
  });

  it("an off-delay joins alarms of one device only, and from the end of one to the beginning of the next", () => {
    const two = [...burst(3), ...burst(3).map((r) => ({ ...r, id: `${r.id}b`, device: "hall/b" }))];
    expect(propose(two)[0]!.changes[0]).toMatchObject({ param: "clearAfter", spared: 4 });
    expect(propose(two)[0]!.device).toBeNull();
    const slow = Array.from({ length: 3 }, (_, i) => alarm(i / 3, { for: 1 / 6 })).concat(alarm(1 + 30.5 / 60, { for: 100 }));
    // The gaps are 10, 10 and 40 s.
    expect(propose(slow)[0]!.changes[0]).toMatchObject({ to: 60, spared: 3 });
  });

  it("around a limit want a deadband, by how far the value had come back", () => {
    const alarms = burst(6).map((r) => ({ ...r, evidence: { value: 26.2 } }));
    const back = new Map(alarms.slice(1).map((r, i) => [r.id, [0.1, 0.2, 0.3, 0.4, 2.5][i]!]));
    const [found] = propose(alarms, undefined, back);
    // 0.5 K spares four of five, which is near enough to the most (3 K).
    expect(found!.changes[0]).toEqual({ param: "deadband", unit: "K", from: 0, to: 0.5, spared: 4 });
  });

  it("what came back as far as the deadband had gone away", () => {
    const alarms = burst(6).map((r) => ({ ...r, evidence: { value: 26.2 } }));
    const back = new Map(alarms.slice(1).map((r) => [r.id, 0.5]));
    expect(propose(alarms, undefined, back)[0]!.changes[0]).toMatchObject({ param: "deadband", to: 1, spared: 5 });
  });
});

describe("too many of all", () => {
  const long = (n: number, title = "policy.rule.is-on") =>
    Array.from({ length: n }, (_, i) => alarm(i * 60, { for: 30, title, ended: "person", device: `hall/d${i}` }));

  it("are a quarter of all and more than two a day", () => {
    expect(propose(long(15)).map((p) => p.faults)).toEqual([["flooding"]]);
    expect(propose(long(14))).toEqual([]);
    expect(propose([...long(15), ...long(46, "policy.other.is-on")])).toEqual([]);
  });

  it("a limit is moved where many were hardly past it and ended by themselves; a legal one stays", () => {
    // Each for four minutes, so that a hold spares none below its most.
    const near = Array.from({ length: 20 }, (_, i) => alarm(i * 60, { for: 4, device: `hall/d${i}`, evidence: { value: i < 15 ? 26.4 : 29 } }));
    const short = { ...DEADBAND_RULE, params: DEADBAND_RULE.params.map((p) => (p.name === "hold" ? { ...p, max: 120 } : p)) };
    const limits = (definition: typeof DEADBAND_RULE) => propose(near, [ruleOf(definition)])[0]!.changes.find((c) => c.param === "limit");
    expect(limits(short)).toEqual({ param: "limit", unit: "°C", from: 26, to: 26.5, spared: 15 });
    expect(limits({ ...short, legal: true })).toBeUndefined();
    // Below 26 is the other way round.
    const below = { ...short, swing: (...given: Parameters<NonNullable<typeof short.swing>>) => ({ ...short.swing!(...given)!, breach: "below" as const }) };
    const cold = near.map((r) => ({ ...r, evidence: { value: r.evidence["value"] === 29 ? 15 : 25.6 } }));
    expect(propose(cold, [ruleOf(below)])[0]!.changes.find((c) => c.param === "limit")).toMatchObject({ to: 25.5, spared: 15 });
  });
});

it("stale alarms are told without a cure, for no parameter is one", () => {
  const standing = Array.from({ length: 5 }, (_, i) => alarm(i * 60, { for: null, device: `hall/d${i}` }));
  const [found] = propose(standing);
  expect(found).toMatchObject({ faults: ["stale"], count: 5, stale: 5, changes: [], median: null });
  expect(propose(standing, undefined, undefined, 1)).toEqual([]);
});

it("what was before the rule was last changed says nothing of it, and quiet alarms never do", () => {
  const alarms = series([20, 20, 20, 20, 20]);
  expect(propose(alarms, [ruleOf(DEADBAND_RULE, {}, alarms[0]!.raisedAt + 1)])).toEqual([]);
  expect(propose(alarms, [ruleOf(DEADBAND_RULE, {}, alarms[0]!.raisedAt)])).toHaveLength(1);
  expect(propose(alarms.map((r) => ({ ...r, quiet: true })))).toEqual([]);
  expect(propose(alarms, [])).toEqual([]);
});
