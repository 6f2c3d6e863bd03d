/** Months: the one that runs, those that can be closed, those that are. */
import type { Answer, Refusal } from "../core/answer.ts";
import type { Bulletin } from "../core/account/bulletin.ts";
import type { CostedLine, Entry } from "../core/account/settlement.ts";
import type { Millis } from "../core/reading.ts";

/** A month as it is listed. */
export interface MonthState {
  /** `YYYY-MM` */
  readonly month: string;
  readonly state: "running" | "open" | "closed";
  readonly closedAt: Millis | null;
  readonly closedBy: string | null;
  readonly digest: string | null;
  /** Why it cannot be closed now; null where it can. */
  readonly refused: Refusal | null;
}

export interface MonthRead extends MonthState {
  readonly bulletin: Bulletin;
  /** A draft's lines, or the closed month's entries that stand. */
  readonly lines: readonly CostedLine[];
  /** Every entry of a closed month; none of a draft. */
  readonly entries: readonly Entry[];
  /** Whether what is kept is still what was hashed; null for a draft. */
  readonly whole: boolean | null;
}

/** The month's account. */
export interface Months {
  /** From the first month with readings to the one that runs, the newest first. */
  list(): Promise<readonly MonthState[]>;
  /** What a month comes to: a draft by today's readings, or as it was closed with what corrected it since. Null: nothing is stored of it. */
  read(month: string): Promise<MonthRead | null>;
  close(by: string, month: string): Promise<Answer>;
  /** Takes an entry of a closed month back and writes another amount in its place. */
  correct(by: string, month: string, entry: string, amount: number, reason: string): Promise<Answer>;
}
