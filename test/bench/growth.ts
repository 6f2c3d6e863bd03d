/**
 * How large the history's file is month by month once as much goes as comes. The months are lived through by the readings' own times;
 * values are such that no compression makes them smaller, and the file is looked at every night (its log beside it never holds more than 16 MB).
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import pino from "pino";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** 2026-01-01T00:00+08:00 */
const FROM = Date.UTC(2025, 11, 31, 16);
const MONTH = 30;
const POINTS = 8;
const MOST_WAITING = 20_000;
/** Days of raw readings, five minutes and hours: after the last of them as much goes as comes. */
export const KEPT_DAYS = { raw: MONTH, five: 2 * MONTH, hours: 3 * MONTH } as const;
const FULL = KEPT_DAYS.hours / MONTH;

export interface Growth {
  /** The largest of the first month in which everything that is old goes. */
  readonly megabytes: number;
  /** Of that month and each after it, the largest as a share of it. */
  readonly shares: readonly number[];
  readonly readings: number;
}

/** `everyMinutes`: between two reports of a device with eight points. */
export async function benchGrowth(months: number, everyMinutes: number, tell: (text: string) => void): Promise<Growth> {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-bench-growth-"));
  const file = join(folder, "history.duckdb");
  const keep = { raw: KEPT_DAYS.raw * DAY, five: KEPT_DAYS.five * DAY, hours: KEPT_DAYS.hours * DAY, forwards: [] };
  const history = createDuckDbHistory({ file, log: pino({ level: "silent" }), keep });
  const largest = Array.from({ length: months }, () => 0);
  let said = 0;
  try {
    await history.open();
    for (let day = 0; day < months * MONTH; day++) {
      const midnight = FROM + day * DAY;
      for (let at = midnight; at < midnight + DAY; at += everyMinutes * MINUTE) {
        const readings = Array.from({ length: POINTS }, (_, i) => ({ name: `p${i}`, value: Math.sin(++said * 1.37) * 1000, quality: "good" as const }));
        history.append({ device: "hall/m", at, received: at, late: false, readings }, () => undefined);
        while (history.backlog > MOST_WAITING) await setImmediate();
      }
      while (history.backlog > 0) await new Promise((resolve) => setTimeout(resolve, 1));
      // Answers once all is rolled up, and what is old is gone.
      await history.rollups({ points: [], from: 0, to: 1, step: "day" });
      const month = Math.floor(day / MONTH);
      largest[month] = Math.max(largest[month]!, statSync(file).size);
      if ((day + 1) % MONTH === 0) tell(`month ${month + 1} of ${months}: ${Math.round(largest[month]! / 1e6)} MB`);
    }
  } finally {
    await history.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const first = largest[FULL]!;
  return { megabytes: first / 1e6, shares: largest.slice(FULL).map((bytes) => bytes / first), readings: said };
}
