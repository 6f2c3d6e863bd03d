/** Answers a question for roll-ups: what is rolled up at its step, what is rolled up only finer, and the youngest readings folded now. */
import type { DuckDBConnection } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { Millis } from "../core/reading.ts";
import type { FiveMinutes, RollupStep } from "../core/rollup.ts";
import { startPoint, windowEnd, windowOf } from "../core/rollup.ts";
import type { Zone } from "../core/zone.ts";
import type { Rollups } from "../ports/history.ts";
import { createMerge, emptyRollups } from "./merge.ts";
import type { Roller } from "./rollups.ts";
import { foldRaw } from "./raw.ts";

export interface RollupCall {
  /** Stored numbers of the points asked for; −1 for one that was never heard. */
  readonly points: Int32Array;
  readonly from: Millis;
  readonly to: Millis;
  readonly step: RollupStep;
}

const NAMES = ["point", "start", "count", "mean", "min", "max", "last", "total"] as const;
const TABLE = { day: "days", hour: "hours" } as const;
const COLUMNS =
  "point, start::DOUBLE, count, CASE WHEN count > 0 THEN sum / count ELSE 'NaN'::DOUBLE END, coalesce(min, 'NaN'), coalesce(max, 'NaN'), coalesce(last, 'NaN'), total";
/** Asked for more points than this, all of them are read and the others left out here. */
const MANY = 2000;

/** What is over must be rolled up before it is asked: the caller waits for the pass, and only then takes a connection from others. */
export async function askRollups(
  connection: DuckDBConnection,
  roller: Roller,
  zone: Zone,
  nameOf: (point: number) => string,
  call: RollupCall,
): Promise<Rollups> {
  const { until } = roller;
  const { from, to, step } = call;
  const ids = [...call.points].filter((id) => id >= 0);
  if (ids.length === 0 || from >= to) return emptyRollups(0);
  const places = new Int32Array(Math.max(...ids) + 1).fill(-1);
  call.points.forEach((id, place) => id >= 0 && (places[id] = place));
  const states = new Map(ids.map((id) => [id, roller.states([id])[0]!] as const));
  const some = ids.length > MANY ? "" : `AND point IN (${ids.join(",")})`;
  const placeOf = (id: number) => places[id] ?? -1;

  // The last window may end after the question does.
  const edge = windowEnd(step, zone, windowOf(step, zone, to - 1));
  const merge = createMerge(step, zone, from, to);
  // Windows of the answer that begin before this are rolled up; what is younger is put together from finer ones.
  const ready = until[step === "5m" ? "five" : step];
  if (step === "day") {
    const hours = await columnsOf(
      connection,
      `SELECT ${COLUMNS} FROM hours WHERE start >= ${finite(Math.max(from, ready))} AND start < ${finite(Math.min(edge, until.hour))} ${some}`,
    );
    each(hours, placeOf, (place, i) =>
      merge.take(place, {
        start: hours.start[i]!,
        count: hours.count[i]!,
        sum: hours.count[i] === 0 ? 0 : hours.mean[i]! * hours.count[i]!,
        min: hours.min[i]!,
        max: hours.max[i]!,
        last: hours.last[i]!,
        total: hours.total[i]!,
      }),
    );
  }
  const fives = Math.max(from, step === "5m" ? from : until.hour);
  if (fives < until.five) {
    // What begins after the end may carry into what is asked for.
    const known = step === "5m" ? Number.NEGATIVE_INFINITY : until.hour;
    const rows = await fivesOf(connection, `WHERE start >= ${finite(fives)} AND start < ${until.five} AND carried_from < ${edge} ${some}`);
    for (const { point, five } of rows) if (placeOf(point) >= 0) merge.takeFive(placeOf(point), five, known);
  }
  await foldYoungest();
  if (step === "5m") return merge.answer();
  const rolled = await columnsOf(connection, `SELECT ${COLUMNS} FROM ${TABLE[step]} WHERE start >= ${from} AND start < ${finite(Math.min(to, ready))} ${some}`);
  return together(rolled, places, merge.answer());

  async function foldYoungest(): Promise<void> {
    // A reading after the end of the question still tells what was used before it.
    const range = { from: finite(until.five), to: Number.POSITIVE_INFINITY, points: ids, part: null };
    await foldRaw(connection, range, {
      nameOf,
      // A point that has to be sorted first is folded twice, each time from its own copy of the state.
      stateOf: (point) => structuredClone(states.get(point)) ?? startPoint(nameOf(point)),
      exchangesOf: roller.exchangesOf,
      from: (point) => (placeOf(point) < 0 ? Number.POSITIVE_INFINITY : until.five),
      each: (point, five) => {
        if (placeOf(point) >= 0) merge.takeFive(placeOf(point), five, Number.NEGATIVE_INFINITY);
      },
    });
  }
}

