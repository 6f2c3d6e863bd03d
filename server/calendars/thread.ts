/** Reads one iCalendar text in a thread of its own: a text that makes the reader run for ever is ended with its thread. */
import { parentPort, workerData } from "node:worker_threads";
import type { IcsQuestion } from "../ports.ts";
import { readIcs } from "./read-ics.ts";

const { text, question } = workerData as { readonly text: string; readonly question: IcsQuestion };
try {
  parentPort?.postMessage({ ok: true, read: readIcs(text, question) });
} catch (error) {
  parentPort?.postMessage({ ok: false, error: error instanceof Error ? error.message : String(error) });
}
