import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pointDefinition } from "../../server/core/device.ts";
import { exemptionFor, protectionOf } from "../../server/core/house.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { device, smallSite } from "../support/small-site.ts";
import { PolicyStory } from "../support/policy-story.ts";
import { runs } from "../support/properties.ts";

type Happening =
  | { readonly kind: "say"; readonly device: string; readonly values: Record<string, PointValue> }
  /** Devices repeat themselves by the minute meanwhile, or all are silent. */
  | { readonly kind: "wait"; readonly minutes: number; readonly silent: boolean }
  | { readonly kind: "command"; readonly device: string }
  | { readonly kind: "online"; readonly device: string; readonly online: boolean }
  | { readonly kind: "override"; readonly device: string; readonly minutes: number }
  | { readonly kind: "print"; readonly sheets: number; readonly state: "held" | "completed" };

const often = (usual: boolean) => fc.constantFrom(usual, usual, usual, !usual);
const power = fc.constantFrom(0, 1.9, 30, 80, 900);
const celsius = fc.integer({ min: 10, max: 35 });
type Values = fc.Arbitrary<Record<string, PointValue>>;
const ac: Values = fc.record({
  on: often(true),
  mode: fc.constantFrom("cool", "cool", "cool", "heat", "auto", "off"),
  setpoint: fc.integer({ min: 16, max: 30 }),
  temperature: celsius,
  power,
});
const switched: Values = fc.record({ on: often(true), power });
const presence: Values = fc.record({ occupied: often(false) });
const water: Values = fc.record({ flow: fc.constantFrom(0, 0.05, 6, 6, 6), valve: fc.constantFrom("open", "open", "open", "closed") });
/** What each device may say; mostly what some rule minds, so that several rules mind one device at once. */
const SAYS: Readonly<Record<string, Values>> = {
  "ac-301": ac,
  "ac-302": ac,
  "ac-101": ac,
  "light-301": switched,
  "exit-301": switched,
  "facade-1": switched,
  "plug-301": switched,
  "presence-301": presence,
  "presence-102": presence,
  "contact-301": fc.record({ open: often(true) }),
  "lux-301": fc.record({ illuminance: fc.constantFrom(0, 300, 799, 800, 2000) }),
  "outdoor-1": fc.record({ temperature: celsius, illuminance: fc.constantFrom(0, 20_000, 60_000) }),
  "water-102": water,
  "hydrant-1": water,
  "copier-301": fc.record({ power, pages: fc.integer({ min: 1000, max: 1100 }) }),
};
const DEVICES = Object.keys(SAYS);
const said = fc
  .constantFrom(...DEVICES, "ac-301", "ac-301", "light-301", "light-301", "presence-301", "presence-102", "hydrant-1")
  .chain((device) => SAYS[device]!.map((values) => ({ kind: "say" as const, device, values })));
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 8, arbitrary: said },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait" as const), minutes: fc.constantFrom(1, 5, 11, 21, 60), silent: often(false) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("online" as const), device: fc.constantFrom(...DEVICES), online: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("override" as const), device: fc.constantFrom(...DEVICES), minutes: fc.integer({ min: 1, max: 120 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("command" as const), device: fc.constantFrom(...DEVICES) }) },
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
const exempt = smallSite({
  exemptions: [{ policy: null, device: null, space: "hall/302", spaceClass: null, reason: "clinic" }],
  devices: [...smallSite().devices, device("hydrant-1", "water", "102", { protection: "fire-line" })],
});
const COMMANDS: Readonly<Record<string, Readonly<Record<string, PointValue>>>> = { water: { valve: "closed" } };

