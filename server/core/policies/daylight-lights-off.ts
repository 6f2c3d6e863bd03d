/** 白天尽量利用自然光: lamps go out where daylight is enough without them. */
import type { PolicyDefinition, View } from "../policy.ts";
import { deadband } from "../policy.ts";
import { sunElevation } from "../sun.ts";
import { fine, numberOf, running, unknown } from "./inputs.ts";

/** The sun moves without a reading: it is looked at again this often. */
const SUN_AGAIN_MS = 900_000;

interface Daylight {
  readonly lux: number;
  readonly source: "indoor" | "outdoor";
  readonly measured: number;
}

/** Daylight at the desk in lx without the lamps' own contribution; "no-window" or null where it cannot be told. */
function daylight(view: View): Daylight | "no-window" | null {
  const sensor = view.neighbours("lux").find((s) => view.fresh(s.id) && numberOf(view, "illuminance", s.id) !== null);
  if (sensor !== undefined) {
    const measured = numberOf(view, "illuminance", sensor.id)!;
    return { lux: Math.max(0, measured - view.params["own-light"]!), source: "indoor", measured };
  }
  if (view.neighbours("lux").length > 0) return null;
  if (view.space === null || view.space.windows === null) return "no-window";
  const station = view.outdoor().find((s) => view.fresh(s.id) && numberOf(view, "illuminance", s.id) !== null);
  if (station === undefined) return null;
  const measured = numberOf(view, "illuminance", station.id)!;
  return { lux: (measured * view.params["factor"]!) / 100, source: "outdoor", measured };
}

export const daylightLightsOff: PolicyDefinition = {
  id: "daylight-lights-off",
  severity: "low",
  defaultMode: "enforce",
  priority: 30,
  kinds: ["light"],
  subject: "device",
  params: [
    { name: "limit", unit: "lx", default: 500, min: 100, max: 5000 },
    { name: "hold", unit: "s", default: 600, min: 0, max: 14_400 },
    { name: "own-light", unit: "lx", default: 300, min: 0, max: 2000 },
    { name: "sun", unit: "°", default: 5, min: -6, max: 45 },
    { name: "factor", unit: "%", default: 2, min: 0.1, max: 20 },
    deadband("lx", 500),
  ],
  swing(params, { daylight: value, source }) {
    if (typeof value !== "number") return null;
    const { limit, factor, "own-light": own } = params as Readonly<Record<"limit" | "factor" | "own-light", number>>;
    if (source === "indoor") return { value, breach: "above", point: "illuminance", of: "lux", at: limit + own, scale: 1 };
    return { value, breach: "above", point: "illuminance", of: "outdoor", at: (limit * 100) / factor, scale: factor / 100 };
  },
  watches: { own: ["on"], neighbours: { lux: ["illuminance"] }, outdoor: ["illuminance"] },
  judge(view) {
    const state = running(view);
    if (state === null) return unknown("no-state");
    if (!state.on) return fine("off");
    const { tags } = view.device;
    if (tags.includes("decorative") || tags.includes("always-on")) return fine("not-governed");
    const elevation = sunElevation(view.now, view.site.latitude, view.site.longitude);
    // A bright sensor in the dark sees lamps, not daylight.
    if (elevation < view.params["sun"]!) return fine("sun-low", { elevation: Math.round(elevation * 10) / 10 }, view.now + SUN_AGAIN_MS);
    const light = daylight(view);
    if (light === "no-window") return fine("no-window");
    if (light === null) return unknown("no-light-reading", {}, view.now + SUN_AGAIN_MS);
    const limit = view.params["limit"]!;
    const evidence = {
      daylight: Math.round(light.lux),
      measured: Math.round(light.measured),
      limit,
      source: light.source,
      elevation: Math.round(elevation * 10) / 10,
    };
    if (light.lux < limit - (view.standing() === "bright" ? view.params["deadband"]! : 0)) return fine("too-dark", evidence);
    return { state: "breach", reason: "bright", evidence, hold: view.params["hold"]!, want: { set: { on: false } }, recheckAt: view.now + SUN_AGAIN_MS };
  },
};
