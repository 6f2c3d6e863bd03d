/** Writes one document in a thread of its own: what waits for the flow does not wait for it. */
import { parentPort, workerData } from "node:worker_threads";
import type { DocumentQuestion } from "../ports/reports.ts";
import { writeDocx } from "./docx.ts";
import { writeXlsxFile } from "./xlsx.ts";

const { as, model } = workerData as DocumentQuestion;
try {
  if (as === "docx" && model.kind === "sheet") throw new Error("a prescribed sheet is no text");
  const bytes = as === "docx" && model.kind === "document" ? await writeDocx(model) : await writeXlsxFile(model);
  parentPort?.postMessage({ ok: true, bytes }, [bytes.buffer as ArrayBuffer]);
} catch (error) {
  parentPort?.postMessage({ ok: false, error: error instanceof Error ? error.message : String(error) });
}
