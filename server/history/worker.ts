/** The history's worker thread: DuckDB works here, so that a flush or a checkpoint is never felt by the event loop of the house. */
import { parentPort, workerData } from "node:worker_threads";
import type { Call, FromWorker, ToWorker } from "./protocol.ts";
import { openStore } from "./store.ts";
import { memoryOfRollups } from "./merge.ts";
import { memoryOfSlice } from "../ports/scan.ts";
import type { Store, StoreOptions } from "./store.ts";

/** Chunks of a replay that may be under way. */
const AHEAD = 4;

const port = parentPort;
if (port === null) throw new Error("this file is started as a worker by the history");
const options = workerData as StoreOptions;
let store: Store | null = null;
const reading = new Set<Promise<void>>();
const readyForMore = new Map<number, (go: boolean) => void>();

function say(message: FromWorker, given: ArrayBuffer[] = []): void {
  port?.postMessage(message, given);
}

async function run(id: number, call: Call): Promise<void> {
  store ??= await openStore(options);
  switch (call.kind) {
    case "open":
      return say({ kind: "answer", id, value: store.opened });
    case "commit":
      return say({ kind: "answer", id, value: await store.commit(call.memory, call.count, call.points, call.words) });
    case "readings":
      return say({ kind: "answer", id, value: await store.readings(call.point, call.from, call.to, call.limit) });
    case "windows":
      return say({ kind: "answer", id, value: await store.windows(call.point, call.from, call.to, call.every, call.fn, call.origin) });
    case "latest":
      return say({ kind: "answer", id, value: await store.latest() });
    case "replay":
      await replay(id, store, call.from);
      return say({ kind: "answer", id, value: null });
    case "oldest":
      return say({ kind: "answer", id, value: await store.oldest() });
    case "scan": {
      const from = store;
      await onCredit(id, (pay) =>
        from.scan(call, async (slice) => {
          say({ kind: "slice", id, slice }, memoryOfSlice(slice));
          await pay();
        }),
      );
      return say({ kind: "answer", id, value: null });
    }
    case "rollups": {
      const value = await store.rollups(call);
      return say({ kind: "answer", id, value }, memoryOfRollups(value));
    }
    case "exchange":
      await store.exchange(call.exchanges);
      return say({ kind: "answer", id, value: null });
    case "journal":
      return say({ kind: "answer", id, value: await store.journal(call.after, call.limit) });
    case "mark":
      return say({ kind: "answer", id, value: await store.mark(call.name) });
    case "set-mark":
      await store.setMark(call.name, call.value);
      return say({ kind: "answer", id, value: null });
    case "export-slice":
      return say({ kind: "answer", id, value: await store.exporting.slice(call.export, call.slice) });
    case "export-write":
      await store.exporting.write(call.export, call.file, call.format);
      return say({ kind: "answer", id, value: null });
    case "export-drop":
      store.exporting.drop(call.export);
      return say({ kind: "answer", id, value: null });
    case "copy":
      await store.copyTo(call.file);
      return say({ kind: "answer", id, value: null });
    case "close":
      // What is still being read must not have the file taken from under it.
      for (const go of readyForMore.values()) go(false);
      await Promise.allSettled(reading);
      await store.close();
      store = null;
      say({ kind: "answer", id, value: null });
      return port?.close();
  }
}

function replay(id: number, from: Store, since: number): Promise<void> {
  return onCredit(id, (pay) =>
    from.replay(since, async (rows) => {
      say({ kind: "rows", id, rows });
      await pay();
    }),
  );
}

/** Does something that says more than one message: `pay` waits while too many of them are under way, and rejects when nobody wants more. */
async function onCredit(id: number, use: (pay: () => Promise<void>) => Promise<void>): Promise<void> {
  let credit = AHEAD;
  let stopped = false;
  let wake: (() => void) | null = null;
  readyForMore.set(id, (go) => {
    credit++;
    stopped ||= !go;
    wake?.();
  });
  const used = use(async () => {
    credit--;
    if (credit === 0 && !stopped) await new Promise<void>((resolve) => (wake = resolve));
    if (stopped) throw new Error("stopped");
  });
  reading.add(used);
  try {
    await used;
  } finally {
    reading.delete(used);
    readyForMore.delete(id);
  }
}

port.on("message", (message: ToWorker) => {
  if (message.kind !== "call") return readyForMore.get(message.id)?.(message.kind === "more");
  run(message.id, message.call).catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    say({ kind: "failed", id: message.id, message: text });
    // After a fatal error DuckDB answers nothing any more until the file is opened anew; the main thread starts a new worker.
    if (/database has been invalidated|^FATAL/i.test(text)) port.close();
  });
});
