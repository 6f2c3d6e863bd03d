/**
 * The savings of a thousand lamps and air conditioners over a month, on the real stores: a reading of each every quarter of an hour, on three
 * evenings of ten somebody forgets it; before the month that is merely found, in the month it is commanded. How long the report takes, and one command by itself, and how long
 * nobody else had a turn meanwhile.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createCalendar } from "../../server/core/calendar.ts";
import type { Decision } from "../../server/core/event.ts";
import { createHouse } from "../../server/core/house.ts";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import { createLog } from "../../server/log.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import { readCommandSavings } from "../../server/savings-past.ts";
import { readSavings } from "../../server/savings.ts";
import { createRandom } from "../../simulators/random.ts";
import { device, SMALL_ACCOUNT, smallSite, space } from "../support/small-site.ts";
import { lampCommand, lampFinding } from "../support/vacant-lamp.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const QUARTER = HOUR / 4;
/** Monday 2026-06-01, local midnight. */
const START = Date.parse("2026-06-01T00:00:00+08:00");
/** Hours of the day at which a device goes on, is found, and goes off by itself where it was forgotten. */
const [ON, FOUND] = [8, 18];
const FORGOTTEN = 0.3;

export interface SavingsReportFigures {
  readonly readings: number;
  readonly commands: number;
  readonly findings: number;
  readonly reportSeconds: number;
  readonly commandSeconds: number;
  /** kWh, so that a report of nothing is not taken for a quick one. */
  readonly kwh: number;
  readonly heldMs: { readonly report: number; readonly command: number };
}

const finding = (id: string, of: string, at: number, until: number, by: string | null) =>
  lampFinding(id, at, until, by, { subject: { device: of, space: null, department: null, job: null }, wasted: { kwh: 0.1, m3: 0, cny: 0.08 } });
const command = (id: string, of: string, at: number) => lampCommand(id, at, { device: of, finding: `f${id}`, before: { on: true } });

/** `watched` days, then `days` that are reported. */
export async function benchSavingsReport(devices: number, watched: number, days: number): Promise<SavingsReportFigures> {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-bench-savings-"));
  const history = createDuckDbHistory({ file: join(folder, "history.duckdb"), log: createLog("silent") });
  const records = createSqliteRecords({ file: join(folder, "records.sqlite") });
  await history.open();
  await records.open();
  try {
    const rooms = Array.from({ length: Math.ceil(devices / 4) }, (_, i) => space(`3${i}`, i % 5 === 0 ? "meeting" : "office"));
    const site = smallSite({
      spaces: rooms,
      devices: [
        ...Array.from({ length: devices }, (_, i) => device(`d${i}`, i % 4 === 0 ? "ac" : "light", rooms[Math.floor(i / 4)]!.id.slice("hall/".length))),
        device("meter", "meter", null),
        device("outdoor", "outdoor", null),
      ],
      account: { ...SMALL_ACCOUNT, mains: [{ meter: "hall/meter", building: "hall", floor: null, space: null }] },
    });
    const calendar = createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: {} });
    const house = createHouse(site, calendar, []);
    const random = createRandom(1);
    const now = START + (watched + days) * DAY;

    const told: Decision[] = [];
    /** Until which hour each device burns on a day. */
    const ends: number[][] = [];
    for (let day = 0; day < watched + days; day++) {
      const midnight = START + day * DAY;
      const works = calendar.day(midnight).working;
      ends.push(
        site.devices.slice(0, devices).map(({ id }, i) => {
          if (!works) return 0;
          if (random.next() > FORGOTTEN) return FOUND - 1;
          const key = `${day}-${i}`;
          const at = midnight + FOUND * HOUR;
          if (day >= watched) {
            told.push({ kind: "finding", finding: finding(`f${key}`, id, at, at + 60_000, key), why: "opened" });
            told.push({ kind: "command", command: command(key, id, at), why: "planned" });
            return FOUND;
          }
          const end = FOUND + random.between(1, 5);
          told.push({ kind: "finding", finding: finding(`f${key}`, id, at, Math.round(midnight + end * HOUR), null), why: "opened" });
          return end;
        }),
      );
    }
    for (let at = 0; at < told.length; at += 1000) await records.commit(told.slice(at, at + 1000));

    let readings = 0;
    let energy = 0;
    const tell = (of: string, at: number, name: string, value: number) =>
      new Promise<void>((resolve) => history.append({ device: of, at, received: at, late: false, readings: [{ name, value, quality: "good" }] }, resolve));
    for (let at = START; at < now; at += QUARTER) {
      const day = Math.floor((at - START) / DAY);
      const hour = ((at - START) % DAY) / HOUR;
      const durable = Array.from({ length: devices }, (_, i) => {
        const watts = hour >= ON && hour < ends[day]![i]! ? (i % 4 === 0 ? 800 : 120) : 0;
        energy += (watts / 1000) * 0.25;
        return tell(`hall/d${i}`, at, "power", watts);
      });
      durable.push(tell("hall/meter", at, "energy", energy), tell("hall/outdoor", at, "temperature", 22 + 5 * Math.sin(day) + 3 * Math.sin(hour / 4)));
      readings += durable.length;
      await Promise.all(durable);
    }

    const parts = { house, history, records, now: () => now };
    const loop = monitorEventLoopDelay({ resolution: 5 });
    const timed = async <T>(what: () => Promise<T>) => {
      loop.reset();
      const from = performance.now();
      const result = await what();
      return { result, seconds: (performance.now() - from) / 1000, held: loop.max / 1e6 };
    };
    loop.enable();
    const report = await timed(() => readSavings(parts, "hall", START + watched * DAY, now));
    const [first] = report.result.measured.commands;
    const one = await timed(async () => readCommandSavings(parts, (await records.command(first!.episode.command))!));
    loop.disable();
    if (one.result.kind !== "said") throw new Error(`nothing was said of the first command: ${one.result.why}`);
    return {
      readings,
      commands: report.result.measured.commands.length,
      findings: told.filter((d) => d.kind === "finding").length,
      reportSeconds: report.seconds,
      commandSeconds: one.seconds,
      kwh: report.result.measured.total.kwh.value,
      heldMs: { report: report.held, command: one.held },
    };
  } finally {
    await history.close();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
