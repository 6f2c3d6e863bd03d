/** How fast stored readings go on to a database beside us, against posting lines that are already made; and the same readings in and out of both. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate, setTimeout } from "node:timers/promises";
import pino from "pino";
import { settingsSchema } from "../../server/contract/settings.ts";
import { createZone } from "../../server/core/zone.ts";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import { createInflux } from "../../server/influx/influx.ts";
import { createLines } from "../../server/influx/line.ts";
import type { History } from "../../server/ports/history.ts";
import type { Database } from "../support/influxdb.ts";
import { startInfluxDb, startVictoriaMetrics } from "../support/influxdb.ts";

const FROM = 1_782_864_000_000;
const POINTS = 1000;
/** Each point is read once a minute. */
const MINUTE = 60_000;
const CHUNK = 5_000;
const log = pino({ level: "silent" });

const device = (point: number) => `hall/meter-${point}`;
const value = (n: number) => 800 + ((n * 7919) % 1000) / 10;
const timeOf = (n: number) => FROM + Math.floor(n / POINTS) * MINUTE;

export interface InfluxFigures {
  readonly database: string;
  /** Lines/s. */
  readonly forwarded: number;
  readonly posted: number;
}

export interface BesideFigures {
  /** Readings/s until they are durable (here) or taken (there). */
  readonly historyIn: number;
  readonly victoriaIn: number;
  readonly historyBytes: number;
  readonly victoriaBytes: number;
  /** Ms, the median of some: a point's day in five-minute means; the mean of every point over everything. */
  readonly historyDay: number;
  readonly victoriaDay: number;
}

/** A history with `count` readings of a thousand points, and how many a second were durable. */
export async function fill(folder: string, count: number): Promise<{ readonly history: History; readonly perSecond: number }> {
  const history = createDuckDbHistory({ file: join(folder, "history.duckdb"), log });
  await history.open();
  const begun = performance.now();
  for (let n = 0; n < count; n++) {
    const at = timeOf(n);
    history.append(
      { device: device(n % POINTS), at, received: at, late: false, readings: [{ name: "power", value: value(n), quality: "good" }] },
      () => undefined,
    );
    if (history.backlog > 20_000) await setImmediate();
  }
  while (history.backlog > 0) await setTimeout(1);
  return { history, perSecond: count / ((performance.now() - begun) / 1000) };
}

/** The same readings as lines, posted one request after the other. */
async function post(url: string, count: number): Promise<number> {
  const lineOf = createLines();
  const bodies: string[] = [];
  for (let from = 0; from < count; from += CHUNK) {
    const lines = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => {
      const n = from + i;
      const written = lineOf({ point: `${device(n % POINTS)}/power`, at: timeOf(n), received: timeOf(n), value: value(n), quality: "good" });
      return written.kind === "line" ? written.line : "";
    });
    bodies.push(lines.join("\n"));
  }
  const begun = performance.now();
  for (const body of bodies) {
    const answer = await fetch(`${url}/api/v2/write?bucket=readings&precision=ms`, { method: "POST", body });
    if (answer.status !== 204) throw new Error(`${answer.status}: ${await answer.text()}`);
  }
  return count / ((performance.now() - begun) / 1000);
}

async function forward(history: History, folder: string, url: string, count: number): Promise<number> {
  await history.setMark("influx", 0);
  const { influx: settings } = settingsSchema.parse({ influx: { url, token: "t", org: "o", bucket: "readings" } });
  // An hour before anything: no roll-up is due.
  const influx = createInflux({ settings, dataDir: folder, history, zone: createZone("Asia/Shanghai"), houseNow: () => FROM, fault: () => undefined, log })!;
  const begun = performance.now();
  influx.forward.start();
  while (influx.forward.status().sent < count) await setTimeout(5);
  const seconds = (performance.now() - begun) / 1000;
  await influx.close();
  return count / seconds;
}

export async function withFresh<T>(start: () => Promise<Database>, use: (database: Database) => Promise<T>): Promise<T> {
  const database = await start();
  try {
    return await use(database);
  } finally {
    await database.remove();
  }
}

export function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

async function median(times: number, action: (n: number) => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const begun = performance.now();
    await action(n);
    took.push(performance.now() - begun);
  }
  return took.sort((a, b) => a - b)[Math.floor(times / 2)]!;
}

/** Into InfluxDB 1.6 and victoria-metrics, with databases that are new for each measurement. */
export async function benchInflux(count: number): Promise<{ readonly forwards: readonly InfluxFigures[]; readonly beside: BesideFigures }> {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-bench-influx-"));
  try {
    const { history, perSecond } = await fill(folder, count);
    const forwards: InfluxFigures[] = [];
    for (const [database, start] of [
      ["InfluxDB 1.6", startInfluxDb],
      ["victoria-metrics", startVictoriaMetrics],
    ] as const) {
      const posted = await withFresh(start, ({ url }) => post(url, count));
      const forwarded = await withFresh(start, ({ url }) => forward(history, folder, url, count));
      forwards.push({ database, forwarded, posted });
    }
    const beside = await withFresh(startVictoriaMetrics, async (victoria) => {
      const victoriaIn = await post(victoria.url, count);
      await victoria.get("/internal/force_flush");
      const last = timeOf(count - 1);
      const from = Math.max(FROM, last - 86_400_000);
      const historyDay = await median(21, (n) => history.windows(`${device(n)}/power`, from, last, 5 * MINUTE, "mean", FROM));
      const victoriaDay = await median(21, (n) =>
        victoria.get(
          `/api/v1/query_range?${new URLSearchParams({ query: `avg_over_time(reading_value{device="meter-${n}"}[5m])`, start: String(from / 1000), end: String(last / 1000), step: "300", nocache: "1" }).toString()}`,
        ),
      );
      await history.close();
      const historyBytes = statSync(join(folder, "history.duckdb")).size / count;
      await victoria.stop();
      return { historyIn: perSecond, victoriaIn, historyBytes, victoriaBytes: bytesIn(victoria.folder) / count, historyDay, victoriaDay };
    });
    return { forwards, beside };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
