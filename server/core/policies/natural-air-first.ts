/** 利用自然风, 少用电扇: where the air outside is cool enough, windows come before machines; and a fan in an empty room cools nobody. */
import type { PolicyDefinition, View } from "../policy.ts";
import { deadband } from "../policy.ts";
import { AUTO_AGAIN_MS, fine, numberOf, running, unknown } from "./inputs.ts";

/** Whether the unit cools now; null where it cannot be told. */
function cools(view: View): boolean | null {
  const mode = view.point("mode")?.value;
  if (mode === undefined) return null;
  if (mode !== "auto") return mode === "cool" || mode === "dry";
  const room = numberOf(view, "temperature");
  const setpoint = numberOf(view, "setpoint");
  return room === null || setpoint === null ? null : room > setpoint;
}

export const naturalAirFirst: PolicyDefinition = {
  id: "natural-air-first",
  severity: "low",
  defaultMode: "enforce",
  priority: 35,
  kinds: ["ac", "plug"],
  subject: "device",
  params: [
    { name: "limit", unit: "°C", default: 24, min: 10, max: 30 },
    { name: "hold", unit: "s", default: 900, min: 0, max: 14_400 },
    { name: "warn", unit: "s", default: 900, min: 0, max: 7200 },
    { name: "fan-hold", unit: "s", default: 600, min: 0, max: 14_400 },
    deadband("K", 5),
  ],
  swing: ({ limit }, { outdoor }) =>
    typeof outdoor === "number" ? { value: outdoor, breach: "below", point: "temperature", of: "outdoor", at: limit!, scale: 1 } : null,
  watches: { own: ["on"], ownOf: { ac: ["mode"] }, neighbours: { presence: ["occupied", "count"] }, outdoor: ["temperature"] },
  judge(view) {
    const fan = view.device.kind === "plug";
    if (view.device.tags.includes("always-on") || (fan && !view.device.tags.includes("fan"))) return fine("not-governed");
    const state = running(view);
    if (state === null) return unknown("no-state");
    if (!state.on) return fine("off");
    const want = { set: { on: false } };
    if (fan) {
      if (view.neighbours("presence").length === 0) return fine("no-sensor");
      const people = view.occupancy();
      if (people === null) return unknown("no-presence");
      const evidence = { power: numberOf(view, "power"), occupied: people.occupied, sinceAt: people.since };
      if (people.occupied) return fine("occupied", evidence);
      return { state: "breach", reason: "fan-alone", evidence, hold: view.params["fan-hold"]!, since: Math.max(people.since, state.since), want };
    }
    const mode = view.point("mode")?.value ?? null;
    const recheckAt = mode === "auto" ? view.now + AUTO_AGAIN_MS : undefined;
    const cooling = cools(view);
    if (cooling === null) return unknown("no-setpoint", { mode }, recheckAt);
    if (!cooling) return fine("not-cooling", { mode }, recheckAt);
    const stations = view.outdoor();
    if (stations.length === 0) return fine("no-station", { mode }, recheckAt);
    const station = stations.find((s) => view.fresh(s.id) && numberOf(view, "temperature", s.id) !== null);
    if (station === undefined) return unknown("no-outdoor", { mode }, recheckAt);
    const outdoor = numberOf(view, "temperature", station.id)!;
    const limit = view.params["limit"]!;
    const evidence = { outdoor, limit, mode, temperature: numberOf(view, "temperature"), power: numberOf(view, "power") };
    if (outdoor > limit + (view.standing() === "cool-outside" ? view.params["deadband"]! : 0)) return fine("warm-outside", evidence, recheckAt);
    return { state: "breach", reason: "cool-outside", evidence, hold: view.params["hold"]!, want, warn: view.params["warn"]!, recheckAt };
  },
};
