/** Every rule of the office on every kind of day, across midnight and the change of a season, and through a restart in the middle. */
import { describe, expect, it } from "vitest";
import { PolicyStory } from "../../support/policy-story.ts";
import { restartInto } from "../../support/restart.ts";
import type { Situation } from "../../support/situations.ts";
import { SITUATIONS } from "../../support/situations.ts";
import { device, smallSite } from "../../support/small-site.ts";

const site = () => smallSite({ devices: [...smallSite().devices, device("boiler-1", "boiler", null)] });
const local = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 19);

function begin(s: Situation, start: string): PolicyStory {
  const story = new PolicyStory(start, site(), s.policy);
  for (const [id, values] of Object.entries(s.said)) story.say(id, values);
  return story;
}

function pass(story: PolicyStory, seconds: number): void {
  story.playTo(local(story.now + seconds * 1000));
}

/** Whether the situation, begun at a local time, is a finding within three hours. */
function found(s: Situation, start: string): boolean {
  const story = begin(s, start);
  pass(story, 3 * 3600);
  return story.findings().length > 0;
}

// 2026: National Day from 1 October, Saturday 10 October is worked for it. At ten in the morning, and over midnight.
const MOMENTS = {
  "a working day": "2026-07-01T10:00:00",
  "a Saturday": "2026-07-04T10:00:00",
  "a public holiday": "2026-10-01T10:00:00",
  "a make-up working day": "2026-10-10T10:00:00",
  "a winter working day": "2026-12-01T10:00:00",
  midnight: "2026-07-01T23:58:00",
} as const;
type Moment = keyof typeof MOMENTS;
const ALL = Object.keys(MOMENTS) as Moment[];

/** When each rule finds its situation; for those that look at neither clock nor calendar, always. */
const WHEN: Readonly<Record<string, readonly Moment[]>> = {
  "cooling-floor": ALL,
  "heating-ceiling": ALL,
  "window-open-no-ac": ALL,
  "vacant-lights-off": ALL,
  "vacant-ac-off": ALL,
  "vacant-water-off": ALL,
  "natural-air-first": ALL,
  "daylight-lights-off": ALL.filter((m) => m !== "midnight"),
  "after-hours-shutoff": ["a Saturday", "a public holiday", "midnight"],
  "standby-cut": ["a Saturday", "a public holiday", "midnight"],
  "decorative-lights-off": ALL.filter((m) => m !== "a public holiday"),
  // Outside the heating season a boiler that runs is found for that.
  "boiler-follows-weather": ALL,
};

describe.each(SITUATIONS)("$policy", (s) => {
  it.each(ALL)("on %s", (moment) => {
    expect(WHEN[s.policy], "say when it is found").toBeDefined();
    expect(found(s, MOMENTS[moment])).toBe(WHEN[s.policy]!.includes(moment));
  });

  it("is one finding over midnight: due as on any other hour, and still the same an hour later", () => {
    if (s.policy === "daylight-lights-off") return;
    // Half of the wait lies before midnight; what is found at once is found a second before it.
    const midnight = Date.parse(`${s.policy === "boiler-follows-weather" ? "2026-12-02" : "2026-07-02"}T00:00:00+08:00`);
    const start = midnight - Math.max(1, Math.floor(s.due / 2)) * 1000;
    // Work ended long ago: what is left on is found when it is switched on.
    const due = start + (s.policy === "after-hours-shutoff" ? 0 : s.due * 1000);
    const story = begin(s, local(start));
    if (due > start) {
      story.playTo(local(due - 1000));
      expect(story.findings()).toEqual([]);
    }
    story.playTo(local(due + 3_600_000));
    expect(story.findings()).toMatchObject([{ openedAt: due, state: "open" }]);
  });

  it("goes on through a restart in the middle of its hold, and commands once", () => {
    if (s.due === 0) return;
    const story = begin(s, s.start);
    const down = 20;
    const half = Math.floor(s.due / 2);
    pass(story, half);
    const next = restartInto(new PolicyStory(s.start, site(), s.policy), story, down);
    expect(next.findings()).toEqual([]);
    pass(next, s.due + 60);
    expect(next.findings()).toHaveLength(1);
    pass(next, 900);
    expect(new Set(next.sent().map((c) => c.finding))).toEqual(new Set([next.findings()[0]!.id]));
    const [finding] = next.findings();
    // What the inputs date themselves is not put off by the restart; what only we saw begins anew.
    const start = Date.parse(`${s.start}+08:00`);
    expect(finding!.openedAt).toBeGreaterThanOrEqual(start + s.due * 1000);
    expect(finding!.openedAt).toBeLessThanOrEqual(start + (s.due + half + down) * 1000);
  });

  it("goes on through a restart with its finding open: neither the finding nor the command is doubled", () => {
    const story = begin(s, s.start);
    pass(story, s.due + 1);
    expect(story.findings()).toHaveLength(1);
    const next = restartInto(new PolicyStory(s.start, site(), s.policy), story, 20);
    pass(next, 120);
    expect(new Set([...story.findings(), ...next.findings()].map((f) => f.id)).size).toBe(1);
    expect([...next.house.findings.values()].map((f) => f.policy)).toEqual([s.policy]);
  });
});

describe("the season changes at midnight", () => {
  it("the boiler is waste the moment the heating season is over, and rightful when it begins", () => {
    const warm = { "outdoor-1": { temperature: 10 }, "boiler-1": { on: true, supply: 47, setpoint: 47 } };
    const s = { ...SITUATIONS.find((x) => x.policy === "boiler-follows-weather")!, said: warm };
    const spring = begin(s, "2026-03-15T22:00:00");
    spring.playTo("2026-03-16T00:00:59");
    expect(spring.findings()).toEqual([]);
    spring.playTo("2026-03-16T00:32:00");
    expect(spring.findings()).toMatchObject([{ reason: "out-of-season" }]);
    const autumn = begin(s, "2026-11-14T22:00:00");
    autumn.playTo("2026-11-14T23:59:00");
    expect(autumn.findings()).toMatchObject([{ reason: "out-of-season", state: "open" }]);
    autumn.playTo("2026-11-15T00:02:00");
    expect(autumn.findings()).toMatchObject([{ state: "closed", closeReason: "on-curve" }]);
  });

  it("a boiler that was off when the season began is missed by those who work in the cold", () => {
    const cold = { "outdoor-1": { temperature: 0 }, "boiler-1": { on: false, supply: 20, setpoint: 47 } };
    const story = begin({ ...SITUATIONS.find((x) => x.policy === "boiler-follows-weather")!, said: cold }, "2026-11-14T22:00:00");
    story.playTo("2026-11-16T08:59:00");
    expect(story.findings()).toEqual([]);
    story.playTo("2026-11-16T09:01:00");
    expect(story.findings()).toMatchObject([{ reason: "too-cold" }]);
  });
});
