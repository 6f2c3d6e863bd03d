/** Policies written as data: their form, their sense, and that they run like the office's own. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { customPolicySchema } from "../../server/contract/custom-policy.ts";
import { problemsOf } from "../../server/contract/mistakes.ts";
import { checkCustom } from "../../server/core/custom/check.ts";
import { compileCustom } from "../../server/core/custom/compile.ts";
import type { Condition, CustomPolicy } from "../../server/core/custom/document.ts";
import type { HeldDevice } from "../support/held.ts";
import { judge } from "../support/held.ts";
import { PolicyStory } from "../support/policy-story.ts";
import { restartInto } from "../support/restart.ts";
import { smallSite } from "../support/small-site.ts";

const base = { id: "corridor-dim", name: "Dim corridors", rule: "Corridors are dimmed by night.", kinds: ["light"], mode: "enforce", hold: 0 };
/** The document as it would be read from a file; throws where its form is wrong. */
const read = (more: object): CustomPolicy => customPolicySchema.parse({ ...base, ...more });
const mistakes = (more: object): string[] => {
  const parsed = customPolicySchema.safeParse({ ...base, ...more });
  if (!parsed.success) return problemsOf(parsed.error).map((p) => `${p.path}: ${p.message}`);
  return checkCustom(parsed.data, new Set(["cooling-floor"])).map((p) => `${p.path}: ${p.message}`);
};
const NIGHT = "2026-07-01T22:00:00";
const lamp: HeldDevice = { kind: "light", points: { on: true, brightness: 80, power: 40 } };
const state = (when: unknown, around: readonly HeldDevice[] = [], at = NIGHT, subject = lamp) =>
  judge(compileCustom(read({ when })), { at, subject, around }).state;

