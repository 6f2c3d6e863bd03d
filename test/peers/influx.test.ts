import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../support/influxdb.ts";
import { startInfluxDb, startVictoriaMetrics } from "../support/influxdb.ts";
import { isText, NUMBERED_DEVICES, NUMBERED_FROM } from "../support/numbered.ts";

interface Progress {
  readonly stored: number;
  readonly sent: number;
  readonly behind: number;
  readonly failing: boolean;
  readonly rejected: number;
}

/** Our process: it stores, forwards, and says how far it is. */
function startForwarder(folder: string, url: string, count: number) {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, "../influx/forwarder.ts"), folder, url, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const waiting = new Set<{ readonly wanted: (p: Progress) => boolean; readonly resolve: (p: Progress) => void }>();
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  createInterface({ input: child.stdout! }).on("line", (line) => {
    const progress = JSON.parse(line) as Progress;
    for (const w of waiting)
      if (w.wanted(progress)) {
        waiting.delete(w);
        w.resolve(progress);
      }
  });
  return {
    /** Resolves with the first word of which it is true; rejects when the process ends before. */
    until: (wanted: (p: Progress) => boolean) =>
      Promise.race([
        new Promise<Progress>((resolve) => void waiting.add({ wanted, resolve })),
        gone.then((): never => {
          throw new Error("the process ended by itself");
        }),
      ]),
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "jieyue-forward-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const numbersOf = (count: number) => Array.from({ length: count }, (_, n) => n).filter((n) => !isText(n));
const sumOf = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

describe("InfluxDB", () => {
  let influx: Database;
  beforeAll(async () => (influx = await startInfluxDb()));
  afterAll(() => influx?.remove());

  const query = async (q: string) => {
    const answer = JSON.parse(await influx.get(`/query?${new URLSearchParams({ db: "readings", epoch: "ms", q }).toString()}`)) as {
      readonly results: readonly {
        readonly error?: string;
        readonly series?: readonly { readonly tags?: Record<string, string>; readonly values: readonly (readonly unknown[])[] }[];
      }[];
    };
    if (answer.results[0]?.error !== undefined) throw new Error(answer.results[0].error);
    return answer.results[0]?.series ?? [];
  };

  it("has every one of 500,000 readings once, whoever is killed meanwhile, and what it refused stands with its reasons", async () => {
    const COUNT = 500_000;
    // Somebody else made `text` a number in this shard, so it will take no text of ours.
    await fetch(`${influx.url}/api/v2/write?bucket=readings&precision=ms`, { method: "POST", body: `reading,building=other text=1 ${NUMBERED_FROM}` });

    // Killed while it stores and forwards, at several depths; what is durable goes on.
    for (const sent of [1, 30_000, 60_000]) {
      const doomed = startForwarder(folder, influx.url, COUNT);
      await doomed.until((p) => p.sent >= sent);
      await doomed.kill();
    }
    const forwarder = startForwarder(folder, influx.url, COUNT);
    // The database is killed twice under it, and away long enough to be missed.
    for (const sent of [40_000, 120_000]) {
      await forwarder.until((p) => p.sent >= sent);
      await influx.kill();
      await forwarder.until((p) => p.failing);
      await influx.start();
      await forwarder.until((p) => !p.failing);
    }
    await forwarder.until((p) => p.stored === COUNT && p.behind === 0);
    await forwarder.kill();

    const numbers = numbersOf(COUNT);
    const series = await query('SELECT count("value"), sum("value"), min("value"), max("value") FROM "reading" WHERE "building" = \'hall\' GROUP BY "device"');
    expect(series.length).toBe(NUMBERED_DEVICES);
    for (const { tags, values } of series) {
      const own = numbers.filter((n) => `meter-${n % NUMBERED_DEVICES}` === tags!["device"]);
      expect(values[0]!.slice(1)).toEqual([own.length, sumOf(own), own[0], own.at(-1)]);
    }
    const rejected = readFileSync(join(folder, "influx-rejected.ndjson"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { readonly line: string; readonly reason: string });
    // Killed between the file and the cursor, a line may stand there twice.
    const texts = new Set(rejected.map((r) => Number(/text="text (\d+)"/.exec(r.line)?.[1])));
    expect([...texts].sort((a, b) => a - b)).toEqual(Array.from({ length: COUNT }, (_, n) => n).filter(isText));
    for (const { reason } of rejected)
      expect(reason).toMatch(
        /^HTTP 400: partial write: field type conflict: input field "text" on measurement "reading" is type string, already exists as type float dropped=1$/,
      );
  });
});

describe("victoria-metrics", () => {
  let victoria: Database;
  beforeAll(async () => (victoria = await startVictoriaMetrics()));
  afterAll(() => victoria?.remove());

  // It answers 204 before the readings are on its disk, so only its orderly end can be held against us.
  it("has every number that it was sent, when our process is killed and it is away for a while", async () => {
    const COUNT = 60_000;
    const doomed = startForwarder(folder, victoria.url, COUNT);
    await doomed.until((p) => p.sent >= 10_000);
    await doomed.kill();
    const forwarder = startForwarder(folder, victoria.url, COUNT);
    await forwarder.until((p) => p.sent >= 10_000);
    await victoria.stop();
    await forwarder.until((p) => p.failing || (p.stored === COUNT && p.behind === 0));
    await victoria.start();
    await forwarder.until((p) => p.stored === COUNT && p.behind === 0 && !p.failing);
    await forwarder.kill();

    await victoria.get("/internal/force_flush");
    const numbers = numbersOf(COUNT);
    const ask = async (q: string) => {
      const path = `/api/v1/query?${new URLSearchParams({ query: q, time: String((NUMBERED_FROM + COUNT * 500) / 1000) }).toString()}`;
      const answer = JSON.parse(await victoria.get(path)) as { readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] } };
      return Number(answer.data.result[0]?.value[1]);
    };
    expect(await ask("sum(count_over_time(reading_value[7d]))")).toBe(numbers.length);
    expect(await ask("sum(sum_over_time(reading_value[7d]))")).toBe(sumOf(numbers));
  });
});
