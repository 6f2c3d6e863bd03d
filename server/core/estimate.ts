/** What an exception would cost at most, said before it is asked for: the load that policies would have switched off, for so long. */
import { priceNow } from "./account/price.ts";
import type { Estimate } from "./backtest-tally.ts";
import type { DeviceState, House } from "./house.ts";
import { protectionOf } from "./house.ts";
import type { DeviceId, Millis } from "./reading.ts";
import { isFresh } from "./view.ts";

export interface EstimateQuestion {
  /** One of the two. */
  readonly device: string | null;
  readonly space: string | null;
  readonly minutes: number;
  /** °C that an air conditioner is wanted at, where it is about that. */
  readonly setpoint: number | null;
}

export type Basis = "measured" | "mean" | "nominal";

export interface CostEstimate {
  readonly kwh: Estimate;
  readonly cny: Estimate;
  readonly basis: readonly { readonly device: DeviceId; readonly watts: number; readonly source: Basis }[];
}

/** Devices whose load counts. Water and gas are not estimated. */
const KINDS = new Set(["ac", "light", "plug", "copier"]);
/** How far off a load may be that was measured a moment ago, that is a week's mean, that is only usual. */
const ERROR: Readonly<Record<Basis, number>> = { measured: 0.2, mean: 0.3, nominal: 0.5 };
/** W: a split unit of 1.5 HP by its label (GB 21455-2019: about 1.1 kW), a workplace at its socket, a copier that waits. */
const NOMINAL: Readonly<Record<string, number>> = { ac: 1100, plug: 60, copier: 50 };
/** W/m²: an office's lighting by GB 50034-2013 table 6.3.3. */
const LIGHT_DENSITY = 8;
/** Cooling load per °C of setpoint, with its bounds; and the office's summer limit, °C. */
const DEGREE = { value: 0.06, low: 0.04, high: 0.08 };
const SUMMER_LIMIT = 26;

/** The devices that a question is about: its own, or what stands in the space and may be commanded. */
export function estimatedDevices(house: House, { device, space, setpoint }: EstimateQuestion): DeviceState[] {
  const states =
    device === null
      ? (house.devicesBySpace.get(space ?? "") ?? []).map((d) => house.devices.get(d.id)!)
      : [house.devices.get(device)].filter((d) => d !== undefined);
  return states.filter(
    (s) => s.device.kind !== null && KINDS.has(s.device.kind) && protectionOf(house, s.device) === null && (setpoint === null || s.device.kind === "ac"),
  );
}

/** kWh and CNY over the minutes, with bounds. `means`: W while running over the last week, where the history knows it. */
export function estimateCost(house: House, question: EstimateQuestion, means: ReadonlyMap<DeviceId, number>, now: Millis): CostEstimate {
  const hours = question.minutes / 60;
  const price = priceNow(house, "electricity", now);
  const kwh = { value: 0, low: 0, high: 0 };
  const basis = estimatedDevices(house, question).map((state) => {
    const { watts, source } = load(house, state, means, now);
    const degrees = question.setpoint === null ? null : Math.max(0, SUMMER_LIMIT - question.setpoint);
    const full = (watts * hours) / 1000;
    kwh.value += full * (degrees === null ? 1 : Math.min(1, degrees * DEGREE.value));
    kwh.low += full * (1 - ERROR[source]) * (degrees === null ? 1 : Math.min(1, degrees * DEGREE.low));
    kwh.high += full * (1 + ERROR[source]) * (degrees === null ? 1 : Math.min(1, degrees * DEGREE.high));
    return { device: state.device.id, watts: Math.round(watts), source };
  });
  return { kwh: scaled(kwh, 1), cny: scaled(kwh, price), basis };
}

function load(house: House, state: DeviceState, means: ReadonlyMap<DeviceId, number>, now: Millis): { readonly watts: number; readonly source: Basis } {
  const { device } = state;
  const power = state.points.get("power");
  if (isFresh(state, now) && power?.quality === "good" && typeof power.value === "number" && power.value > device.standby)
    return { watts: power.value, source: "measured" };
  const mean = means.get(device.id);
  if (mean !== undefined && mean > device.standby) return { watts: mean, source: "mean" };
  const space = device.space === null ? undefined : house.spaces.get(device.space);
  const lamps = (house.devicesBySpace.get(device.space ?? "") ?? []).filter((d) => d.kind === "light").length;
  if (device.kind === "light") return { watts: space === undefined ? 100 : (LIGHT_DENSITY * space.area) / Math.max(1, lamps), source: "nominal" };
  return { watts: NOMINAL[device.kind ?? ""] ?? 0, source: "nominal" };
}

function scaled(e: Estimate, by: number): Estimate {
  const round = (v: number) => Math.round(v * by * 100) / 100;
  return { value: round(e.value), low: round(e.low), high: round(e.high) };
}
