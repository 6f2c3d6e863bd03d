/** Reads back from InfluxDB what the embedded history may hold no longer. */
import type { Millis, PointValue } from "../core/reading.ts";
import type { OlderReadings, Rollups, StoredReading, WindowedReading, WindowFunction } from "../ports/history.ts";
import type { Connection } from "./connection.ts";
import { rowsOf, whereOf, whereRolled } from "./influxql.ts";
import type { PointTags } from "./line.ts";
import { READING, tagsOf } from "./line.ts";
import { ROLLUP } from "./rollup-forward.ts";
import { judge } from "./verdict.ts";

const FIELDS = ["value", "state", "text", "bad", "suspect", "delay"].map((f) => `"${f}"`).join(", ");
const FUNCTIONS: Readonly<Record<WindowFunction, string>> = { mean: "mean", min: "min", max: "max", last: "last", sum: "sum" };

const NUMBERS = ["mean", "min", "max", "last", "total"] as const;
const ROLLED = [...NUMBERS, "count", "building", "device", "point"].map((f) => `"${f}"`).join(", ");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Points in one question, so that its address stays short, and rows in one answer, about. */
const MOST_POINTS = 40;
const ROWS_AT_ONCE = 50_000;

/** Questions go through a connection of their own, so that one that hangs holds up no write. */
export function createReader(connection: Pick<Connection, "query">): OlderReadings {
  async function ask(influxql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    let said: unknown;
    try {
      said = await connection.query(influxql);
    } catch (error) {
      const verdict = judge(error, 0);
      throw new Error("reason" in verdict ? verdict.reason : "it has a node away", { cause: error });
    }
    return rowsOf(said);
  }

  return {
    async readings(point, from, to, limit) {
      const where = whereOf(point, from, to);
      if (where === null || limit < 1) return [];
      const rows = await ask(`SELECT ${FIELDS} FROM "${READING}" ${where} ORDER BY time ASC LIMIT ${Math.floor(limit)}`);
      return rows.flatMap(readingsOf).slice(0, limit);
    },
    async rollups({ points, from, to, step }) {
      if (step === "5m") return columnsOf([]);
      const placed = points.flatMap((point, place): Placed[] => {
        const tags = tagsOf(point);
        return tags === null ? [] : [{ tags, place }];
      });
      const rows: Row[] = [];
      const atOnce = Math.min(MOST_POINTS, Math.max(1, Math.floor(ROWS_AT_ONCE / Math.max(1, (to - from) / (step === "day" ? DAY : HOUR)))));
      for (let at = 0; at < placed.length; at += atOnce) {
        const some = placed.slice(at, at + atOnce);
        const where = whereRolled(
          some.map((p) => p.tags),
          step,
          from,
          to,
        );
        const places = new Map(some.map(({ tags, place }) => [keyOf(tags), place]));
        const told = await ask(`SELECT ${ROLLED} FROM "${ROLLUP}" ${where}`);
        rows.push(...told.flatMap((row) => rowOf(row, places)));
      }
      return columnsOf(rows.sort((a, b) => a.start - b.start || a.place - b.place));
    },
    async windows(point, from, to, every, fn, origin) {
      const where = whereOf(point, from, to);
      if (where === null) return [];
      if (!(every >= 1)) throw new RangeError("every must be at least 1 ms");
      const offset = ((origin % every) + every) % every;
      const rows = await ask(
        `SELECT ${FUNCTIONS[fn]}("value") AS "v", count("value") AS "n" FROM "${READING}" ${where} GROUP BY time(${Math.floor(every)}ms, ${Math.floor(offset)}ms) fill(none)`,
      );
      return rows.flatMap(({ time, v, n }): WindowedReading[] => {
        if (typeof time !== "number" || typeof n !== "number" || n === 0) return [];
        return [{ at: time, value: typeof v === "number" ? v : null, count: n }];
      });
    },
  };
}

interface Placed {
  readonly tags: PointTags;
  readonly place: number;
}

interface Row {
  readonly place: number;
  readonly start: Millis;
  /** In the order of `NUMBERS`. */
  readonly numbers: readonly number[];
  readonly count: number;
}

const keyOf = ({ building, device, point }: PointTags) => [building, device, point].join("/");

function rowOf({ time, building, device, point, count, ...fields }: Readonly<Record<string, unknown>>, places: ReadonlyMap<string, number>): Row[] {
  const place = places.get(`${String(building)}/${String(device)}/${String(point)}`);
  if (place === undefined || typeof time !== "number" || typeof count !== "number") return [];
  return [{ place, start: time, count, numbers: NUMBERS.map((name) => (typeof fields[name] === "number" ? fields[name] : Number.NaN)) }];
}

function columnsOf(rows: readonly Row[]): Rollups {
  const numbers = (name: (typeof NUMBERS)[number]) => Float64Array.from(rows, (r) => r.numbers[NUMBERS.indexOf(name)]!);
  return {
    point: Int32Array.from(rows, (r) => r.place),
    start: Float64Array.from(rows, (r) => r.start),
    count: Int32Array.from(rows, (r) => r.count),
    mean: numbers("mean"),
    min: numbers("min"),
    max: numbers("max"),
    last: numbers("last"),
    total: numbers("total"),
  };
}

/** What a row says: a reading, and where its source once said something wrong at the same ms, that too. */
function readingsOf(row: Readonly<Record<string, unknown>>): StoredReading[] {
  const { time, value, state, text, bad, suspect, delay } = row;
  if (typeof time !== "number") return [];
  const received = time + (typeof delay === "number" ? delay : 0);
  const told = [typeof text === "string" ? text : null, typeof state === "boolean" ? state : typeof value === "number" ? value : null];
  const found = told.flatMap((v): StoredReading[] => (v === null ? [] : [{ at: time, received, value: v, quality: suspect === true ? "suspect" : "good" }]));
  const wrong = typeof bad === "string" ? valueIn(bad) : null;
  return wrong === null ? found : [...found, { at: time, received, value: wrong, quality: "bad" }];
}

function valueIn(json: string): PointValue | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "number" || typeof value === "boolean" || typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}
