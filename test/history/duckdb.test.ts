import { DuckDBInstance } from "@duckdb/node-api";
import { spawn } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import type { DuckDbHistoryOptions } from "../../server/history/duckdb.ts";
import { createWorkerEngine } from "../../server/history/engine.ts";
import type { Engine } from "../../server/history/engine.ts";
import { historySuite, NOON, report, store } from "./suite.ts";

const log = pino({ level: "silent" });
let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "jieyue-history-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});
const newFile = () => join(folder, `history-${files++}.duckdb`);

historySuite("history in DuckDB", async () => {
  const history = createDuckDbHistory({ file: newFile(), log, threads: 1 });
  await history.open();
  return history;
});

/** An engine whose commits go wrong as often as `failures` says, before or after they were really done. */
function breaking(failures: { before: number; after: number; error: string }): (options: Parameters<typeof createWorkerEngine>[0]) => Engine {
  return (options) => {
    const engine = createWorkerEngine(options);
    return {
      kill: engine.kill,
      async call(call, onRows) {
        if (call.kind === "commit" && failures.before-- > 0) throw new Error(failures.error);
        const answer = await engine.call(call, onRows);
        if (call.kind === "commit" && failures.after-- > 0) {
          await engine.kill();
          throw new Error(failures.error);
        }
        return answer;
      },
    };
  };
}

