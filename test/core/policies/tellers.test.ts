/** Rules that only tell, or that judge print jobs: whom each leaves alone, what its mode means, on which days, and through a restart. */
import { describe, expect, it } from "vitest";
import { POLICIES } from "../../../server/core/policies/all.ts";
import { rejudgeAll } from "../../../server/core/restore.ts";
import type { PolicyOverrides } from "../../../server/core/policy.ts";
import type { Exemption } from "../../../server/core/space.ts";
import { PolicyStory } from "../../support/policy-story.ts";
import { restartInto } from "../../support/restart.ts";
import { SITUATIONS } from "../../support/situations.ts";
import { device, smallSite } from "../../support/small-site.ts";

interface Told {
  readonly policy: string;
  readonly subject: string;
  /** Local time of day at which it is told. */
  readonly at: string;
  readonly params?: Readonly<Record<string, number>>;
  /** What happens, up to the instant at which it is found. */
  readonly happens: (s: PolicyStory) => void;
  /** The days on which it is found; all where it does not look at the calendar. */
  readonly holidaysOnly?: boolean;
  /** Local time of day at which it begins so that midnight falls into it, and how often it is then found; absent: it needs the sun. */
  readonly overMidnight?: readonly [string, number];
}

const print = (s: PolicyStory, more: object) =>
  s.enter({
    kind: "job",
    device: "hall/copier-301",
    job: { job: "j1", user: "clerk", document: "d", pages: 12, copies: 1, sheets: 12, duplex: false, color: false, state: "completed", at: s.now, ...more },
  });
const later = (s: PolicyStory, minutes: number) => s.playTo(new Date(s.now + minutes * 60_000 + 8 * 3_600_000).toISOString().slice(0, 19));
const local = (day: string, at: string) => `${day}T${at}`;

const TOLD: readonly Told[] = [
  { policy: "device-silent", subject: "ac-301", at: "10:00:00", overMidnight: ["23:52:30", 1], happens: (s) => (s.say("ac-301", { on: true }), s.wait(901)) },
  { policy: "device-stuck", subject: "lux-301", at: "10:00:00", happens: (s) => (s.say("lux-301", { illuminance: 900 }), later(s, 130)) },
  {
    policy: "meter-implausible",
    subject: "plug-301",
    at: "10:00:00",
    overMidnight: ["23:59:30", 1],
    happens(s) {
      s.say("plug-301", { energy: 1200 });
      const state = s.house.devices.get("hall/plug-301")!;
      s.now += 60_000;
      const reading = { name: "energy", value: 12, quality: "suspect" as const, doubt: "fell" as const };
      s.enter({
        kind: "report",
        report: { device: state.device.id, at: s.now, received: s.now, late: false, readings: [reading] },
        topic: "t",
        codec: "native",
      });
      s.wait(2);
    },
  },
  {
    policy: "reading-due",
    subject: "gas-1",
    at: "10:00:00",
    overMidnight: ["23:59:59", 1],
    happens(s) {
      const read = { kind: "enter-reading", point: "hall/gas-1/gas", at: s.now - 70 * 86_400_000, value: 5, note: null } as const;
      s.ask("staff", read);
      s.wait(1);
    },
  },
  {
    policy: "off-but-draws",
    subject: "ac-301",
    at: "10:00:00",
    overMidnight: ["23:57:00", 1],
    happens: (s) => (s.say("ac-301", { on: false, power: 800 }), later(s, 6)),
  },
  {
    policy: "supply-failed",
    subject: "meter-3",
    at: "10:00:00",
    overMidnight: ["23:59:55", 1],
    happens: (s) => (s.say("meter-3", { voltage: 229 }), s.wait(1), s.say("meter-3", { voltage: 0 }), s.wait(10)),
  },
  {
    policy: "night-flow",
    subject: "water-102",
    at: "10:00:00",
    overMidnight: ["23:57:00", 1],
    happens: (s) => (s.say("water-102", { flow: 0.3 }), later(s, 24 * 60 + 16)),
  },
  {
    policy: "copier-unattributed",
    subject: "copier-301",
    at: "10:00:00",
    // Unattributed sides are counted by the day: what rose late in the evening is forgotten with it.
    overMidnight: ["23:50:00", 0],
    happens: (s) => (s.say("copier-301", { pages: 1000 }), s.wait(60), s.say("copier-301", { pages: 1040 }), later(s, 30)),
  },
  {
    policy: "copier-quota",
    subject: "copier-301",
    at: "10:00:00",
    overMidnight: ["23:30:00", 1],
    params: { limit: 10 },
    happens: (s) => (s.say("copier-301", { pages: 1000 }), s.wait(60), s.say("copier-301", { pages: 1040 }), later(s, 60)),
  },
  { policy: "copier-approval", subject: "copier-301", at: "10:00:00", overMidnight: ["23:59:59", 1], happens: (s) => (print(s, { state: "held" }), s.wait(1)) },
  {
    policy: "copier-after-hours",
    subject: "copier-301",
    at: "10:00:00",
    overMidnight: ["23:59:59", 1],
    holidaysOnly: true,
    happens: (s) => (print(s, {}), s.wait(1)),
  },
  {
    policy: "copier-duplex",
    subject: "copier-301",
    at: "10:00:00",
    overMidnight: ["23:59:59", 1],
    happens: (s) => (print(s, { document: "年终总结 初稿" }), s.wait(1)),
  },
];
/** A working day, Saturday, a public holiday, a Saturday that is worked for it, a winter's day. */
const DAYS = { "2026-07-01": false, "2026-07-04": true, "2026-10-01": true, "2026-10-10": false, "2026-12-01": false } as const;

