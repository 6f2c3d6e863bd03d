import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PointId, PointReading, PointValue, Quality } from "../../server/core/reading.ts";
import { createZone } from "../../server/core/zone.ts";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import { createConnection } from "../../server/influx/connection.ts";
import type { Connection } from "../../server/influx/connection.ts";
import { createForward, CURSOR } from "../../server/influx/forward.ts";
import { createReader } from "../../server/influx/reader.ts";
import { createRejectedFile } from "../../server/influx/rejected.ts";
import { createLog } from "../../server/log.ts";
import type { History, Rollups, WindowFunction } from "../../server/ports/history.ts";
import { WINDOW_FUNCTIONS } from "../../server/ports/history.ts";
import { filledIn, queries } from "../support/dashboard-queries.ts";
import type { Database } from "../support/influxdb.ts";
import { startInfluxDb } from "../support/influxdb.ts";
import { eventually } from "../support/server-process.ts";
import { runs } from "../support/properties.ts";

/** 2026-06-29T00:00+08:00, and three days on. */
const FROM = 1_782_662_400_000;
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const END = FROM + 3 * DAY;

let influx: Database;
let history: History;
let connection: Connection;
let folder: string;
const points = new Set<PointId>();

function say(device: string, at: number, name: string, value: PointValue, quality: Quality = "good", received = at): void {
  points.add(`${device}/${name}`);
  const readings: PointReading[] = [{ name, value, quality }];
  history.append({ device, at, received, late: false, readings }, undefined);
}

/** An office of three days, and names and texts that nobody should use. */
function fill(): void {
  for (let m = 0; m < 3 * 1440; m += 5) {
    const at = FROM + m * MINUTE;
    const working = m % 1440 > 480 && m % 1440 < 1080;
    say("hall/ac-301", at, "on", working);
    say("hall/ac-301", at, "power", working ? 800 + (m % 97) : 3.5, m % 145 === 0 ? "suspect" : "good");
    say("hall/ac-301", at, "mode", working ? "cool" : "off", "good", at + 1234);
    say("hall/ac-301", at, "temperature", m % 250 === 0 ? 999 : 26 + Math.sin(m / 200), m % 250 === 0 ? "bad" : "good");
    say("hall/meter-1", at, "energy", 5000 + m / 10);
    say("hall/water-1", at, "volume", 100 + m / 1000);
    say("hall/copier-1", at, "pages", Math.floor(m / 7));
  }
  const name = fc.string({ unit: "binary", minLength: 1, maxLength: 30 }).filter((s) => !s.includes("/") && s.isWellFormed());
  const ids = [
    ...fc.sample(fc.tuple(name, name, name), { numRuns: 60, seed: 7 }),
    ["h'all", 'de"v\\ice', "po int"],
    ["a,b", "c=d ", "\\"],
    ["x\ny", "' OR 1=1", "%5C"],
    ["節約", "🏢\u2028", "#"],
  ];
  const values = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.string({ unit: "binary", maxLength: 100 }).filter((s) => s.isWellFormed()),
    fc.constantFrom('"', "\\", '\\"', "a\nb\r", "", " ", "節".repeat(1000), -0, 5e-324, 1.7976931348623157e308),
  );
  for (const [i, [building, device, point]] of ids.entries()) {
    for (const [n, value] of fc.sample(values, { numRuns: 12, seed: i }).entries())
      say(`${building}/${device}`, FROM + n * MINUTE, point!, value, (["good", "suspect", "bad"] as const)[n % 3]!, FROM + n * MINUTE + (n % 4) * 500);
  }
}

async function forwardAll(): Promise<void> {
  const forward = createForward({
    history,
    zone: createZone("Asia/Shanghai"),
    connection: createConnection({ url: influx.url, token: "t", org: "o", bucket: influx.bucket, withinMs: 30_000 }),
    rejected: createRejectedFile(folder),
    now: () => Date.now(),
    houseNow: () => END + 6 * MINUTE,
    random: () => 0,
    wait: (ms, signal) => delay(Math.min(ms, 20), undefined, { signal }).catch(() => undefined),
    fault: () => undefined,
    log: createLog("silent"),
    alarmAfterMs: 60_000,
    everyMs: 20,
  });
  forward.start();
  await eventually(
    async () => ({ ...forward.status(), hour: await history.mark("influx-hour"), day: await history.mark("influx-day") }),
    (s) => s.sent === history.stats().rows && s.hour === END && s.day === END,
    60,
  );
  expect(forward.status()).toMatchObject({ rejected: 0, error: null });
  await forward.close();
}

