/** The chain of who did what, as it is stored and walked. */
import type { Millis } from "../core/reading.ts";

export interface AuditFilter {
  readonly what?: string | undefined;
  readonly by?: string | undefined;
  readonly subject?: string | undefined;
}

/** An entry as it is stored: `detail` is its JSON to the letter, for that is what was hashed. */
export interface AuditLine {
  readonly seq: number;
  readonly id: string;
  readonly at: Millis;
  readonly by: string;
  readonly what: string;
  readonly subject: string;
  readonly detail: string;
  readonly prev: string;
  readonly hash: string;
}

export interface AuditReport {
  readonly entries: number;
  readonly first: Millis | null;
  readonly last: Millis | null;
  /** Hash of the last entry; sixty-four zeros for an empty chain. */
  readonly head: string;
  readonly headSeq: number;
  /** The first entry that is wrong, and how. */
  readonly broken: { readonly seq: number; readonly what: "altered" | "missing" | "reordered"; readonly detail: string } | null;
  /** Whether the head that was noted earlier is in the chain; null when none was given. */
  readonly known: boolean | null;
}
