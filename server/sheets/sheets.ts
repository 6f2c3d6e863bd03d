/** Reads the tables that people hand in (CSV, .xlsx), one at a time, each in a thread with its own memory and time. */
import { Worker } from "node:worker_threads";
import { problem } from "../errors.ts";
import type { Sheets, SheetTable } from "../ports/sheets.ts";

const READ_MS = 20_000;
const MEMORY_MB = 384;
/** Files that may wait; who comes later asks again. */
const WAITING = 4;

type Answer = { readonly ok: true; readonly table: SheetTable } | { readonly ok: false; readonly detail: string };

function readApart(bytes: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("thread.ts", import.meta.url), { workerData: bytes, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    const late = setTimeout(() => void worker.terminate(), READ_MS);
    worker.once("message", (answer: Answer) => {
      resolve(answer);
      void worker.terminate();
    });
    worker.once("error", reject);
    worker.once("exit", () => {
      clearTimeout(late);
      reject(new Error("the table took too much time"));
    });
  });
}

export function createSheets(): Sheets {
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    async read(bytes) {
      if (waiting >= WAITING) throw problem("too-many-requests", "Too many tables are being read; ask again in a moment.");
      waiting++;
      const mine = turn.then(() => readApart(bytes));
      turn = mine.catch(() => undefined);
      const answer = await mine
        .catch((): Answer => ({
          ok: false,
          detail: "The file could not be read within its time and memory; leave only the readings in it, or save it as CSV.",
        }))
        .finally(() => waiting--);
      if (!answer.ok) throw problem("bad-file", answer.detail);
      return answer.table;
    },
  };
}
