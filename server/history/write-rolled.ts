/** Rolled-up rows and their states as columns into the DuckDB file. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { DOUBLE, DuckDBDataChunk, INTEGER } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { Millis } from "../core/reading.ts";
import type { FiveMinutes } from "../core/rollup.ts";

const VECTOR = 2048;

/** Five minutes of a point, and its state at their end. */
export interface FiveRow {
  readonly point: number;
  readonly five: FiveMinutes;
  readonly value: number;
  readonly at: Millis;
  readonly odd: string | null;
}

export async function writeFive(connection: DuckDBConnection, rows: readonly FiveRow[]): Promise<void> {
  if (rows.length === 0) return;
  const column = (of: (row: FiveRow) => number) => Float64Array.from(rows, of);
  await append(connection, "five", [
    Int32Array.from(rows, (r) => r.point),
    column((r) => r.five.start),
    Int32Array.from(rows, (r) => r.five.count),
    column((r) => r.five.sum),
    column((r) => r.five.min),
    column((r) => r.five.max),
    column((r) => r.five.last),
    column((r) => r.five.total),
    column((r) => r.five.carried),
    column((r) => r.five.carriedFrom),
    column((r) => r.five.carriedTo),
    column((r) => r.value),
    column((r) => r.at),
  ]);
  const odd = rows.filter((r) => r.odd !== null);
  if (odd.length === 0) return;
  const appender = await connection.createAppender("oddities");
  for (const { point, five, odd: text } of odd) {
    appender.appendInteger(point);
    appender.appendDouble(five.start);
    appender.appendVarchar(text!);
    appender.endRow();
  }
  appender.closeSync();
}

/** Appends columns of numbers as they lie in memory. */
export async function append(connection: DuckDBConnection, table: string, columns: readonly (Int32Array | Float64Array)[]): Promise<void> {
  const appender = await connection.createAppender(table);
  const types = columns.map((c) => (c instanceof Int32Array ? INTEGER : DOUBLE));
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
