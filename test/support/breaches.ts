/** One held instant of breach for every rule that judges devices, and what stands around it. */
import { POLICIES } from "../../server/core/policies/all.ts";
import type { FlowTrend } from "../../server/core/flow-trend.ts";
import { startFlow, takeFlow } from "../../server/core/flow-trend.ts";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import type { Held, HeldDevice } from "./held.ts";
import { instant } from "./held.ts";

/** A meter whose least night flow was so much (L/min) in each of the nights up to `date`, and nothing by day. */
export function nights(date: string, flows: readonly number[]): FlowTrend {
  const trend = startFlow(instant(`${date}T00:00:00`) - flows.length * 86_400_000, 0);
  flows.forEach((flow, i) => {
    const midnight = instant(`${date}T00:00:00`) - (flows.length - 1 - i) * 86_400_000;
    for (let hour = 0; hour < 10; hour++) takeFlow(trend, midnight + hour * 3_600_000, hour >= 2 && hour < 6 ? flow : 0, 3_600_000);
  });
  return trend;
}

/** A meter at which `hours` of nothing ended `run` hours before `until`, and `flow` L/min ran since. */
export function steady(until: string, hours: number, run: number, flow: number): FlowTrend {
  const end = instant(until);
  const trend = startFlow(end - hours * 3_600_000, 0);
  for (let hour = hours; hour >= 0; hour--) takeFlow(trend, end - hour * 3_600_000, hour <= run ? flow : 0, 3_600_000);
  return trend;
}

export const policy = (id: string): PolicyDefinition => POLICIES.find((p) => p.id === id)!;
export const DAY = "2026-07-01T10:00:00";
export const NIGHT = "2026-07-01T21:00:00";
const empty: HeldDevice = { kind: "presence", points: { occupied: false } };
const lamp: HeldDevice = { kind: "light", points: { on: true, power: 80 } };
const unit: HeldDevice = { kind: "ac", points: { on: true, mode: "cool", setpoint: 24, temperature: 27 } };

export interface Breach {
  readonly held: Held;
  readonly reason: string;
  readonly want: object | null;
  /** The subject's points without which nothing can be said. */
  readonly needs: readonly string[];
}

export const BREACHES: Readonly<Record<string, Breach>> = {
  "cooling-floor": { held: { at: DAY, subject: unit }, reason: "below", want: { setpoint: 26 }, needs: ["on", "mode", "setpoint"] },
  "heating-ceiling": {
    held: { at: "2026-12-01T10:00:00", subject: { kind: "ac", points: { on: true, mode: "heat", setpoint: 22, temperature: 18 } } },
    reason: "above",
    want: { setpoint: 20 },
    needs: ["on", "mode", "setpoint"],
  },
  "window-open-no-ac": {
    held: { at: DAY, subject: unit, around: [{ kind: "contact", points: { open: true } }] },
    reason: "open",
    want: { on: false },
    needs: ["on"],
  },
  "vacant-lights-off": { held: { at: DAY, subject: lamp, around: [empty] }, reason: "empty", want: { on: false }, needs: ["on"] },
  "vacant-ac-off": { held: { at: DAY, subject: unit, around: [empty] }, reason: "empty", want: { on: false }, needs: ["on"] },
  "daylight-lights-off": {
    held: { at: DAY, subject: lamp, around: [{ kind: "lux", points: { illuminance: 900 } }] },
    reason: "bright",
    want: { on: false },
    needs: ["on"],
  },
  "vacant-water-off": {
    held: { at: DAY, subject: { kind: "water", points: { flow: 6, valve: "open" } }, around: [empty] },
    reason: "running",
    want: { valve: "closed" },
    needs: ["flow"],
  },
  "after-hours-shutoff": {
    held: { at: NIGHT, subject: { ...lamp, points: { on: { value: true, ago: 40_000 } } } },
    reason: "left-on",
    want: { on: false },
    needs: ["on"],
  },
  "natural-air-first": {
    held: { at: DAY, subject: unit, around: [{ kind: "outdoor", points: { temperature: 24 } }] },
    reason: "cool-outside",
    want: { on: false },
    needs: ["on", "mode"],
  },
  "boiler-follows-weather": {
    held: {
      at: "2026-12-01T10:00:00",
      subject: { kind: "boiler", points: { on: true, supply: 70, setpoint: 70 } },
      around: [{ kind: "outdoor", points: { temperature: 0 } }],
    },
    reason: "too-hot",
    want: { setpoint: 59 },
    needs: ["on", "supply"],
  },
  "standby-cut": {
    held: { at: NIGHT, subject: { kind: "plug", points: { on: true, power: 30 } } },
    reason: "waits",
    want: { on: false },
    needs: ["on", "power"],
  },
  "night-flow": {
    held: { at: DAY, subject: { kind: "water", points: { flow: 0.5, valve: "open" } }, flow: nights("2026-07-01", [0, 0, 0, 0.1, 0, 0, 0, 0.5]) },
    reason: "leaks",
    want: null,
    needs: ["flow"],
  },
  "device-stuck": {
    held: { at: DAY, subject: { kind: "lux", points: { illuminance: { value: 400, ago: 3600 } } } },
    reason: "stuck",
    want: null,
    needs: [],
  },
  "off-but-draws": {
    held: { at: DAY, subject: { kind: "light", points: { on: false, power: 80 } } },
    reason: "draws",
    want: null,
    needs: ["on", "power"],
  },
  "supply-failed": {
    held: { at: DAY, subject: { kind: "meter", points: { voltage: 3 } } },
    reason: "no-supply",
    want: null,
    needs: ["voltage"],
  },
  "decorative-lights-off": {
    held: { at: NIGHT, subject: { ...lamp, tags: ["decorative", "A3"] }, space: null },
    reason: "ordinary-day",
    want: { on: false },
    needs: ["on"],
  },
};
