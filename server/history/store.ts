/** The DuckDB file: its tables, one transaction per batch, and the questions asked of it. Runs in the worker. */
import { BIGINT, DuckDBDataChunk, DuckDBInstance, DOUBLE, INTEGER, UTINYINT } from "@duckdb/node-api";
import type { DuckDBAppender, DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { Millis } from "../core/reading.ts";
import { createZone } from "../core/zone.ts";
import type { Rollups, WindowFunction } from "../ports/history.ts";
import type { ScanSlice, ScanTake } from "../core/scan.ts";
import type { RollupCall } from "./ask-rollups.ts";
import { askRollups } from "./ask-rollups.ts";
import type { Windows } from "./windows.ts";
import { stepFor, windowsOf } from "./windows.ts";
import { BATCH_BYTES, columnsOver } from "./columns.ts";
import type { NewPoint, NewWord } from "./columns.ts";
import type { Keep } from "./retention.ts";
import { createRetention } from "./retention.ts";
import { mark as setMark, openRoller } from "./rollups.ts";
import { FORMAT, prepareTables } from "./tables.ts";
import type { Exporting } from "./exporting.ts";
import { createExporting } from "./exporting.ts";
import { createThinner } from "./thin.ts";

export interface StoreOptions {
  readonly file: string;
  /** DuckDB's own, e.g. "256MB". */
  readonly memoryLimit: string;
  readonly threads: number;
  /** IANA zone: where days and hours begin. */
  readonly timezone: string;
  /** How long is kept what; null = for good. */
  readonly keep: Keep | null;
}

/** What the main thread has to know to go on numbering. */
export interface Opened {
  readonly points: { readonly devices: readonly string[]; readonly names: readonly string[] };
  readonly words: readonly { readonly id: number; readonly text: string }[];
  readonly nextWord: number;
  readonly rows: number;
}

export interface Rows {
  readonly point: readonly number[];
  readonly at: readonly number[];
  readonly received: readonly number[];
  readonly type: readonly number[];
  readonly value: readonly number[];
  readonly quality: readonly number[];
  readonly text: readonly (string | null)[];
}

export interface ScanCall {
  readonly from: number;
  readonly to: number;
  /** Stored numbers of the points asked for, with their devices' numbers in the question. */
  readonly points: Int32Array;
  readonly deviceOf: Int32Array;
  readonly takes: readonly ScanTake[];
  readonly quietMs: Float64Array;
}

export interface StoredExchange {
  readonly id: string;
  readonly point: number;
  readonly at: Millis;
  readonly final: number;
  readonly initial: number;
}

export interface Store {
  readonly opened: Opened;
  /** One transaction: new points, new words, readings. Rejects, with nothing of it kept, when it could not be written. Answers why roll-ups cannot be made, null when they can. */
  commit(memory: SharedArrayBuffer, count: number, points: readonly NewPoint[], words: readonly NewWord[]): Promise<string | null>;
  readings(point: number, from: number, to: number, limit: number): Promise<Rows>;
  windows(point: number, from: number, to: number, every: number, fn: WindowFunction, origin: number): Promise<Windows>;
  latest(): Promise<Rows>;
  /** Rows in the order of their arrival, some thousands at a time; the next ones are fetched when `each` has resolved. */
  replay(from: number, each: (rows: Rows) => Promise<void>): Promise<void>;
  scan(call: ScanCall, each: (slice: ScanSlice) => Promise<void>): Promise<void>;
  oldest(): Promise<number | null>;
  rollups(call: RollupCall): Promise<Rollups>;
  exchange(exchanges: readonly StoredExchange[]): Promise<void>;
  /** Rows of the commits after `after`, and the last of these commits. */
  journal(after: number, limit: number): Promise<{ readonly upTo: number; readonly rows: Rows }>;
  mark(name: string): Promise<number | null>;
  setMark(name: string, value: number): Promise<void>;
  /** A new file with all that is committed, as of one moment. */
  copyTo(file: string): Promise<void>;
  readonly exporting: Exporting;
  close(): Promise<void>;
}

const VECTOR = 2048;
const HIGH = 4_294_967_296;
const WORDS_LOADED = 10_000;
/** A checkpoint rewrites what the log holds and stalls commits meanwhile; at this size that is rare and short. */
const CHECKPOINT_AT = "16MB";
/** Reads at a time: they share libuv's four threads with the commits. */
const READERS = 2;

const WORD = "LEFT JOIN words w ON w.id::DOUBLE = CASE WHEN r.type = 2 THEN r.value END";
const COLUMNS = "r.point, r.observed::DOUBLE, r.received::DOUBLE, r.type, r.value, r.quality, w.text";

// A message that was delivered twice differs in `received` at most.
const READINGS = `
  SELECT r.point, r.observed::DOUBLE, min(r.received)::DOUBLE, r.type, r.value, r.quality, w.text
  FROM readings r ${WORD}
  WHERE r.point = $point AND r.observed >= $from AND r.observed < $to
  GROUP BY r.point, r.observed, r.type, r.value, r.quality, w.text
  ORDER BY r.observed, min(r.received), min(r.rowid) LIMIT $limit`;

const AGGREGATES: Readonly<Record<WindowFunction, string>> = {
  mean: "avg(value)",
  min: "min(value)",
  max: "max(value)",
  sum: "sum(value)",
  last: "last(value ORDER BY observed, received, value)",
};

function windowsQuery(fn: WindowFunction): string {
  return `
    WITH once AS (
      SELECT observed, min(received) AS received, value FROM readings
      WHERE point = $point AND observed >= $from AND observed < $to AND type <= 1 AND quality <= 1 AND isfinite(value)
      GROUP BY observed, type, quality, value)
    SELECT (observed - (((observed - $origin) % $every) + $every) % $every)::DOUBLE AS start, ${AGGREGATES[fn]}, count(*)::DOUBLE
    FROM once GROUP BY start ORDER BY start`;
}

const LATEST = `
  WITH newest AS (SELECT point, max(observed) AS observed FROM readings GROUP BY point)
  SELECT ${COLUMNS} FROM readings r JOIN newest n ON n.point = r.point AND n.observed = r.observed ${WORD} ORDER BY r.received, r.rowid`;

const REPLAY = `SELECT ${COLUMNS} FROM readings r ${WORD} WHERE r.received >= $from ORDER BY r.received, r.rowid`;

// Readings are appended as they arrive and read back in that order, so that nothing is to be sorted.
const SCAN = `
  SELECT point, observed::DOUBLE, received::DOUBLE, value, type, quality FROM readings
  WHERE received >= $from AND received < $to`;
// The commit that holds the row of the limit, so that what is answered ends with a whole commit. Rows lie in the order of their commits.
const JOURNAL_END = "SELECT max(batch)::DOUBLE FROM (SELECT batch FROM readings WHERE batch > $after LIMIT $limit)";
const JOURNAL = `SELECT ${COLUMNS} FROM readings r ${WORD} WHERE r.batch > $after AND r.batch <= $upTo ORDER BY r.batch, r.rowid`;
/** A scan is read by such stretches of time, so that no reading transaction is old. */
const SCAN_MS = 7_200_000;
/** Asked for fewer than this share of all points, the others are left out by the database already. */
const FEW = 0.6;

/** Opens the file, making it where it is missing. Rejects with what is wrong and how to mend it. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const instance = await DuckDBInstance.create(options.file, {
    memory_limit: options.memoryLimit,
    threads: String(options.threads),
    checkpoint_threshold: CHECKPOINT_AT,
    // Nothing is ever fetched from the network.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  }).catch((error: unknown) => {
    throw new Error(explainOpening(options.file, error), { cause: error });
  });
  const writer = await instance.connect();
  const version = await prepareTables(writer);
  if (version !== FORMAT) {
    instance.closeSync();
    throw new Error(
      `${options.file} was written by a newer Jieyue (format ${version}, this one knows ${FORMAT}): start that version, or name another data folder in data.dir`,
    );
  }
  const opened = await readOpened(writer);
  const readers: DuckDBConnection[] = [];
  for (let i = 0; i < READERS; i++) readers.push(await instance.connect());
  return createStore(instance, writer, readers, opened, options);
}

async function createStore(
  instance: DuckDBInstance,
  writer: DuckDBConnection,
  readers: DuckDBConnection[],
  opened: Opened,
  options: StoreOptions,
): Promise<Store> {
  // Numbers are given out in order, so what a retried batch has stored already (its answer was lost) is below these.
  let nextPoint = opened.points.names.length;
  let nextWord = opened.nextWord;
  let batch = Number((await rowsOf(writer, "SELECT max(batch)::DOUBLE FROM readings"))[0]?.[0] ?? 0);
  const names = [...opened.points.names];
  const nameOf = (point: number) => names[point] ?? "";
  const zone = createZone(options.timezone);
  const roller = await openRoller(instance, { zone, nameOf, points: names.length, lastBatch: () => batch, afterPass: createRetention(options.keep, zone) });
  let trouble: string | null = null;
  const scratch = new ArrayBuffer(BATCH_BYTES);
  const columns = columnsOver(scratch);
  const batches = new BigInt64Array(VECTOR);
  const chunkTypes = [INTEGER, BIGINT, BIGINT, DOUBLE, UTINYINT, UTINYINT, BIGINT];
  let appenders: { readonly readings: DuckDBAppender; readonly points: DuckDBAppender; readonly words: DuckDBAppender } | null = null;
  const waiting: ((reader: DuckDBConnection) => void)[] = [];

  async function withReader<T>(use: (reader: DuckDBConnection) => Promise<T>): Promise<T> {
    const reader = readers.pop() ?? (await new Promise<DuckDBConnection>((resolve) => waiting.push(resolve)));
    try {
      return await use(reader);
    } finally {
      const next = waiting.shift();
      if (next === undefined) readers.push(reader);
      else next(reader);
    }
  }

  function appendRows(appender: DuckDBAppender, count: number): void {
    const sources = [columns.point, columns.at, columns.received, columns.value, columns.type, columns.quality] as const;
    const widths = [4, 8, 8, 8, 1, 1] as const;
    for (let start = 0; start < count; start += VECTOR) {
      const size = Math.min(VECTOR, count - start);
      const chunk = DuckDBDataChunk.create(chunkTypes, size);
      sources.forEach((source, i) => {
        const width = widths[i] ?? 1;
        duckdb.copy_data_to_vector(duckdb.data_chunk_get_vector(chunk.chunk, i), 0, scratch, source.byteOffset + start * width, size * width);
      });
      duckdb.copy_data_to_vector(duckdb.data_chunk_get_vector(chunk.chunk, sources.length), 0, batches.buffer, 0, size * 8);
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  }

  function tellRoller(count: number): void {
    const { at, point } = columns;
    for (let i = 0; i < count; i++) roller.committed(at[i * 2 + 1]! * HIGH + (at[i * 2]! >>> 0), point[i]!, batch);
    if (!roller.due) return;
    roller.pass().then(
      () => (trouble = null),
      (error: unknown) => (trouble = error instanceof Error ? error.message : String(error)),
    );
  }

  return {
    opened,
    async commit(memory, count, points, words) {
      new Uint8Array(scratch).set(new Uint8Array(memory));
      batches.fill(BigInt(batch + 1), 0, Math.min(VECTOR, count));
      appenders ??= {
        readings: await writer.createAppender("readings"),
        points: await writer.createAppender("points"),
        words: await writer.createAppender("words"),
      };
      await writer.run("BEGIN");
      try {
        for (const p of points) {
          if (p.id < nextPoint) continue;
          appenders.points.appendInteger(p.id);
          appenders.points.appendVarchar(p.device);
          appenders.points.appendVarchar(p.name);
          appenders.points.endRow();
        }
        if (points.length > 0) appenders.points.flushSync();
        for (const w of words) {
          if (w.id < nextWord) continue;
          appenders.words.appendInteger(w.id);
          appenders.words.appendVarchar(w.text);
          appenders.words.endRow();
        }
        if (words.length > 0) appenders.words.flushSync();
        appendRows(appenders.readings, count);
        await writer.run("COMMIT");
      } catch (error) {
        appenders = null;
        await writer.run("ROLLBACK").catch(() => undefined);
        throw error;
      }
      batch++;
      for (const p of points) names[p.id] = p.name;
      tellRoller(count);
      nextPoint = Math.max(nextPoint, (points.at(-1)?.id ?? -1) + 1);
      nextWord = Math.max(nextWord, (words.at(-1)?.id ?? -1) + 1);
      return trouble;
    },
    readings: (point, from, to, limit) =>
      withReader(async (reader) => {
        const types = { point: INTEGER, from: BIGINT, to: BIGINT, limit: BIGINT };
        return toRows(await columnsOf(reader, READINGS, { point, from: BigInt(from), to: BigInt(to), limit: BigInt(limit) }, types));
      }),
    async windows(point, from, to, every, fn, origin) {
      const step = from < roller.rawFrom ? stepFor(zone, every, origin) : null;
      if (step !== null) await roller.pass();
      return withReader(async (reader) => {
        if (step !== null) {
          const rolled = await askRollups(reader, roller, zone, nameOf, { points: Int32Array.of(point), from, to, step });
          return windowsOf(rolled, every, fn, origin);
        }
        const types = { point: INTEGER, from: BIGINT, to: BIGINT, every: BIGINT, origin: BIGINT };
        const values = { point, from: BigInt(from), to: BigInt(to), every: BigInt(every), origin: BigInt(origin) };
        const [at, value, count] = await columnsOf(reader, windowsQuery(fn), values, types);
        return { at: (at ?? []) as number[], value: (value ?? []) as (number | null)[], count: (count ?? []) as number[] };
      });
    },
    latest: () => withReader(async (reader) => toRows(await columnsOf(reader, LATEST, {}, {}))),
    async replay(from, each) {
      const own = await instance.connect();
      try {
        const result = await own.stream(REPLAY, { from: BigInt(from) }, { from: BIGINT });
        for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
          await each(toRows(chunk.getColumns()));
        }
      } finally {
        own.closeSync();
      }
    },
    oldest: () =>
      withReader(async (reader) => {
        const at = (await rowsOf(reader, "SELECT min(received)::DOUBLE FROM readings"))[0]?.[0];
        return typeof at === "number" ? at : null;
      }),
    async scan({ from, to, points, deviceOf, takes, quietMs }, each) {
      const thinner = createThinner({ takes, deviceOf, quietMs });
      const own = await instance.connect();
      try {
        const asked = new Int32Array(Math.max(nextPoint, ...points) + 1).fill(-1);
        points.forEach((id, i) => (asked[id] = i));
        let scan = SCAN;
        if (points.length < nextPoint * FEW) {
          await own.run("CREATE TEMP TABLE asked (id INTEGER)");
          const appender = await own.createAppender("asked");
          for (const id of points) {
            appender.appendInteger(id);
            appender.endRow();
          }
          appender.closeSync();
          scan += " AND point IN (SELECT id FROM asked)";
        }
        let words = -1;
        for (let at = from; at < to; at += SCAN_MS) {
          const until = Math.min(at + SCAN_MS, to);
          const result = await own.stream(scan, { from: BigInt(at), to: BigInt(until) }, { from: BIGINT, to: BIGINT });
          for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
            const rows = chunk.rowCount;
            const column = (i: number, width: number) => duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk!.chunk, i), rows * width);
            const bytes = [column(0, 4), column(1, 8), column(2, 8), column(3, 8), column(4, 1), column(5, 1)] as const;
            const id = new Int32Array(bytes[0].buffer, bytes[0].byteOffset, rows);
            const observed = new Float64Array(bytes[1].buffer, bytes[1].byteOffset, rows);
            const received = new Float64Array(bytes[2].buffer, bytes[2].byteOffset, rows);
            const value = new Float64Array(bytes[3].buffer, bytes[3].byteOffset, rows);
            for (let i = 0; i < rows; i++) {
              const point = asked[id[i]!]!;
              if (point >= 0) thinner.take(point, observed[i]!, received[i]!, bytes[4][i]!, value[i]!, bytes[5][i]!);
            }
          }
          const [ids, texts] = await columnsOf(own, "SELECT id, text FROM words WHERE id > $words ORDER BY id", { words }, { words: INTEGER });
          const fresh = (ids ?? []).map((word, i) => [Number(word), String(texts?.[i])] as const);
          words = fresh.at(-1)?.[0] ?? words;
          await each(thinner.cut(until, fresh));
        }
      } finally {
        own.closeSync();
      }
    },
    async rollups(call) {
      // A pass may take a while: it is waited for before a reader is taken from others.
      await roller.pass();
      return withReader((reader) => askRollups(reader, roller, zone, nameOf, call));
    },
    async exchange(exchanges) {
      const own = await instance.connect();
      try {
        for (const { id, point, at, final, initial } of exchanges) {
          if ((await own.run("SELECT 1 FROM exchanges WHERE id = $id", { id }).then((r) => r.getRows())).length > 0) continue;
          await own.run("INSERT INTO exchanges VALUES ($id, $point, $at, $final, $initial, $batch)", { id, point, at, final, initial, batch: batch + 1 });
          roller.exchanged(point, at, final, initial, batch + 1);
        }
      } finally {
        own.closeSync();
      }
    },
    journal: (after, limit) =>
      withReader(async (reader) => {
        const types = { after: BIGINT, limit: BIGINT };
        const found = (await reader.run(JOURNAL_END, { after: BigInt(after), limit: BigInt(limit) }, types)).getRows();
        const upTo = Number((await found)[0]?.[0] ?? after);
        if (upTo <= after) return { upTo: after, rows: toRows([]) };
        const between = { after: BigInt(after), upTo: BigInt(upTo) };
        return { upTo, rows: toRows(await columnsOf(reader, JOURNAL, between, { after: BIGINT, upTo: BIGINT })) };
      }),
    mark: (name) =>
      withReader(async (reader) => {
        const value = (await (await reader.run("SELECT value FROM marks WHERE name = $name", { name })).getRows())[0]?.[0];
        return typeof value === "number" ? value : null;
      }),
    async setMark(name, value) {
      const own = await instance.connect();
      try {
        await own.run("BEGIN");
        await setMark(own, name, value);
        await own.run("COMMIT");
      } finally {
        own.closeSync();
      }
    },
    exporting: createExporting(instance),
    async copyTo(file) {
      const own = await instance.connect();
      const here = String((await rowsOf(own, "SELECT current_database()"))[0]?.[0]);
      try {
        await own.run(`ATTACH ${quoted(file)} AS copied`);
        await own.run(`COPY FROM DATABASE "${here}" TO copied`);
      } finally {
        await own.run("DETACH DATABASE IF EXISTS copied").catch(() => undefined);
        own.closeSync();
      }
    },
    async close() {
      await roller.close();
      appenders?.readings.closeSync();
      appenders?.points.closeSync();
      appenders?.words.closeSync();
      writer.closeSync();
      for (const reader of readers) reader.closeSync();
      // Closing writes a checkpoint, so that the next start has no log to read.
      instance.closeSync();
    },
  };
}

async function readOpened(connection: DuckDBConnection): Promise<Opened> {
  const [, devices, names] = await columnsOf(connection, "SELECT id, device, name FROM points ORDER BY id", {}, {});
  const [ids, texts] = await columnsOf(connection, `SELECT id, text FROM words ORDER BY id DESC LIMIT ${WORDS_LOADED}`, {}, {});
  const rows = Number((await rowsOf(connection, "SELECT count(*) FROM readings"))[0]?.[0] ?? 0);
  const words = (ids ?? []).map((id, i) => ({ id: Number(id), text: String(texts?.[i]) })).reverse();
  return { points: { devices: (devices ?? []) as string[], names: (names ?? []) as string[] }, words, nextWord: (words.at(-1)?.id ?? -1) + 1, rows };
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  return (await connection.run(sql)).getRows();
}

async function columnsOf(
  connection: DuckDBConnection,
  sql: string,
  values: Record<string, DuckDBValue>,
  types: Record<string, DuckDBType>,
): Promise<DuckDBValue[][]> {
  return (await connection.run(sql, values, types)).getColumns();
}

function toRows(columns: readonly DuckDBValue[][]): Rows {
  const [point, at, received, type, value, quality, text] = columns as [number[]?, number[]?, number[]?, number[]?, number[]?, number[]?, (string | null)[]?];
  return { point: point ?? [], at: at ?? [], received: received ?? [], type: type ?? [], value: value ?? [], quality: quality ?? [], text: text ?? [] };
}

/** A text as SQL writes it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function explainOpening(file: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/lock on file|being used by another process/i.test(message)) {
    return `another Jieyue is running on this data folder (${file} is locked): stop it, or name another folder in data.dir`;
  }
  return `the history ${file} cannot be opened: ${message}`;
}
