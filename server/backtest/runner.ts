/** Runs back-tests one after the other: reads the history thinned, works it out in a thread, tells how far it is. */
import { randomUUID } from "node:crypto";
import { Worker } from "node:worker_threads";
import { wantedPoints, warmUp } from "../core/backtest.ts";
import type { BacktestResult } from "../core/backtest-tally.ts";
import type { Holidays } from "../core/calendar.ts";
import type { House } from "../core/house.ts";
import type { Millis } from "../core/reading.ts";
import type { BacktestQuestion, BacktestRun, Backtests } from "../ports/backtests.ts";
import type { History } from "../ports/history.ts";
import type { Page, PageRequest, Records } from "../ports/records.ts";
import type { ScanSlice } from "../core/scan.ts";
import { memoryOfSlice } from "../ports/scan.ts";
import type { FromThread, Setup, ToThread } from "./protocol.ts";
import { setUp } from "./set-up.ts";

export interface BacktestDeps {
  readonly house: House;
  readonly holidays: Holidays;
  readonly history: History;
  readonly records: Records;
  readonly now: () => Millis;
  /** For tests: works it out in this thread. */
  readonly here?: boolean;
}

/** Takes slices; resolves when it can take more. */
interface Workshop {
  take(slice: ScanSlice): Promise<void>;
  finish(): Promise<BacktestResult>;
  end(): Promise<void>;
}

const KEPT = 20;
/** Slices that may wait for the thread. */
const AHEAD = 3;
const PAGE = 1000;

class Canceled extends Error {}

export function createBacktests(deps: BacktestDeps): Backtests {
  const { house, history, records, holidays } = deps;
  /** Newest last. */
  const runs = new Map<string, { run: BacktestRun; canceled: boolean; over: PromiseWithResolvers<void> }>();
  let working: Promise<void> | null = null;

  function change(id: string, more: Partial<BacktestRun>): void {
    const kept = runs.get(id);
    if (kept !== undefined) kept.run = { ...kept.run, ...more };
  }

  async function work(): Promise<void> {
    for (;;) {
      const next = [...runs.values()].find((r) => r.run.state === "queued");
      if (next === undefined) break;
      const { id } = next.run;
      const begun = performance.now();
      change(id, { state: "running" });
      try {
        const result = await one(
          next.run,
          () => next.canceled,
          (progress, readings) => change(id, { progress, readings }),
        );
        change(id, { state: "done", progress: 1, result, readings: result.readings });
      } catch (error) {
        if (next.canceled) change(id, { state: "canceled" });
        else change(id, { state: "failed", error: error instanceof Error ? error.message : String(error) });
      }
      change(id, { seconds: Math.round(performance.now() - begun) / 1000 });
      next.over.resolve();
    }
    working = null;
  }

  async function one(run: BacktestRun, canceled: () => boolean, tell: (progress: number, readings: number) => void): Promise<BacktestResult> {
    const policy = house.policies.get(run.policy);
    if (policy === undefined) throw new Error(`The policy '${run.policy}' is gone.`);
    const { definition } = policy;
    const devices = [...house.devices.values()].map((s) => s.device);
    const warm = warmUp(definition, run.params);
    const start = run.from - warm;
    const setup: Setup = {
      site: house.site,
      holidays,
      policy: definition.id,
      document: definition.custom ?? null,
      devices,
      params: run.params,
      scope: run.scope,
      from: run.from,
      to: run.to,
      warm,
      overrides: (await all((page) => records.overrides(undefined, page))).filter((o) => o.from < run.to),
      approvals: (await all((page) => records.approvals("granted", page))).filter((a) => (a.from ?? Infinity) < run.to),
      bookings: await records.bookings(start, run.to),
      events: [...house.events.values()],
      jobs: definition.kinds.includes("copier")
        ? (await all((page) => records.jobs(undefined, page))).filter((j) => j.job.at >= start && j.job.at < run.to).toReversed()
        : [],
    };
    const wanted = wantedPoints(definition, run.scope, devices, house.spaces);
    const shop = deps.here === true ? workHere(setup) : workApart(setup);
    try {
      let readings = 0;
      const quietMs = wanted.devices.map((d) => 3000 * d.interval);
      await history.scan({ from: start, to: run.to, points: wanted.points, quietMs }, async (slice) => {
        if (canceled()) throw new Canceled();
        readings += slice.seen;
        const { until } = slice;
        await shop.take(slice);
        tell(Math.min(0.99, (until - start) / (run.to - start)), readings);
      });
      if (canceled()) throw new Canceled();
      return await shop.finish();
    } finally {
      await shop.end();
    }
  }

  return {
    ask(by, question: BacktestQuestion) {
      const id = randomUUID();
      const run: BacktestRun = { id, by, askedAt: deps.now(), ...question, state: "queued", progress: 0, readings: 0, seconds: 0, result: null, error: null };
      runs.set(id, { run, canceled: false, over: Promise.withResolvers() });
      for (const [old, { run: r }] of runs) if (runs.size > KEPT && r.state !== "queued" && r.state !== "running") runs.delete(old);
      working ??= work();
      return runs.get(id)!.run;
    },
    get: (id) => runs.get(id)?.run ?? null,
    list: (policy) =>
      [...runs.values()]
        .map((r) => r.run)
        .filter((r) => policy === undefined || r.policy === policy)
        .reverse(),
    get waiting() {
      return [...runs.values()].filter((r) => r.run.state === "queued" || r.run.state === "running").length;
    },
    cancel(id) {
      const kept = runs.get(id);
      if (kept === undefined) return null;
      kept.canceled = true;
      if (kept.run.state === "queued") {
        change(id, { state: "canceled" });
        kept.over.resolve();
      }
      return kept.run;
    },
    async over(id) {
      await runs.get(id)?.over.promise;
    },
    async close() {
      for (const id of runs.keys()) this.cancel(id);
      await working;
    },
  };
}

async function all<T>(read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
  }
}

function workHere(setup: Setup): Workshop {
  const run = setUp(setup);
  return { take: async (slice) => run.take(slice), finish: async () => run.finish(), end: async () => undefined };
}

function workApart(setup: Setup): Workshop {
  const thread = new Worker(new URL("./thread.ts", import.meta.url), { workerData: setup, name: "backtest" });
  let under = 0;
  let failure: Error | null = null;
  let result: BacktestResult | null = null;
  let changed = Promise.withResolvers<void>();
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  thread.on("message", (message: FromThread) => {
    if (message.kind === "took") under--;
    else result = message.result;
    wake();
  });
  thread.on("error", (error: Error) => {
    failure = error;
    wake();
  });
  thread.on("exit", () => {
    failure ??= new Error("the back-test's thread ended");
    wake();
  });
  const say = (message: ToThread, given: ArrayBuffer[] = []) => thread.postMessage(message, given);
  const until = async (done: () => boolean) => {
    while (!done()) {
      if (failure !== null) throw failure;
      await changed.promise;
    }
  };
  return {
    async take(slice) {
      say({ kind: "slice", slice }, memoryOfSlice(slice));
      under++;
      await until(() => under < AHEAD);
    },
    async finish() {
      say({ kind: "finish" });
      await until(() => result !== null);
      return result!;
    },
    async end() {
      await thread.terminate();
    },
  };
}
