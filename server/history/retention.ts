/** What is kept how long: raw readings, five minutes and hours go when they are old; days stay. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Millis } from "../core/reading.ts";
import type { Zone } from "../core/zone.ts";
import { mark } from "./rollups.ts";

/** In ms. */
export interface Keep {
  readonly raw: Millis;
  readonly five: Millis;
  readonly hours: Millis;
  /** Marks of what readings must have been forwarded to before they may go. */
  readonly forwards: readonly string[];
}

/** Deletes once a day what is too old, and answers before when raw readings are gone. */
export function createRetention(keep: Keep | null, zone: Zone): (connection: DuckDBConnection, rolledUntil: Millis) => Promise<Millis> {
  let done = Number.NEGATIVE_INFINITY;
  return async (connection, rolledUntil) => {
    const today = zone.midnight(rolledUntil);
    if (keep === null || today <= done) return Number.NEGATIVE_INFINITY;
    const cut = (ms: Millis) => zone.midnight(rolledUntil - ms);
    const raw = cut(keep.raw);
    await connection.run("BEGIN");
    try {
      let forwarded = "";
      for (const name of keep.forwards) {
        const mark = (await (await connection.run("SELECT value FROM marks WHERE name = $name", { name })).getRows())[0]?.[0];
        forwarded += ` AND batch <= ${typeof mark === "number" ? mark : 0}`;
      }
      await connection.run(`DELETE FROM readings WHERE observed < ${raw}${forwarded}`);
      await connection.run(`DELETE FROM five WHERE start < ${cut(keep.five)}`);
      await connection.run(`DELETE FROM oddities WHERE start < ${cut(keep.five)}`);
      await connection.run(`DELETE FROM hours WHERE start < ${cut(keep.hours)}`);
      await mark(connection, "raw-from", raw);
      await connection.run("COMMIT");
    } catch (error) {
      await connection.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
    done = today;
    return raw;
  };
}
