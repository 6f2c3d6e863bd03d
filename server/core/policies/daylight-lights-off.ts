/**
 * 白天尽量利用自然光: lamps go out where daylight is enough without them, and stay out only where the room's own sensor then still measures
 * enough. A lamp that can be dimmed and is still needed gives just what daylight lacks.
 */
import type { Effect, PolicyDefinition, View, Want } from "../policy.ts";
import { deadband } from "../policy.ts";
import type { DeviceId } from "../reading.ts";
import { sunElevation } from "../sun.ts";
import { fine, numberOf, running, unknown } from "./inputs.ts";

const ID = "daylight-lights-off";
/** The sun moves without a reading: it is looked at again this often. */
const SUN_AGAIN_MS = 900_000;
/** Brighter than any sensor measures, lx: too bright is no trouble. */
const BRIGHTEST = 200_000;

interface Daylight {
  readonly lux: number;
  readonly source: "indoor" | "outdoor";
  readonly measured: number;
  /** The sensor in the room; null where the sky alone tells. */
  readonly sensor: DeviceId | null;
}

/** Daylight at the desk in lx without the lamps' own contribution, which falls as they are dimmed; "no-window" or null where it cannot be told. */
function daylight(view: View): Daylight | "no-window" | null {
  const sensor = view.neighbours("lux").find((s) => view.fresh(s.id) && numberOf(view, "illuminance", s.id) !== null);
  if (sensor !== undefined) {
    const measured = numberOf(view, "illuminance", sensor.id)!;
    const own = (view.params["own-light"]! * (numberOf(view, "brightness") ?? 100)) / 100;
    return { lux: Math.max(0, measured - own), source: "indoor", measured, sensor: sensor.id };
  }
  if (view.neighbours("lux").length > 0) return null;
  if (view.space === null || view.space.windows === null) return "no-window";
  const station = view.outdoor().find((s) => view.fresh(s.id) && numberOf(view, "illuminance", s.id) !== null);
  if (station === undefined) return null;
  const measured = numberOf(view, "illuminance", station.id)!;
  return { lux: (measured * view.params["factor"]!) / 100, source: "outdoor", measured, sensor: null };
}

/** The brightness (%) at which lamps give what so much daylight (lx) lacks of what is kept, in full tens; 0 where it lacks nothing. */
function lacking(view: View, lux: number): number {
  const lacks = view.params["keep"]! - lux;
  return lacks <= 0 ? 0 : Math.min(100, Math.ceil((lacks / view.params["own-light"]!) * 10) * 10);
}

/** The room must keep its light, by the same sensor; nothing where none is asked for or measured. */
function keeps(view: View, sensor: DeviceId | null): { readonly proof?: Effect } {
  const keep = view.params["keep"]!;
  if (sensor === null || keep <= 0) return {};
  return { proof: { point: "illuminance", from: keep, to: BRIGHTEST, seconds: view.params["watch"]!, device: sensor, stays: true } };
}

export const daylightLightsOff: PolicyDefinition = {
  id: ID,
  severity: "low",
  defaultMode: "enforce",
  priority: 30,
  kinds: ["light"],
  subject: "device",
  params: [
    { name: "limit", unit: "lx", default: 500, min: 100, max: 5000 },
    { name: "hold", unit: "s", default: 600, min: 0, max: 14_400 },
    { name: "keep", unit: "lx", default: 300, min: 0, max: 2000 },
    { name: "watch", unit: "s", default: 180, min: 60, max: 3600 },
    { name: "back-off", unit: "s", default: 3600, min: 600, max: 21_600 },
    { name: "own-light", unit: "lx", default: 300, min: 0, max: 2000 },
    { name: "sun", unit: "°", default: 5, min: -6, max: 45 },
    { name: "factor", unit: "%", default: 2, min: 0.1, max: 20 },
    deadband("lx", 500),
  ],
  swing(params, { daylight: value, measured, source, limit: at }) {
    if (typeof value !== "number" || typeof measured !== "number" || typeof at !== "number") return null;
    if (source === "indoor") return { value, breach: "above", point: "illuminance", of: "lux", at: at + measured - value, scale: 1 };
    const factor = params["factor"]!;
    return { value, breach: "above", point: "illuminance", of: "outdoor", at: (at * 100) / factor, scale: factor / 100 };
  },
  watches: { own: ["on", "brightness"], neighbours: { lux: ["illuminance"] }, outdoor: ["illuminance"] },
  judge(view) {
    const state = running(view);
    if (state === null) return unknown("no-state");
    if (!state.on) return fine("off");
    const { tags } = view.device;
    if (tags.includes("decorative") || tags.includes("always-on")) return fine("not-governed");
    const keep = view.params["keep"]!;
    const spared = view.spared(ID);
    if (spared !== null) return fine("given-back", { measured: Math.round(spared.value), keep, untilAt: spared.until }, spared.until);
    const elevation = sunElevation(view.now, view.site.latitude, view.site.longitude);
    // A bright sensor in the dark sees lamps, not daylight.
    if (elevation < view.params["sun"]!) return fine("sun-low", { elevation: Math.round(elevation * 10) / 10 }, view.now + SUN_AGAIN_MS);
    const light = daylight(view);
    if (light === "no-window") return fine("no-window");
    if (light === null) return unknown("no-light-reading", {}, view.now + SUN_AGAIN_MS);
    const brightness = light.sensor === null ? null : numberOf(view, "brightness");
    // Where a lamp can be on or off only, it is off at no less than what is to be kept.
    const limit = light.sensor === null || brightness !== null ? view.params["limit"]! : Math.max(view.params["limit"]!, keep);
    const level = brightness === null ? 0 : lacking(view, light.lux);
    const evidence = {
      daylight: Math.round(light.lux),
      measured: Math.round(light.measured),
      limit,
      source: light.source,
      elevation: Math.round(elevation * 10) / 10,
      ...(level > 0 ? { keep, level } : {}),
    };
    if (light.lux < limit - (view.standing() === "bright" ? view.params["deadband"]! : 0)) return fine("too-dark", evidence);
    if (brightness !== null && level > 0 && brightness <= level) return fine("dimmed", evidence, view.now + SUN_AGAIN_MS);
    const want: Want = { set: level > 0 ? { brightness: level } : { on: false }, ...keeps(view, light.sensor) };
    const wasteShare = brightness === null || level === 0 ? 1 : 1 - level / brightness;
    return { state: "breach", reason: "bright", evidence, hold: view.params["hold"]!, want, wasteShare, recheckAt: view.now + SUN_AGAIN_MS };
  },
  amends(view, { value, set }) {
    const spare = view.params["back-off"]!;
    if (numberOf(view, "brightness") === null) return { want: { set: { on: true } }, spare };
    // What was dimmed and is too dark all the same gives all its light again; what was off gives what the room lacks, and is looked after once more.
    const level = "brightness" in set ? 100 : lacking(view, value);
    const sensor = view.neighbours("lux").find((s) => view.fresh(s.id)) ?? null;
    return { want: { set: { on: true, brightness: level }, ...(level === 100 ? {} : keeps(view, sensor?.id ?? null)) }, spare };
  },
};
