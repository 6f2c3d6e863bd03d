/** What holds of every policy whatever is heard: no exception, a named reason, evidence, only commands that a device can take, and no missed look. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DeviceKind } from "../../../server/core/device.ts";
import { DEVICE_KINDS, POINTS, pointDefinition } from "../../../server/core/device.ts";
import { POLICIES } from "../../../server/core/policies/all.ts";
import type { Judgement, Looks, PolicyDefinition } from "../../../server/core/policy.ts";
import type { Held, HeldDevice } from "../../support/held.ts";
import { instant, judge } from "../../support/held.ts";
import { runs } from "../../support/properties.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const anything = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(true, false, "cool", "heat", "auto", "dry", "off", "open", "closed") },
  { weight: 8, arbitrary: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 80_000 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
/** Mostly what the point may say, sometimes what it may not. */
const valueOf = (kind: DeviceKind, point: string) => {
  const definition = pointDefinition(kind, point)!;
  const proper =
    definition.type === "boolean"
      ? fc.boolean()
      : definition.type === "enum"
        ? fc.constantFrom(...definition.values!)
        : fc.double({ min: definition.min!, max: Math.min(definition.max!, 80_000), noNaN: true });
  return fc.record({
    value: fc.oneof({ weight: 6, arbitrary: proper as fc.Arbitrary<boolean | string | number> }, { weight: 1, arbitrary: anything }),
    quality: fc.oneof({ weight: 8, arbitrary: fc.constant("good" as const) }, { weight: 1, arbitrary: fc.constantFrom("suspect" as const, "bad" as const) }),
    ago: fc.integer({ min: 0, max: 100_000 }),
  });
};
const deviceOf = (kinds: readonly DeviceKind[]): fc.Arbitrary<HeldDevice> =>
  fc.constantFrom(...kinds).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      points: fc.record(Object.fromEntries(POINTS[kind].map((p) => [p.name, valueOf(kind, p.name)])), { requiredKeys: [] }) as fc.Arbitrary<
        HeldDevice["points"]
      >,
      tags: fc.subarray(["decorative", "illumination", "always-on", "after-hours", "A3"], { maxLength: 2 }),
      silent: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  );
const START = instant("2023-12-01T00:00:00");
const at = fc.oneof(
  fc.integer({ min: START, max: instant("2028-02-01T00:00:00") }),
  fc.constantFrom("2026-07-03T23:59:59", "2026-07-04T00:00:00", "2026-07-01T17:30:00", "2026-07-01T18:00:00", "2026-12-31T23:59:59"),
);
const heldFor = (policy: PolicyDefinition): fc.Arbitrary<Held> =>
  at.chain((moment) =>
    fc.record(
      {
        at: fc.constant(moment),
        subject: deviceOf(policy.kinds),
        around: fc.array(deviceOf(["presence", "contact", "lux", "outdoor"]), { maxLength: 4 }),
        space: fc.oneof({ weight: 6, arbitrary: fc.record({ windows: fc.constantFrom(null, 180) }) }, { weight: 1, arbitrary: fc.constant(null) }),
        params: fc.record(
          Object.fromEntries(policy.params.map((p) => [p.name, fc.oneof(fc.constant(p.default), fc.double({ min: p.min, max: p.max, noNaN: true }))])),
        ) as fc.Arbitrary<Record<string, number>>,
        events: fc.constantFrom([], [{ name: "艺术节", from: "2026-07-01", until: "2026-07-04" }]),
        bookings: fc.array(
          fc
            .record({
              kind: fc.constantFrom("meeting" as const, "duty" as const),
              space: fc.constantFrom(null, "hall/301", "hall/302"),
              start: fc.integer({ min: -2 * DAY, max: 2 * DAY }),
              minutes: fc.integer({ min: 1, max: 600 }),
            })
            .map(({ kind, space, start, minutes }) => ({
              kind,
              space,
              from: instant(moment) + start,
              until: instant(moment) + start + minutes * MINUTE,
              note: "n",
            })),
          { maxLength: 2 },
        ),
        job: fc.record({
          sheets: fc.integer({ min: 0, max: 1_000_000 }),
          user: fc.constantFrom(null, "clerk"),
          document: fc.constantFrom(null, "d"),
          state: fc.constantFrom("held", "completed", "canceled" as const),
          at: fc.integer({ min: 0, max: 3 * DAY }).map((ago) => instant(moment) - ago),
        }),
      },
      { requiredKeys: ["at", "subject", "around", "space", "params", "events", "bookings", "job"] },
    ),
  );

function check(held: Held, judgement: Judgement): void {
  const now = instant(held.at);
  expect(judgement.reason).toMatch(/^[a-z]+(-[a-z]+)*$/);
  for (const [name, value] of Object.entries(judgement.evidence)) {
    expect(["boolean", "string", "number"].includes(typeof value) || value === null, `${name} is ${typeof value}`).toBe(true);
    if (typeof value === "number") expect(Number.isFinite(value), name).toBe(true);
    if (name.endsWith("At")) expect(typeof value, name).toBe("number");
  }
  if (judgement.recheckAt !== undefined) expect(judgement.recheckAt).toBeGreaterThan(now);
  if (judgement.state !== "breach") return;
  expect(Object.keys(judgement.evidence).length, "a breach has evidence").toBeGreaterThan(0);
  expect(judgement.hold).toBeGreaterThanOrEqual(0);
  expect(judgement.since ?? now).toBeLessThanOrEqual(now);
  expect(judgement.wasteShare ?? 1).toBeGreaterThanOrEqual(0);
  expect(judgement.wasteShare ?? 1).toBeLessThanOrEqual(1);
  for (const [point, value] of Object.entries(judgement.want?.set ?? {})) {
    const definition = pointDefinition(held.subject.kind, point);
    expect(definition?.writable, `${held.subject.kind} ${point} is writable`).toBe(true);
    expect(typeof value).toBe(definition!.type === "enum" ? "string" : definition!.type);
    if (definition!.values !== undefined) expect(definition!.values).toContain(value);
  }
}

