/** Readings in a DuckDB file: queued as columns, committed in groups by a worker thread, acknowledged after the commit. */
import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Logger } from "pino";
import type { Report } from "../core/reading.ts";
import { FIVE_MINUTES } from "../core/rollup.ts";
import { WINDOW_FUNCTIONS } from "../ports/history.ts";
import type { History, JournalReading, StoredReading } from "../ports/history.ts";
import { CAPACITY, createBatch, emptyBatch, TYPE } from "./columns.ts";
import type { Batch } from "./columns.ts";
import { createDictionary } from "./dictionary.ts";
import type { Dictionary } from "./dictionary.ts";
import { createWorkerEngine } from "./engine.ts";
import type { Engine } from "./engine.ts";
import type { Keep } from "./retention.ts";
import { bound, createRegrouper, qualityOf, valueOf, whole } from "./rows.ts";
import type { Rows, StoreOptions } from "./store.ts";

export interface DuckDbHistoryOptions {
  /** Path of the DuckDB file; its folder is made where it is missing. */
  readonly file: string;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  /** DuckDB's own limit; default 256MB. */
  readonly memoryLimit?: string;
  /** DuckDB's threads; default 1: a second one makes commits half as dear again, and two reads run beside each other anyway. */
  readonly threads?: number;
  /** IANA zone of the site: where its days and hours begin. Default Asia/Shanghai. */
  readonly timezone?: string;
  /** How long is kept what; absent: for good. */
  readonly keep?: Keep;
  /** Bytes that are free for readings on the disk, past what has to stay free; at 0 or below nothing is committed. Absent: never looked at. */
  readonly room?: () => Promise<number>;
  /** Readings that may wait. Past it, reports that nobody waits for (QoS 0) are let go and counted; the others are acknowledged late. Default 200,000. */
  readonly backlogLimit?: number;
  /** Wait before a failed commit is tried again, ms: doubled each time up to `max`. Default 100 and 5,000. */
  readonly retry?: { readonly first: number; readonly max: number };
  /** For tests: how the engine is made. */
  readonly engine?: (options: StoreOptions) => Engine;
}

/** `History` and what the DuckDB one knows besides: how many reports it had to let go because the queue was full. */
export interface DuckDbHistory extends History {
  readonly dropped: number;
}

const HIGH = 4_294_967_296;
const KEPT_BATCHES = 8;
/** The smallest commit costs about 1 ms of a processor: a trickle is gathered for so long, unless so many readings wait already. */
const GATHER_MS = 10;
const ENOUGH = 2_000;
/** So long (ms, real) the answer that there is room is believed. */
const ROOM_MS = 1_000;
/** An export goes by so many slices of time, none shorter than an hour. */
const EXPORT_SLICES = 100;
const EXPORT_SLICE_MS = 3_600_000;
/** DuckDB locks its file against other processes, but not against this one. */
const opened = new Set<string>();

