/** 夏季空调严格控制在26℃以上: whatever the season, no air conditioner cools below the limit. */
import type { PolicyDefinition } from "../policy.ts";
import { AUTO_AGAIN_MS, fine, numberOf, running, unknown } from "./inputs.ts";

/** Electricity saved per °C of setpoint, as share of the unit's power (roughly 6 %, DOMAIN §6). */
const SHARE_PER_DEGREE = 0.06;

export const coolingFloor: PolicyDefinition = {
  id: "cooling-floor",
  severity: "medium",
  defaultMode: "enforce",
  priority: 50,
  kinds: ["ac"],
  subject: "device",
  params: [
    { name: "limit", unit: "°C", default: 26, min: 16, max: 30 },
    { name: "hold", unit: "s", default: 60, min: 0, max: 3600 },
  ],
  watches: { own: ["on", "mode", "setpoint"] },
  legal: true,
  judge(view) {
    const state = running(view);
    if (state === null) return unknown("no-state");
    if (!state.on) return fine("off");
    const limit = view.params["limit"]!;
    const mode = view.point("mode");
    const setpoint = view.point("setpoint");
    const temperature = numberOf(view, "temperature");
    if (mode === undefined || setpoint === undefined || typeof setpoint.value !== "number")
      return unknown("no-setpoint", { mode: mode?.value ?? null, setpoint: setpoint?.value ?? null });
    const evidence = { mode: mode.value, setpoint: setpoint.value, limit, temperature };
    const auto = mode.value === "auto";
    if (!auto && mode.value !== "cool") return fine("not-cooling", evidence);
    if (setpoint.value >= limit) return fine("at-or-above", evidence);
    // In auto a unit cools when its room is warmer than what was asked for, and heats when it is colder.
    const recheckAt = auto ? view.now + AUTO_AGAIN_MS : undefined;
    if (auto && temperature === null) return unknown("no-sensor", evidence, recheckAt);
    if (auto && temperature! <= setpoint.value) return fine("not-cooling", evidence, recheckAt);
    return {
      state: "breach",
      reason: "below",
      evidence,
      hold: view.params["hold"]!,
      since: Math.max(state.since, setpoint.changed, mode.changed),
      want: { set: { setpoint: limit } },
      wasteShare: Math.min(1, (limit - setpoint.value) * SHARE_PER_DEGREE),
      recheckAt,
    };
  },
};