it("every policy is told, here or among those that act", () => {
  expect([...SITUATIONS.map((s) => s.policy), ...TOLD.map((t) => t.policy)].sort()).toEqual(POLICIES.map((p) => p.id).sort());
});

interface More {
  readonly policy?: PolicyOverrides;
  readonly exemptions?: readonly Exemption[];
  readonly override?: boolean;
}

const devices = [...smallSite().devices, device("meter-3", "meter", "301"), device("gas-1", "meter", "301", { manual: { point: "gas", every: "month" } })];

function begin(t: Told, day: string, { policy, exemptions = [], override = false }: More = {}): PolicyStory {
  const s = new PolicyStory(local(day, t.at), smallSite({ devices, policies: { [t.policy]: { params: t.params, ...policy } }, exemptions }), t.policy);
  rejudgeAll(s.house, s.now);
  s.enter({ kind: "tick" });
  const until = s.now + 3 * 24 * 3_600_000;
  if (override) s.ask("director", { kind: "override", device: `hall/${t.subject}`, space: null, policy: t.policy, set: null, reason: "a visit", until });
  return s;
}

function play(t: Told, day = "2026-07-01", more: More = {}): PolicyStory {
  const s = begin(t, day, more);
  t.happens(s);
  return s;
}

describe.each(TOLD)("$policy", (t) => {
  const due = t.holidaysOnly === true ? "2026-07-04" : "2026-07-01";
  const outcome = (more: More) => {
    const s = play(t, due, more);
    return { found: s.findings().length, alerts: s.alerts().length };
  };
  const exempt = (more: Partial<Exemption>): Exemption => ({ policy: null, device: null, space: null, spaceClass: null, reason: "because", ...more });

  it("is found once, and told by its mode", () => {
    const advised = play(t, due, { policy: { mode: "advise" } });
    expect(advised.findings()).toMatchObject([{ policy: t.policy, subject: { device: `hall/${t.subject}` } }]);
    expect(advised.alerts()).toHaveLength(1);
    expect(outcome({ policy: { mode: "observe" } })).toEqual({ found: 1, alerts: 0 });
  });

  it.each(Object.entries(DAYS))("on %s", (day, free) => {
    expect(play(t, day).findings().length).toBe(t.holidaysOnly === true && !free ? 0 : 1);
  });

  const nothing = { found: 0, alerts: 0 };
  it("leaves alone whom the office exempts or excepts, and is silent where it is switched off or does not apply", () => {
    expect(outcome({ exemptions: [exempt({ device: `hall/${t.subject}` })] })).toEqual(nothing);
    expect(outcome({ exemptions: [exempt({ device: `hall/${t.subject}`, policy: t.policy })] })).toEqual(nothing);
    expect(outcome({ exemptions: [exempt({ device: `hall/${t.subject}`, policy: "other" })] }).found).toBe(1);
    expect(outcome({ override: true })).toEqual(nothing);
    expect(outcome({ policy: { enabled: false } })).toEqual(nothing);
    expect(outcome({ policy: { scope: { floors: ["9"] } } })).toEqual(nothing);
  });

  it("is found over midnight, and once", () => {
    if (t.overMidnight === undefined) return;
    const [at, times] = t.overMidnight;
    const s = play({ ...t, at });
    later(s, 10);
    expect(s.findings()).toHaveLength(times);
  });

  it("is not doubled by a restart with its finding open", () => {
    const s = play(t, due, { policy: { mode: "advise" } });
    const next = restartInto(begin(t, due, { policy: { mode: "advise" } }), s, 20);
    next.wait(120);
    expect(new Set([...s.findings(), ...next.findings()].map((f) => f.id)).size).toBe(1);
  });
});