describe("a condition", () => {
  it.each([
    [{ point: "brightness", above: 79.9 }, "breach"],
    [{ point: "brightness", above: 80 }, "fine"],
    [{ point: "brightness", below: 80.1 }, "breach"],
    [{ point: "brightness", below: 80 }, "fine"],
    [{ point: "brightness", between: [80, 90] }, "breach"],
    [{ point: "brightness", between: [70, 80] }, "breach"],
    [{ point: "brightness", between: [80.1, 90] }, "fine"],
    [{ point: "on", is: true }, "breach"],
    [{ point: "on", isNot: true }, "fine"],
    [{ point: "energy", above: 1 }, "unknown"],
    // What was never heard may be missed since ever, or since now.
    [{ point: "energy", absent: 60 }, "unknown"],
    [{ point: "energy", absent: 0 }, "breach"],
    [{ point: "power", absent: 60 }, "fine"],
    [{ calendar: "after-hours" }, "breach"],
    [{ calendar: "working-hours" }, "fine"],
    [{ calendar: "summer" }, "breach"],
    [{ calendar: "holiday" }, "fine"],
    [{ clock: { from: "21:00", until: "06:00" } }, "breach"],
    [{ clock: { from: "06:00", until: "21:00" } }, "fine"],
    [{ clock: { from: "22:00", until: "22:01" } }, "breach"],
    [{ room: "empty" }, "unknown"],
  ])("%j is %s", (when, expected) => {
    expect(state(when)).toBe(expected);
  });

  it("looks at neighbours of a kind and at the station outdoors; one that fulfils it is enough", () => {
    const empty: HeldDevice = { kind: "presence", points: { occupied: { value: false, ago: 300 } } };
    const bright = (illuminance: number): HeldDevice => ({ kind: "lux", points: { illuminance } });
    expect(state({ room: "empty", for: 300 }, [empty])).toBe("breach");
    expect(state({ room: "empty", for: 301 }, [empty])).toBe("fine");
    expect(state({ point: "illuminance", of: "lux", above: 500 }, [bright(100), bright(600)])).toBe("breach");
    expect(state({ point: "illuminance", of: "lux", above: 500 }, [bright(100), { ...bright(600), silent: true }])).toBe("unknown");
    expect(state({ point: "temperature", of: "outdoor", below: 10 }, [{ kind: "outdoor", points: { temperature: 9 } }])).toBe("breach");
  });

  it.each<[string, string, string]>([
    ["working-hours", "2026-07-01T10:00:00", "2026-07-01T22:00:00"],
    ["working-hours", "2026-07-01T17:29:59", "2026-07-01T17:30:00"],
    ["working-hours", "2026-07-01T13:00:00", "2026-07-04T13:00:00"],
    ["after-hours", "2026-07-01T17:30:00", "2026-07-01T13:00:00"],
    ["working-day", "2026-10-10T10:00:00", "2026-10-01T10:00:00"],
    ["day-off", "2026-10-01T10:00:00", "2026-10-10T10:00:00"],
    ["holiday", "2026-10-01T10:00:00", "2026-07-04T10:00:00"],
    ["holiday", "2026-10-01T00:00:00", "2026-09-30T23:59:59"],
    ["make-up-day", "2026-10-10T10:00:00", "2026-07-01T10:00:00"],
    ["weekend", "2026-07-04T10:00:00", "2026-10-10T10:00:00"],
    ["summer", "2026-07-01T10:00:00", "2026-12-01T10:00:00"],
    ["winter", "2026-12-01T10:00:00", "2026-07-01T10:00:00"],
    ["heating-season", "2026-11-15T00:00:00", "2026-11-14T23:59:59"],
  ])("knows the calendar's word %s: true at %s, false at %s", (calendar, yes, no) => {
    expect([state({ calendar }, [], yes), state({ calendar }, [], no)]).toEqual(["breach", "fine"]);
  });

  it("knows what is declared and what is booked", () => {
    const from = Date.parse(`${NIGHT}+08:00`);
    const said = (calendar: string, more: object) => judge(compileCustom(read({ when: { calendar } })), { at: NIGHT, subject: lamp, ...more }).state;
    expect(said("major-event", { events: [{ name: "艺术节", from: "2026-07-01", until: "2026-07-01" }] })).toBe("breach");
    expect(said("major-event", { events: [{ name: "艺术节", from: "2026-07-02", until: "2026-07-02" }] })).toBe("fine");
    const booked = (space: string) => ({ bookings: [{ kind: "meeting", space, from, until: from + 1000, note: "m" }] });
    expect([said("booked", booked("hall/301")), said("booked", booked("hall/302"))]).toEqual(["breach", "fine"]);
  });

  it("knows nothing of what is stale or not believed, as the office's own rules do", () => {
    const when = { point: "brightness", above: 50 };
    for (const quality of ["suspect", "bad"] as const)
      expect(state(when, [], NIGHT, { kind: "light", points: { brightness: { value: 80, quality } } })).toBe("unknown");
    expect(state(when, [], NIGHT, { ...lamp, silent: true })).toBe("unknown");
  });

  it("is walked over in three values, like Kleene's logic", () => {
    type Truth = true | false | null;
    const LEAF = { t: { point: "on", is: true }, f: { point: "on", is: false }, u: { point: "energy", above: 0 } } as const;
    const leaf = fc.constantFrom("t", "f", "u" as const);
    interface Tree {
      readonly doc: unknown;
      readonly value: Truth;
    }
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, depthSize: "small" },
        leaf.map((l): Tree => ({ doc: LEAF[l], value: l === "t" ? true : l === "f" ? false : null })),
        fc.array(tie("tree"), { minLength: 1, maxLength: 3 }).map((parts): Tree => {
          const values = parts.map((p) => p.value);
          return { doc: { and: parts.map((p) => p.doc) }, value: values.includes(false) ? false : values.includes(null) ? null : true };
        }),
        fc.array(tie("tree"), { minLength: 1, maxLength: 3 }).map((parts): Tree => {
          const values = parts.map((p) => p.value);
          return { doc: { or: parts.map((p) => p.doc) }, value: values.includes(true) ? true : values.includes(null) ? null : false };
        }),
        tie("tree").map((part): Tree => ({ doc: { not: part.doc }, value: part.value === null ? null : !part.value })),
      ),
    }));
    fc.assert(
      fc.property(tree, ({ doc, value }) => {
        expect(state(doc)).toBe(value === null ? "unknown" : value ? "breach" : "fine");
      }),
    );
  });
});

