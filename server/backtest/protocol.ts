/** What the server and a back-test's thread say to each other. */
import type { Holidays } from "../core/calendar.ts";
import type { BacktestParts } from "../core/backtest.ts";
import type { BacktestResult } from "../core/backtest-tally.ts";
import type { CustomPolicy } from "../core/custom/document.ts";
import type { ScanSlice } from "../core/scan.ts";

/** Plain data: a policy goes as its id or its document, for functions cannot be sent. */
export interface Setup extends Omit<BacktestParts, "calendar" | "definition"> {
  readonly holidays: Holidays;
  readonly policy: string;
  readonly document: CustomPolicy | null;
}

export type ToThread = { readonly kind: "slice"; readonly slice: ScanSlice } | { readonly kind: "finish" };

export type FromThread = { readonly kind: "took" } | { readonly kind: "result"; readonly result: BacktestResult };
