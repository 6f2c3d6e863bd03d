/** Nine days of readings, a violation and what was done about it, in the data of a server that has not started yet. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import pino from "pino";
import type { Decision } from "../../server/core/event.ts";
import type { PointValue } from "../../server/core/reading.ts";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const CHARTED_DAYS = 9;

/** What the devices tell at a local hour of a day; counters from `hours` after the beginning. */
function told(hour: number, hours: number, day: number): Record<string, Record<string, PointValue>> {
  const busy = hour >= 8.5 && hour < 17.5;
  const warm = 24 + 7 * Math.sin(((hour - 9) / 24) * 2 * Math.PI) + (day % 3);
  const wave = Math.sin(hours) * 40;
  const used = (rate: number, base: number) => base + rate * hours + (rate / 3) * Math.sin((hours / 24) * 2 * Math.PI);
  return {
    "ac-301": { on: busy, setpoint: busy && hour < 11 ? 23 : 26, temperature: 25 + Math.sin(hours / 3), power: busy ? 820 + wave : 3, energy: used(0.4, 100) },
    "ac-302": { on: busy, setpoint: 26, power: busy ? 640 - wave : 3, energy: used(0.3, 80) },
    "ac-303": { on: busy, setpoint: 26, power: busy ? 540 : 3, energy: used(0.25, 60) },
    "ac-201": { on: busy, setpoint: 26, power: busy ? 700 : 3, energy: used(0.35, 40) },
    "ac-202": { on: busy, setpoint: 26, power: busy ? 500 : 3, energy: used(0.2, 50) },
    "meter-main": { energy: used(9, 5000), power: 9000 },
    "meter-1": { energy: used(3, 2000), power: 3000 },
    "meter-2": { energy: used(2.4, 1500), power: 2400 },
    "meter-3": { energy: used(2.2, 1000), power: 2200 },
    "outdoor-1": { temperature: Math.round(warm * 10) / 10, humidity: 60 },
    "water-main": { flow: busy ? 30 : 1.4 + (day % 4) / 5, volume: used(1.2, 300) },
    "water-r1": { flow: busy ? 6 : 0.4, volume: used(0.2, 30) },
    "water-r2": { flow: busy ? 5 : 0, volume: used(0.15, 20) },
    "copier-2": { pages: Math.floor(used(9, 10_000)) },
    "copier-3": { pages: Math.floor(used(6, 7000)) },
  };
}

/** Fills `dataDir` with the days before `midnight` (the local midnight that began today) and today until `now`. */
export async function keepCharts(dataDir: string, midnight: number, now: number): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  const history = createDuckDbHistory({ file: join(dataDir, "history.duckdb"), log: pino({ level: "silent" }) });
  await history.open();
  const first = midnight - CHARTED_DAYS * DAY;
  for (let at = first; at <= now; at += 5 * MINUTE) {
    const hours = (at - first) / HOUR;
    for (const [name, values] of Object.entries(told(hours % 24, hours, Math.floor(hours / 24)))) {
      const readings = Object.entries(values).map(([point, value]) => ({ name: point, value, quality: "good" as const }));
      history.append({ device: `hall/${name}`, at, received: at, late: false, readings }, () => undefined);
    }
    if (history.backlog > 10_000) await setImmediate();
  }
  while (history.backlog > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await history.close();

  const records = createSqliteRecords({ file: join(dataDir, "records.sqlite") });
  await records.open();
  const began = midnight - DAY + 9 * HOUR;
  const decisions: Decision[] = [
    {
      kind: "finding",
      why: "test",
      finding: {
        id: "charted-finding",
        policy: "cooling-floor",
        severity: "medium",
        mode: "enforce",
        state: "closed",
        since: began,
        openedAt: began + MINUTE,
        subject: {
          device: "hall/ac-301",
          space: "hall/301",
          department: "office",
          job: null,
        },
        closedAt: began + 2 * HOUR,
        reason: "too-cold",
        evidence: {
          setpoint: 23,
          limit: 26,
        },
        closeReason: "within",
        actAt: null,
        wasted: null,
        command: "charted-command",
        alert: null,
        would: null,
      },
    },
    {
      kind: "command",
      why: "test",
      command: {
        id: "charted-command",
        device: "hall/ac-301",
        set: { setpoint: 26 },
        source: "policy",
        by: "cooling-floor",
        finding: "charted-finding",
        state: "proven",
        reason: "too-cold",
        attempts: 1,
        plannedAt: began + 2 * HOUR - MINUTE,
        endedAt: began + 2 * HOUR,
        before: { setpoint: 23 },
        proof: null,
        error: null,
        steps: [],
      },
    },
    {
      kind: "override",
      why: "test",
      override: {
        id: "charted-override",
        device: "hall/ac-301",
        space: null,
        policy: null,
        set: null,
        reason: "漆工施工",
        by: "office-chief",
        from: began + 5 * HOUR,
        until: began + 6 * HOUR,
        endedAt: began + 6 * HOUR,
      },
    },
  ];
  await records.commit(decisions);
  await records.close();
}
