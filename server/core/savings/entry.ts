/** What people say of a building's savings, as it is kept; `entries.ts` says what becomes of it. */
import type { Millis } from "../reading.ts";

interface EntryBase {
  readonly id: string;
  readonly building: string;
  readonly reason: string;
  readonly by: string;
  readonly at: Millis;
}

/** A change of the building that is no saving (a new wing, a room of servers, a broken meter): it uses so much more for it, or less. */
export interface Adjustment extends EntryBase {
  readonly kind: "adjustment";
  /** Local dates `YYYY-MM-DD`, both within; `until` null: it goes on. */
  readonly from: string;
  readonly until: string | null;
  readonly kwh: number;
  readonly per: "day" | "period";
  /** Where the figure comes from: a meter, a nameplate, a document. */
  readonly source: string;
}
export interface Withdrawal extends EntryBase {
  readonly kind: "withdrawal";
  /** The adjustment that counts no longer. */
  readonly of: string;
}
export interface BaselineChoice extends EntryBase {
  readonly kind: "baseline";
  /** Local dates, both within; null: as it is where nobody chooses. */
  readonly days: BaselineDays | null;
}
export interface BaselineDays {
  readonly from: string;
  readonly until: string;
}
export type SavingsEntry = Adjustment | Withdrawal | BaselineChoice;

/** All that was ever said. */
export interface SavingsBooks {
  readonly adjustments: Map<string, Adjustment>;
  /** By the adjustment that each takes back. */
  readonly withdrawals: Map<string, Withdrawal>;
  /** The newest by building. */
  readonly baselines: Map<string, BaselineChoice>;
}

export function emptySavingsBooks(): SavingsBooks {
  return { adjustments: new Map(), withdrawals: new Map(), baselines: new Map() };
}

/** Entries come in the order in which they were made. */
export function keepSavingsEntry(books: SavingsBooks, entry: SavingsEntry): void {
  if (entry.kind === "adjustment") books.adjustments.set(entry.id, entry);
  else if (entry.kind === "withdrawal") books.withdrawals.set(entry.of, entry);
  else books.baselines.set(entry.building, entry);
}
