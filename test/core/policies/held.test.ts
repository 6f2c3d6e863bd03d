/** Every policy at one held instant: violated, not violated, and whenever something needed is not known. */
import { describe, expect, it } from "vitest";
import { POLICIES } from "../../../server/core/policies/all.ts";
import type { Breach } from "../../support/breaches.ts";
import { BREACHES, DAY, policy } from "../../support/breaches.ts";
import type { Held, HeldDevice } from "../../support/held.ts";
import { instant, judge } from "../../support/held.ts";

it("every policy of the office stands in the list, once, and each that judges devices is held here", () => {
  const devices = [
    "cooling-floor",
    "heating-ceiling",
    "after-hours-shutoff",
    "vacant-lights-off",
    "vacant-ac-off",
    "vacant-water-off",
    "daylight-lights-off",
    "window-open-no-ac",
    "decorative-lights-off",
    "natural-air-first",
    "boiler-follows-weather",
    "standby-cut",
    "night-flow",
    "device-stuck",
    "off-but-draws",
    "supply-failed",
  ];
  // What needs more than an instant, or is about silence itself, is told in meters.test.ts.
  const elsewhere = ["device-silent", "meter-implausible", "reading-due", "copier-quota", "copier-unattributed"];
  const ids = POLICIES.map((p) => p.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining([...devices, "copier-approval", "copier-after-hours"]));
  expect(
    POLICIES.filter((p) => p.subject === "device")
      .map((p) => p.id)
      .sort(),
  ).toEqual([...Object.keys(BREACHES), ...elsewhere].sort());
});

describe.each(Object.entries(BREACHES))("%s", (id, { held, reason, want, needs }) => {
  const { subject } = held;
  const without = (change: Partial<HeldDevice>): Held => ({ ...held, subject: { ...subject, ...change } });

  it("is violated", () => {
    expect(judge(policy(id), held)).toMatchObject({ state: "breach", reason, want: want === null ? null : { set: want } });
  });

  it("knows nothing of a subject that fell silent", () => {
    expect(judge(policy(id), without({ silent: true })).state).toBe("unknown");
  });

  it.each(needs)("knows nothing without a good `%s`", (point) => {
    const { [point]: raw, ...rest } = subject.points;
    const value = typeof raw === "object" ? raw.value : raw!;
    for (const quality of ["suspect", "bad"] as const)
      expect(judge(policy(id), without({ points: { ...rest, [point]: { value, quality } } })).state, quality).toBe("unknown");
    expect(judge(policy(id), without({ points: rest })).state, "never heard").toBe("unknown");
  });
});

type Row = readonly [string, Breach];
const rows: readonly Row[] = Object.entries(BREACHES);
const withPoints = ({ held }: Breach, points: HeldDevice["points"]): Held => ({
  ...held,
  subject: { ...held.subject, points: { ...held.subject.points, ...points } },
});

it.each(rows.filter(([id, { held }]) => held.subject.kind !== "water" && id !== "device-stuck" && !["off-but-draws", "supply-failed"].includes(id)))(
  "%s is kept by what is off",
  (id, breach) => {
    expect(judge(policy(id), withPoints(breach, { on: false }))).toMatchObject({ state: "fine", reason: "off" });
  },
);

it.each(rows.filter(([, { held }]) => held.subject.kind === "ac"))("%s is kept by a unit in mode off", (id, breach) => {
  expect(judge(policy(id), withPoints(breach, { mode: "off" }))).toMatchObject({ state: "fine", reason: "off" });
});

it.each(rows.filter(([, { held }]) => held.around !== undefined))(
  "%s knows nothing while its sensor is silent, or bad, and does not apply where there is none",
  (id, { held }) => {
    const sensor = held.around![0]!;
    expect(judge(policy(id), { ...held, around: [{ ...sensor, silent: true }] }).state).toBe("unknown");
    const points = Object.fromEntries(
      Object.entries(sensor.points).map(([name, value]) => [name, { value: value as boolean | number, quality: "bad" as const }]),
    );
    expect(judge(policy(id), { ...held, around: [{ ...sensor, points }] }).state).toBe("unknown");
    expect(judge(policy(id), { ...held, around: [], space: { windows: null } }).state).toBe("fine");
  },
);

describe("an air conditioner in auto", () => {
  const auto = (temperature: HeldDevice["points"], id = "cooling-floor") =>
    judge(policy(id), { at: DAY, subject: { kind: "ac", points: { on: true, mode: "auto", setpoint: 23, ...temperature } } });

  it("cools in a warm room and heats in a cold one, and is looked at again within a minute, for the room changes by itself", () => {
    expect([auto({ temperature: 23.1 }).state, auto({ temperature: 23 }).state, auto({ temperature: 22.9 }).state]).toEqual(["breach", "fine", "fine"]);
    expect([auto({ temperature: 23.1 }, "heating-ceiling").state, auto({ temperature: 22.9 }, "heating-ceiling").state]).toEqual(["fine", "breach"]);
    for (const temperature of [20, 26]) expect(auto({ temperature }).recheckAt).toBe(instant(DAY) + 60_000);
  });

  it("is not judged where the room's temperature is not known", () => {
    expect(auto({})).toMatchObject({ state: "unknown", recheckAt: instant(DAY) + 60_000 });
    expect(auto({ temperature: { value: 30, quality: "suspect" } }).state).toBe("unknown");
  });
});

