/** Readings and roll-ups into files: put together slice by slice in a table of the connection's own, then written as one file. */
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Millis } from "../core/reading.ts";
import type { RollupStep } from "../core/rollup.ts";
import { fivesQuery } from "./rolled-queries.ts";

export interface ExportSlice {
  readonly step: RollupStep | "raw";
  /** Stored numbers of the points. */
  readonly points: readonly number[];
  readonly from: Millis;
  readonly to: Millis;
}

export interface Exporting {
  /** Adds what lies in [from, to); answers how many rows there are by now. */
  slice(id: string, slice: ExportSlice): Promise<number>;
  /** Writes the file and forgets the rest. */
  write(id: string, file: string, format: "parquet" | "csv"): Promise<void>;
  drop(id: string): void;
}

const TABLE = { hour: "hours", day: "days" } as const;
const QUALITY = "CASE r.quality WHEN 0 THEN 'good' WHEN 1 THEN 'suspect' ELSE 'bad' END";
const stamp = (column: string) => `make_timestamp_ms(${column}::BIGINT)`;

// Duplicates of a delivery are one reading.
const RAW = `
  SELECT p.device || '/' || p.name AS point, ${stamp("r.observed")} AS "time", ${stamp("min(r.received)")} AS received,
    CASE WHEN r.type <= 1 THEN r.value END AS value, w.text AS text, ${QUALITY} AS quality
  FROM readings r JOIN points p ON p.id = r.point LEFT JOIN words w ON w.id::DOUBLE = CASE WHEN r.type = 2 THEN r.value END`;
const ROLLED = `
  SELECT p.device || '/' || p.name AS point, ${stamp("r.start")} AS "start", r.count AS count, CASE WHEN r.count > 0 THEN r.sum / r.count END AS mean,
    CASE WHEN r.count > 0 THEN r.min END AS min, CASE WHEN r.count > 0 THEN r.max END AS max, CASE WHEN r.count > 0 THEN r.last END AS last, r.total AS total`;

function selectOf({ step, points, from, to }: ExportSlice): string {
  const some = `r.point IN (${points.join(",")})`;
  if (step === "raw")
    return `${RAW} WHERE r.observed >= ${from} AND r.observed < ${to} AND ${some} GROUP BY p.device, p.name, r.observed, r.type, r.value, r.quality, w.text ORDER BY 2, 1`;
  const rows = step === "5m" ? `(${fivesQuery(from, to, `WHERE point IN (${points.join(",")})`)})` : TABLE[step];
  return `${ROLLED} FROM ${rows} r JOIN points p ON p.id = r.point WHERE r.start >= ${from} AND r.start < ${to} AND ${some} ORDER BY 2, 1`;
}

/** What a spreadsheet would take for a formula gets an apostrophe before it. */
function written(type: string, column: string): string {
  const name = `"${column}"`;
  if (type === "TIMESTAMP_MS" || type === "TIMESTAMP") return `strftime(${name}, '%Y-%m-%dT%H:%M:%S.%gZ') AS ${name}`;
  if (type === "VARCHAR") return `CASE WHEN regexp_matches(${name}, '^[=+@\\-\\t\\r]') THEN '''' || ${name} ELSE ${name} END AS ${name}`;
  return name;
}

export function createExporting(instance: DuckDBInstance): Exporting {
  const open = new Map<string, DuckDBConnection>();
  const drop = (id: string) => {
    open.get(id)?.closeSync();
    open.delete(id);
  };
  return {
    async slice(id, slice) {
      let connection = open.get(id);
      const first = connection === undefined;
      if (connection === undefined) open.set(id, (connection = await instance.connect()));
      await connection.run(`${first ? "CREATE TEMP TABLE exported AS" : "INSERT INTO exported"} ${selectOf(slice)}`);
      return Number((await (await connection.run("SELECT count(*)::DOUBLE FROM exported")).getRows())[0]?.[0]);
    },
    async write(id, file, format) {
      const connection = open.get(id);
      if (connection === undefined) throw new Error("nothing was put together");
      const to = `'${file.replaceAll("'", "''")}'`;
      if (format === "parquet") await connection.run(`COPY exported TO ${to} (FORMAT parquet, COMPRESSION zstd)`);
      else {
        const columns = await (
          await connection.run("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'exported' ORDER BY column_index")
        ).getRows();
        const select = columns.map(([name, type]) => written(String(type), String(name))).join(", ");
        await connection.run(`COPY (SELECT ${select} FROM exported) TO ${to} (FORMAT csv, HEADER)`);
      }
      drop(id);
    },
    drop,
  };
}
