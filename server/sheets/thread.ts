/** Reads one table in a thread of its own: a file that somebody made to be slow or large ends there. */
import { parentPort, workerData } from "node:worker_threads";
import { readCsv } from "./csv.ts";
import { BadSheet } from "./limits.ts";
import { readXlsx } from "./xlsx.ts";

const bytes = workerData as Uint8Array;
try {
  // A zip file begins with PK, whatever it calls itself.
  const table = bytes[0] === 0x50 && bytes[1] === 0x4b ? readXlsx(bytes) : { rows: readCsv(bytes), from1904: false };
  parentPort?.postMessage({ ok: true, table });
} catch (error) {
  if (!(error instanceof BadSheet)) throw error;
  parentPort?.postMessage({ ok: false, detail: error.message });
}
