/** What is stored, sent on elsewhere. */
import type { Millis } from "../core/reading.ts";

/** How what is forwarded elsewhere does. Times are this machine's, ms. */
export interface ForwardStatus {
  /** Stored readings that are not there yet; after a restart about so many until it has caught up. */
  readonly behind: number;
  /** The age of the oldest of them, s. */
  readonly behindSeconds: number;
  /** Readings sent since the start. */
  readonly sent: number;
  /** Readings that are not taken there, ever. */
  readonly rejected: number;
  readonly lastSuccess: Millis | null;
  /** Since when nothing gets through; null while all is well. */
  readonly failingSince: Millis | null;
  /** What stands in the way, or, while `failingSince` is null, stood there last. */
  readonly error: string | null;
}

/** Sends stored readings on, in the background, from where it stopped. */
export interface Forward {
  start(): void;
  status(): ForwardStatus;
  /** Ends within a moment; what was under way is sent again at the next start. */
  close(): Promise<void>;
}