describe("a history's DuckDB file", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const history of open.splice(0)) await history.close();
  });
  async function opened(options: Partial<DuckDbHistoryOptions> & { readonly file: string }) {
    const history = createDuckDbHistory({ log, threads: 1, retry: { first: 1, max: 5 }, ...options });
    await history.open();
    open.push(history);
    return history;
  }

  it("has everything again when it is opened again, and goes on numbering points and texts", async () => {
    const file = newFile();
    const first = await opened({ file });
    await store(first, [report("hall/ac-1", NOON, { mode: "cool", on: true })]);
    await first.close();
    const second = await opened({ file });
    expect(second.stats().rows).toBe(2);
    await store(second, [report("hall/ac-1", NOON + 1, { mode: "heat", setpoint: 26 }), report("hall/ac-2", NOON + 1, { mode: "cool" })]);
    await second.close();
    const third = await opened({ file });
    expect((await third.readings("hall/ac-1/mode", NOON, NOON + 9, 10)).map((r) => r.value)).toEqual(["cool", "heat"]);
    expect((await third.readings("hall/ac-1/setpoint", NOON, NOON + 9, 10)).map((r) => r.value)).toEqual([26]);
    expect((await third.readings("hall/ac-2/mode", NOON, NOON + 9, 10)).map((r) => r.value)).toEqual(["cool"]);
  });

  it("takes reports that are larger than a batch, and tells of them after the last part", async () => {
    const history = await opened({ file: newFile() });
    const values = Object.fromEntries(Array.from({ length: 25_000 }, (_, n) => [`p${n}`, n]));
    await store(history, [report("hall/big", NOON, values)]);
    expect(history.stats().rows).toBe(25_000);
    expect((await history.latest()).length).toBe(25_000);
    const seen: number[] = [];
    await history.replay(0, (r) => seen.push(r.readings.length));
    expect(seen).toEqual([25_000]);
  });

  it("keeps a batch that could not be stored, says so, tries again and says that it is well", async () => {
    const said: (string | null)[] = [];
    const history = await opened({ file: newFile(), engine: breaking({ before: 3, after: 0, error: "No space left on device" }) });
    history.onFailure((error) => said.push(error === null ? null : error.message));
    await store(history, [report("hall/ac-1", NOON, { on: true })]);
    expect(said).toEqual(["No space left on device", "No space left on device", "No space left on device", null]);
    expect(await history.readings("hall/ac-1/on", NOON, NOON + 1, 10)).toHaveLength(1);
  });

  it("starts a new worker when one died after its commit, and reads what was then stored twice once", async () => {
    const file = newFile();
    const history = await opened({ file, engine: breaking({ before: 0, after: 2, error: "the worker died" }) });
    await store(history, [report("hall/ac-1", NOON, { mode: "cool", on: true })]);
    await store(history, [report("hall/ac-1", NOON + 1, { mode: "dry" })]);
    expect((await history.readings("hall/ac-1/mode", NOON, NOON + 9, 10)).map((r) => r.value)).toEqual(["cool", "dry"]);
    expect(await history.windows("hall/ac-1/on", NOON, NOON + 1, 10, "sum", NOON)).toEqual([{ at: NOON, value: 1, count: 1 }]);
    expect((await history.latest()).map((l) => l.point).sort()).toEqual(["hall/ac-1/mode", "hall/ac-1/on"]);
    await store(history, [report("hall/ac-2", NOON + 2, { mode: "fan" })]);
    await history.close();
    const again = await opened({ file });
    expect((await again.readings("hall/ac-2/mode", NOON, NOON + 9, 10)).map((r) => r.value)).toEqual(["fan"]);
    expect((await again.latest()).map((l) => l.point).sort()).toEqual(["hall/ac-1/mode", "hall/ac-1/on", "hall/ac-2/mode"]);
    const last = report("hall/ac-3", NOON + 3, { mode: "cool" });
    await store(again, [last]);
    const replayed: unknown[] = [];
    await again.replay(last.received, (r) => replayed.push(r));
    expect(replayed).toEqual([last]);
  });

  it("acknowledges nothing that it could not store before its end, and says how much", async () => {
    const history = createDuckDbHistory({
      file: newFile(),
      log,
      retry: { first: 1, max: 30 },
      engine: breaking({ before: Number.POSITIVE_INFINITY, after: 0, error: "No space left on device" }),
    });
    await history.open();
    let told = 0;
    history.append(report("hall/ac-1", NOON, { on: true }), () => told++);
    await expect(history.close()).rejects.toThrow("1 reports could not be stored");
    expect(told).toBe(0);
  });

  it("lets go of what nobody waits for when too much waits, and keeps the rest", async () => {
    const failures = { before: 1, after: 0, error: "No space left on device" };
    const history = await opened({ file: newFile(), backlogLimit: 100, engine: breaking(failures) });
    for (let n = 0; n < 150; n++) history.append(report("hall/m", NOON + n, { energy: n }), undefined);
    await store(history, [report("hall/m", NOON + 500, { energy: 500 })]);
    expect(history.dropped).toBe(50);
    expect(history.stats().rows).toBe(101);
  });

  it("stops before the disk is full, says so, acknowledges nothing, and takes in again when there is room", async () => {
    let room = 100;
    const said: (string | null)[] = [];
    const history = await opened({ file: newFile(), retry: { first: 1, max: 5 }, room: async () => room });
    history.onFailure((error) => said.push(error === null ? null : error.message));
    room = -5 * 1_048_576;
    let durable = 0;
    history.append(report("hall/m", NOON, { energy: 1 }), () => durable++);
    while (said.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(said[0]).toContain("full but for its reserve (5 MB short)");
    expect(durable).toBe(0);
    expect(history.backlog).toBe(1);
    room = 100;
    while (durable === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(said.at(-1)).toBeNull();
    expect(await history.readings("hall/m/energy", NOON, NOON + 1, 10)).toHaveLength(1);
  });

  it("rolls up, forgets what is old, and answers for it from what is coarser; what was not forwarded stays", async () => {
    const DAY = 86_400_000;
    const file = newFile();
    const keep = { raw: 3 * DAY, five: 10 * DAY, hours: 20 * DAY, forwards: ["forward"] };
    const history = await opened({ file, keep });
    const midnight = NOON - 12 * 3_600_000;
    const day = (n: number) => Array.from({ length: 48 }, (_, i) => report("hall/m", midnight + n * DAY + i * 1_800_000, { energy: n * 48 + i, power: 100 }));
    for (let n = 0; n < 30; n++) await store(history, day(n));
    const days = async () => history.rollups({ points: ["hall/m/energy"], from: midnight, to: midnight + 40 * DAY, step: "day" });
    const before = await days();
    expect([...before.total].slice(1, 29).every((total) => Math.abs(total - 48) < 1e-9)).toBe(true);
    expect((await history.readings("hall/m/energy", midnight, midnight + DAY, 100)).length).toBe(48);
    await history.setMark("forward", (await history.journal(0, 1_000_000)).upTo);
    for (let n = 30; n < 33; n++) await store(history, day(n));
    await days();
    expect(await history.readings("hall/m/energy", midnight, midnight + 28 * DAY, 100)).toEqual([]);
    expect((await history.readings("hall/m/energy", midnight, midnight + 40 * DAY, 1000))[0]!.at).toBe(midnight + 29 * DAY);
    expect([...(await days()).total].slice(0, 28)).toEqual([...before.total].slice(0, 28));
    const means = await history.windows("hall/m/power", midnight + 15 * DAY, midnight + 17 * DAY, DAY, "mean", midnight);
    expect(means).toEqual([15, 16].map((n) => ({ at: midnight + n * DAY, value: 100, count: 48 })));
    // A reading that comes too late to be folded with its neighbours changes nothing.
    await store(history, [report("hall/m", midnight + 2 * DAY, { energy: 100_000 })]);
    expect([...(await days()).total].slice(0, 28)).toEqual([...before.total].slice(0, 28));
    await history.close();
    const again = await opened({ file, keep });
    expect([...(await again.rollups({ points: ["hall/m/energy"], from: midnight, to: midnight + 40 * DAY, step: "day" })).total].slice(0, 28)).toEqual(
      [...before.total].slice(0, 28),
    );
  });

  it("stops growing once as much goes as comes: what is freed is used again", { timeout: 120_000 }, async () => {
    const DAY = 86_400_000;
    const EVERY = 60_000;
    const file = newFile();
    const midnight = NOON - 12 * 3_600_000;
    const sizes: number[] = [];
    let said = 0;
    // Every two days the file is closed, which writes a checkpoint as a server's own from time to time.
    for (let day = 0; day < 10; day += 2) {
      const history = await opened({ file, keep: { raw: DAY, five: 2 * DAY, hours: 3 * DAY, forwards: [] } });
      // Values that no compression makes smaller.
      const values = () => Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, Math.sin(++said * 1.37) * 1000]));
      const times = Array.from({ length: (2 * DAY) / EVERY }, (_, i) => midnight + day * DAY + i * EVERY);
      await store(
        history,
        times.map((at) => report("hall/m", at, values())),
      );
      await history.rollups({ points: ["hall/m/a"], from: midnight, to: midnight + DAY, step: "day" });
      await history.close();
      sizes.push((await stat(file)).size);
    }
    // Where nothing went it would be larger by half.
    expect(Math.max(...sizes.slice(2)), sizes.join(" ")).toBeLessThanOrEqual(1.25 * Math.max(sizes[0]!, sizes[1]!));
  });

  it("brings a file of the first format up to date and rolls up what it holds", async () => {
    const file = newFile();
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run(`
      CREATE TABLE format (version INTEGER NOT NULL); INSERT INTO format VALUES (1);
      CREATE TABLE points (id INTEGER NOT NULL, device VARCHAR NOT NULL, name VARCHAR NOT NULL); INSERT INTO points VALUES (0, 'hall/m', 'energy');
      CREATE TABLE words (id INTEGER NOT NULL, text VARCHAR NOT NULL);
      CREATE TABLE readings (point INTEGER, observed BIGINT, received BIGINT, value DOUBLE, type UTINYINT, quality UTINYINT);
      INSERT INTO readings SELECT 0, ${NOON} + n * 60000, ${NOON} + n * 60000, 10 + n * 0.1, 0, 0 FROM range(121) t(n);`);
    connection.closeSync();
    instance.closeSync();
    const history = await opened({ file });
    const hours = await history.rollups({ points: ["hall/m/energy"], from: NOON, to: NOON + 7_200_000, step: "hour" });
    expect([...hours.start]).toEqual([NOON, NOON + 3_600_000]);
    for (const total of hours.total) expect(total).toBeCloseTo(6, 6);
    await store(history, [report("hall/m", NOON + 122 * 60_000, { energy: 23 })]);
    expect(await history.readings("hall/m/energy", NOON, NOON + 10_000_000, 1000)).toHaveLength(122);
  });

  it("commits and reads at the same time", async () => {
    const history = await opened({ file: newFile() });
    let stored: Promise<void> = Promise.resolve();
    for (let round = 0; round < 20; round++) {
      stored = store(
        history,
        Array.from({ length: 200 }, (_, n) => report(`hall/m-${n}`, NOON + round, { energy: round })),
      );
      const seen = await history.readings("hall/m-7/energy", NOON, NOON + 100, 100);
      expect(seen.map((r) => r.value)).toEqual(seen.map((_, i) => i));
    }
    await stored;
    expect(await history.readings("hall/m-7/energy", NOON, NOON + 100, 100)).toHaveLength(20);
  });

  it("refuses a second process with a sentence that says what to do, and a second opening in this one", async () => {
    const file = newFile();
    await opened({ file });
    await expect(createDuckDbHistory({ file, log }).open()).rejects.toThrow("open already in this process");
    const other = await run(file, "hall/other");
    expect(other.stderr).toContain("another Jieyue is running on this data folder");
    expect(other.stderr).toContain("data.dir");
    expect(other.acknowledged).toEqual([]);
  });

  it("says which file it cannot open", async () => {
    await expect(createDuckDbHistory({ file: folder, log }).open()).rejects.toThrow(`the history ${folder} cannot be opened`);
  });

  it("has every acknowledged reading after kill -9, however often", async () => {
    const file = newFile();
    const acknowledged: number[] = [];
    for (let round = 0; round < 6; round++) {
      const child = await run(file, "hall/m", (acknowledged.at(-1) ?? -1) + 1, Math.floor(Math.random() * 6_000));
      expect(child.stderr).toBe("");
      acknowledged.push(...child.acknowledged);
    }
    expect(acknowledged.length).toBeGreaterThan(0);
    const history = await opened({ file });
    const stored = new Set((await history.readings("hall/m/n", 0, Number.MAX_SAFE_INTEGER, 10_000_000)).map((r) => r.value));
    expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
    const last = acknowledged.at(-1)!;
    const texts = await history.readings(`hall/m/word-${last % 50}`, 0, Number.MAX_SAFE_INTEGER, 10_000_000);
    expect(texts.some((r) => r.value === `text ${last}`)).toBe(true);
  });
});

/** Runs the appending process until it has acknowledged more than `until` numbers, then kills it without warning. */
function run(file: string, device: string, first = 0, until = Number.POSITIVE_INFINITY): Promise<{ acknowledged: number[]; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "appender.ts"), file, device, String(first)], { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let stderr = "";
    let lines = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      for (const c of text) if (c === "\n") lines++;
      if (lines > until) child.kill("SIGKILL");
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    // What was printed in part was cut off in mid-line.
    child.on("close", () => resolve({ acknowledged: out.split("\n").slice(0, -1).map(Number), stderr }));
  });
}
