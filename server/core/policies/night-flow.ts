/**
 * 夜间无长流水: water that runs when nobody is there to use it leaks. The least hourly flow between 02:00 and 05:00 is held against the
 * nights before (minimum night flow, IWA Water Loss Task Force), and a meter that never comes to rest for a day is a leak by itself.
 */
import type { FlowTrend } from "../flow-trend.ts";
import { leastHour, percentile } from "../flow-trend.ts";
import type { PolicyDefinition, View } from "../policy.ts";
import type { Millis } from "../reading.ts";
import { fine, unknown } from "./inputs.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Nights that must be known before one can be held against them. */
const KNOWN_NIGHTS = 3;

/** The night whose end was the last one at or before `now`: [02:00, 05:00) by the local clock. */
function lastNight(view: View): { readonly from: Millis; readonly until: Millis } {
  const today = view.calendar.midnight(view.now);
  const midnight = view.now >= today + 5 * HOUR ? today : view.calendar.midnight(today - DAY / 2);
  return { from: midnight + 2 * HOUR, until: midnight + 5 * HOUR };
}

function baseline(trend: FlowTrend, from: Millis, until: Millis): { readonly flow: number; readonly nights: number } {
  const nights: number[] = [];
  for (let back = 1; back <= 7; back++) {
    const least = leastHour(trend, from - back * DAY, until - back * DAY);
    if (least !== null) nights.push(least);
  }
  return { flow: percentile(nights, 0.2) ?? 0, nights: nights.length };
}

export const nightFlow: PolicyDefinition = {
  id: "night-flow",
  severity: "high",
  defaultMode: "enforce",
  priority: 45,
  kinds: ["water"],
  subject: "device",
  params: [
    { name: "limit", unit: "L/min", default: 0.2, min: 0.05, max: 100 },
    { name: "rise", unit: "%", default: 150, min: 100, max: 1000 },
    { name: "restless", unit: "h", default: 24, min: 6, max: 168 },
    { name: "close-valve", unit: "", default: 0, min: 0, max: 1 },
  ],
  watches: { own: [] },
  judge(view) {
    const trend = view.flow();
    if (view.device.tags.includes("always-on")) return fine("not-governed");
    if (trend === null || view.point("flow") === undefined || !view.fresh(view.device.id)) return unknown("no-flow-reading", {}, view.now + HOUR);
    const { from, until } = lastNight(view);
    const limit = view.params["limit"]!;
    const recheckAt = Math.min(until + DAY, view.now + HOUR / 4);
    const since = trend.zeroAt ?? trend.since;
    const valve = view.point("valve")?.value === "open" && view.params["close-valve"]! >= 1 && view.occupancy()?.occupied === false;
    const want = valve ? { set: { valve: "closed" } } : null;
    const least = leastHour(trend, from, until);
    const usual = baseline(trend, from, until);
    const evidence = { flow: trend.value, least, usual: usual.nights < KNOWN_NIGHTS ? null : usual.flow, limit, nights: usual.nights, zeroAt: trend.zeroAt };
    const restless = view.params["restless"]! * HOUR;
    if (view.now - since >= restless && trend.value > 0)
      return { state: "breach", reason: "never-rests", evidence: { ...evidence, sinceAt: since }, hold: 0, since: since + restless, want, recheckAt };
    if (least === null) return unknown("no-night", evidence, recheckAt);
    if (least <= limit) return fine("quiet-night", evidence, recheckAt);
    if (usual.nights < KNOWN_NIGHTS) return unknown("no-baseline", evidence, recheckAt);
    if (least <= (usual.flow * view.params["rise"]!) / 100) return fine("usual-night", evidence, recheckAt);
    return { state: "breach", reason: "leaks", evidence, hold: 0, since: until, want, recheckAt };
  },
};
