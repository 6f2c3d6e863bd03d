/** Which measurement shows the effect of a command, and whether it does: power, flow, or the room's temperature, measured after it was asked. */
import type { Command } from "./finding.ts";
import { NO_FLOW } from "./flow-trend.ts";
import type { DeviceState, House } from "./house.ts";
import { doubtedPoints } from "./house.ts";
import { stops } from "./command-memory.ts";
import type { Effect, PointState } from "./policy.ts";
import type { DeviceId, Millis } from "./reading.ts";

/** Seconds that the effect may take to show after the device reported the wanted state. */
export const PROOF_SECONDS = 180;
/** A room shows within half an hour that its air conditioner stopped: its temperature moves by half a degree. */
const ROOM_SECONDS = 1800;
const ROOM_MOVES = 0.5;
/** Many clocks tell whole seconds only: what happened at 12.9 s is then dated 12. */
const TRUNCATED_MS = 1000;

/** The policy's own effect, else power for switching, flow for a valve, the room for an open loop. */
type Measure =
  | { readonly kind: "effect"; readonly effect: Effect; readonly meter: DeviceState }
  | { readonly kind: "at-most"; readonly point: "power" | "flow"; readonly limit: number; readonly meter: DeviceState }
  | { readonly kind: "above"; readonly point: "power"; readonly limit: number; readonly meter: DeviceState }
  | { readonly kind: "room"; readonly before: number; readonly rises: boolean; readonly meter: DeviceState }
  /** Nothing measures it: the report is the best proof there is, or for an open loop no proof at all. */
  | { readonly kind: "report" }
  | { readonly kind: "none" };

/** The device whose power is this one's alone: itself, or the meter that is named for it and for nobody else. Undefined where nothing measures it. */
export function powerMeter(house: House, state: DeviceState): DeviceState | undefined {
  if (state.points.has("power")) return state;
  const { meter } = state.device;
  if (meter == null || house.metered.get(meter)?.length !== 1) return undefined;
  const measured = house.devices.get(meter);
  return measured?.points.has("power") === true ? measured : undefined;
}

/** The device that measures an effect; undefined where it is gone. */
function meterOf(house: House, state: DeviceState, effect: Effect): DeviceState | undefined {
  return effect.device === undefined ? state : house.devices.get(effect.device);
}

function measureOf(house: House, state: DeviceState, command: Command): Measure {
  const { set, before } = command;
  const { device, points } = state;
  const { effect } = command;
  if (effect != null && effect.stays !== true) return { kind: "effect", effect, meter: meterOf(house, state, effect) ?? state };
  const off = stops(set);
  const meter = powerMeter(house, state);
  if (off && meter !== undefined) return { kind: "at-most", point: "power", limit: device.standby, meter };
  // A lamp or a fan that was switched on draws; a socket or a copier may have nothing to do.
  if (set["on"] === true && meter !== undefined && (device.kind === "light" || device.kind === "ac"))
    return { kind: "above", point: "power", limit: device.standby, meter };
  if (set["valve"] === "closed" && points.has("flow")) return { kind: "at-most", point: "flow", limit: NO_FLOW, meter: state };
  if (device.openLoop !== true) return { kind: "report" };
  const temperature = before["temperature"];
  const mode = points.get("mode")?.value;
  if (off && typeof temperature === "number" && (mode === "cool" || mode === "heat"))
    return { kind: "room", before: temperature, rises: mode === "cool", meter: state };
  return { kind: "none" };
}

function pointOf(measure: Exclude<Measure, { readonly kind: "report" | "none" }>): string {
  return measure.kind === "effect" ? measure.effect.point : measure.kind === "room" ? "temperature" : measure.point;
}

/** Seconds after its report within which a command's effect must show. */
export function proofSeconds(house: House, state: DeviceState, command: Command): number {
  const measure = measureOf(house, state, command);
  const usual = measure.kind === "effect" ? measure.effect.seconds : measure.kind === "room" ? ROOM_SECONDS : PROOF_SECONDS;
  return command.effect?.stays === true ? Math.max(usual, command.effect.seconds) : usual;
}

/**
 * A measurement from after the command was asked, by when it arrived and by when it was taken: what lay in a gateway's buffer is
 * no answer. A clock that runs behind ours is forgiven what it was always behind.
 */
function measuredAfter(of: DeviceState, point: string, plannedAt: Millis): (PointState & { readonly value: number }) | null {
  const p = of.points.get(point);
  if (p === undefined || p.quality === "bad" || typeof p.value !== "number") return null;
  if (p.received <= plannedAt || p.at + (of.behind ?? 0) + TRUNCATED_MS <= plannedAt) return null;
  return p as PointState & { readonly value: number };
}