describe("mistakes", () => {
  const when = { point: "on", is: true };
  it.each([
    [{ when, id: "cooling-floor" }, /^id: there is a policy "cooling-floor" already/],
    [{ when, id: "Über" }, /^id: is letters, digits/],
    [{ when: {} }, /^when: must have exactly one of point, and, or/],
    [{ when: { and: [] } }, /^when\.and: must be a list of 1 to 40/],
    [{ when: { and: [{ point: "on" }] } }, /^when\.and\[0\]: needs exactly one of above, below/],
    [{ when: { or: [{ not: { point: "brightness", above: 1, below: 2 } }] } }, /^when\.or\[0\]\.not: needs exactly one of .* not above and below/],
    [{ when: { point: "setpoint", above: 20 } }, /^when\.point: light has no point "setpoint"; it has on, brightness/],
    [{ when: { point: "on", above: 1 } }, /^when\.above: "on" is no number; use is or isNot/],
    [{ when: { point: "on", is: "yes" } }, /^when\.is: "on" is true or false, not "yes"/],
    [{ when: { point: "brightness", above: "$limit" } }, /^when\.above: there is no parameter "limit"/],
    [{ when: { point: "brightness", above: "limit" } }, /^when\.above: must be a number, or \$ and the name/],
    [{ when: { point: "brightness", between: [50, 40] } }, /^when\.between: 50 is above 40/],
    [{ when: { calendar: "lunch" } }, /^when\.calendar: /],
    [{ when: { clock: { from: "25:00", until: "06:00" } } }, /^when\.clock\.from: /],
    [{ when: { point: "on", is: true, code: "process.exit()" } }, /^when: Unrecognized key/],
    [{ when, set: { power: 3 } }, /^set\.power: "power" of light cannot be commanded/],
    [{ when, set: { brightness: 300 } }, /^set\.brightness: "brightness" is a number from 0 to 100 %, not 300/],
    [{ when, set: {} }, /^set: names no point/],
    [{ when }, /^mode: "enforce" needs something to set/],
    [{ when, mode: "advise", params: { limit: { unit: "%", default: 5, min: 1, max: 9 } } }, /^params\.limit: is used nowhere/],
    [{ when, mode: "advise", priority: 70 }, /^priority: /],
    [{ when: { not: { not: { not: { not: { not: { not: when } } } } } } }, /nested deeper than 6 levels/],
    [{ when, kinds: ["light", "water"], set: { on: false } }, /"on" of water cannot be commanded|water has no point "on"/],
  ])("%j", (more, expected) => {
    expect(mistakes(more).join("\n")).toMatch(expected);
  });

  it("are never thrown, whatever comes", () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 5 }), (when2) => {
        expect(() => mistakes({ when: when2 })).not.toThrow();
      }),
    );
    fc.assert(fc.property(fc.jsonValue(), (json) => void customPolicySchema.safeParse(json)));
  });

  it("of a good one there are none", () => {
    expect(mistakes({ when, set: { on: false } })).toEqual([]);
  });
});