/** Puts what is rolled up and what was put together now into one answer, by start. */
function together(rolled: Rollups, places: Int32Array, fresh: Rollups): Rollups {
  const freshFrom = fresh.start[0] ?? Number.POSITIVE_INFINITY;
  const there = new Map<string, number>();
  let rows = 0;
  let sorted = true;
  for (let i = 0; i < rolled.point.length; i++) {
    const place = places[rolled.point[i]!] ?? -1;
    if (place < 0) continue;
    if (rows !== i) for (const name of NAMES) rolled[name][rows] = rolled[name][i]!;
    rolled.point[rows] = place;
    if (rows > 0 && rolled.start[rows]! < rolled.start[rows - 1]!) sorted = false;
    if (rolled.start[rows]! >= freshFrom) there.set(`${place} ${rolled.start[rows]}`, rows);
    rows++;
  }
  // The youngest readings may carry into windows that are rolled up already.
  const added: number[] = [];
  for (let i = 0; i < fresh.point.length; i++) {
    const row = there.get(`${fresh.point[i]} ${fresh.start[i]}`);
    if (row === undefined) added.push(i);
    else rolled.total[row]! += fresh.total[i]!;
  }
  const answer = emptyRollups(rows + added.length);
  for (const name of NAMES) {
    answer[name].set(rolled[name].subarray(0, rows));
    added.forEach((from, i) => (answer[name][rows + i] = fresh[name][from]!));
  }
  if (sorted && !(rows > 0 && added.some((i) => fresh.start[i]! < rolled.start[rows - 1]!))) return answer;
  const order = Array.from(answer.start.keys()).sort((a, b) => answer.start[a]! - answer.start[b]!);
  const ordered = emptyRollups(order.length);
  for (const name of NAMES) order.forEach((from, row) => (ordered[name][row] = answer[name][from]!));
  return ordered;
}

function each(rows: Rollups, placeOf: (id: number) => number, use: (place: number, row: number) => void): void {
  for (let i = 0; i < rows.point.length; i++) {
    const place = placeOf(rows.point[i]!);
    if (place >= 0) use(place, i);
  }
}

async function columnsOf(connection: DuckDBConnection, sql: string): Promise<Rollups> {
  const chunks: Rollups[] = [];
  let rows = 0;
  // A stream hands over what is left of each vector, for one point of many a row or two; all of it at once comes in full vectors.
  const result = await connection.run(sql);
  for (let next = await result.fetchChunk(); next !== null && next.rowCount > 0; next = await result.fetchChunk()) {
    const size = next.rowCount;
    const int = (i: number) => new Int32Array(bytesOf(next!.chunk, i, size * 4));
    const double = (i: number) => new Float64Array(bytesOf(next!.chunk, i, size * 8));
    chunks.push({ point: int(0), start: double(1), count: int(2), mean: double(3), min: double(4), max: double(5), last: double(6), total: double(7) });
    rows += size;
  }
  const all = emptyRollups(rows);
  let at = 0;
  for (const chunk of chunks) {
    for (const name of NAMES) all[name].set(chunk[name], at);
    at += chunk.point.length;
  }
  return all;
}

/** A copy: DuckDB's own memory is gone with the next chunk. */
function bytesOf(chunk: Parameters<typeof duckdb.data_chunk_get_vector>[0], column: number, bytes: number): ArrayBuffer {
  const data = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, column), bytes);
  return data.buffer.slice(data.byteOffset, data.byteOffset + bytes) as ArrayBuffer;
}

async function fivesOf(connection: DuckDBConnection, where: string): Promise<{ readonly point: number; readonly five: FiveMinutes }[]> {
  const result = await connection.run(
    `SELECT point, start::DOUBLE, count, sum, min, max, last, total, carried, carried_from::DOUBLE, carried_to::DOUBLE FROM five ${where}`,
  );
  const [point, start, count, sum, min, max, last, total, carried, from, to] = (await result.getColumns()) as number[][];
  return (point ?? []).map((p, i) => ({
    point: p,
    five: {
      start: start![i]!,
      count: count![i]!,
      sum: sum![i]!,
      min: min![i]!,
      max: max![i]!,
      last: last![i]!,
      total: total![i]!,
      carried: carried![i]!,
      carriedFrom: from![i]!,
      carriedTo: to![i]!,
    },
  }));
}

function finite(at: Millis): number {
  return Number.isFinite(at) ? at : -8.64e15;
}
