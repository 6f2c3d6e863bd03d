/** What a question for series asks, checked: which points or sums, over which time, how fine. */
import type { SeriesGroup, SeriesQuantity } from "../../contract/series.ts";
import type { Quantity } from "../../core/account/tables.ts";
import type { PointDefinition } from "../../core/device.ts";
import { pointDefinition } from "../../core/device.ts";
import { counterOf } from "../../core/counter.ts";
import type { DeviceState, House } from "../../core/house.ts";
import type { Millis } from "../../core/reading.ts";
import type { Comparison, SeriesFunction, SeriesStep, StepChoice } from "../../core/series.ts";
import { LONGEST_RAW, MOST_WINDOWS, chooseStep, usualFunction } from "../../core/series.ts";
import { problem } from "../../errors.ts";

export interface SeriesQuery {
  readonly points?: readonly string[] | undefined;
  readonly by?: SeriesGroup | undefined;
  readonly quantity?: SeriesQuantity | undefined;
  readonly per?: "head" | undefined;
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
  readonly step: SeriesStep | "auto";
  readonly fn?: SeriesFunction | undefined;
  readonly compare?: Comparison | undefined;
  readonly weather?: "0" | "1" | undefined;
}

export interface PlannedPoint {
  readonly id: string;
  readonly name: string;
  readonly state: DeviceState;
  readonly definition: PointDefinition | undefined;
  readonly fn: SeriesFunction;
}

export type What =
  | { readonly kind: "points"; readonly points: readonly PlannedPoint[] }
  | { readonly kind: "groups"; readonly by: SeriesGroup; readonly quantity: Quantity; readonly perHead: boolean };

export interface Plan {
  readonly what: What;
  readonly from: Millis;
  readonly to: Millis;
  readonly choice: StepChoice;
  /** Whether the server may choose a coarser one. */
  readonly auto: boolean;
  readonly compare: Comparison | null;
  readonly weather: boolean;
}

const DAY = 86_400_000;
const QUANTITIES: Readonly<Record<SeriesQuantity, Quantity>> = { energy: "electricity", volume: "water", gas: "gas", heat: "heat", pages: "paper" };

function pointOf(house: House, id: string, fn: SeriesFunction | undefined): PlannedPoint {
  const cut = id.lastIndexOf("/");
  const device = id.slice(0, Math.max(cut, 0));
  const state = house.devices.get(device);
  if (state === undefined)
    throw problem("unknown-device", `points: there is no device '${device.slice(0, 200)}'; a point is <building>/<device>/<point>, listed at /api/v1/points.`);
  const name = id.slice(cut + 1);
  const definition = pointDefinition(state.device.kind, name);
  const value = state.points.get(name)?.value;
  if (definition === undefined && value === undefined)
    throw problem("not-found", `points: ${device} has no point '${name.slice(0, 100)}'; it has ${[...state.points.keys()].join(", ") || "none yet"}.`);
  if (definition?.type === "enum" || (definition === undefined && typeof value === "string"))
    throw problem("invalid-parameter", `points: ${device}/${name} tells words, of which there is no series; ask GET /readings for them.`);
  return { id, name, state, definition, fn: fn ?? usualFunction(name) };
}

function whatOf(house: House, { points = [], by, quantity, per, fn, step }: SeriesQuery): What {
  if (by === undefined) {
    if (quantity !== undefined) throw problem("invalid-parameter", "quantity: needs by, such as by=department.");
    if (per !== undefined) throw problem("invalid-parameter", "per: needs by=department.");
    if (points.length === 0) throw problem("invalid-parameter", "points: name at least one, or ask for sums with by and quantity.");
    if (step === "raw" && fn !== undefined) throw problem("invalid-parameter", "fn: raw readings have none; leave it out, or ask for windows.");
    if (fn === "night" && step !== "auto" && step !== "day") throw problem("invalid-parameter", "step: of nights there is one a day; leave it out.");
    return { kind: "points", points: points.map((id) => pointOf(house, id, fn)) };
  }
  if (points.length > 0) throw problem("invalid-parameter", "points: one of points and by, not both.");
  if (quantity === undefined) throw problem("invalid-parameter", "quantity: energy, volume, gas or pages; by needs it.");
  if (fn !== undefined && fn !== "total") throw problem("invalid-parameter", "fn: sums over devices are totals; leave it out.");
  if (step === "raw") throw problem("invalid-parameter", "step: sums over devices are told by windows: auto, 5m, hour, day or month.");
  if (per === "head" && by !== "department") throw problem("invalid-parameter", "per: heads are known of departments only; ask with by=department.");
  return { kind: "groups", by, quantity: QUANTITIES[quantity], perHead: per === "head" };
}

/** Throws a problem that says what is wrong with the question and how to mend it. */
export function planSeries(house: House, query: SeriesQuery, now: Millis): Plan {
  const to = query.to ?? now;
  const from = query.from ?? to - DAY;
  if (from >= to) throw problem("invalid-parameter", "from: must be before to.");
  if (from < 0) throw problem("invalid-parameter", "from: must not be before 1970.");
  if (to > now + 400 * DAY) throw problem("invalid-parameter", "to: at most 400 days from now; nothing is known of later days.");
  const what = whatOf(house, query);
  const amounts = what.kind === "groups" || what.points.every((p) => p.fn === "total");
  const raw = what.kind === "points" && query.fn === undefined && what.points.every((p) => counterOf(p.name) === undefined);
  const night = what.kind === "points" && what.points[0]!.fn === "night";
  const choice = chooseStep({ from, to, asked: query.step, amounts, raw, night });
  if (choice === null) {
    if (query.step === "raw")
      throw problem("range-too-wide", `Raw readings are told of at most ${LONGEST_RAW / DAY} day at once; ask for a shorter range, or for step=auto.`);
    const step = query.step === "auto" ? (night ? "day" : "month") : query.step;
    throw problem("range-too-wide", `This range holds more than ${MOST_WINDOWS} windows of step=${step}; ask for a shorter range or step=auto.`);
  }
  const compare = query.compare ?? null;
  if (choice.step === "month" && (compare === "day" || compare === "week"))
    throw problem("invalid-parameter", `compare: months are held against those of another year; ask with compare=year or a shorter range.`);
  return { what, from, to, choice, auto: query.step === "auto" && !night, compare, weather: query.weather === "1" };
}
