/**
 * Back-tests of a generated month on the real server, asked for over HTTP while it works: 1,000 devices of 250 rooms, every reading at a
 * minute, straight into the history's own file.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { stringify } from "yaml";
import type { Millis } from "../../server/core/reading.ts";
import type { Latencies } from "./latency.ts";
import { probe } from "./latency.ts";
import { startServer } from "./server.ts";

const MINUTE: Millis = 60_000;
const DAY: Millis = 86_400_000;
/** A Monday. */
const FROM: Millis = Date.parse("2026-06-01T00:00:00+08:00");
/** Air conditioners without a past, by which the server's answer is timed: their first number, and how many are asked at a time. */
const PROBED = 1001;
const PROBES = 100;
const ROOMS = 250;
const KINDS = {
  ac: ["on", "mode", "setpoint", "temperature", "power", "energy"],
  light: ["on", "power", "energy"],
  presence: ["occupied"],
  plug: ["on", "power", "energy"],
} as const;

interface Run {
  readonly id: string;
  readonly state: "queued" | "running" | "done" | "canceled" | "failed";
  readonly progress: number;
  readonly readings: number;
  readonly seconds: number;
  readonly error: string | null;
  readonly result: { readonly findings: number; readonly commands: number; readonly hours: number; readonly saved: Saved } | null;
}

type Saved = Readonly<Record<"kwh" | "cny", { readonly value: number; readonly low: number; readonly high: number }>>;

export interface BacktestFigures {
  readonly megabytes: number;
  readonly generatedSeconds: number;
  /** `told` is how many different progresses were seen on the way. */
  readonly policies: readonly { readonly policy: string; readonly told: number; readonly run: Run }[];
  /** From a reading to its command and to the page: at rest, and while a back-test runs and a second waits. */
  readonly atRest: Latencies;
  readonly meanwhile: Latencies;
  readonly canceledAfterMs: number;
  /** MB of the whole server: before, and at most. */
  readonly memory: { readonly before: number; readonly most: number };
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

function siteFile(): string {
  const rooms = Array.from({ length: ROOMS }, (_, room) => `${room}`);
  const probed = Array.from({ length: 2 * PROBES }, (_, n) => `${PROBED + n}`);
  return stringify({
    site: { id: "bench", name: "Bench", timezone: "Asia/Shanghai", latitude: 36.6, longitude: 114.5 },
    buildings: [{ id: "hall", name: "Hall", floors: ["1"] }],
    departments: [{ id: "general", name: "General" }],
    people: [{ id: "admin", name: "Admin", role: "administrator" }],
    spaces: [...rooms, ...probed].map((id) => ({ id, building: "hall", floor: "1", name: id, class: "office", department: "general", area: 20 })),
    devices: [
      ...rooms.flatMap((space) => Object.keys(KINDS).map((kind) => ({ id: `${kind}-${space}`, building: "hall", kind, space, interval: 60 }))),
      ...probed.map((space) => ({ id: `ac-${space}`, building: "hall", kind: "ac", space })),
    ],
    tariffs: [{ quantity: "electricity", price: 0.8, source: "bench" }],
    // All of them fell silent when the month was over; the probes break the first rule at once, and no other.
    policies: { "device-silent": { enabled: false }, "cooling-floor": { params: { hold: 0 } }, "after-hours-shutoff": { mode: "observe" } },
  });
}

export async function benchBacktest(days: number, tell: (text: string) => void): Promise<BacktestFigures> {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-backtest-"));
  try {
    const [data, site] = [join(folder, "data"), join(folder, "site.yaml")];
    const file = join(data, "history.duckdb");
    mkdirSync(data);
    writeFileSync(site, siteFile());
    const begun = performance.now();
    await generate(file, days, (day) => day % 10 === 0 && tell(`${day} of ${days} days generated`));
    const generatedSeconds = (performance.now() - begun) / 1000;
    const megabytes = statSync(file).size / 1e6;
    const server = await startServer(0, { JIEYUE_DATA_DIR: data, JIEYUE_SITE_FILE: site });
    const call = async (method: string, path: string, body?: object): Promise<Run> => {
      const answer = await fetch(`http://127.0.0.1:${server.http}/api/v1${path}`, {
        method,
        ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Run;
    };
    const period = { from: new Date(FROM).toISOString(), to: new Date(FROM + days * DAY).toISOString() };
    const ask = (policy: string) => call("POST", `/policies/${policy}/backtest`, period);
    const memory = { before: server.memoryMb(), most: 0 };
    const measuring = setInterval(() => (memory.most = Math.max(memory.most, server.memoryMb())), 200);
    /** Looks again and again until it is as wanted. */
    async function until(id: string, wanted: (run: Run) => boolean): Promise<{ readonly run: Run; readonly told: number }> {
      const seen = new Set<number>();
      for (;;) {
        const run = await call("GET", `/backtests/${id}`);
        seen.add(run.progress);
        if (wanted(run)) return { run, told: seen.size };
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    try {
      const policies: BacktestFigures["policies"][number][] = [];
      for (const policy of ["vacant-ac-off", "cooling-floor", "vacant-lights-off", "after-hours-shutoff", "standby-cut"]) {
        const { id } = await ask(policy);
        const { run, told } = await until(id, (r) => r.state !== "queued" && r.state !== "running");
        if (run.result === null) throw new Error(`${policy}: ${run.error}`);
        policies.push({ policy, told, run });
        tell(`${policy}: ${run.seconds} s`);
      }
      const atRest = await probe(server.mqtt, server.http, PROBED, PROBES);
      const [first, second] = [await ask("vacant-ac-off"), await ask("cooling-floor")];
      await until(first.id, (r) => r.progress > 0);
      const meanwhile = await probe(server.mqtt, server.http, PROBED + PROBES, PROBES);
      await call("DELETE", `/backtests/${first.id}`);
      await until(second.id, (r) => r.progress > 0);
      const asked = performance.now();
      const { state } = await call("DELETE", `/backtests/${second.id}`);
      const canceledAfterMs = performance.now() - asked;
      if (state !== "canceled") throw new Error(`the canceled back-test is ${state}`);
      return { megabytes, generatedSeconds, policies, atRest, meanwhile, canceledAfterMs, memory };
    } finally {
      clearInterval(measuring);
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
