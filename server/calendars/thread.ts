/** Reads one iCalendar text in a thread of its own: a text that makes the reader run for ever is ended with its thread. */
import { parentPort, workerData } from "node:worker_threads";
import type { IcsQuestion } from "../ports/calendars.ts";
import { readIcs } from "./read-ics.ts";
import { CalendarError, trouble } from "./trouble.ts";

const { text, question } = workerData as { readonly text: string; readonly question: IcsQuestion };
try {
  parentPort?.postMessage({ ok: true, read: readIcs(text, question) });
} catch (error) {
  parentPort?.postMessage({ ok: false, trouble: error instanceof CalendarError ? error.trouble : trouble("not-calendar") });
}
