/** What people write down of a meter, and how it stands: a reading of its face, or that it was exchanged. A second person confirms it. */
import type { DeviceId, Millis, PointId } from "../reading.ts";

export const ENTRY_STATES = ["entered", "confirmed", "rejected", "withdrawn"] as const;
export type EntryState = (typeof ENTRY_STATES)[number];

export const DOUBTS = [
  "below-last",
  "above-next",
  "too-fast",
  "much-more",
  "much-less",
  "same-day",
  "closed-month",
  "digits-swapped",
  "decimal-point",
] as const;
export type DoubtKind = (typeof DOUBTS)[number];

/** What speaks against an entry. `stops`: it cannot be confirmed as things stand; else the confirmer looks at it. */
export interface MeterDoubt {
  readonly kind: DoubtKind;
  readonly stops: boolean;
  readonly evidence: Readonly<Record<string, number | string>>;
}

interface EntryBase {
  readonly id: string;
  readonly point: PointId;
  /** When the meter showed it, or was exchanged; may lie in the past. */
  readonly at: Millis;
  readonly by: string;
  readonly enteredAt: Millis;
  readonly note: string | null;
  readonly state: EntryState;
  readonly decidedBy: string | null;
  readonly decidedAt: Millis | null;
  /** Why it was rejected. */
  readonly reason: string | null;
  /** As they were when it was decided; before, when it was entered. */
  readonly doubts: readonly MeterDoubt[];
}

export type MeterReading = EntryBase & { readonly kind: "reading"; readonly value: number };
/** `final`: what the old meter showed at last; `initial`: what the new one began with. */
export type MeterExchange = EntryBase & { readonly kind: "exchange"; readonly final: number; readonly initial: number };
export type MeterEntry = MeterReading | MeterExchange;

/** What the house remembers of what people wrote down. */
export interface MeterBooks {
  /** What waits for a second person, by id. */
  readonly waiting: Map<string, MeterEntry>;
  /** The same by point. */
  readonly waitingAt: Map<PointId, ReadonlySet<MeterEntry>>;
  /** What was confirmed, by point, in the order of its time. */
  readonly confirmed: Map<PointId, MeterEntry[]>;
}

/** Confirmed entries that are remembered of a point: some years of months. */
const REMEMBERED = 60;

export function emptyBooks(): MeterBooks {
  return { waiting: new Map(), waitingAt: new Map(), confirmed: new Map() };
}

/** Puts an entry where its state belongs. */
export function keepEntry(books: MeterBooks, entry: MeterEntry): void {
  const before = books.waiting.get(entry.id);
  const beside = [...(books.waitingAt.get(entry.point) ?? [])].filter((e) => e !== before);
  books.waitingAt.set(entry.point, new Set(entry.state === "entered" ? [...beside, entry] : beside));
  if (entry.state === "entered") return void books.waiting.set(entry.id, entry);
  books.waiting.delete(entry.id);
  if (entry.state !== "confirmed") return;
  const known = (books.confirmed.get(entry.point) ?? []).filter((e) => e.id !== entry.id);
  books.confirmed.set(entry.point, [...known, entry].sort((a, b) => a.at - b.at || a.enteredAt - b.enteredAt).slice(-REMEMBERED));
}

export function deviceOf(point: PointId): DeviceId {
  return point.slice(0, point.lastIndexOf("/"));
}
