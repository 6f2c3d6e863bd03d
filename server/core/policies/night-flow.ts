/**
 * 夜间无长流水: water that runs when nobody is there to use it leaks. The least hourly flow of the night is held against the
 * nights before (minimum night flow, IWA Water Loss Task Force), and a meter that never comes to rest for a day is a leak by itself.
 */
import type { FlowTrend } from "../flow-trend.ts";
import { leastHour, MOST_NIGHTS, percentile } from "../flow-trend.ts";
import type { PolicyDefinition, View } from "../policy.ts";
import type { Millis } from "../reading.ts";
import { fine, unknown } from "./inputs.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The night whose end was the last one at or before `now`, by the local clock. One that ends no later in the day than it begins began the day before. */
function lastNight(view: View): { readonly from: Millis; readonly until: Millis } {
  const begins = view.params["night-from"]! * HOUR;
  const ends = view.params["night-until"]! * HOUR;
  const today = view.calendar.midnight(view.now);
  const midnight = view.now >= today + ends ? today : view.calendar.midnight(today - DAY / 2);
  return { from: midnight + begins - (ends > begins ? 0 : DAY), until: midnight + ends };
}

/** What is usual by the nights before; `flow` null where too few of them are known. */
function baseline(view: View, trend: FlowTrend, from: Millis, until: Millis): { readonly flow: number | null; readonly nights: number } {
  const looked = Math.floor(view.params["nights"]!);
  const nights: number[] = [];
  for (let back = 1; back <= looked; back++) {
    const least = leastHour(trend, from - back * DAY, until - back * DAY);
    if (least !== null) nights.push(least);
  }
  // More nights than are looked at can never be known.
  const enough = nights.length >= Math.min(looked, view.params["least-nights"]!);
  return { flow: enough ? percentile(nights, view.params["percentile"]! / 100) : null, nights: nights.length };
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
    { name: "night-from", unit: "h", default: 2, min: 0, max: 23 },
    { name: "night-until", unit: "h", default: 5, min: 1, max: 24 },
    { name: "nights", unit: "", default: 7, min: 1, max: MOST_NIGHTS },
    { name: "least-nights", unit: "", default: 3, min: 1, max: MOST_NIGHTS },
    { name: "percentile", unit: "%", default: 20, min: 0, max: 100 },
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
    const usual = baseline(view, trend, from, until);
    const evidence = { flow: trend.value, least, usual: usual.flow, limit, nights: usual.nights, zeroAt: trend.zeroAt };
    const restless = view.params["restless"]! * HOUR;
    if (view.now - since >= restless && trend.value > 0)
      return { state: "breach", reason: "never-rests", evidence: { ...evidence, sinceAt: since }, hold: 0, since: since + restless, want, recheckAt };
    if (least === null) return unknown("no-night", evidence, recheckAt);
    if (least <= limit) return fine("quiet-night", evidence, recheckAt);
    if (usual.flow === null) return unknown("no-baseline", evidence, recheckAt);
    if (least <= (usual.flow * view.params["rise"]!) / 100) return fine("usual-night", evidence, recheckAt);
    return { state: "breach", reason: "leaks", evidence, hold: 0, since: until, want, recheckAt };
  },
};
