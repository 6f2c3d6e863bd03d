/** A thread that makes a spreadsheet of an exported Parquet file. Texts are texts, whatever they begin with; times are UTC as ISO 8601. */
import { DuckDBInstance } from "@duckdb/node-api";
import { workerData } from "node:worker_threads";
import type { Cell } from "write-excel-file/node";
import writeXlsx from "write-excel-file/node";

const { from, to } = workerData as { readonly from: string; readonly to: string };
const LONGEST_TEXT = 32_767;
const HEAD = { fontWeight: "bold", backgroundColor: "#e6efe9" } as const;

const instance = await DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "128MB", autoinstall_known_extensions: "false" });
const connection = await instance.connect();
const result = await connection.run(`SELECT * FROM read_parquet('${from.replaceAll("'", "''")}')`);
const names = result.columnNames();
const times = new Set(names.filter((name) => ["time", "received", "start"].includes(name)));
const cellOf = (name: string, value: unknown): Cell => {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isFinite(value) ? { value, type: Number } : null;
  if (times.has(name)) return { value: new Date(Number((value as { readonly millis: bigint }).millis)).toISOString(), type: String };
  return {
    value: String(value)
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, " ")
      .slice(0, LONGEST_TEXT),
    type: String,
  };
};
const rows = await result.getRows();
const data = [names.map((name): Cell => ({ value: name, type: String, ...HEAD })), ...rows.map((row) => row.map((value, i) => cellOf(names[i]!, value)))];
await writeXlsx(data, {
  sheet: "readings",
  columns: names.map((name) => ({ width: times.has(name) || name === "point" ? 26 : 14 })),
  stickyRowsCount: 1,
}).toFile(to);
connection.closeSync();
instance.closeSync();
