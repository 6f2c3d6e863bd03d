/** Exports: one at a time, with progress, to be canceled; the files wait in the data folder for a day, and no longer than the server runs. */
import { mkdir, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { MOST_XLSX_ROWS } from "../contract/export-formats.ts";
import type { Millis } from "../core/reading.ts";
import type { ExportQuestion, ExportRun, Exports } from "../ports/exports.ts";
import type { History } from "../ports/history.ts";

export interface ExportsParts {
  readonly history: History;
  /** Folder for the files; emptied at the start. */
  readonly dir: string;
  readonly now: () => Millis;
  /** A new id. */
  readonly id: () => string;
}

interface Kept {
  run: ExportRun;
  readonly file: string;
  readonly stop: AbortController;
  over: Promise<void>;
}

const KEPT = 20;
const KEPT_MS: Millis = 24 * 3_600_000;

export function createExports({ history, dir, now, id }: ExportsParts): Exports {
  const kept = new Map<string, Kept>();
  let last: Promise<void> = rm(dir, { recursive: true, force: true });
  let closed = false;

  async function make(entry: Kept): Promise<void> {
    const { question } = entry.run;
    const { signal } = entry.stop;
    if (signal.aborted) return;
    change(entry, { state: "running" });
    let tooMany = false;
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      // A spreadsheet is made of the compact file, in a thread of its own.
      const stored = question.format === "xlsx" ? `${entry.file}.parquet` : entry.file;
      const share = question.format === "xlsx" ? 0.8 : 1;
      const most = question.format === "xlsx" ? MOST_XLSX_ROWS : Number.POSITIVE_INFINITY;
      const written = { ...question, format: question.format === "csv" ? ("csv" as const) : ("parquet" as const) };
      const rows = await history.exportTo(written, stored, (done, so) => {
        signal.throwIfAborted();
        tooMany = so > most;
        if (tooMany) throw new Error(`An XLSX file takes at most ${most} rows; ask for less time, a wider step, or CSV or Parquet.`);
        change(entry, { progress: done * share, rows: so });
      });
      if (question.format === "xlsx") {
        await spreadsheet(stored, entry.file, signal);
        await unlink(stored);
      }
      change(entry, { state: "done", progress: 1, rows, bytes: (await stat(entry.file)).size, endedAt: now() });
    } catch (error) {
      await rm(entry.file, { force: true });
      await rm(`${entry.file}.parquet`, { force: true });
      const canceled = signal.aborted;
      change(entry, {
        state: canceled ? "canceled" : "failed",
        error: canceled ? null : error instanceof Error ? error.message : String(error),
        code: canceled ? null : tooMany ? "too-many-rows" : "failed",
        endedAt: now(),
      });
    }
  }

  function change(entry: Kept, to: Partial<ExportRun>): void {
    entry.run = { ...entry.run, ...to };
  }

  function forget(): void {
    for (const [key, entry] of kept) {
      const old = entry.run.endedAt !== null && (now() - entry.run.endedAt > KEPT_MS || kept.size > KEPT);
      if (!old) continue;
      kept.delete(key);
      void rm(entry.file, { force: true });
    }
  }

  return {
    ask(by, question: ExportQuestion) {
      forget();
      const key = id();
      const run: ExportRun = {
        id: key,
        by,
        question,
        askedAt: now(),
        endedAt: null,
        state: "waiting",
        progress: 0,
        rows: 0,
        bytes: null,
        error: null,
        code: null,
      };
      const entry: Kept = { run, file: join(dir, `${key}.${question.format}`), stop: new AbortController(), over: Promise.resolve() };
      kept.set(key, entry);
      last = entry.over = last.then(() => (closed ? undefined : make(entry)));
      return run;
    },
    get: (key) => kept.get(key)?.run ?? null,
    list: () => [...kept.values()].map((e) => e.run).reverse(),
    get waiting() {
      return [...kept.values()].filter((e) => e.run.endedAt === null).length;
    },
    async cancel(key) {
      const entry = kept.get(key);
      if (entry === undefined) return null;
      if (entry.run.endedAt === null) {
        entry.stop.abort();
        if (entry.run.state === "waiting") change(entry, { state: "canceled", endedAt: now() });
        else await entry.over;
      }
      return entry.run;
    },
    over: async (key) => kept.get(key)?.over,
    async file(key) {
      const entry = kept.get(key);
      return entry?.run.state === "done" ? { path: entry.file, bytes: entry.run.bytes ?? 0 } : null;
    },
    async close() {
      closed = true;
      for (const entry of kept.values()) entry.stop.abort();
      await last;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function spreadsheet(from: string, to: string, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL("./xlsx-thread.ts", import.meta.url), { workerData: { from, to } });
    const stop = () => void worker.terminate();
    signal.addEventListener("abort", stop, { once: true });
    worker.once("error", (error: Error) => fail(new Error(`the spreadsheet could not be made: ${error.message}`, { cause: error })));
    worker.once("exit", (code) => {
      signal.removeEventListener("abort", stop);
      if (code === 0) done();
      else fail(new Error("the spreadsheet was not finished"));
    });
  });
}