describe("a restart in the middle", () => {
  const restarted = (policy: string, s: PolicyStory) => restartInto(new PolicyStory("2026-07-01T10:00:00", smallSite({ devices }), policy), s, 20);
  const told = (policy: string) =>
    begin(
      TOLD.find((t) => t.policy === policy)!,
      "2026-07-01",
    );
  const found = (s: PolicyStory) => s.findings().map((f) => [f.state, s.clock(f.openedAt)]);

  it("of what says it is off and draws: found when it would have been", () => {
    const s = told("off-but-draws");
    s.say("ac-301", { on: false, power: 800 });
    later(s, 3);
    const next = restarted("off-but-draws", s);
    next.playTo("2026-07-01T10:04:59");
    expect(next.findings()).toEqual([]);
    next.playTo("2026-07-01T10:05:00");
    expect(found(next)).toEqual([["open", "10:05:00"]]);
  });

  it("of a circuit without power: its hold goes on, and the power's return ends it", () => {
    const s = told("supply-failed");
    s.say("meter-3", { voltage: 231 });
    s.wait(60);
    s.say("meter-3", { voltage: 0.4 });
    s.wait(5);
    const next = restartInto(new PolicyStory("2026-07-01T10:00:00", smallSite({ devices }), "supply-failed"), s, 4);
    expect(next.findings()).toEqual([]);
    next.wait(1);
    expect(next.findings()).toMatchObject([{ reason: "no-supply", severity: "high", evidence: { voltage: 0.4, limit: 50 } }]);
    next.say("meter-3", { voltage: 228 });
    expect(next.findings()).toMatchObject([{ state: "closed", closeReason: "supplied" }]);
  });

  it("of what repeats itself: found when it would have been, to the second", () => {
    const s = told("device-stuck");
    s.say("lux-301", { illuminance: 900 });
    later(s, 60);
    const next = restarted("device-stuck", s);
    next.playTo("2026-07-01T11:59:59");
    expect(next.findings()).toEqual([]);
    next.playTo("2026-07-01T12:00:00");
    expect(found(next)).toEqual([["open", "12:00:00"]]);
  });

  it("of sides that nobody explains: found when it would have been", () => {
    const s = told("copier-unattributed");
    s.say("copier-301", { pages: 1000 });
    s.wait(60);
    s.say("copier-301", { pages: 1040 });
    later(s, 5);
    const next = restarted("copier-unattributed", s);
    next.playTo("2026-07-01T10:15:59");
    expect(next.findings()).toEqual([]);
    next.playTo("2026-07-01T10:16:00");
    expect(found(next)).toEqual([["open", "10:16:00"]]);
  });

  it("of a silence: we could not hear, so three intervals from now on", () => {
    const s = told("device-silent");
    s.say("ac-301", { on: true });
    s.wait(600);
    const next = restarted("device-silent", s);
    next.wait(900);
    expect(next.findings()).toEqual([]);
    next.wait(1);
    expect(next.findings()).toHaveLength(1);
  });

  it("of a day without rest: found within a quarter of an hour of the day's end", () => {
    const s = told("night-flow");
    s.say("water-102", { flow: 0.3 });
    later(s, 12 * 60);
    const next = restarted("night-flow", s);
    later(next, 12 * 60 - 1);
    expect(next.findings()).toEqual([]);
    later(next, 16);
    expect(next.findings()).toMatchObject([{ reason: "never-rests", openedAt: Date.parse("2026-07-02T10:00:00+08:00") }]);
  });

  it("of a job that waits: told again by its copier it is one finding and one request, and ends with the job", () => {
    const s = told("copier-approval");
    print(s, { state: "held" });
    const next = restarted("copier-approval", s);
    print(next, { state: "held", at: s.now });
    next.wait(60);
    expect([next.house.findings.size, next.house.approvals.size]).toEqual([1, 1]);
    expect(next.sent()).toEqual([]);
    const [approval] = next.house.approvals.keys();
    next.ask("chief", { kind: "decide-approval", approval: approval!, grant: true, note: null });
    expect(next.sent()).toMatchObject([{ set: { job: "j1", release: true } }]);
    print(next, { at: s.now });
    expect(next.findings()).toMatchObject([{ id: s.findings()[0]!.id, state: "closed", closeReason: "decided" }]);
  });
});
