/** Answers a question for series: reads what it asks as fine as it says, and puts beside it what it is held against. */
import type { SeriesDto, SeriesItem } from "../../contract/series.ts";
import { counterOf } from "../../core/counter.ts";
import { unitOfPoint } from "../../core/description.ts";
import type { Text } from "../../core/device.ts";
import { UNITS } from "../../core/account/tables.ts";
import type { Millis, PointValue } from "../../core/reading.ts";
import { coarser, comparedStarts, rollupStepOf, shifted, unitOf, windowsWithin } from "../../core/series.ts";
import type { SeriesStep, StepReason, WindowStep } from "../../core/series.ts";
import type { Zone } from "../../core/zone.ts";
import { problem } from "../../errors.ts";
import type { StoredReading } from "../../ports/history.ts";
import type { Office } from "../../ports/office.ts";
import { readingsOf, rollupsOf } from "../older.ts";
import { readMarks, readMarksOfSum } from "./marks.ts";
import type { Plan, PlannedPoint, What } from "./plan.ts";
import type { AskedPoint, Grid, Group, Told } from "./windows.ts";
import { readGroups, readPoints } from "./windows.ts";

/** Raw readings of one point, at most. */
const MOST_READINGS = 5000;
/** Points that are named as what a sum is made of. */
const NAMED_POINTS = 100;

type Desk = Pick<Office, "house" | "history" | "older" | "records">;
type Column = Pick<SeriesItem, "at" | "values">;

/** Roll-ups of whoever still has them. */
const rolledOf = (desk: Desk): Pick<Office["history"], "rollups"> => ({ rollups: (query) => rollupsOf(desk, query) });
const column = (values: Float64Array): (number | null)[] => Array.from(values, (v) => (Number.isFinite(v) ? Math.round(v * 1e6) / 1e6 : null));
const readingsIn = (counts: Int32Array): number => counts.reduce((sum, c) => sum + c, 0);

