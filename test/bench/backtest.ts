/** Back-tests of a generated month: 1,000 devices of 250 rooms, every reading at a minute, straight into the history's own file. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createBacktests } from "../../server/backtest/runner.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import { createHouse, policySettings } from "../../server/core/house.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import type { Millis } from "../../server/core/reading.ts";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import { createLog } from "../../server/log.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import { device, smallSite, space } from "../support/small-site.ts";

const MINUTE: Millis = 60_000;
const DAY: Millis = 86_400_000;
/** 2026-06-01T00:00+08:00, a Monday. */
const FROM: Millis = 1_780_243_200_000;
const ROOMS = 250;
const KINDS = {
  ac: ["on", "mode", "setpoint", "temperature", "power", "energy"],
  light: ["on", "power", "energy"],
  presence: ["occupied"],
  plug: ["on", "power", "energy"],
} as const;

export interface BacktestFigures {
  readonly readings: number;
  readonly megabytes: number;
  readonly generatedSeconds: number;
  readonly policies: readonly {
    readonly policy: string;
    readonly seconds: number;
    readonly readings: number;
    readonly findings: number;
    readonly kwh: number;
  }[];
  readonly canceledAfterMs: number;
  readonly memoryMb: number;
}

/** Every minute of some days, as rooms live: people by working hours and chance, what they leave on, what they set. */
async function generate(file: string, days: number, tell: (day: number) => void): Promise<void> {
  const db = await DuckDBInstance.create(file, { threads: "2", memory_limit: "1GB" });
  const c = await db.connect();
  const rows = Array.from({ length: ROOMS }, (_, room) =>
    Object.entries(KINDS).flatMap(([kind, names]) => names.map((name) => ({ room, kind, name, device: `hall/${kind}-${room}` }))),
  ).flat();
  await c.run("CREATE TABLE points (id INTEGER NOT NULL, device VARCHAR NOT NULL, name VARCHAR NOT NULL)");
  await c.run("CREATE TABLE words (id INTEGER NOT NULL, text VARCHAR NOT NULL)");
  await c.run("INSERT INTO words VALUES (0, 'cool')");
  await c.run("CREATE TABLE readings (point INTEGER, observed BIGINT, received BIGINT, value DOUBLE, type UTINYINT, quality UTINYINT)");
  await c.run("CREATE TEMP TABLE p (id INTEGER, room INTEGER, what VARCHAR)");
  const [points, kinds] = [await c.createAppender("points"), await c.createAppender("p")];
  rows.forEach(({ room, kind, name, device: id }, i) => {
    points.appendInteger(i);
    points.appendVarchar(id);
    points.appendVarchar(name);
    points.endRow();
    kinds.appendInteger(i);
    kinds.appendInteger(room);
    kinds.appendVarchar(`${kind}.${name}`);
    kinds.endRow();
  });
  points.closeSync();
  kinds.closeSync();
  for (let day = 0; day < days; day++) {
    const start = FROM + day * DAY;
    const works = day % 7 < 5;
    await c.run(`
      INSERT INTO readings
      WITH minutes AS (SELECT m, ${start} + m * ${MINUTE} AS t FROM range(1440) r(m)),
      lives AS (
        SELECT room, m, t,
          ${works} AND ((m >= 510 AND m < 720) OR (m >= 840 AND m < 1055)) AND hash(room, ${day}, m // 30) % 10 < 8 AS there,
          ${works} AND m >= 520 AND m < 1050 + (hash(room, ${day}) % 10 < 2)::INTEGER * 300 AS runs,
          23 + hash(room, ${day}) % 5 AS setpoint
        FROM minutes, range(${ROOMS}) rooms(room))
      SELECT p.id, t, t + 40 + p.room % 50,
        CASE p.what
          WHEN 'presence.occupied' THEN there::DOUBLE
          WHEN 'ac.on' THEN runs::DOUBLE WHEN 'light.on' THEN runs::DOUBLE WHEN 'plug.on' THEN 1
          WHEN 'ac.mode' THEN 0 WHEN 'ac.setpoint' THEN setpoint
          WHEN 'ac.temperature' THEN round(setpoint + hash(room, m) % 20 / 10, 1)
          WHEN 'ac.power' THEN CASE WHEN runs THEN 800 + hash(room, m, 1) % 200 ELSE 1 END
          WHEN 'light.power' THEN CASE WHEN runs THEN 120 ELSE 0 END
          WHEN 'plug.power' THEN CASE WHEN there THEN 90 + hash(room, m, 2) % 60 ELSE 12 END
          ELSE ${day} * 10 + m / 144.0 END,
        CASE WHEN p.what = 'ac.mode' THEN 2 WHEN p.what IN ('presence.occupied', 'ac.on', 'light.on', 'plug.on') THEN 1 ELSE 0 END, 0
      FROM lives JOIN p USING (room) ORDER BY t, p.room`);
    tell(day + 1);
  }
  await c.run("CHECKPOINT");
  c.closeSync();
  db.closeSync();
}

