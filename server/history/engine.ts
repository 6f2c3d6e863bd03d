/** The main thread's end of the history's worker: calls, answers, and a new worker where one died. */
import { Worker } from "node:worker_threads";
import type { Answers, Call, FromWorker, ToWorker } from "./protocol.ts";
import type { Rows, StoreOptions } from "./store.ts";

export interface Engine {
  /** Rejects when the worker says so or dies; the next call starts a new one. `onRows` hears a replay's rows. */
  call<K extends Call["kind"]>(call: Extract<Call, { kind: K }>, onRows?: (rows: Rows) => void): Promise<Answers[K]>;
  /** Ends the worker at once, whatever it does; what it has committed stays. */
  kill(): Promise<void>;
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly onRows: ((rows: Rows) => void) | undefined;
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
    if (message.kind === "rows") {
      try {
        waiting.onRows?.(message.rows);
      } catch (error) {
        pending.delete(message.id);
        waiting.reject(error as Error);
      }
      const more: ToWorker = { kind: "more", id: message.id };
      from.postMessage(more);
      return;
    }
    pending.delete(message.id);
    if (message.kind === "failed") waiting.reject(new Error(message.message));
    else waiting.resolve(message.value as never);
  }

  return {
    call<K extends Call["kind"]>(call: Extract<Call, { kind: K }>, onRows?: (rows: Rows) => void) {
      return new Promise<Answers[K]>((resolve, reject) => {
        worker ??= start();
        const id = ++lastId;
        pending.set(id, { resolve, reject, onRows });
        const message: ToWorker = { kind: "call", id, call };
        worker.postMessage(message);
      });
    },
    async kill() {
      await worker?.terminate();
    },
  };
}
