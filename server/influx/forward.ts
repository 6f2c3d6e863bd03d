/**
 * Sends every stored reading on to InfluxDB. The history is where readings land; a durable cursor says how far they were sent, and it
 * moves only after the server has them, or after what it will not take stands in the file of rejected lines with its reason. Whatever
 * ends in between is sent again, and overwrites itself.
 */
import { setImmediate } from "node:timers/promises";
import type { Millis } from "../core/reading.ts";
import type { Zone } from "../core/zone.ts";
import type { Log } from "../log.ts";
import type { Forward } from "../ports/forward.ts";
import type { History, JournalSlice } from "../ports/history.ts";
import type { Connection } from "./connection.ts";
import { createDelivery, Ending } from "./deliver.ts";
import type { RefusedLine } from "./deliver.ts";
import { createLines } from "./line.ts";
import type { RejectedFile } from "./rejected.ts";
import { createRollupForward } from "./rollup-forward.ts";

export interface ForwardDeps {
  readonly history: Pick<History, "journal" | "mark" | "setMark" | "stats" | "rollups" | "latest" | "oldest">;
  /** The site's. */
  readonly zone: Zone;
  readonly connection: Connection;
  readonly rejected: RejectedFile;
  /** This machine's time, and the house's, ms. */
  readonly now: () => Millis;
  readonly houseNow: () => Millis;
  /** In [0, 1). */
  readonly random: () => number;
  /** Resolves after so many ms, or at once when the signal says so. */
  readonly wait: (ms: Millis, signal: AbortSignal) => Promise<void>;
  readonly fault: (error: Error | null) => void;
  readonly log: Pick<Log, "info" | "warn" | "error">;
  /** Failing for so long is worth an alert, ms. */
  readonly alarmAfterMs: Millis;
  /** How often it looks for new readings while it has caught up, ms. */
  readonly everyMs: Millis;
}

/** Commits after this number are not there yet. Set back to 0, everything is sent again. */
export const CURSOR = "influx";
const ROWS = "influx-rows";
const REJECTED = "influx-rejected";
const SLICE = 5_000;
/** Lines that are made before others have their turn of the event loop. */
const AT_ONCE = 500;
const NOTHING: Promise<JournalSlice | null> = Promise.resolve(null);
const AFTER_FAULT_MS = 60_000;

/** Constructors do nothing: `start` does. */
export function createForward(deps: ForwardDeps): Forward {
  const { history, connection, houseNow, wait, log, everyMs } = deps;
  const ending = new AbortController();
  const delivery = createDelivery({ ...deps, ending: ending.signal });
  const lineOf = createLines();
  const rollups = createRollupForward({
    history,
    zone: deps.zone,
    houseNow,
    send: async (lines) => setAside(await delivery.deliver(lines)),
  });
  let running: Promise<void> | null = null;
  let cursor = 0;
  let rows = 0;
  let sent = 0;
  let rejected = 0;
  let oldest: Millis | null = null;
  let rollupsFrom = Number.NEGATIVE_INFINITY;

  async function linesOf({ readings }: JournalSlice): Promise<{ readonly lines: readonly string[]; readonly unwritable: readonly RefusedLine[] }> {
    const lines: string[] = [];
    const unwritable: RefusedLine[] = [];
    for (let i = 0; i < readings.length; i++) {
      if (i % AT_ONCE === AT_ONCE - 1) await setImmediate();
      const written = lineOf(readings[i]!);
      if (written.kind === "line") lines.push(written.line);
      else unwritable.push({ line: shown(readings[i]!), reason: written.reason });
    }
    return { lines, unwritable };
  }

  async function setAside(refused: readonly RefusedLine[]): Promise<void> {
    if (refused.length === 0) return;
    const at = new Date(deps.now()).toISOString();
    await delivery.persist(() => deps.rejected.add(refused.map((r) => ({ at, ...r }))));
    rejected += refused.length;
    await delivery.persist(() => history.setMark(REJECTED, rejected));
    log.warn({ lines: refused.length, reason: refused[0]!.reason }, "InfluxDB does not take some readings; they stand in influx-rejected.ndjson");
  }

  async function run(): Promise<void> {
    cursor = (await delivery.persist(() => history.mark(CURSOR))) ?? 0;
    rows = (await delivery.persist(() => history.mark(ROWS))) ?? 0;
    rejected = (await delivery.persist(() => history.mark(REJECTED))) ?? 0;
    await delivery.persist(() => rollups.open(cursor));
    let seen = -1;
    let ahead: Promise<JournalSlice | null> = NOTHING;
    for (;;) {
      const early: JournalSlice | null = await ahead;
      ahead = NOTHING;
      const { commits, rows: stored } = history.stats();
      let slice: JournalSlice | null = early !== null && early.upTo > cursor ? early : null;
      if (slice === null && commits !== seen) slice = await delivery.persist(() => history.journal(cursor, SLICE));
      if (slice === null || slice.upTo === cursor) {
        [seen, rows, oldest] = [commits, stored, null];
        await idle();
        continue;
      }
      oldest = slice.readings[0]?.received ?? null;
      // While these are under way, the next ones are read; never more than that.
      if (slice.readings.length >= SLICE) ahead = history.journal(slice.upTo, SLICE).catch(() => null);
      const { lines, unwritable } = await linesOf(slice);
      await setAside([...unwritable, ...(await delivery.deliver(lines))]);
      await delivery.persist(() => rollups.note(slice, cursor));
      await delivery.persist(() => history.setMark(CURSOR, slice.upTo));
      cursor = slice.upTo;
      rows += slice.readings.length;
      sent += slice.readings.length;
      if (slice.readings.length >= SLICE) await delivery.persist(() => history.setMark(ROWS, rows));
      else {
        oldest = null;
        await idle();
      }
    }
  }

  /** Readings first; roll-ups where they leave time, and without ever keeping readings waiting for a fault of their own. */
  async function idle(): Promise<void> {
    try {
      if (rollupsFrom <= deps.now() && (await rollups.step())) return;
    } catch (error) {
      if (error instanceof Ending) throw error;
      log.error({ err: error }, "roll-ups cannot be forwarded to InfluxDB now; they will be tried again");
      rollupsFrom = deps.now() + AFTER_FAULT_MS;
    }
    await wait(everyMs, ending.signal);
    if (ending.signal.aborted) throw new Ending();
  }

  async function goOn(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        await run();
      } catch (error) {
        if (error instanceof Ending) return;
        log.error({ err: error }, "the forward to InfluxDB met a fault of ours; it begins anew at its cursor");
        deps.fault(error instanceof Error ? error : new Error(String(error)));
        await wait(AFTER_FAULT_MS, ending.signal);
      }
    }
  }

  return {
    start: () => void (running ??= goOn()),
    status: () => ({
      ...delivery.state,
      behind: Math.max(0, history.stats().rows - rows),
      behindSeconds: oldest === null ? 0 : Math.max(0, (houseNow() - oldest) / 1000),
      sent,
      rejected,
    }),
    async close() {
      ending.abort();
      connection.close();
      await running;
    },
  };
}

/** A reading that no line can say, for people. */
function shown(reading: JournalSlice["readings"][number]): string {
  return JSON.stringify(reading, (_key, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value));
}
