/** What is protected is never commanded: by no policy, by no person, by no approval, whatever is tried. */
import { describe, expect, it } from "vitest";
import type { Device } from "../../server/core/device.ts";
import { compileCustom } from "../../server/core/custom/compile.ts";
import type { CustomPolicy } from "../../server/core/custom/document.ts";
import { placePolicy } from "../../server/core/house.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import type { PointValue } from "../../server/core/reading.ts";
import type { Site } from "../../server/core/space.ts";
import { PROTECTED_CLASSES } from "../../server/core/space.ts";
import { PolicyStory } from "../support/policy-story.ts";
import type { Situation } from "../support/situations.ts";
import { SITUATIONS } from "../support/situations.ts";
import { device, smallSite } from "../support/small-site.ts";

const devices = [...smallSite().devices, device("boiler-1", "boiler", null)];
const COMMANDS: Readonly<Record<string, Readonly<Record<string, PointValue>>>> = {
  ac: { on: false },
  light: { on: false },
  plug: { on: false },
  boiler: { setpoint: 40 },
  water: { valve: "closed" },
  copier: { on: false },
};

/** The site with one device protected by its own word, or its space of a class that is. */
function guarded(subject: string, by: "protection" | (typeof PROTECTED_CLASSES extends ReadonlySet<infer C> ? C : never)): Partial<Site> | null {
  if (by === "protection") return { devices: devices.map((d): Device => (d.id === `hall/${subject}` ? { ...d, protection: "fire-line" } : d)) };
  const { space } = devices.find((d) => d.id === `hall/${subject}`)!;
  return space === null ? null : { devices, spaces: smallSite().spaces.map((s) => (s.id === space ? { ...s, class: by } : s)) };
}

function tryEverything(
  s: Pick<Situation, "subject" | "start" | "said" | "due">,
  more: Partial<Site>,
  policy: string,
  prepare: (story: PolicyStory) => void = () => undefined,
) {
  const story = new PolicyStory(s.start, smallSite({ ...more, policies: { [policy]: { mode: "enforce" } } }), policy);
  prepare(story);
  const id = `hall/${s.subject}`;
  const set = COMMANDS[story.house.devices.get(id)!.device.kind!]!;
  const until = story.now + 3 * 3_600_000;
  const asking = { device: id, space: null, policy: null, reason: "please", until } as const;
  const tell = () => {
    for (const [name, values] of Object.entries(s.said)) story.say(name, values);
  };
  tell();
  for (const by of ["director", "chief", "clerk"]) {
    expect(story.ask(by, { kind: "command", device: id, set, reason: "now" })).toMatchObject({ ok: false });
    expect(story.ask(by, { kind: "override", ...asking, set })).toMatchObject({ ok: false, refusal: { code: "protected" } });
    expect(story.ask(by, { kind: "override", ...asking, set, asks: true })).toMatchObject({ ok: false, refusal: { code: "protected" } });
  }
  const asked = story.ask("clerk", { kind: "override", ...asking, set: null, asks: true });
  if (asked.ok) story.ask("chief", { kind: "decide-approval", approval: asked.subject, grant: true, note: null });
  story.ask("director", { kind: "exemption", device: id, space: null, spaceClass: null, policy: "other", reason: "r", until: null, asks: false });
  story.ask("director", { kind: "policy", policy, change: { mode: "enforce" } });
  for (let passed = 0; passed < s.due + 4 * 3600; passed += 300) {
    story.wait(300);
    tell();
  }
  return story;
}

const classes = ["protection", ...PROTECTED_CLASSES] as const;

describe.each(SITUATIONS)("$policy", (s) => {
  it.each(classes)("never commands what is guarded by %s", (by) => {
    const more = guarded(s.subject, by);
    if (more === null) return;
    const story = tryEverything(s, more, s.policy);
    expect(story.sent()).toEqual([]);
    // The same without the guard is commanded: the situation is one.
    const free = new PolicyStory(s.start, smallSite({ devices, policies: { [s.policy]: { mode: "enforce" } } }), s.policy);
    for (let passed = 0; passed <= s.due + 900; passed += 60) {
      for (const [name, values] of Object.entries(s.said)) free.say(name, values);
      free.wait(60);
    }
    expect(free.sent().length).toBeGreaterThan(0);
  });
});

describe("also not", () => {
  const document: CustomPolicy = {
    id: "no-late-lamps",
    name: "n",
    rule: "r",
    kinds: ["light"],
    scope: {},
    when: { point: "on", is: true },
    hold: 60,
    set: { on: false },
    warn: 0,
    waste: 1,
    severity: "low",
    mode: "enforce",
    priority: 99,
    params: {},
  };

  it.each(classes)("by a policy that people wrote, guarded by %s", (by) => {
    const situation = { subject: "light-301", start: "2026-07-01T10:00:00", said: { "light-301": { on: true } }, due: 60 };
    const story = tryEverything(situation, guarded("light-301", by)!, "no-late-lamps", (st) => placePolicy(st.house, document.id, compileCustom(document)));
    expect(story.sent()).toEqual([]);
  });

  it.each(classes)("by any of the others, guarded by %s, with everything reported that can be", (by) => {
    for (const { id } of POLICIES.filter((p) => !SITUATIONS.some((s) => s.policy === p.id))) {
      const said = { "copier-301": { power: 600, pages: 100 }, "ac-301": { on: false, power: 900, energy: 5 }, "presence-301": { occupied: true } };
      for (const subject of ["copier-301", "ac-301"]) {
        const story = tryEverything({ subject, start: "2026-07-01T17:00:00", said, due: 600 }, guarded(subject, by)!, id, (st) => {
          const job = {
            job: "j",
            user: "clerk",
            document: "d",
            pages: 30,
            copies: 1,
            sheets: 30,
            duplex: false,
            color: false,
            state: "held",
            at: st.now,
          } as const;
          st.enter({ kind: "job", device: "hall/copier-301", job });
        });
        expect(story.sent().filter((c) => c.device === `hall/${subject}`)).toEqual([]);
      }
    }
  });
});
