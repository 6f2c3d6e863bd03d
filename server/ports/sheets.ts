/** Tables that are handed in. */
import type { TableRow } from "../core/meters/rows.ts";

/** A table that somebody handed in. */
export interface SheetTable {
  readonly rows: readonly TableRow[];
  readonly from1904: boolean;
}

/** Reads tables (CSV, .xlsx) beside everything else. Rejects with a problem `bad-file` that says how to mend it. */
export interface Sheets {
  read(bytes: Uint8Array): Promise<SheetTable>;
}
