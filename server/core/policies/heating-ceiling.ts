/** Winter: public buildings are not heated above the limit (国务院办公厅 2007: 冬季不高于20℃); applies whenever a unit heats. */
import type { PolicyDefinition } from "../policy.ts";
import { AUTO_AGAIN_MS, fine, numberOf, running, unknown } from "./inputs.ts";

const SHARE_PER_DEGREE = 0.06;

export const heatingCeiling: PolicyDefinition = {
  id: "heating-ceiling",
  severity: "medium",
  defaultMode: "enforce",
  priority: 50,
  kinds: ["ac"],
  subject: "device",
  params: [
    { name: "limit", unit: "°C", default: 20, min: 14, max: 28 },
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
    if (!auto && mode.value !== "heat") return fine("not-heating", evidence);
    if (setpoint.value <= limit) return fine("at-or-below", evidence);
    // In auto a unit cools when its room is warmer than what was asked for, and heats when it is colder.
    const recheckAt = auto ? view.now + AUTO_AGAIN_MS : undefined;
    if (auto && temperature === null) return unknown("no-sensor", evidence, recheckAt);
    if (auto && temperature! >= setpoint.value) return fine("not-heating", evidence, recheckAt);
    return {
      state: "breach",
      reason: "above",
      evidence,
      hold: view.params["hold"]!,
      since: Math.max(state.since, setpoint.changed, mode.changed),
      want: { set: { setpoint: limit } },
      wasteShare: Math.min(1, (setpoint.value - limit) * SHARE_PER_DEGREE),
      recheckAt,
    };
  },
};
