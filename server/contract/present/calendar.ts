/** Bookings and events as the border shows them. */
import type { OfficeEvent, StoredBooking } from "../../core/booking.ts";
import type { BookingDto, EventDto } from "../calendar.ts";
import type { Eyes } from "./eyes.ts";
import { orNull } from "./eyes.ts";

/** A booking; who booked it is told to whom it is told who asked for approvals. */
export function bookingDto(eyes: Eyes, b: StoredBooking): BookingDto {
  const { id, kind, space, note, source } = b;
  return {
    id,
    kind,
    space,
    from: eyes.iso(b.from),
    until: eyes.iso(b.until),
    note,
    source,
    by: b.by === "" ? null : b.by,
    canceledAt: orNull(eyes, b.canceledAt),
  };
}

export function eventDto({ id, name, from, until, by }: OfficeEvent): EventDto {
  return { id, name, from, until, by };
}
