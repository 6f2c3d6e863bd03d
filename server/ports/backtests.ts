/** Policies tried on the stored history. */
import type { BacktestResult } from "../core/backtest-tally.ts";
import type { Params, Scope } from "../core/policy.ts";
import type { Millis } from "../core/reading.ts";

/** What is asked of a back-test: one policy with these settings, over [from, to). */
export interface BacktestQuestion {
  readonly policy: string;
  readonly params: Params;
  readonly scope: Scope;
  readonly from: Millis;
  readonly to: Millis;
}

export interface BacktestRun extends BacktestQuestion {
  readonly id: string;
  readonly by: string;
  readonly askedAt: Millis;
  readonly state: "queued" | "running" | "done" | "canceled" | "failed";
  /** 0–1. */
  readonly progress: number;
  /** Stored readings gone through so far. */
  readonly readings: number;
  /** How long it took, real s. */
  readonly seconds: number;
  readonly result: BacktestResult | null;
  readonly error: string | null;
}

/** Runs one at a time; the newest are kept until the server stops. */
export interface Backtests {
  ask(by: string, question: BacktestQuestion): BacktestRun;
  get(id: string): BacktestRun | null;
  /** Newest first. */
  list(policy: string | undefined): readonly BacktestRun[];
  /** Queued and running ones. */
  readonly waiting: number;
  /** null: there is none such. Ends within one slice of the history. */
  cancel(id: string): BacktestRun | null;
  /** Resolves when it is over, however it ended. */
  over(id: string): Promise<void>;
  close(): Promise<void>;
}
