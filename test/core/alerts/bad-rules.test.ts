/** The system's alerts against its own rules: raised once, counted on, ended when the change is applied or the figures are good again. */
import { expect, it } from "vitest";
import type { BadRule } from "../../../server/core/alerts/bad-rule.ts";
import { badRuleOf } from "../../../server/core/alerts/bad-rules.ts";
import { PlayedHouse, rule } from "../../support/played-house.ts";
import { restartInto } from "../../support/restart.ts";

const bad = (policy: string, more: Partial<BadRule> = {}): BadRule => ({
  policy,
  what: "chattering",
  count: 12,
  change: { param: "clearAfter", from: 0, to: 300 },
  ...more,
});
const rules = () => new PlayedHouse(["one", "two", "three"].map((id) => rule({ id })));
const look = (h: PlayedHouse, found: readonly BadRule[]) => {
  h.wait(1);
  return h.enter({ kind: "bad-rules", found });
};
const standing = (h: PlayedHouse) => h.alerts().filter((a) => a.title === "maintenance.bad-rule" && a.clearedAt === null);

it("is one alert of low severity with its figures, for whoever keeps the system", () => {
  const h = rules();
  look(h, [bad("one")]);
  expect(standing(h)).toMatchObject([
    {
      kind: "system",
      severity: "low",
      state: "unacknowledged",
      // The small site has no administrator.
      assignee: "director",
      evidence: { policy: "one", what: "chattering", count: 12, param: "clearAfter", from: 0, to: 300 },
      chattering: false,
    },
  ]);
});

it("another day's look counts on and raises nothing anew, nor does a restart", () => {
  const h = rules();
  look(h, [bad("one")]);
  h.wait(86_400);
  const { id, log } = standing(h)[0]!;
  expect(look(h, [bad("one")]).filter((d) => d.kind === "alert")).toEqual([]);
  look(h, [bad("one", { count: 20, change: { param: "clearAfter", from: 0, to: 600 } })]);
  expect(standing(h)).toMatchObject([{ id, log, evidence: { count: 20, to: 600 } }]);
  const again = restartInto(rules(), h, 60);
  look(again, [bad("one", { count: 20, change: { param: "clearAfter", from: 0, to: 600 } })]);
  expect(again.alerts().filter((a) => a.title === "maintenance.bad-rule")).toEqual([]);
  expect(again.house.alerts.has(id)).toBe(true);
});

it("several rules at once are several alerts, and no chatter of one", () => {
  const h = rules();
  look(h, [bad("one"), bad("two"), bad("three")]);
  expect(standing(h).map((a) => [a.evidence["policy"], a.chattering])).toEqual([
    ["one", false],
    ["two", false],
    ["three", false],
  ]);
  expect(new Set(standing(h).map((a) => a.group)).size).toBe(1);
});

it("ends without anybody's doing when the rule is good again, and comes again as another one", () => {
  const h = rules();
  look(h, [bad("one"), bad("two")]);
  look(h, [bad("two")]);
  expect(standing(h).map((a) => a.evidence["policy"])).toEqual(["two"]);
  expect(h.alerts().find((a) => a.evidence["policy"] === "one")!.state).toBe("normal");
  look(h, [bad("one"), bad("two")]);
  expect(h.alerts().filter((a) => a.evidence["policy"] === "one")).toHaveLength(2);
});

it("ends at once when its parameter is changed, its rule switched off, or another parameter is to be", () => {
  const h = rules();
  look(h, [bad("one"), bad("two")]);
  h.ask("admin", { kind: "policy", policy: "one", change: { params: { alertAfter: 10 } } });
  expect(standing(h)).toHaveLength(2);
  h.ask("admin", { kind: "policy", policy: "one", change: { params: { clearAfter: 300 } } });
  expect(standing(h).map((a) => a.evidence["policy"])).toEqual(["two"]);
  h.ask("admin", { kind: "policy", policy: "two", change: { enabled: false } });
  expect(standing(h)).toEqual([]);
  look(h, [bad("three")]);
  look(h, [bad("three", { change: { param: "alertAfter", from: 0, to: 60 } })]);
  expect(standing(h).map((a) => a.evidence["param"])).toEqual(["alertAfter"]);
});

it("says nothing of a rule that is gone, and proposes nothing where nothing helps", () => {
  const h = rules();
  look(h, [bad("gone"), bad("one", { what: "stale", change: null })]);
  expect(standing(h).map((a) => a.evidence)).toEqual([{ policy: "one", what: "stale", count: 12, param: null, from: null, to: null }]);
  expect(badRuleOf({ ...PROPOSAL, changes: [] })).toEqual({ policy: "one", what: "fleeting", count: 9, change: null });
  expect(badRuleOf(PROPOSAL)).toEqual({ policy: "one", what: "fleeting", count: 9, change: { param: "hold", from: 60, to: 300 } });
});

const PROPOSAL = {
  policy: "one",
  device: null,
  faults: ["fleeting", "flooding"],
  count: 9,
  share: 50,
  fleeting: 9,
  stale: 0,
  chattering: 0,
  median: 20,
  changes: [
    { param: "hold", unit: "s", from: 60, to: 300, spared: 8 },
    { param: "clearAfter", unit: "s", from: 0, to: 60, spared: 4 },
  ],
} as const;