/** A history in one DuckDB file. Nothing happens before `open`. */
export function createDuckDbHistory(options: DuckDbHistoryOptions): DuckDbHistory {
  const { log } = options;
  const file = resolve(options.file);
  const retry = options.retry ?? { first: 100, max: 5_000 };
  const backlogLimit = options.backlogLimit ?? 200_000;
  const engine = (options.engine ?? createWorkerEngine)({
    file,
    memoryLimit: options.memoryLimit ?? "256MB",
    threads: options.threads ?? 1,
    timezone: options.timezone ?? "Asia/Shanghai",
    keep: options.keep ?? null,
  });
  let dictionary: Dictionary | null = null;
  let state: "new" | "open" | "closing" | "closed" = "new";
  let onFailure: (error: Error | null) => void = () => undefined;

  let tail = createBatch();
  const full: Batch[] = [];
  const spare: Batch[] = [];
  let waitingReports = 0;
  let waitingReadings = 0;
  let dropped = 0;
  let droppingSaid = false;
  let committing: Promise<void> | null = null;
  let cutShort: (() => void) | null = null;
  let gathered: (() => void) | null = null;
  let lastBegun = Number.NEGATIVE_INFINITY;
  let rows = 0;
  let commits = 0;
  let lastCommitMs = 0;
  let exported = 0;
  let trouble: string | null = null;
  let roomUntil = Number.NEGATIVE_INFINITY;

  function nextTail(): void {
    full.push(tail);
    tail = spare.pop() ?? createBatch();
  }

  function append(report: Report, durable: (() => void) | undefined): void {
    const words = dictionary;
    const { device, readings } = report;
    if (words === null || state !== "open" || (durable === undefined && waitingReadings >= backlogLimit)) return letGo(device);
    const points = words.pointsOf(device);
    const at = Math.floor(report.at);
    const atLow = at | 0;
    const atHigh = Math.floor(at / HIGH);
    const received = Math.floor(report.received);
    const receivedLow = received | 0;
    const receivedHigh = Math.floor(received / HIGH);
    for (let n = 0; n < readings.length; n++) {
      const reading = readings[n]!;
      const { name, value, quality } = reading;
      if (tail.count === CAPACITY) nextTail();
      const { columns } = tail;
      const i = tail.count++;
      columns.point[i] = points.get(name) ?? words.addPoint(points, device, name, tail);
      columns.at[i * 2] = atLow;
      columns.at[i * 2 + 1] = atHigh;
      columns.received[i * 2] = receivedLow;
      columns.received[i * 2 + 1] = receivedHigh;
      columns.quality[i] = quality === "good" ? 0 : quality === "suspect" ? 1 : 2;
      if (typeof value === "number") {
        columns.type[i] = TYPE.number;
        columns.value[i] = value;
      } else if (typeof value === "boolean") {
        columns.type[i] = TYPE.boolean;
        columns.value[i] = value ? 1 : 0;
      } else {
        columns.type[i] = TYPE.text;
        columns.value[i] = words.word(value, tail);
      }
    }
    tail.reports++;
    if (durable !== undefined) tail.durable.push(durable);
    waitingReports++;
    waitingReadings += readings.length;
    if (gathered !== null && waitingReadings >= ENOUGH) gathered();
    // What comes in the same turn of the event loop goes into the same commit.
    if (committing === null) committing = new Promise<void>((go) => setImmediate(go)).then(commitAll);
  }

  function letGo(device: string): void {
    dropped++;
    if (droppingSaid) return;
    droppingSaid = true;
    log.error(
      { device, waiting: waitingReadings },
      "readings are let go: they cannot be stored now and nobody waits for them (QoS 0); free the disk, or send with QoS 1",
    );
  }

  /** Commits one batch after the other until nothing waits. Ends early only when `close` runs out of patience. */
  async function commitAll(): Promise<void> {
    while (waitingReports > 0) {
      if (waitingReadings < ENOUGH && state === "open") await gather();
      if (full.length === 0) nextTail();
      const batch = full[0]!;
      if (!(await commitBatch(batch))) return;
      full.shift();
      waitingReports -= batch.reports;
      waitingReadings -= batch.count;
      if (waitingReadings < backlogLimit) droppingSaid = false;
      const { durable } = batch;
      emptyBatch(batch);
      if (spare.length < KEPT_BATCHES) spare.push(batch);
      for (const tell of durable) {
        try {
          tell();
        } catch (error) {
          log.error({ error }, "a callback after a commit failed");
        }
      }
    }
    committing = null;
  }

  async function gather(): Promise<void> {
    const wait = lastBegun + GATHER_MS - performance.now();
    if (wait <= 0) return;
    const { promise, resolve: goOn } = Promise.withResolvers<void>();
    const timer = setTimeout(goOn, wait);
    gathered = goOn;
    await promise;
    clearTimeout(timer);
    gathered = null;
  }

  /** Roll-ups are made beside the commits; that they cannot be made is told with these. */
  function sayTrouble(now: string | null): void {
    if (now !== null && now !== trouble) log.error({ error: now, file }, "readings are stored, but cannot be rolled up; it is tried again with every commit");
    trouble = now;
  }

  /** Rejects while the disk has no room: it stops before the disk does, so that nothing is half written and the records still can be. */
  async function checkRoom(): Promise<void> {
    if (options.room === undefined || performance.now() < roomUntil) return;
    const room = await options.room();
    if (room <= 0)
      throw new Error(`the disk of ${file} is full but for its reserve (${Math.ceil(-room / 1_048_576)} MB short): make room, or lower history.reserve`);
    // A commit is below a megabyte; with much room there is no need to look again at each.
    roomUntil = performance.now() + ROOM_MS;
  }

  /** Tries until the batch is stored; false only when `close` gave up. */
  async function commitBatch(batch: Batch): Promise<boolean> {
    let wait = retry.first;
    for (let attempt = 1; ; attempt++) {
      try {
        const begun = performance.now();
        lastBegun = begun;
        if (batch.count > 0) await checkRoom();
        if (batch.count > 0) {
          const call = { kind: "commit", memory: batch.memory, count: batch.count, points: batch.points, words: batch.words } as const;
          sayTrouble(await engine.call<"commit">(call));
        }
        lastCommitMs = performance.now() - begun;
        rows += batch.count;
        commits++;
        if (attempt > 1) log.info({ attempts: attempt }, "readings are stored again");
        // An alert may still stand from before this process began.
        if (attempt > 1 || commits === 1) onFailure(null);
        return true;
      } catch (error) {
        const failure = error instanceof Error ? error : new Error(String(error));
        if (attempt === 1) log.error({ error: failure.message, file }, "readings cannot be stored; they are kept and tried again");
        onFailure(failure);
        const { promise, resolve: goOn } = Promise.withResolvers<"again" | "stop">();
        const timer = setTimeout(() => goOn("again"), wait);
        cutShort = () => goOn("stop");
        const next = await promise;
        clearTimeout(timer);
        cutShort = null;
        if (next === "stop") return false;
        wait = Math.min(wait * 2, retry.max);
      }
    }
  }

  function known(): Dictionary {
    if (dictionary === null || state === "closed") throw new Error("the history is not open");
    return dictionary;
  }

  function storedAt(stored: Rows, i: number): StoredReading {
    const value = valueOf(stored.type[i]!, stored.value[i]!, stored.text[i]!);
    return { at: stored.at[i]!, received: stored.received[i]!, value, quality: qualityOf(stored.quality[i]!) };
  }

  return {
    async open() {
      if (state !== "new") throw new Error("a history is opened once");
      if (opened.has(file)) throw new Error(`${file} is open already in this process`);
      await mkdir(dirname(file), { recursive: true });
      const stored = await engine.call<"open">({ kind: "open" }).catch(async (error: unknown) => {
        await engine.kill();
        throw error;
      });
      opened.add(file);
      dictionary = createDictionary(stored.points, stored.words, stored.nextWord);
      rows = stored.rows;
      state = "open";
    },
    append,
    onFailure(listener) {
      onFailure = listener;
    },
    async readings(point, from, to, limit) {
      const id = known().find(point);
      const call = { kind: "readings", from: bound("from", from), to: bound("to", to), limit: whole("limit", limit, 0) } as const;
      if (id === undefined) return [];
      const stored = await engine.call<"readings">({ ...call, point: id });
      return stored.at.map((_, i) => storedAt(stored, i));
    },
    async windows(point, from, to, every, fn, origin) {
      const id = known().find(point);
      if (!WINDOW_FUNCTIONS.includes(fn)) throw new RangeError(`fn must be one of ${WINDOW_FUNCTIONS.join(", ")}, not ${fn}`);
      const call = {
        kind: "windows",
        from: bound("from", from),
        to: bound("to", to),
        every: whole("every", every, 1),
        fn,
        origin: bound("origin", origin),
      } as const;
      if (id === undefined) return [];
      const stored = await engine.call<"windows">({ ...call, point: id });
      return stored.at.map((at, i) => ({ at, value: stored.value[i]!, count: stored.count[i]! }));
    },
    async latest() {
      const names = known();
      const stored = await engine.call<"latest">({ kind: "latest" });
      // Of several readings at the same time, the one that came last stands.
      const newest = new Map<number, number>();
      stored.point.forEach((point, i) => newest.set(point, i));
      return [...newest].map(([point, i]) => ({ point: `${names.device(point)}/${names.name(point)}`, reading: storedAt(stored, i) }));
    },
    async replay(from, each) {
      const names = known();
      const regrouper = createRegrouper(each);
      const rows = (stored: Rows) => {
        stored.point.forEach((point, i) => {
          const { at, received, value, quality } = storedAt(stored, i);
          regrouper.row(names.device(point), at, received, { name: names.name(point), value, quality });
        });
      };
      await engine.call<"replay">({ kind: "replay", from: bound("from", from) }, { rows });
      regrouper.end();
    },
    async scan({ from, to, points, quietMs }, each) {
      const names = known();
      // A point that was never stored has no number, so the slices' numbers are put back into the question's.
      const stored = points.flatMap(({ point }, i) => (names.find(point) === undefined ? [] : [i]));
      const places = Int32Array.from(stored);
      const call = {
        kind: "scan",
        from: bound("from", from),
        to: bound("to", to),
        points: Int32Array.from(stored, (i) => names.find(points[i]!.point)!),
        deviceOf: Int32Array.from(stored, (i) => points[i]!.device),
        takes: stored.map((i) => points[i]!.take),
        quietMs: Float64Array.from(quietMs),
      } as const;
      await engine.call<"scan">(call, {
        slice: (slice) => {
          const { point } = slice;
          for (let i = 0; i < point.length; i++) point[i] = places[point[i]!]!;
          return each(slice);
        },
      });
    },
    async rollups({ points, from, to, step }) {
      const names = known();
      const call = {
        kind: "rollups",
        from: bound("from", from),
        to: bound("to", to),
        step,
        points: Int32Array.from(points, (p) => names.find(p) ?? -1),
      } as const;
      return engine.call<"rollups">(call);
    },
    async exchange(exchanges) {
      const names = known();
      const stored = exchanges.map(({ point, ...exchange }) => {
        const id = names.find(point);
        if (id === undefined) throw new RangeError(`${point} was never heard: only a counter that was heard can be exchanged`);
        return { ...exchange, point: id };
      });
      await engine.call<"exchange">({ kind: "exchange", exchanges: stored });
    },
    async journal(after, limit) {
      const names = known();
      const { upTo, rows: stored } = await engine.call<"journal">({ kind: "journal", after: whole("after", after, 0), limit: whole("limit", limit, 1) });
      const readings = stored.point.map((point, i): JournalReading => ({ point: `${names.device(point)}/${names.name(point)}`, ...storedAt(stored, i) }));
      return { upTo, readings };
    },
    mark: (name) => (known(), engine.call<"mark">({ kind: "mark", name })),
    setMark: async (name, value) => void (known(), await engine.call<"set-mark">({ kind: "set-mark", name, value })),
    async exportTo({ points, from, to, step, format }, out, progress) {
      const names = known();
      const ids = points.flatMap((point) => names.find(point) ?? []);
      // Slices begin where windows do, so that none is cut in two.
      const whole5 = (at: number) => Math.ceil(at / FIVE_MINUTES) * FIVE_MINUTES;
      const [begin, end] = step === "raw" ? [bound("from", from), bound("to", to)] : [whole5(bound("from", from)), whole5(bound("to", to))];
      const file = resolve(out);
      const key = `${++exported}`;
      if (step !== "raw") await engine.call<"rollups">({ kind: "rollups", points: new Int32Array(), from: 0, to: 0, step });
      const length = Math.max(EXPORT_SLICE_MS, whole5((end - begin) / EXPORT_SLICES));
      let rows = 0;
      try {
        for (let at = begin; at === begin || at < end; at += length) {
          const until = Math.min(at + length, end);
          const slice = { step, points: ids.length === 0 ? [-1] : ids, from: at, to: until };
          rows = await engine.call<"export-slice">({ kind: "export-slice", export: key, slice });
          progress(((until - begin) / Math.max(1, end - begin)) * 0.95, rows);
        }
        await engine.call<"export-write">({ kind: "export-write", export: key, file, format });
      } catch (error) {
        await engine.call<"export-drop">({ kind: "export-drop", export: key }).catch(() => undefined);
        throw error;
      }
      return rows;
    },
    copyTo: async (to) => void (known(), await engine.call<"copy">({ kind: "copy", file: resolve(to) })),
    oldest: () => (known(), engine.call<"oldest">({ kind: "oldest" })),
    get backlog() {
      return waitingReports;
    },
    get dropped() {
      return dropped;
    },
    stats: () => ({ rows, commits, lastCommitMs }),
    async close() {
      if (state === "new" || state === "closed") {
        state = "closed";
        return;
      }
      state = "closing";
      const patience = setTimeout(() => cutShort?.(), retry.max);
      await committing;
      clearTimeout(patience);
      const lost = waitingReports;
      await engine
        .call<"close">({ kind: "close" })
        .catch((error: unknown) => log.warn({ error }, "the history's file was not closed well; it mends itself at the next start"));
      await engine.kill();
      state = "closed";
      opened.delete(file);
      if (lost > 0) throw new Error(`${lost} reports could not be stored before the end; those sent with QoS 1 were not acknowledged and will come again`);
    },
  };
}
