/** What a finding wastes while it lasts: the subject's power and flow, integrated, and their price. */
import { priceNow } from "./account/price.ts";
import type { DeviceState, House, Waste } from "./house.ts";
import type { Millis, Report } from "./reading.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

function measured(state: DeviceState, point: "power" | "flow"): number {
  const value = state.points.get(point);
  return value !== undefined && value.quality === "good" && typeof value.value === "number" ? Math.max(0, value.value) : 0;
}

/** A load is believed for three of the device's intervals after it was last heard: silence is no waste that anybody measured. */
function believedUntil(state: DeviceState, heard: Millis): Millis {
  return heard + 3000 * state.device.interval;
}

export function startWaste(state: DeviceState, now: Millis, share: number): Waste {
  return {
    at: now,
    until: believedUntil(state, Math.max(now, state.seenAt ?? now)),
    power: measured(state, "power"),
    flow: measured(state, "flow"),
    share,
    kwh: 0,
    m3: 0,
    told: now,
  };
}

/** The device goes on saying the same until `heard`, at least. */
export function believeWaste(state: DeviceState, waste: Waste, heard: Millis): void {
  waste.until = Math.max(waste.until, believedUntil(state, heard));
}

/** Integrates the load that stood until `now` (a step function: the last measured value holds until the next one). */
function advance(waste: Waste, now: Millis): void {
  const dt = Math.min(now, waste.until) - waste.at;
  waste.at = Math.max(waste.at, now);
  if (dt <= 0) return;
  waste.kwh += ((waste.power / 1000) * waste.share * dt) / HOUR;
  waste.m3 += ((waste.flow / 1000) * dt) / MINUTE;
}

/** Takes a report of the subject into its waste. Returns true when a minute has passed since it was last told. */
export function takeWaste(state: DeviceState, waste: Waste, report: Report): boolean {
  advance(waste, report.at);
  believeWaste(state, waste, report.at);
  for (const r of report.readings) {
    if (r.quality !== "good" || typeof r.value !== "number") continue;
    if (r.name === "power" || r.name === "flow") waste[r.name] = Math.max(0, r.value);
  }
  if (report.at - waste.told < MINUTE) return false;
  waste.told = report.at;
  return true;
}

/** kWh, m³ and CNY (by the site's tariffs) that were wasted until `now`; null where nothing was measured. */
export function wasteOf(
  house: House,
  state: DeviceState,
  waste: Waste,
  now: Millis,
): { readonly kwh: number; readonly m3: number; readonly cny: number } | null {
  if (!state.points.has("power") && !state.points.has("flow")) return null;
  advance(waste, now);
  const cny = waste.kwh * priceNow(house, "electricity", now) + waste.m3 * priceNow(house, "water", now);
  return { kwh: round(waste.kwh), m3: round(waste.m3), cny: round(cny) };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