/** The measurement that shows the effect, taken after the command was planned; null while there is none. */
export function proofOf(house: House, state: DeviceState, command: Command): Command["proof"] {
  const measure = measureOf(house, state, command);
  if (measure.kind === "none") return null;
  if (measure.kind === "report") return reportOf(state, command);
  const { meter } = measure;
  const point = pointOf(measure);
  const p = measuredAfter(meter, point, command.plannedAt);
  if (p === null || !shows(measure, p.value)) return null;
  return { point, value: p.value, at: p.at, ...(meter === state ? {} : { device: meter.device.id }) };
}

function shows(measure: Exclude<Measure, { readonly kind: "report" | "none" }>, value: number): boolean {
  switch (measure.kind) {
    case "effect":
      return value >= measure.effect.from && value <= measure.effect.to;
    case "at-most":
      return value <= measure.limit;
    case "above":
      return value > measure.limit;
    case "room":
      return (measure.rises ? value - measure.before : measure.before - value) >= ROOM_MOVES;
  }
}

/** The device's own word about what was asked. */
function reportOf(state: DeviceState, command: Command): Command["proof"] {
  const point = Object.keys(command.set)[0]!;
  const reported = state.points.get(point);
  return reported === undefined ? null : { point, value: reported.value, at: reported.at };
}

/** What the time for the proof has come to. */
export type Unproven =
  /** The measurement shows otherwise. */
  | { readonly kind: "shows-otherwise" }
  /** It has not come yet: looked at again then. */
  | { readonly kind: "waits"; readonly until: Millis }
  /** What should measure it said nothing since; or nothing measures it. */
  | { readonly kind: "not-measured" }
  | { readonly kind: "nothing-measures" };

export function unproven(house: House, state: DeviceState, command: Command, reportedAt: Millis, now: Millis): Unproven {
  const measure = measureOf(house, state, command);
  if (measure.kind === "none" || measure.kind === "report") return { kind: "nothing-measures" };
  const due = reportedAt + proofSeconds(house, state, command) * 1000;
  if (now < due) return { kind: "waits", until: due };
  const { meter } = measure;
  const p = measuredAfter(meter, pointOf(measure), command.plannedAt);
  // What was measured together with the report may have been taken while the machine ran down: one more is waited for.
  const until = Math.max(due, reportedAt + 2000 * meter.device.interval);
  if (now < until && (p === null || p.received <= reportedAt)) return { kind: "waits", until };
  return { kind: p === null ? "not-measured" : "shows-otherwise" };
}

/** How it stands with what must stay as it has to be while a command is carried out. */
export type Stay =
  /** The command has no such effect. */
  | { readonly kind: "nothing" }
  | { readonly kind: "falls-short" | "stays"; readonly measured: NonNullable<Command["proof"]> & { readonly value: number } }
  | { readonly kind: "waits"; readonly until: Millis }
  | { readonly kind: "not-measured" };

/** By what was measured after the device reported: before that, a lamp's own light is in it. One measurement that falls short is enough, whenever it comes. */
export function stayOf(house: House, state: DeviceState, command: Command, reportedAt: Millis, now: Millis): Stay {
  const { effect } = command;
  if (effect?.stays !== true) return { kind: "nothing" };
  const meter = meterOf(house, state, effect);
  if (meter === undefined) return { kind: "not-measured" };
  const p = measuredAfter(meter, effect.point, reportedAt);
  const known = p?.quality === "good" && doubtedPoints(meter)?.has(effect.point) !== true ? p : null;
  const measured = known === null ? null : { point: effect.point, value: known.value, at: known.at, ...(meter === state ? {} : { device: meter.device.id }) };
  if (measured !== null && (measured.value < effect.from || measured.value > effect.to)) return { kind: "falls-short", measured };
  const due = reportedAt + effect.seconds * 1000;
  if (now < due) return { kind: "waits", until: due };
  if (measured !== null) return { kind: "stays", measured };
  const until = Math.max(due, reportedAt + 2000 * meter.device.interval);
  return now < until ? { kind: "waits", until } : { kind: "not-measured" };
}

/** W that a device draws by its own meter or the one that measures it alone; null where nothing does. */
export function measuredPower(house: House, id: DeviceId): number | null {
  const state = house.devices.get(id);
  const power = state === undefined ? undefined : powerMeter(house, state)?.points.get("power");
  return typeof power?.value === "number" ? power.value : null;
}
