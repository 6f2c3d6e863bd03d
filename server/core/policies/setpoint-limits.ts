/**
 * 夏季空调严格控制在26℃以上, and in winter not above 20 °C (国务院办公厅 2007, public buildings): one rule about a setpoint's limit,
 * once for cooling and once for heating. Both hold in any season, whenever a unit really cools or heats. A boiler is governed by the setpoint of
 * the rooms that it heats, where its thermostat tells it; its water's temperature is the weather's business.
 */
import type { DeviceKind } from "../device.ts";
import type { PolicyDefinition, PointState, View } from "../policy.ts";
import { deadband } from "../policy.ts";
import { AUTO_AGAIN_MS, fine, numberOf, running, unknown } from "./inputs.ts";

/** Electricity saved per °C of setpoint, as share of the unit's power (roughly 6 %, DOMAIN §6). */
const SHARE_PER_DEGREE = 0.06;

interface Limit {
  readonly id: string;
  readonly kinds: readonly DeviceKind[];
  readonly mode: "cool" | "heat";
  readonly limit: { readonly default: number; readonly min: number; readonly max: number };
  /** Reasons: beyond the limit, within it, not doing what the limit is about. */
  readonly beyond: string;
  readonly within: string;
  readonly other: string;
}

/** Which points say what a room is to be, and is. */
function pointsOf(view: View): { readonly asked: string; readonly measured: string } {
  return view.device.kind === "boiler" ? { asked: "roomSetpoint", measured: "room" } : { asked: "setpoint", measured: "temperature" };
}

/** What the unit does; a boiler that runs heats, since when its switch says. */
function modeOf(view: View): Pick<PointState, "value" | "changed"> | undefined {
  if (view.device.kind !== "boiler") return view.point("mode");
  const on = view.point("on");
  return on === undefined ? undefined : { value: "heat", changed: on.changed };
}

function setpointLimit({ id, kinds, mode: governed, limit: bounds, beyond, within, other }: Limit): PolicyDefinition {
  // Degrees on the wasteful side of b, positive when a is there.
  const past = (a: number, b: number) => (governed === "cool" ? b - a : a - b);
  return {
    id,
    severity: "medium",
    defaultMode: "enforce",
    priority: 50,
    kinds,
    subject: "device",
    params: [{ name: "limit", unit: "°C", ...bounds }, { name: "hold", unit: "s", default: 60, min: 0, max: 3600 }, deadband("K", 3)],
    swing: ({ limit }, { setpoint, point }) =>
      typeof setpoint === "number"
        ? {
            value: setpoint,
            breach: governed === "cool" ? "below" : "above",
            point: typeof point === "string" ? point : "setpoint",
            of: "subject",
            at: limit!,
            scale: 1,
          }
        : null,
    watches: { own: ["on"], ownOf: { ac: ["mode", "setpoint"], boiler: ["roomSetpoint"] } },
    legal: true,
    judge(view) {
      const state = running(view);
      if (state === null) return unknown("no-state");
      if (!state.on) return fine("off");
      const limit = view.params["limit"]!;
      const { asked, measured } = pointsOf(view);
      const zone = view.device.kind === "boiler";
      if (zone && view.raw(asked) === undefined) return fine("no-thermostat");
      const mode = modeOf(view);
      const setpoint = view.point(asked);
      const temperature = numberOf(view, measured);
      if (mode === undefined || setpoint === undefined || typeof setpoint.value !== "number")
        return unknown("no-setpoint", { mode: mode?.value ?? null, setpoint: setpoint?.value ?? null });
      const evidence = { mode: mode.value, setpoint: setpoint.value, limit, temperature, ...(zone ? { point: asked } : {}) };
      const auto = mode.value === "auto";
      if (!auto && mode.value !== governed) return fine(other, evidence);
      const margin = view.params["deadband"]!;
      // What was set too far comes back a little further than the limit, and that is also what is asked of it.
      const back = governed === "cool" ? limit + margin : limit - margin;
      if (past(setpoint.value, view.standing() === beyond ? back : limit) <= 0) return fine(within, evidence);
      // In auto a unit cools when its room is warmer than what was asked for, and heats when it is colder.
      const recheckAt = auto ? view.now + AUTO_AGAIN_MS : undefined;
      if (auto && temperature === null) return unknown("no-sensor", evidence, recheckAt);
      if (auto && past(setpoint.value, temperature!) <= 0) return fine(other, evidence, recheckAt);
      return {
        state: "breach",
        reason: beyond,
        evidence,
        hold: view.params["hold"]!,
        since: Math.max(state.since, setpoint.changed, mode.changed),
        want: { set: { [asked]: back } },
        wasteShare: Math.min(1, Math.max(0, past(setpoint.value, limit)) * SHARE_PER_DEGREE),
        recheckAt,
      };
    },
  };
}

export const coolingFloor = setpointLimit({
  id: "cooling-floor",
  kinds: ["ac"],
  mode: "cool",
  limit: { default: 26, min: 16, max: 30 },
  beyond: "below",
  within: "at-or-above",
  other: "not-cooling",
});

export const heatingCeiling = setpointLimit({
  id: "heating-ceiling",
  kinds: ["ac", "boiler"],
  mode: "heat",
  limit: { default: 20, min: 14, max: 28 },
  beyond: "above",
  within: "at-or-below",
  other: "not-heating",
});
