/** Other calendars, handed in or followed. */
import type { OfferedBooking } from "../core/booking.ts";
import type { Millis } from "../core/reading.ts";

/** What is read out of another calendar: within [from, to); `rooms` are its names for our spaces, `space` where it names none. */
export interface IcsQuestion {
  readonly timezone: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly space: string | null;
  readonly rooms: Readonly<Record<string, string>>;
}

/** What is wrong with another calendar or one of its meetings. */
export interface IcsTrouble {
  /** Stable; the page has words for each. */
  readonly code: string;
  /** The name, number or host that it is about. */
  readonly about: string | null;
  /** Both in English. */
  readonly why: string;
}

export interface IcsRead {
  readonly bookings: readonly OfferedBooking[];
  readonly skipped: readonly (IcsTrouble & { readonly what: string })[];
}

export interface FeedStatus {
  readonly id: string;
  /** Seconds between two looks. */
  readonly every: number;
  /** When it was last read well. */
  readonly readAt: Millis | null;
  readonly bookings: number;
  readonly skipped: IcsRead["skipped"];
  readonly error: IcsTrouble | null;
  readonly failingSince: Millis | null;
}

/** Other calendars: what people hand in is read, what is configured is followed. */
export interface Calendars {
  start(): void;
  status(): readonly FeedStatus[];
  /** Rejects with what is wrong with the text. */
  read(text: string, space: string | null): Promise<IcsRead>;
  close(): void;
}
