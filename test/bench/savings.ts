/** Whether the stated savings hold the true ones: enforced days of a small house against the same days without a server, seed by seed. */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Estimate } from "../../server/core/backtest-tally.ts";
import { statedSavings } from "../support/stated-savings.ts";
import type { SavingsOptions } from "../support/played-savings.ts";
import { playSavings } from "../support/played-savings.ts";

export interface SavingsRow {
  readonly seed: number;
  /** kWh */
  readonly truth: number;
  readonly stated: Estimate;
  readonly commands: number;
  readonly covered: boolean;
  readonly seconds: number;
}

/** 2026-06-22T00:00+08:00, a Monday after the Dragon Boat Festival. */
const START = 1_782_057_600_000;

/** `days` are enforced after twice as many that are only watched. Two seeds at a time, each in a thread; `tell` hears each row when it is there. */
export async function benchSavings(seeds: readonly number[], days: number, tell: (row: SavingsRow) => void): Promise<SavingsRow[]> {
  const rows: SavingsRow[] = [];
  const left = [...seeds];
  const work = async () => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      const options: SavingsOptions = { start: START, watched: 2 * days, enforced: days, seed, faults: 1 };
      const row = await new Promise<SavingsRow>((resolve, reject) => {
        const thread = new Worker(import.meta.filename, { workerData: options });
        thread.once("message", resolve);
        thread.once("error", reject);
      });
      rows.push(row);
      tell(row);
    }
  };
  await Promise.all([work(), work()]);
  return rows.toSorted((a, b) => a.seed - b.seed);
}

if (!isMainThread && parentPort !== null) {
  const began = performance.now();
  const options = workerData as SavingsOptions;
  const played = await playSavings(options);
  const { sum, truth } = statedSavings(played, 1);
  const stated = sum.total.kwh;
  const row: SavingsRow = {
    seed: options.seed,
    truth,
    stated,
    commands: sum.commands.length,
    covered: stated.low <= truth && truth <= stated.high,
    seconds: (performance.now() - began) / 1000,
  };
  parentPort.postMessage(row);
}
