/** The main thread's end of the history's worker: calls, answers, and a new worker where one died. */
import { Worker } from "node:worker_threads";
import type { Answers, Call, FromWorker, ToWorker } from "./protocol.ts";
import type { ScanSlice } from "../core/scan.ts";
import type { Rows, StoreOptions } from "./store.ts";

/** Hears what comes before the answer; the worker goes on when it has resolved and stops when it throws. */
export interface Hearing {
  readonly rows?: (rows: Rows) => void;
  readonly slice?: (slice: ScanSlice) => Promise<void>;
}

export interface Engine {
  /** Rejects when the worker says so or dies; the next call starts a new one. `hearing` hears a replay's rows, a scan's slices. */
  call<K extends Call["kind"]>(call: Extract<Call, { kind: K }>, hearing?: Hearing): Promise<Answers[K]>;
  /** Ends the worker at once, whatever it does; what it has committed stays. */
  kill(): Promise<void>;
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly hearing: Hearing | undefined;
}

/** Nothing runs before the first call. */
export function createWorkerEngine(options: StoreOptions): Engine {
  let worker: Worker | null = null;
  let lastId = 0;
  const pending = new Map<number, Pending>();

  function start(): Worker {
    const started = new Worker(new URL("./worker.ts", import.meta.url), { workerData: options, name: "history" });
    let why = "the history's worker ended";
    started.on("message", (message: FromWorker) => hear(started, message));
    started.on("error", (error: Error) => (why = `the history's worker died: ${error.message}`));
    started.on("exit", () => {
      if (worker !== started) return;
      worker = null;
      for (const waiting of pending.values()) waiting.reject(new Error(why));
      pending.clear();
    });
    return started;
  }

  function hear(from: Worker, message: FromWorker): void {
    const waiting = pending.get(message.id);
    if (waiting === undefined) return;
    if (message.kind === "rows" || message.kind === "slice") return void hearMore(from, waiting, message);
    pending.delete(message.id);
    if (message.kind === "failed") waiting.reject(new Error(message.message));
    else waiting.resolve(message.value as never);
  }

  async function hearMore(from: Worker, waiting: Pending, message: Extract<FromWorker, { kind: "rows" | "slice" }>): Promise<void> {
    let kind: "more" | "stop" = "more";
    try {
      if (message.kind === "rows") waiting.hearing?.rows?.(message.rows);
      else await waiting.hearing?.slice?.(message.slice);
    } catch (error) {
      pending.delete(message.id);
      waiting.reject(error as Error);
      kind = "stop";
    }
    const next: ToWorker = { kind, id: message.id };
    from.postMessage(next);
  }

  return {
    call<K extends Call["kind"]>(call: Extract<Call, { kind: K }>, hearing?: Hearing) {
      return new Promise<Answers[K]>((resolve, reject) => {
        worker ??= start();
        const id = ++lastId;
        pending.set(id, { resolve, reject, hearing });
        const message: ToWorker = { kind: "call", id, call };
        worker.postMessage(message);
      });
    },
    async kill() {
      await worker?.terminate();
    },
  };
}
