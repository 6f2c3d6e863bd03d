/** Rolled-up rows and their states as columns into the DuckDB file. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { BIGINT, DOUBLE, DuckDBDataChunk, INTEGER } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { Millis } from "../core/reading.ts";
import type { FiveMinutes } from "../core/rollup.ts";

const VECTOR = 2048;

/** Five minutes of a point, and its state at their end. */
export interface FiveRow {
  readonly point: number;
  readonly five: FiveMinutes;
  readonly at: Millis;
  readonly odd: string | null;
}

export async function writeFive(connection: DuckDBConnection, rows: readonly FiveRow[]): Promise<void> {
  if (rows.length === 0) return;
  const column = (of: (row: FiveRow) => number) => Float64Array.from(rows, of);
  await append(connection, "five", [
    Int32Array.from(rows, (r) => r.point),
    times(rows.map((r) => r.five.start)),
    Int32Array.from(rows, (r) => r.five.count),
    column((r) => rounded(r.five.sum)),
    column((r) => r.five.min),
    column((r) => r.five.max),
    column((r) => r.five.last),
    column((r) => rounded(r.five.total)),
    column((r) => rounded(r.five.carried)),
    times(rows.map((r) => r.five.carriedFrom)),
    times(rows.map((r) => r.five.carriedTo)),
    times(rows.map((r) => r.at)),
  ]);
  const odd = rows.filter((r) => r.odd !== null);
  if (odd.length === 0) return;
  const appender = await connection.createAppender("oddities");
  for (const { point, five, odd: text } of odd) {
    appender.appendInteger(point);
    appender.appendBigInt(BigInt(five.start));
    appender.appendVarchar(text!);
    appender.endRow();
  }
  appender.closeSync();
}

/** A billionth of a unit is below anything that meters say, and such decimals take half the room that all 53 bits do. */
function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

/** Times are stored as whole ms: runs and small steps of whole numbers take next to no room. */
export function times(ms: readonly Millis[]): BigInt64Array {
  return BigInt64Array.from(ms, (t) => BigInt(Math.round(t)));
}

/** Appends columns of numbers as they lie in memory. */
export async function append(connection: DuckDBConnection, table: string, columns: readonly (Int32Array | Float64Array | BigInt64Array)[]): Promise<void> {
  const appender = await connection.createAppender(table);
  const types = columns.map((c) => (c instanceof Int32Array ? INTEGER : c instanceof BigInt64Array ? BIGINT : DOUBLE));
  const rows = columns[0]?.length ?? 0;
  for (let start = 0; start < rows; start += VECTOR) {
    const size = Math.min(VECTOR, rows - start);
    const chunk = DuckDBDataChunk.create(types, size);
    columns.forEach((column, i) => {
      const width = column.BYTES_PER_ELEMENT;
      duckdb.copy_data_to_vector(
        duckdb.data_chunk_get_vector(chunk.chunk, i),
        0,
        column.buffer as ArrayBuffer,
        column.byteOffset + start * width,
        size * width,
      );
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
