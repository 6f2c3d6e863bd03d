/** What holds for each rule of the office alike: its hold to the second, its mode, its scope, and whom it leaves alone. */
import { describe, expect, it } from "vitest";
import { POLICIES } from "../../../server/core/policies/all.ts";
import type { PolicyOverrides } from "../../../server/core/policy.ts";
import type { Quality } from "../../../server/core/reading.ts";
import type { Exemption } from "../../../server/core/space.ts";
import { PolicyStory } from "../../support/policy-story.ts";
import type { Situation } from "../../support/situations.ts";
import { SITUATIONS } from "../../support/situations.ts";
import { device, smallSite } from "../../support/small-site.ts";

function tell(s: Situation, more: { policy?: PolicyOverrides; exemptions?: readonly Exemption[]; quality?: Quality } = {}): PolicyStory {
  const devices = [...smallSite().devices, device("boiler-1", "boiler", null)];
  const site = smallSite({ devices, policies: { [s.policy]: more.policy ?? {} }, exemptions: more.exemptions ?? [] });
  const story = new PolicyStory(s.start, site, s.policy);
  for (const [device, values] of Object.entries(s.said)) story.say(device, values, more.quality);
  return story;
}

/** Lets time pass, devices repeating themselves. */
function pass(story: PolicyStory, seconds: number): void {
  story.playTo(new Date(story.now + seconds * 1000 + 8 * 3_600_000).toISOString().slice(0, 19));
}

/** The finding of the situation, some minutes after it was due. */
function outcome(s: Situation, more: Parameters<typeof tell>[1] = {}) {
  const story = tell(s, more);
  pass(story, s.due + 900);
  return { found: story.findings().length, alerts: story.alerts().length, commands: story.sent().length };
}

const exempt = (more: Partial<Exemption>): Exemption => ({ policy: null, device: null, space: null, spaceClass: null, reason: "because", ...more });

/** They command nothing, or need days to know: told in meters.test.ts. */
const TOLD_ELSEWHERE = [
  "night-flow",
  "device-silent",
  "device-stuck",
  "meter-implausible",
  "reading-due",
  "off-but-draws",
  "supply-failed",
  "copier-quota",
  "copier-unattributed",
];

it("every policy that judges devices is told here", () => {
  expect([...SITUATIONS.map((s) => s.policy), ...TOLD_ELSEWHERE].sort()).toEqual(
    POLICIES.filter((p) => p.subject === "device")
      .map((p) => p.id)
      .sort(),
  );
});

describe.each(SITUATIONS)("$policy", (s) => {
  it("is found when it is due, to the second, and acts", () => {
    const story = tell(s);
    if (s.due > 0) {
      pass(story, s.due - 1);
      expect(story.findings()).toEqual([]);
      pass(story, 1);
    }
    expect(story.findings()).toMatchObject([{ policy: s.policy, subject: { device: `hall/${s.subject}` }, openedAt: story.now, mode: "enforce" }]);
    pass(story, 900);
    expect(story.sent()[0]).toMatchObject({ device: `hall/${s.subject}`, by: s.policy });
    expect(story.findings()).toHaveLength(1);
  });

  it("tells without acting when it advises, and only writes down when it observes", () => {
    expect(outcome(s, { policy: { mode: "advise" } })).toEqual({ found: 1, alerts: 1, commands: 0 });
    expect(outcome(s, { policy: { mode: "observe" } })).toEqual({ found: 1, alerts: 0, commands: 0 });
  });

  const nothing = { found: 0, alerts: 0, commands: 0 };

  it("says nothing while it is switched off, or elsewhere", () => {
    expect(outcome(s, { policy: { enabled: false } })).toEqual(nothing);
    expect(outcome(s, { policy: { scope: { floors: ["9"] } } })).toEqual(nothing);
    expect(outcome(s, { policy: { scope: { tags: ["other"] } } })).toEqual(nothing);
  });

  it("leaves alone whom the office exempts, from this rule or from all, and nobody else", () => {
    expect(outcome(s, { exemptions: [exempt({ device: `hall/${s.subject}` })] })).toEqual(nothing);
    expect(outcome(s, { exemptions: [exempt({ device: `hall/${s.subject}`, policy: s.policy })] })).toEqual(nothing);
    if (s.spaceClass !== null) expect(outcome(s, { exemptions: [exempt({ spaceClass: s.spaceClass })] })).toEqual(nothing);
    expect(outcome(s, { exemptions: [exempt({ device: `hall/${s.subject}`, policy: "other" }), exempt({ spaceClass: "archive" })] }).found).toBe(1);
  });

  it.each(["suspect", "bad"] as const)("does not act on what is %s", (quality) => {
    const story = tell(s, { quality });
    story.wait(s.due + 900);
    expect(story.findings()).toEqual([]);
    expect(story.sent()).toEqual([]);
  });

  it("does not begin in a silence", () => {
    const story = tell(s, { policy: { params: s.slow } });
    story.wait(2 * 3600);
    expect(story.findings()).toEqual([]);
    const told = tell(s, { policy: { params: s.slow } });
    pass(told, 2 * 3600);
    expect(told.findings()).toHaveLength(1);
  });

  it("waits for a person's exception to end", () => {
    const story = tell(s, { policy: { params: s.slow } });
    const until = story.now + 2 * 3_600_000;
    story.ask("director", { kind: "override", device: `hall/${s.subject}`, space: null, policy: s.policy, set: null, reason: "a visit", until });
    pass(story, 2 * 3600 - 1);
    expect(story.findings()).toEqual([]);
    pass(story, 2 * 3600);
    expect(story.findings()).toHaveLength(1);
  });
});