function play(
  start: string,
  happenings: readonly Happening[],
  watch: (s: PolicyStory) => void = () => undefined,
  policies: readonly PolicyDefinition[] = POLICIES,
): PolicyStory {
  const s = new PolicyStory(start, exempt, undefined, policies);
  for (const h of happenings) {
    if (h.kind === "say") s.say(h.device, h.values);
    else if (h.kind === "wait") {
      for (let minute = 0; minute < h.minutes; minute++) {
        s.wait(60);
        if (!h.silent) s.repeat();
        watch(s);
      }
    } else if (h.kind === "command") {
      const set = COMMANDS[s.house.devices.get(`hall/${h.device}`)!.device.kind!] ?? { on: false };
      s.ask("director", { kind: "command", device: `hall/${h.device}`, set, reason: "now" });
    } else if (h.kind === "online") s.enter({ kind: "availability", device: `hall/${h.device}`, online: h.online });
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
        let looked = 0;
        const open = new Set<string>();
        const s = play(start, happenings, (now) => {
          // While a person's exception covers a device no rule commands it.
          for (; looked < now.decisions.length; looked++) {
            const d = now.decisions[looked]!;
            if (d.kind === "finding" && (d.why === "opened" || d.why === "closed")) {
              const subject = `${d.finding.policy} ${d.finding.subject.device} ${d.finding.subject.job}`;
              expect(open.has(subject), `${subject} is opened twice, or closed without being open`).toBe(d.why === "closed");
              if (d.why === "opened") open.add(subject);
              else open.delete(subject);
            }
            if (d.kind !== "send" || d.command.source !== "policy" || d.command.attempts > 1) continue;
            const { device } = now.house.devices.get(d.command.device)!;
            const covering = [...now.house.overrides.values()].filter(
              (o) => o.device === device.id && o.from < d.command.plannedAt && d.command.plannedAt < o.until,
            );
            expect(covering, `${device.id} is excepted`).toEqual([]);
          }
          const subjects = [...now.house.findings.values()].map((f) => `${f.policy} ${f.subject.device} ${f.subject.job}`);
          expect(new Set(subjects).size, "two open findings for one policy and subject").toBe(subjects.length);
          const active = [...now.house.commands.values()].filter((c) => c.set["job"] === undefined).map((c) => c.device);
          expect(new Set(active).size, "two active commands for one device").toBe(active.length);
        });
        for (const c of s.sent()) {
          const { device } = s.house.devices.get(c.device)!;
          expect(protectionOf(s.house, device), `${c.device} is protected`).toBeNull();
          if (c.source === "policy") expect(exemptionFor(s.house, device, c.by), `${c.device} is exempt`).toBeNull();
          for (const point of Object.keys(c.set))
            if (c.set["job"] === undefined) expect(pointDefinition(device.kind, point)?.writable, `${c.device} ${point}`).toBe(true);
          expect(c.reason).not.toBe("");
        }
        for (const { last } of s.house.standings.values()) if (last !== null) expect(last.reason).toMatch(/^[a-z]+(-[a-z]+)*$/);
        for (const f of s.findings()) {
          expect(f.reason).not.toBe("");
          const { device } = s.house.devices.get(f.subject.device)!;
          expect(exemptionFor(s.house, device, f.policy), `${device.id} is exempt`).toBeNull();
          expect(f.openedAt).toBeGreaterThanOrEqual(f.since);
          if (f.state === "closed") {
            expect(f.closeReason).toMatch(/./);
            expect(f.closedAt).toBeGreaterThanOrEqual(f.openedAt);
          }
        }
        for (const d of s.decisions) if ("why" in d) expect(d.why).not.toBe("");
        // What nothing measured ends as reported.
        for (const c of s.commands()) if (c.state !== "reported") expect(c.endedAt === null).toBe(["planned", "sent", "accepted"].includes(c.state));
      }),
      { numRuns: runs(300) },
    );
  });

  it("the same happenings give the same decisions", () => {
    fc.assert(
      fc.property(days, fc.array(happening, { minLength: 5, maxLength: 40 }), (start, happenings) => {
        expect(play(start, happenings).decisions).toEqual(play(start, happenings).decisions);
      }),
      { numRuns: runs(100) },
    );
  });

  it("the order of the policies changes no finding, no command and no alert", () => {
    const shuffled = fc.shuffledSubarray([...POLICIES], { minLength: POLICIES.length });
    const outcome = (s: PolicyStory) => {
      const byId = <T extends { readonly id: string }>(items: readonly T[]) => items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      return { findings: byId(s.findings()), commands: byId(s.commands()), alerts: byId(s.alerts()) };
    };
    fc.assert(
      fc.property(days, fc.array(happening, { minLength: 5, maxLength: 40 }), shuffled, (start, happenings, policies) => {
        expect(outcome(play(start, happenings, undefined, policies))).toEqual(outcome(play(start, happenings)));
      }),
      { numRuns: runs(150) },
    );
  });
});
