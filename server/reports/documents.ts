/** Makes documents, one at a time, each within its memory and its time. */
import { Worker } from "node:worker_threads";
import type { DocumentQuestion, Documents } from "../ports/reports.ts";
import { problem } from "../errors.ts";

const WRITE_MS = 60_000;
const MEMORY_MB = 384;
/** Questions that may wait; who comes later asks again. */
const WAITING = 8;

type Answer = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly error: string };

function writeApart(question: DocumentQuestion): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("thread.ts", import.meta.url), { workerData: question, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    const late = setTimeout(() => void worker.terminate(), WRITE_MS);
    worker.once("message", (answer: Answer) => {
      if (answer.ok) resolve(answer.bytes);
      else reject(new Error(`the document could not be written: ${answer.error}`));
      void worker.terminate();
    });
    worker.once("error", reject);
    worker.once("exit", () => {
      clearTimeout(late);
      reject(new Error("the document took too much time or memory"));
    });
  });
}

export function createDocuments(write: (question: DocumentQuestion) => Promise<Uint8Array> = writeApart): Documents {
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    async make(question) {
      if (waiting >= WAITING) throw problem("too-many-requests", "Too many documents are being written; ask again in a moment.");
      waiting++;
      const mine = turn.then(() => write(question));
      turn = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        waiting--;
      }
    },
  };
}
