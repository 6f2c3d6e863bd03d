/** The reminder: when it comes, what ends it, and that a rejected reading does not count. */
import { expect, it } from "vitest";
import { rejudgeAll } from "../../../server/core/restore.ts";
import { PolicyStory } from "../../support/policy-story.ts";
import { device, smallSite } from "../../support/small-site.ts";

const GAS = "hall/gas-1/gas";
const manual = { point: "gas", every: "month" } as const;
const site = smallSite({ devices: [...smallSite().devices, device("gas-1", "meter", "301", { codec: "manual", interval: 31 * 86_400, manual })] });
const at = (text: string) => Date.parse(`${text}+08:00`);

function begin(start: string): PolicyStory {
  const s = new PolicyStory(start, site, "reading-due");
  rejudgeAll(s.house, s.now);
  s.enter({ kind: "tick" });
  return s;
}
const enter = (s: PolicyStory, when: string, value: number) => {
  const answer = s.ask("staff", { kind: "enter-reading", point: GAS, at: at(when), value, note: null });
  return answer.ok ? answer.subject : answer.refusal.code;
};
const told = (s: PolicyStory) => s.findings().map((f) => [f.state, s.clock(f.since), f.reason]);

it("nobody is called for a meter that was never read", () => {
  const s = begin("2026-07-30T10:00:00");
  s.playTo("2026-08-03T10:00:00");
  expect(s.findings()).toEqual([]);
  expect(s.house.standings.get("reading-due\nhall/gas-1")!.last).toMatchObject({ state: "unknown", reason: "never-read" });
});

it("comes at nine of the morning after, is one for all that is missed, and ends with the entry", () => {
  const s = begin("2026-07-30T10:00:00");
  enter(s, "2026-06-30T16:00:00", 100);
  expect(s.house.standings.get("reading-due\nhall/gas-1")!.last).toMatchObject({ state: "fine", reason: "read" });
  s.playTo("2026-07-31T10:00:00");
  expect(s.house.standings.get("reading-due\nhall/gas-1")!.last).toMatchObject({ state: "fine", reason: "due", evidence: { date: "2026-07-31" } });
  s.playTo("2026-08-01T08:59:59");
  expect(s.findings()).toEqual([]);
  s.playTo("2026-08-01T09:00:00");
  expect(told(s)).toEqual([["open", "09:00:00", "overdue"]]);
  expect(s.alerts()).toMatchObject([{ severity: "low", title: "policy.reading-due.overdue", department: "general" }]);
  s.playTo("2026-09-01T10:00:00");
  expect(told(s)).toHaveLength(1);
  const entry = enter(s, "2026-09-01T09:30:00", 200);
  expect(told(s)).toEqual([["closed", "09:00:00", "overdue"]]);
  // What was rejected was no reading: it is owed again, since now.
  s.wait(60);
  s.ask("chief", { kind: "decide-entry", entry, confirm: false, reason: "blurred" });
  s.wait(1);
  expect(told(s)).toEqual([
    ["closed", "09:00:00", "overdue"],
    ["open", "10:00:00", "overdue"],
  ]);
  expect(new Set(s.findings().map((f) => f.id)).size).toBe(2);
});
