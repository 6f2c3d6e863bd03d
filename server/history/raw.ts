/** Raw readings of a range out of the DuckDB file, through a fold. */
import type { DuckDBConnection } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { Millis } from "../core/reading.ts";
import type { Fold, FoldOptions } from "./fold.ts";
import { createFold } from "./fold.ts";

/** Up to so many points are named to the database; of more, all are read and the others left out here. */
const FEW = 200;

/** Of several readings of one instant the good one that arrived last counts: that is how readings are corrected. */
const CORRECTED = `
  QUALIFY row_number() OVER (PARTITION BY point, observed ORDER BY quality, received DESC, batch DESC, rowid DESC) = 1 ORDER BY point, observed`;

export interface RawRange {
  readonly from: Millis;
  readonly to: Millis;
  readonly points: readonly number[];
  /** Where the points are one of so many parts of all: those whose number leaves this remainder. */
  readonly part: { readonly chunks: number; readonly chunk: number } | null;
}

/**
 * Folds raw readings as they lie, which is the order of their arrival; the few points of which something came out of the order of time, or was
 * corrected, are read again, sorted. Sorting them all would cost twice as much as the fold.
 */
export async function foldRaw(connection: DuckDBConnection, range: RawRange, options: FoldOptions): Promise<void> {
  if (range.points.length === 0) return;
  const fold = createFold(options);
  await readRaw(connection, range, "", fold);
  const disordered = fold.end(range.points);
  if (disordered.length === 0) return;
  // More than a few points are not named to the database: of all that comes then, only these are folded a second time.
  const again = new Set(disordered);
  const sorted = createFold({ ...options, from: (point) => (again.has(point) ? options.from(point) : Number.POSITIVE_INFINITY) });
  await readRaw(connection, { ...range, points: disordered, part: null }, CORRECTED, sorted);
  sorted.end(disordered);
}

async function readRaw(connection: DuckDBConnection, { from, to, points, part }: RawRange, order: string, fold: Fold): Promise<void> {
  const few = points.length <= FEW ? `AND point IN (${points.join(",")})` : part !== null ? `AND point % ${part.chunks} = ${part.chunk}` : "";
  const until = Number.isFinite(to) ? `AND observed < ${to}` : "";
  // A stream hands over what is left of each vector: of a few points a row or two at a time.
  const read = points.length <= FEW ? connection.run.bind(connection) : connection.stream.bind(connection);
  const result = await read(
    `SELECT point, observed::DOUBLE, type, quality, value FROM readings WHERE observed >= ${from} ${until} AND type <= 1 AND quality <= 1 ${few} ${order}`,
  );
  for (let next = await result.fetchChunk(); next !== null && next.rowCount > 0; next = await result.fetchChunk()) {
    const rows = next.rowCount;
    const column = (i: number, width: number) => duckdb.vector_get_data(duckdb.data_chunk_get_vector(next!.chunk, i), rows * width);
    const bytes = [column(0, 4), column(1, 8), column(2, 1), column(3, 1), column(4, 8)] as const;
    const id = new Int32Array(bytes[0].buffer, bytes[0].byteOffset, rows);
    const at = new Float64Array(bytes[1].buffer, bytes[1].byteOffset, rows);
    const value = new Float64Array(bytes[4].buffer, bytes[4].byteOffset, rows);
    for (let i = 0; i < rows; i++) fold.row(id[i]!, at[i]!, bytes[2][i]!, bytes[3][i]!, value[i]!);
  }
}
