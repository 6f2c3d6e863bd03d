/** What a booking and a major event are. */
import type { Booking } from "./calendar-settings.ts";
import type { Millis } from "./reading.ts";

/** A booking that the house keeps. `source`: "page", "import", "roster" or "feed:<id>". */
export interface StoredBooking extends Booking {
  readonly id: string;
  readonly source: string;
  /** Person id; for what came from elsewhere the source again. */
  readonly by: string;
  /** The other calendar's own name for it. */
  readonly uid: string | null;
  readonly canceledAt: Millis | null;
}

/** A declared major event (重大活动): local dates, inclusive. */
export interface OfficeEvent {
  readonly id: string;
  readonly name: string;
  readonly from: string;
  readonly until: string;
  readonly by: string;
  readonly declaredAt: Millis;
  readonly canceledAt: Millis | null;
}

/** What another calendar says: one booking without the names that the house gives. */
export type OfferedBooking = Pick<StoredBooking, "uid" | "space" | "from" | "until" | "note">;

/** Bookings by space ("" = the whole site), each list in the order of their beginning. */
export type BookingIndex = Map<string, StoredBooking[]>;
