/**
 * 供暖期内根据气温状况合理安排供热: the supply follows the weather by a heating curve, and outside the heating season nothing is heated.
 * The curve is the usual linear one: supply = base + slope · (20 °C − outdoor), in °C.
 */
import type { Judgement, PolicyDefinition, View, Want } from "../policy.ts";
import { deadband } from "../policy.ts";
import { fine, numberOf, unknown } from "./inputs.ts";

/** Where no heat is needed, °C outdoors. */
const NO_HEAT = 20;
/** A setpoint this near to the curve is left alone, in K: the weather moves all the time. */
const NEAR = 2;
/** The water needs its time to come to a new supply temperature. */
const FOLLOWS_SECONDS = 7200;
const AGAIN_MS = 60_000;
const DAY = 86_400_000;

function curve(view: View, outdoor: number): number {
  const supply = view.params["base"]! + view.params["slope"]! * Math.max(0, NO_HEAT - outdoor);
  return Math.round(Math.min(view.params["most"]!, supply));
}

/** The setpoint to write; null where the boiler takes none, or has it already: then its crew is told. */
function toCurve(view: View, target: number, band: number): Want | null {
  const setpoint = numberOf(view, "setpoint");
  if (setpoint === null || Math.abs(setpoint - target) <= NEAR) return null;
  return { set: { setpoint: target }, proof: { point: "supply", from: target - band, to: target + band, seconds: FOLLOWS_SECONDS } };
}

export const boilerFollowsWeather: PolicyDefinition = {
  id: "boiler-follows-weather",
  severity: "medium",
  defaultMode: "enforce",
  priority: 50,
  kinds: ["boiler"],
  subject: "device",
  params: [
    { name: "base", unit: "°C", default: 35, min: 20, max: 60 },
    { name: "slope", unit: "K/K", default: 1.2, min: 0.2, max: 3.5 },
    { name: "most", unit: "°C", default: 75, min: 30, max: 95 },
    { name: "band", unit: "K", default: 5, min: 1, max: 20 },
    { name: "hold", unit: "s", default: 1800, min: 0, max: 14_400 },
    deadband("K", 20),
  ],
  watches: { own: ["on", "setpoint"] },
  judge(view): Judgement {
    if (view.device.tags.includes("hot-water")) return fine("not-governed");
    const on = view.point("on");
    if (on === undefined || typeof on.value !== "boolean" || !view.fresh(view.device.id)) return unknown("no-state");
    const { calendar, now } = view;
    const recheckAt = Math.min(now + AGAIN_MS, calendar.nextChange(now));
    const hold = view.params["hold"]!;
    const supply = numberOf(view, "supply");
    const day = calendar.day(now);
    if (!calendar.heating(now)) {
      // The season begins at a midnight, with nobody saying anything.
      if (on.value === false) return fine("off", {}, calendar.midnight(calendar.midnight(now) + DAY + DAY / 2));
      const evidence = { supply, date: day.date, power: numberOf(view, "power") };
      // The season may have ended at midnight: what ran before was rightful.
      const since = Math.max(on.changed, calendar.midnight(now));
      return { state: "breach", reason: "out-of-season", evidence, hold, since, want: { set: { on: false } }, recheckAt };
    }
    if (supply === null) return unknown("no-supply", {}, recheckAt);
    const stations = view.outdoor();
    if (stations.length === 0) return fine("no-station", { supply }, recheckAt);
    const station = stations.find((s) => view.fresh(s.id) && numberOf(view, "temperature", s.id) !== null);
    if (station === undefined) return unknown("no-outdoor", { supply }, recheckAt);
    const outdoor = numberOf(view, "temperature", station.id)!;
    const target = curve(view, outdoor);
    const band = view.params["band"]!;
    const evidence = { supply, target, band, outdoor, setpoint: numberOf(view, "setpoint") };
    // What left the band is back when it is so far within it, at the curve at the latest.
    const standing = view.standing();
    const within = (reason: string) => (standing === reason ? Math.max(0, band - view.params["deadband"]!) : band);
    if (on.value && supply > target + within("too-hot")) {
      // Heat that leaves with the flue and the rooms grows with the water's excess over the room.
      const wasteShare = Math.min(1, (supply - target) / Math.max(1, supply - NO_HEAT));
      return { state: "breach", reason: "too-hot", evidence, hold, want: toCurve(view, target, band), wasteShare, recheckAt };
    }
    // By night the supply may be lowered; cold rooms count while people work.
    if (supply < target - within("too-cold") && calendar.working(now) && outdoor < NO_HEAT)
      return { state: "breach", reason: "too-cold", evidence, hold, want: on.value ? toCurve(view, target, band) : null, wasteShare: 0, recheckAt };
    return on.value ? fine("on-curve", evidence, recheckAt) : fine("off", evidence, recheckAt);
  },
};