describe("in the house", () => {
  const dim = read({
    when: { and: [{ point: "brightness", above: "$limit" }, { calendar: "after-hours" }, { point: "on", is: true, for: 120 }] },
    set: { brightness: 30 },
    params: { limit: { unit: "%", default: 50, min: 10, max: 100 } },
    hold: 60,
  });

  it("finds, commands, and closes like a rule of the office, written on the page while it runs", () => {
    const s = new PolicyStory("2026-07-01T20:00:00", smallSite({ policies: {} }), "none");
    s.say("light-301", { on: true, brightness: 80 });
    expect(s.ask("director", { kind: "write-policy", document: dim })).toEqual({ ok: true, subject: "corridor-dim" });
    // Two minutes for `for`, one for `hold`.
    s.playTo("2026-07-01T20:02:59");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T20:03:00");
    expect(s.findings()).toMatchObject([{ policy: "corridor-dim", reason: "custom-broken", evidence: { brightness: 80, on: true, day: "weekday" } }]);
    expect(s.sent()).toMatchObject([{ set: { brightness: 30 }, by: "corridor-dim" }]);
    s.say("light-301", { on: true, brightness: 30 });
    expect(s.findings()).toMatchObject([{ state: "closed", closeReason: "custom-kept" }]);
  });

  it("takes parameters, modes and scopes like the others; a new text ends what the old one found", () => {
    const s = new PolicyStory("2026-07-01T20:00:00", smallSite({ custom: [] }), "none");
    s.say("light-301", { on: true, brightness: 80 });
    s.ask("director", { kind: "write-policy", document: { ...dim, when: { point: "brightness", above: "$limit" } as Condition } });
    s.playTo("2026-07-01T20:01:00");
    expect(s.findings()).toHaveLength(1);
    s.ask("director", { kind: "policy", policy: "corridor-dim", change: { params: { limit: 90 } } });
    expect(s.findings()).toMatchObject([{ state: "closed" }]);
    expect(s.ask("director", { kind: "policy", policy: "corridor-dim", change: { params: { limit: 101 } } })).toMatchObject({
      refusal: { code: "param-out-of-range" },
    });
    s.ask("director", { kind: "policy", policy: "corridor-dim", change: { params: { limit: 20 }, mode: "observe" } });
    s.playTo("2026-07-01T20:05:00");
    expect(s.found("corridor-dim").at(-1)).toMatchObject({ state: "open", mode: "observe" });
    s.ask("director", { kind: "write-policy", document: { ...dim, when: { point: "brightness", below: 10 } as Condition, params: {} } });
    expect(s.found("corridor-dim").at(-1)).toMatchObject({ state: "closed", closeReason: "rewritten" });
    s.ask("director", { kind: "remove-policy", policy: "corridor-dim" });
    expect(s.house.policies.has("corridor-dim")).toBe(false);
    s.say("light-301", { on: true, brightness: 5 });
    s.playTo("2026-07-01T20:30:00");
    expect(s.house.findings.size).toBe(0);
  });

  it("cannot take the name of a rule of the office, nor be taken back where the site file writes it", () => {
    const s = new PolicyStory("2026-07-01T20:00:00", smallSite({ custom: [dim] }));
    expect(s.ask("director", { kind: "write-policy", document: { ...dim, id: "cooling-floor" } })).toMatchObject({ refusal: { code: "bad-policy" } });
    expect(s.ask("director", { kind: "write-policy", document: dim })).toMatchObject({ refusal: { code: "in-site-file" } });
    expect(s.ask("director", { kind: "remove-policy", policy: "cooling-floor" })).toMatchObject({ refusal: { code: "built-in" } });
    expect(s.ask("director", { kind: "remove-policy", policy: "nothing" })).toMatchObject({ refusal: { code: "unknown-policy" } });
  });

  it("never commands what is protected", () => {
    const s = new PolicyStory("2026-07-01T20:00:00", smallSite(), "none");
    s.say("exit-301", { on: true, brightness: 100 });
    s.ask("director", { kind: "write-policy", document: { ...dim, when: { point: "on", is: true } as Condition, params: {}, hold: 0 } });
    s.playTo("2026-07-01T21:00:00");
    expect(s.sent()).toEqual([]);
    expect(s.findings()).toEqual([]);
  });

  const story = (more: object, start = "2026-07-01T20:00:00") => {
    const s = new PolicyStory(start, smallSite(), "none");
    s.say("light-301", { on: true, brightness: 80 });
    s.ask("director", { kind: "write-policy", document: { ...dim, ...more } });
    return s;
  };

  it("lasts through a restart with its finding open, and through a moment that nobody knows of: one finding, for nothing changed", () => {
    const s = story({ when: { point: "on", is: true, for: 120 } as Condition, params: {} });
    s.playTo("2026-07-01T20:04:00");
    expect(s.findings()).toHaveLength(1);
    const next = restartInto(new PolicyStory("2026-07-01T20:00:00", smallSite(), "none"), s, 20);
    next.playTo("2026-07-01T20:20:00");
    expect([...next.house.findings.keys()]).toEqual([s.findings()[0]!.id]);
    next.say("light-301", { on: true }, "suspect");
    next.playTo("2026-07-01T20:21:00");
    next.say("light-301", { on: true });
    next.playTo("2026-07-01T20:30:00");
    expect([...next.house.findings.keys()]).toEqual([s.findings()[0]!.id]);
    expect(next.findings().filter((f) => f.state === "closed")).toEqual([]);
    // What really ended, and began again, has its time anew.
    next.say("light-301", { on: false });
    expect(next.house.findings.size).toBe(0);
    next.say("light-301", { on: true });
    next.playTo("2026-07-01T20:32:59");
    expect(next.house.findings.size).toBe(0);
    next.playTo("2026-07-01T20:33:00");
    expect(next.house.findings.size).toBe(1);
  });

  it("misses what is absent for so long, to the second, and not what was never heard when it began to listen", () => {
    const s = story({ when: { point: "power", absent: 600 } as Condition, params: {}, hold: 0, scope: { spaces: ["hall/301"] } });
    s.playTo("2026-07-01T20:09:59");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T20:10:00");
    expect(s.findings()).toMatchObject([{ state: "open", evidence: { power: null } }]);
    s.say("light-301", { power: 40 });
    expect(s.findings()).toMatchObject([{ state: "closed" }]);
    s.mute.add("hall/light-301");
    s.playTo("2026-07-01T20:19:59");
    expect(s.house.findings.size).toBe(0);
    s.playTo("2026-07-01T20:20:00");
    expect(s.house.findings.size).toBe(1);
    s.say("light-301", { power: 40 });
    s.say("light-301", { power: 41 }, "suspect");
    s.playTo("2026-07-01T20:29:59");
    expect(s.house.findings.size).toBe(0);
    s.playTo("2026-07-01T20:31:00");
    expect(s.house.findings.size).toBe(1);
  });

  it("each neighbour is missed for itself", () => {
    const s = story({ when: { point: "illuminance", of: "lux", absent: 600 } as Condition, params: {}, hold: 0 });
    s.playTo("2026-07-01T20:05:00");
    s.say("lux-301", { illuminance: 10 });
    s.playTo("2026-07-01T20:14:59");
    expect(s.findings()).toEqual([]);
    s.mute.add("hall/lux-301");
    s.playTo("2026-07-01T20:24:58");
    expect(s.findings()).toEqual([]);
    s.playTo("2026-07-01T20:25:59");
    expect(s.findings()).toMatchObject([{ evidence: { device: "hall/lux-301" } }]);
  });

  it("leaves alone whom the office exempts, and waits for a person's exception to end", () => {
    const s = new PolicyStory(
      "2026-07-01T20:00:00",
      smallSite({ exemptions: [{ policy: dim.id, device: "hall/light-301", space: null, spaceClass: null, reason: "r" }] }),
      "none",
    );
    s.say("light-301", { on: true, brightness: 80 });
    s.ask("director", { kind: "write-policy", document: dim });
    s.playTo("2026-07-01T21:00:00");
    expect(s.findings()).toEqual([]);
    const other = story({});
    const until = other.now + 3_600_000;
    other.ask("director", { kind: "override", device: "hall/light-301", space: null, policy: dim.id, set: null, reason: "a visit", until });
    other.playTo("2026-07-01T20:59:59");
    expect(other.findings()).toEqual([]);
    other.playTo("2026-07-01T21:04:00");
    expect(other.findings()).toHaveLength(1);
  });
});