export async function benchBacktest(days: number, tell: (text: string) => void): Promise<BacktestFigures> {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-backtest-"));
  try {
    const file = join(folder, "history.duckdb");
    const begun = performance.now();
    await generate(file, days, (day) => day % 10 === 0 && tell(`${day} of ${days} days generated`));
    const generatedSeconds = (performance.now() - begun) / 1000;
    const spaces = Array.from({ length: ROOMS }, (_, room) => space(`${room}`, "office"));
    const devices = spaces.flatMap((s, room) =>
      (Object.keys(KINDS) as (keyof typeof KINDS)[]).map((kind) => device(`${kind}-${room}`, kind, s.id.slice(5), { interval: 60 })),
    );
    const site = smallSite({ spaces, devices });
    const holidays = { "2026": { source: "bench", provisional: false, off: [], work: [] } };
    const house = createHouse(site, createCalendar({ timezone: site.timezone, settings: site.calendar, holidays }), POLICIES);
    const records = createSqliteRecords({ file: ":memory:" });
    await records.open();
    const history = createDuckDbHistory({ file, log: createLog("silent") });
    await history.open();
    const to = FROM + days * DAY;
    const backtests = createBacktests({ house, holidays, history, records, now: () => to });
    let memoryMb = 0;
    const measuring = setInterval(() => (memoryMb = Math.max(memoryMb, process.memoryUsage().rss / 1e6)), 200);
    const policies: BacktestFigures["policies"][number][] = [];
    for (const policy of ["vacant-ac-off", "cooling-floor", "vacant-lights-off", "after-hours-shutoff", "standby-cut"]) {
      const { params, scope } = policySettings(POLICIES.find((p) => p.id === policy)!);
      const { id } = backtests.ask("bench", { policy, params, scope, from: FROM, to });
      await backtests.over(id);
      const run = backtests.get(id)!;
      if (run.result === null) throw new Error(`${policy}: ${run.error}`);
      policies.push({ policy, seconds: run.seconds, readings: run.readings, findings: run.result.findings, kwh: run.result.saved.kwh.value });
    }
    const { params, scope } = policySettings(POLICIES.find((p) => p.id === "cooling-floor")!);
    const { id } = backtests.ask("bench", { policy: "cooling-floor", params, scope, from: FROM, to });
    while (backtests.get(id)!.progress < 0.2) await new Promise((resolve) => setTimeout(resolve, 20));
    const canceled = performance.now();
    backtests.cancel(id);
    await backtests.over(id);
    const canceledAfterMs = performance.now() - canceled;
    clearInterval(measuring);
    const { rows } = history.stats();
    await backtests.close();
    await history.close();
    await records.close();
    return { readings: rows, megabytes: statSync(file).size / 1e6, generatedSeconds, policies, canceledAfterMs, memoryMb };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
