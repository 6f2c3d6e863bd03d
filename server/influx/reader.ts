/** Reads back from InfluxDB what the embedded history may hold no longer. */
import type { PointValue } from "../core/reading.ts";
import type { OlderReadings, StoredReading, WindowedReading, WindowFunction } from "../ports.ts";
import type { Connection } from "./connection.ts";
import { rowsOf, whereOf } from "./influxql.ts";
import { READING } from "./line.ts";
import { judge } from "./verdict.ts";

const FIELDS = ["value", "state", "text", "bad", "suspect", "delay"].map((f) => `"${f}"`).join(", ");
const FUNCTIONS: Readonly<Record<WindowFunction, string>> = { mean: "mean", min: "min", max: "max", last: "last", sum: "sum" };

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