describe("after-hours-shutoff by the calendar", () => {
  const on = (ago: number): HeldDevice => ({ kind: "light", points: { on: { value: true, ago } } });
  const shut = (at: string, more: Partial<Held> = {}) => judge(policy("after-hours-shutoff"), { at, subject: on(86_400), ...more });

  it.each<[string, string, string]>([
    ["on Friday evening", "2026-07-03T18:30:00", "left-on"],
    ["still left on just after midnight: a new day is no new grace", "2026-07-04T00:10:00", "left-on"],
    ["on Sunday", "2026-07-05T12:00:00", "left-on"],
    ["on Monday before work, after a whole weekend", "2026-07-06T07:00:00", "left-on"],
    ["in the night before a working day", "2026-07-02T03:00:00", "left-on"],
    ["on a Saturday worked for a holiday", "2026-02-28T10:00:00", "working-hours"],
    ["on a public holiday that is a weekday", "2026-10-01T10:00:00", "left-on"],
    ["in the noon break", "2026-07-01T13:00:00", "midday-break"],
    ["in a year without holiday data, on a weekday", "2030-01-07T10:00:00", "working-hours"],
    ["in a year without holiday data, on a Saturday", "2030-01-05T10:00:00", "left-on"],
  ])("%s (%s): %s", (_what, at, reason) => {
    expect(shut(at).reason).toBe(reason);
  });

  it("tells when work really ended, over weekends and holidays", () => {
    for (const at of ["2026-07-04T00:10:00", "2026-07-05T12:00:00", "2026-07-06T03:00:00"])
      expect(shut(at).evidence["offSinceAt"], at).toBe(instant("2026-07-03T17:30:00"));
    expect(shut("2026-10-07T12:00:00").evidence["offSinceAt"]).toBe(instant("2026-09-30T17:30:00"));
  });

  it("takes what was switched on shortly before work for an early start, and what ran all night for waste", () => {
    const early = (ago: number) => judge(policy("after-hours-shutoff"), { at: "2026-07-02T07:00:00", subject: on(ago) }).reason;
    expect([early(60), early(1800), early(1801), early(40_000)]).toEqual(["early", "early", "left-on", "left-on"]);
  });

  it("looks again when a booking begins, and spares it until it ends", () => {
    const bookings = [{ kind: "meeting" as const, space: "hall/301", from: instant("2026-07-01T19:00:00"), until: instant("2026-07-01T21:00:00"), note: "m" }];
    expect(shut("2026-07-01T18:30:00", { bookings })).toMatchObject({ state: "breach", recheckAt: instant("2026-07-01T19:00:00") });
    expect(shut("2026-07-01T19:00:00", { bookings })).toMatchObject({ state: "fine", reason: "booked", recheckAt: instant("2026-07-01T21:00:00") });
    expect(shut("2026-07-01T18:30:00", { bookings: [{ ...bookings[0]!, space: "hall/302" }] }).recheckAt).toBe(instant("2026-07-02T00:00:00"));
  });

  it("looks again at midnight, when an event may begin", () => {
    const events = [{ name: "艺术节", from: "2026-07-02", until: "2026-07-02" }];
    expect(shut("2026-07-01T23:00:00", { events }).recheckAt).toBe(instant("2026-07-02T00:00:00"));
    expect(shut("2026-07-02T00:00:00", { events })).toMatchObject({ state: "fine", reason: "event" });
  });

  it("believes a sensor that only counts", () => {
    expect(shut("2026-07-01T20:00:00", { around: [{ kind: "presence", points: { count: 2 } }] }).reason).toBe("occupied");
    expect(policy("after-hours-shutoff").watches.neighbours?.presence).toContain("count");
  });

  it("takes an unknown occupancy for an empty room", () => {
    expect(shut("2026-07-01T20:00:00", { around: [{ kind: "presence", points: { occupied: true }, silent: true }] })).toMatchObject({
      state: "breach",
      evidence: { occupied: null },
    });
  });

  it("dates the waste from when the last one left", () => {
    const around = [{ kind: "presence" as const, points: { occupied: { value: false, ago: 600 } } }];
    expect(shut("2026-07-01T20:00:00", { around })).toMatchObject({ since: instant("2026-07-01T19:50:00") });
    expect(shut("2026-07-01T20:00:00", { around, params: { "spare-occupied": 0 } })).toMatchObject({ since: instant("2026-07-01T18:00:00") });
  });
});

it("what must run day and night is no light or unit left on by people who went", () => {
  for (const id of ["vacant-lights-off", "vacant-ac-off", "after-hours-shutoff", "daylight-lights-off"]) {
    const { held } = BREACHES[id]!;
    expect(judge(policy(id), { ...held, subject: { ...held.subject, tags: ["always-on"] } }), id).toMatchObject({ state: "fine", reason: "not-governed" });
  }
});