/** A value as a height: switches are 0 or 1; what is bad has none. */
function heightOf(value: PointValue, quality: StoredReading["quality"]): number | null {
  if (quality === "bad") return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

interface Answered {
  readonly series: SeriesItem[];
  readonly compared: readonly Column[] | null;
}

async function rawOf(desk: Desk, point: string, from: Millis, to: Millis): Promise<Column | null> {
  const readings = await readingsOf(desk, point, from, to, MOST_READINGS + 1);
  if (readings.length > MOST_READINGS) return null;
  return { at: readings.map((r) => r.at), values: readings.map((r) => heightOf(r.value, r.quality)) };
}

const unitIn = ({ definition, name, state }: Pick<PlannedPoint, "definition" | "name" | "state">, fn: SeriesItem["fn"]) =>
  unitOf(name, definition, unitOfPoint(state.device, name), fn);

function ofPoint(point: PlannedPoint, fn: SeriesItem["fn"], told: Column & { readonly counts: number[] | null }, source: SeriesItem["source"]): SeriesItem {
  const { id, name, state } = point;
  return { id, device: state.device.id, point: name, group: null, name: state.device.name, unit: unitIn(point, fn).unit, fn, ...told, compared: null, source };
}

/** Every reading; null where they are too many. */
async function answerRaw(desk: Desk, zone: Zone, { what, from, to, compare }: Plan): Promise<Answered | null> {
  if (what.kind !== "points") return null;
  const series: SeriesItem[] = [];
  const compared: Column[] = [];
  for (const point of what.points) {
    const told = await rawOf(desk, point.id, from, to);
    if (told === null) return null;
    const source = { kind: "readings", step: null, readings: told.values.length, points: [{ point: point.id, part: "own" }], more: 0 } as const;
    series.push(ofPoint(point, "raw", { ...told, counts: null }, { ...source, points: [...source.points] }));
    if (compare === null) continue;
    const other = await rawOf(desk, point.id, shifted(zone, from, compare, -1), shifted(zone, to, compare, -1));
    if (other === null) return null;
    compared.push({ at: other.at!.map((at) => shifted(zone, at, compare, 1)), values: other.values });
  }
  return { series, compared: compare === null ? null : compared };
}

function nameOf({ house }: Desk, by: string, key: string | null): Text {
  if (key === null) return "";
  const { site, spaces } = house;
  if (by === "department") return site.departments.find((d) => d.id === key)?.name ?? key;
  if (by === "building") return site.buildings.find((b) => b.id === key)?.name ?? key;
  if (by === "space") return spaces.get(key)?.name ?? key;
  if (by === "item") return site.account.items.find((i) => i.code === key)?.name ?? key;
  return key;
}

function ofGroup(desk: Desk, what: Extract<What, { kind: "groups" }>, step: WindowStep, group: Group): SeriesItem {
  const { by, quantity, perHead } = what;
  const { key, rest, lines } = group;
  const unit = perHead ? `${UNITS[quantity]}/person` : UNITS[quantity];
  const points = lines.slice(0, NAMED_POINTS).map(({ point, part }) => ({ point, part }));
  return {
    id: `${by}:${rest ? "*" : (key ?? "")}`,
    device: null,
    point: null,
    group: {
      by,
      key,
      rest,
    },
    name: nameOf(desk, by, key),
    unit,
    fn: "total",
    at: null,
    values: column(group.values),
    counts: [...group.counts],
    compared: null,
    source: {
      kind: "account",
      step: rollupStepOf(step),
      readings: readingsIn(group.counts),
      points,
      more: lines.length - points.length,
    },
  };
}

async function answerWindows(desk: Desk, { what }: Plan, grid: Grid, other: Grid | null): Promise<Answered> {
  if (what.kind === "groups") {
    const rolled = { house: desk.house, history: rolledOf(desk) };
    const groups = await readGroups(rolled, grid, what, null);
    const series = groups.map((g) => ofGroup(desk, what, grid.step, g));
    const single = groups.filter((g) => !g.rest);
    const before =
      other === null
        ? null
        : await readGroups(
            rolled,
            other,
            what,
            single.map((g) => g.key),
          );
    const rest = before?.find((g) => g.rest);
    const compared = before === null ? null : groups.map((g) => (g.rest ? rest : before.find((b) => !b.rest && b.key === g.key)));
    return { series, compared: compared?.map((g) => ({ at: null, values: g === undefined ? grid.starts.map(() => null) : column(g.values) })) ?? null };
  }
  const asked = what.points.map((p): AskedPoint => ({ id: p.id, fn: p.fn, scale: unitIn(p, p.fn).scale, counter: counterOf(p.name) !== undefined }));
  const told = await readPoints(rolledOf(desk), grid, asked);
  const before = other === null ? null : await readPoints(rolledOf(desk), other, asked);
  const step = what.points[0]!.fn === "night" ? "hour" : rollupStepOf(grid.step);
  const series = what.points.map((point, i) => {
    const { values, counts } = told[i]!;
    return ofPoint(
      point,
      point.fn,
      { at: null, values: column(values), counts: [...counts] },
      {
        kind: "roll-up",
        step,
        readings: readingsIn(counts),
        more: 0,
        points: [
          {
            point: point.id,
            part: "own",
          },
        ],
      },
    );
  });
  return { series, compared: before?.map(({ values }: Told) => ({ at: null, values: column(values) })) ?? null };
}

async function weatherOf(desk: Desk, { what, from, to, weather }: Plan, grid: Grid | null): Promise<SeriesDto["weather"]> {
  if (!weather) return null;
  const { house } = desk;
  const buildings = what.kind === "points" ? what.points.map((p) => p.state.device.building) : [...house.outdoorByBuilding.keys()];
  const device = [...buildings, ...house.outdoorByBuilding.keys()].map((b) => house.outdoorByBuilding.get(b)?.[0]).find((d) => d !== undefined);
  if (device === undefined) return null;
  const point = `${device.id}/temperature`;
  const told = { point, unit: "°C" };
  if (grid === null) return { ...told, ...((await rawOf(desk, point, from, to)) ?? { at: [], values: [] }) };
  const [read] = await readPoints(rolledOf(desk), grid, [{ id: point, fn: "mean", scale: 1, counter: false }]);
  return { ...told, at: null, values: column(read!.values) };
}

interface Drawn extends Answered {
  readonly step: SeriesStep;
  readonly grid: Grid | null;
  readonly end: Millis | null;
  /** What each window is held against. */
  readonly held: readonly (Millis | null)[] | null;
}

/** The answer at a step; null where that were too many readings. */
async function answerAt(desk: Desk, zone: Zone, plan: Plan, step: SeriesStep): Promise<Drawn | null> {
  if (step === "raw") {
    const answered = await answerRaw(desk, zone, plan);
    return answered === null ? null : { ...answered, step, grid: null, end: null, held: null };
  }
  const { starts, end } = windowsWithin(step, zone, plan.from, plan.to);
  const grid: Grid = { step, zone, starts };
  const held = plan.compare === null ? null : comparedStarts(step, zone, starts, plan.compare);
  return { ...(await answerWindows(desk, plan, grid, held === null ? null : { ...grid, starts: held })), step, grid, end, held };
}

async function choose(desk: Desk, zone: Zone, plan: Plan): Promise<{ readonly drawn: Drawn; readonly why: StepReason }> {
  const { auto, choice, to, compare } = plan;
  let empty: { readonly drawn: Drawn; readonly why: StepReason } | null = null;
  let { why } = choice;
  for (let step: SeriesStep | null = choice.step; step !== null; step = coarser(step)) {
    // Months have no yesterday.
    if (step === "month" && compare !== null && compare !== "year") break;
    const drawn = await answerAt(desk, zone, plan, step);
    if (drawn === null && !auto)
      throw problem("range-too-wide", `There are more than ${MOST_READINGS} raw readings of a point in this range; ask for a shorter one, or for step=auto.`);
    if (drawn === null) {
      why = "many";
      continue;
    }
    if (!auto || drawn.series.some((s) => s.values.some((v) => v !== null))) return { drawn, why };
    empty ??= { drawn, why };
    // Of a time before the oldest reading finer roll-ups may be kept no longer.
    if (to > ((await desk.history.oldest()) ?? Number.POSITIVE_INFINITY)) break;
    why = "gone";
  }
  return empty!;
}

/** Answers a checked question. Throws a problem where raw readings were asked for and are too many, or an older store does not answer. */
export async function answerSeries(desk: Desk, zone: Zone, plan: Plan, iso: (at: Millis) => string): Promise<SeriesDto> {
  const { from, to, compare, what } = plan;
  const { drawn, why } = await choose(desk, zone, plan);
  const { step, grid, end, held, series, compared } = drawn;
  const { marks, left } =
    what.kind === "points"
      ? await readMarks(desk, [...new Set(what.points.map((p) => p.state.device.id))], from, to, iso)
      : await readMarksOfSum(desk, what.quantity, from, to, iso);
  const other = compare === null ? null : { with: compare, from: iso(shifted(zone, from, compare, -1)), to: iso(shifted(zone, to, compare, -1)) };
  return {
    from: iso(from),
    to: iso(to),
    step,
    why,
    at: grid === null ? null : [...(grid.starts as readonly Millis[])],
    end: end === null ? null : iso(end),
    compare:
      other === null
        ? null
        : {
            ...other,
            at: held === null ? null : [...held],
          },
    series: series.map((s, i) => ({
      ...s,
      compared: compared?.[i] ?? null,
    })),
    weather: await weatherOf(desk, plan, grid),
    marks: [...marks],
    marksLeft: left,
  };
}
