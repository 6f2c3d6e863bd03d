/** A thread that makes a spreadsheet of an exported Parquet file. Texts are texts, whatever they begin with; times are UTC as ISO 8601. */
import { DuckDBInstance } from "@duckdb/node-api";
import { workerData } from "node:worker_threads";
import type { Cell } from "write-excel-file/node";
import writeXlsx from "write-excel-file/node";
import { plainText } from "../contract/document.ts";

const { from, to } = workerData as { readonly from: string; readonly to: string };
const LONGEST_TEXT = 32_767;
const HEAD = { fontWeight: "bold", backgroundColor: "#e6efe9" } as const;
const TIMES = new Set(["time", "received", "start"]);

const instance = await DuckDBInstance.create(":memory:", { threads: "1", memory_limit: "128MB", autoinstall_known_extensions: "false" });
const connection = await instance.connect();
const source = `read_parquet('${from.replaceAll("'", "''")}')`;
const names = (await connection.run(`SELECT * FROM ${source} LIMIT 0`)).columnNames();
const columns = names.map((name) => (TIMES.has(name) ? `strftime("${name}", '%Y-%m-%dT%H:%M:%S.%gZ')` : `"${name}"`));
const rows = await (await connection.run(`SELECT ${columns.join(", ")} FROM ${source}`)).getRows();
const cellOf = (value: unknown): Cell => {
  if (typeof value === "number") return Number.isFinite(value) ? { value, type: Number } : null;
  return typeof value === "string" ? { value: plainText(value).slice(0, LONGEST_TEXT), type: String } : null;
};
const data = [names.map((name): Cell => ({ value: name, type: String, ...HEAD })), ...rows.map((row) => row.map(cellOf))];
await writeXlsx(data, {
  sheet: "readings",
  columns: names.map((name) => ({ width: TIMES.has(name) || name === "point" ? 26 : 14 })),
  stickyRowsCount: 1,
}).toFile(to);
connection.closeSync();
instance.closeSync();
