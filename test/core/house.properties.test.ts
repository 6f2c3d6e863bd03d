import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pointDefinition } from "../../server/core/device.ts";
import { exemptionFor, protectionOf } from "../../server/core/house.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { smallSite } from "../support/small-site.ts";
import { PolicyStory } from "../support/policy-story.ts";

type Happening =
  | { readonly kind: "say"; readonly device: string; readonly values: Record<string, PointValue> }
  | { readonly kind: "wait"; readonly seconds: number }
  | { readonly kind: "online"; readonly device: string; readonly online: boolean }
  | { readonly kind: "override"; readonly device: string; readonly minutes: number }
  | { readonly kind: "print"; readonly sheets: number; readonly state: "held" | "completed" };

const devices = [
  "ac-301",
  "light-301",
  "presence-301",
  "contact-301",
  "lux-301",
  "plug-301",
  "ac-302",
  "ac-101",
  "exit-301",
  "water-102",
  "presence-102",
  "facade-1",
  "outdoor-1",
  "copier-301",
];
const value = fc.record(
  {
    on: fc.boolean(),
    mode: fc.constantFrom("cool", "heat", "auto", "off"),
    setpoint: fc.integer({ min: 16, max: 30 }),
    power: fc.integer({ min: 0, max: 2000 }),
    occupied: fc.boolean(),
    open: fc.boolean(),
    illuminance: fc.integer({ min: 0, max: 60_000 }),
    flow: fc.integer({ min: 0, max: 10 }),
    valve: fc.constantFrom("open", "closed"),
    temperature: fc.integer({ min: 10, max: 35 }),
  },
  { requiredKeys: [] },
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("say" as const), device: fc.constantFrom(...devices), values: value as fc.Arbitrary<Record<string, PointValue>> }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 59, 60, 300, 601, 3600) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("online" as const), device: fc.constantFrom(...devices), online: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("override" as const), device: fc.constantFrom(...devices), minutes: fc.integer({ min: 1, max: 120 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("print" as const),
      sheets: fc.integer({ min: 1, max: 40 }),
      state: fc.constantFrom("held", "completed" as const),
    }),
  },
);
const days = fc.constantFrom("2026-07-01T09:00:00", "2026-07-01T17:20:00", "2026-07-04T23:00:00", "2026-10-01T12:00:00", "2026-12-01T06:00:00");
const exempt = smallSite({ exemptions: [{ policy: null, device: null, space: "hall/302", spaceClass: null, reason: "clinic" }] });

function play(start: string, happenings: readonly Happening[], watch: (s: PolicyStory) => void = () => undefined): PolicyStory {
  const s = new PolicyStory(start, exempt);
  for (const h of happenings) {
    if (h.kind === "say") s.say(h.device, h.values);
    else if (h.kind === "wait") s.wait(h.seconds);
    else if (h.kind === "online") s.enter({ kind: "availability", device: `hall/${h.device}`, online: h.online });
    else if (h.kind === "override")
      s.ask("chief", {
        kind: "override",
        device: `hall/${h.device}`,
        space: null,
        policy: null,
        set: null,
        reason: "because",
        until: s.now + h.minutes * 60_000,
      });
    else
      s.enter({
        kind: "job",
        device: "hall/copier-301",
        job: {
          job: `j${s.now}`,
          user: "clerk",
          document: null,
          pages: h.sheets,
          copies: 1,
          sheets: h.sheets,
          duplex: false,
          color: false,
          state: h.state,
          at: s.now,
        },
      });
    watch(s);
  }
  return s;
}

describe("whatever happens", () => {
  it("the house keeps its promises", () => {
    fc.assert(
      fc.property(days, fc.array(happening, { minLength: 5, maxLength: 60 }), (start, happenings) => {
        const s = play(start, happenings, (now) => {
          const subjects = [...now.house.findings.values()].map((f) => `${f.policy} ${f.subject.device} ${f.subject.job}`);
          expect(new Set(subjects).size, "two open findings for one policy and subject").toBe(subjects.length);
          const active = [...now.house.commands.values()].filter((c) => c.set["job"] === undefined).map((c) => c.device);
          expect(new Set(active).size, "two active commands for one device").toBe(active.length);
        });
        for (const c of s.sent()) {
          const { device } = s.house.devices.get(c.device)!;
          expect(protectionOf(s.house, device), `${c.device} is protected`).toBeNull();
          expect(exemptionFor(s.house, device, c.by), `${c.device} is exempt`).toBeNull();
          for (const point of Object.keys(c.set))
            if (c.set["job"] === undefined) expect(pointDefinition(device.kind, point)?.writable, `${c.device} ${point}`).toBe(true);
          expect(c.reason).not.toBe("");
        }
        for (const f of s.findings()) {
          expect(f.reason).not.toBe("");
          expect(f.openedAt).toBeGreaterThanOrEqual(f.since);
          if (f.state === "closed") {
            expect(f.closeReason).not.toBeNull();
            expect(f.closedAt).toBeGreaterThanOrEqual(f.openedAt);
          }
        }
        for (const d of s.decisions) if ("why" in d) expect(d.why).not.toBe("");
        for (const c of s.commands()) expect(c.endedAt === null).toBe(["planned", "sent", "accepted", "reported"].includes(c.state));
      }),
      { numRuns: 300 },
    );
  });

  it("the same happenings give the same decisions", () => {
    fc.assert(
      fc.property(days, fc.array(happening, { minLength: 5, maxLength: 40 }), (start, happenings) => {
        expect(play(start, happenings).decisions).toEqual(play(start, happenings).decisions);
      }),
      { numRuns: 100 },
    );
  });
});