describe.each(POLICIES.map((p) => [p.id, p] as const))("%s", (_id, policy) => {
  it("always answers, with a reason, evidence and only what the device can do", () => {
    fc.assert(
      fc.property(heldFor(policy), (held) => check(held, judge(policy, held))),
      { numRuns: runs(400) },
    );
  });

  it("has parameters within their own bounds, and looks at points that exist", () => {
    for (const p of policy.params) {
      expect(p.min, p.name).toBeLessThanOrEqual(p.default);
      expect(p.default, p.name).toBeLessThanOrEqual(p.max);
    }
    for (const point of policy.watches.own)
      expect(
        policy.kinds.some((k) => pointDefinition(k, point) !== undefined),
        point,
      ).toBe(true);
    for (const kind of DEVICE_KINDS)
      for (const point of policy.watches.neighbours?.[kind] ?? []) expect(pointDefinition(kind, point), `${kind} ${point}`).toBeDefined();
    for (const point of policy.watches.outdoor ?? []) expect(pointDefinition("outdoor", point), point).toBeDefined();
  });
});

/** Whether a subject's point is on another side of an edge, tells something where it told nothing, or is there for the first time. */
function crosses({ point, edges }: Looks, before: Held["subject"]["points"], after: Held["subject"]["points"]): boolean {
  const told = ({ [point]: said }: Held["subject"]["points"]): number | null => {
    const { value, quality = "good" } = typeof said === "object" ? said : { value: said };
    return quality === "good" && typeof value === "number" ? value : null;
  };
  const side = (value: number | null, edge: number) => (value === null ? null : value > edge);
  if (before[point] === undefined && after[point] !== undefined) return true;
  return edges.some((edge) => side(told(before), edge) !== side(told(after), edge));
}

/** Silence is what one of them is about. */
const judging = POLICIES.filter((p) => p.subject === "device" && p.id !== "device-silent");

describe.each(judging.map((p) => [p.id, p] as const))("%s", (_id, policy) => {
  it("finds nothing at a subject that fell silent", () => {
    fc.assert(
      fc.property(heldFor(policy), (held) => judge(policy, { ...held, subject: { ...held.subject, silent: true } }).state !== "breach"),
      { numRuns: runs(200) },
    );
  });

  it("is not changed by a point that it does not watch, unless it looks again within a minute or where the point crossed an edge", () => {
    const { own, ownOf, neighbours, outdoor } = policy.watches;
    const watched = (subject: boolean, kind: DeviceKind, point: string) =>
      subject
        ? own.includes(point) || ownOf?.[kind]?.includes(point) === true
        : neighbours?.[kind]?.includes(point) === true || (kind === "outdoor" && outdoor?.includes(point) === true);
    const changed = heldFor(policy).chain((held) => {
      const devices = [held.subject, ...held.around!];
      const points = devices.flatMap((d, i) => POINTS[d.kind].filter((p) => !watched(i === 0, d.kind, p.name)).map((p) => ({ i, kind: d.kind, name: p.name })));
      return points.length === 0
        ? fc.constant({ held, next: held })
        : fc.constantFrom(...points).chain(({ i, kind, name }) =>
            valueOf(kind, name).map((value) => {
              const after = devices.map((d, n) => (n === i ? { ...d, points: { ...d.points, [name]: value } } : d));
              return { held, next: { ...held, subject: after[0]!, around: after.slice(1) } };
            }),
          );
    });
    fc.assert(
      fc.property(changed, ({ held, next }) => {
        const before = judge(policy, held);
        if (before.recheckAt !== undefined && before.recheckAt <= instant(held.at) + MINUTE) return;
        if (before.looks !== undefined && crosses(before.looks, held.subject.points, next.subject.points)) return;
        expect(judge(policy, next).state).toBe(before.state);
      }),
      { numRuns: runs(500) },
    );
  });

  it("does not change by the clock alone before it wanted to look again", () => {
    fc.assert(
      fc.property(heldFor(policy), fc.double({ min: 0, max: 1, noNaN: true }), (held, share) => {
        const now = instant(held.at);
        const before = judge(policy, held);
        const until = before.recheckAt ?? now + 3 * DAY;
        // What it looks at every quarter of an hour (the sun) may be that much late.
        if (until <= now + 15 * MINUTE) return;
        const seconds = Math.floor((share * (until - 1 - now)) / 1000);
        const older = (d: HeldDevice): HeldDevice => ({
          ...d,
          points: Object.fromEntries(
            Object.entries(d.points).map(([name, p]) => [name, typeof p === "object" ? { ...p, ago: (p.ago ?? 0) + seconds } : { value: p, ago: seconds }]),
          ),
        });
        const later = judge(policy, { ...held, at: now + seconds * 1000, subject: older(held.subject), around: held.around!.map(older) });
        expect({ after: seconds, state: later.state, reason: later.state === before.state ? before.reason : later.reason }).toEqual({
          after: seconds,
          state: before.state,
          reason: before.reason,
        });
      }),
      { numRuns: runs(500) },
    );
  });
});