beforeAll(async () => {
  influx = await startInfluxDb();
  folder = mkdtempSync(join(tmpdir(), "jieyue-reading-"));
  history = createDuckDbHistory({ file: join(folder, "history.duckdb"), log: createLog("silent") });
  await history.open();
  connection = createConnection({ url: influx.url, token: "t", org: "o", bucket: influx.bucket, withinMs: 30_000 });
  fill();
  await eventually(
    async () => history.backlog,
    (waiting) => waiting === 0,
  );
  await forwardAll();
});
afterAll(async () => {
  connection?.close();
  await history?.close();
  await influx?.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("what was forwarded to a real InfluxDB", () => {
  it("is read back as the history has it, whatever points are called and texts say", async () => {
    const reader = createReader(connection);
    expect(points.size).toBeGreaterThan(60);
    for (const point of points) {
      const there = await reader.readings(point, FROM, END, 10_000);
      const here = await history.readings(point, FROM, END, 10_000);
      // −0 comes back as 0, which is the same to anybody.
      expect(there, JSON.stringify(point)).toEqual(here.map((r) => (r.value === 0 ? { ...r, value: 0 } : r)));
    }
    const some = await reader.readings("hall/ac-301/power", FROM + 5 * MINUTE, FROM + 15 * MINUTE, 10);
    expect(some.map((r) => r.at)).toEqual([FROM + 5 * MINUTE, FROM + 10 * MINUTE]);
    expect(await reader.readings("hall/ac-301/power", FROM, END, 3)).toHaveLength(3);
    expect(await reader.readings("hall/nobody/power", FROM, END, 3)).toEqual([]);
  });

  it("comes to the same in windows, whatever their width and origin", async () => {
    const reader = createReader(connection);
    const window = fc.record({
      point: fc.constantFrom("hall/ac-301/power", "hall/ac-301/temperature", "hall/ac-301/on", "hall/meter-1/energy"),
      fn: fc.constantFrom<WindowFunction>(...WINDOW_FUNCTIONS),
      every: fc.constantFrom(1000, 61_000, 5 * MINUTE, 17 * MINUTE, 60 * MINUTE, DAY),
      from: fc.integer({ min: 0, max: 4000 }).map((m) => FROM + m * MINUTE + 1),
      minutes: fc.integer({ min: 1, max: 2000 }),
      origin: fc.integer({ min: -1e6, max: 1e6 }).map((ms) => FROM + ms),
    });
    await fc.assert(
      fc.asyncProperty(window, async ({ point, fn, every, from, minutes, origin }) => {
        const to = from + minutes * MINUTE;
        const there = await reader.windows(point, from, to, every, fn, origin);
        const here = await history.windows(point, from, to, every, fn, origin);
        expect(there.map((w) => [w.at, w.count])).toEqual(here.map((w) => [w.at, w.count]));
        there.forEach((w, i) => expect(w.value).toBeCloseTo(here[i]!.value!, 6));
      }),
      { numRuns: runs(60) },
    );
  });

  it("has hours and days as the history rolls them up, whatever points are called, many at a time", async () => {
    const reader = createReader(connection);
    const asked = ["hall/nobody/power", "nowhere", ...points];
    // What is no finite number is not forwarded, and −0 comes back as 0.
    const number = (v: number) => (Number.isFinite(v) ? v + 0 : null);
    const plain = (r: Rollups) =>
      Array.from(r.start, (start, i) => [start, r.point[i], r.count[i], ...[r.mean, r.min, r.max, r.last, r.total].map((column) => number(column[i]!))]);
    for (const step of ["hour", "day"] as const) {
      const query = { points: asked, from: FROM, to: END, step };
      const here = plain(await history.rollups(query));
      expect(here.length).toBeGreaterThan(60);
      expect(plain(await reader.rollups(query))).toEqual(here);
    }
    expect((await reader.rollups({ points: asked, from: FROM, to: END, step: "5m" })).start).toHaveLength(0);
    const last = await reader.rollups({ points: ["hall/meter-1/energy"], from: FROM + DAY, to: FROM + 2 * DAY, step: "day" });
    expect([...last.start]).toEqual([FROM + DAY]);
  });

  it.each(queries)("answers the shipped dashboard: $what", async ({ query }) => {
    const asked = filledIn(query, FROM, END);
    const answer = (await connection.query(asked)) as {
      readonly results: readonly { readonly error?: string; readonly series?: readonly { readonly values: readonly unknown[] }[] }[];
    };
    expect(answer.results[0]?.error).toBeUndefined();
    expect(answer.results[0]?.series?.some((s) => s.values.length > 0)).toBe(true);
  });

  it("has the days as the history rolls them up, and is the same when all of it is sent again", async () => {
    const count = async () =>
      JSON.stringify(
        await connection.query('SELECT count("value"), count("text"), count("bad"), count("state") FROM "reading"; SELECT count("total") FROM "rollup"'),
      );
    const before = await count();
    await history.setMark(CURSOR, 0);
    await forwardAll();
    expect(await count()).toBe(before);
    const { start, total } = await history.rollups({ points: ["hall/meter-1/energy"], from: FROM, to: END, step: "day" });
    const answer = (await connection.query(`SELECT "total" FROM "rollup" WHERE "device" = 'meter-1' AND "step" = 'day'`)) as {
      readonly results: readonly { readonly series: readonly { readonly values: unknown }[] }[];
    };
    expect(answer.results[0]!.series[0]!.values).toEqual([...start].map((at, i) => [at, total[i]]));
    expect([...total].reduce((a, b) => a + b, 0)).toBeCloseTo(431.5, 1);
  });
});
