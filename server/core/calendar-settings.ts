/** When the office works, by the site file: hours, duty, other calendars, events, seasons. */
import type { Text } from "./device.ts";

/** A time a space is in rightful use outside working hours: a booked meeting, a duty, approved overtime. `space` null = whole site. */
export interface Booking {
  readonly kind: "meeting" | "duty" | "overtime";
  readonly space: string | null;
  readonly from: number;
  readonly until: number;
  readonly note: string;
}

/** Other working hours for a department or a building; the narrower one counts. Absent parts are the site's. */
export interface OwnHours {
  readonly building: string | null;
  readonly department: string | null;
  readonly working: readonly (readonly [number, number])[];
  /** ISO weekdays that are worked, 1 = Monday … 7 = Sunday. */
  readonly days: readonly number[];
}

/** Who has duty in a space, day by day in turn. Minutes after midnight; an end before the start is on the next day. */
export interface RosterEntry {
  readonly space: string | null;
  readonly people: readonly string[];
  readonly from: string;
  readonly until: string | null;
  readonly start: number;
  readonly end: number;
  readonly days: "all" | "working" | "non-working";
}

/** Another calendar that is followed: its bookings are meetings here. */
export interface CalendarFeed {
  readonly id: string;
  /** One of the two. */
  readonly url: string | null;
  readonly file: string | null;
  /** The room of everything in it that names none itself. */
  readonly space: string | null;
  /** Its names of rooms, and what they are called here. */
  readonly rooms: Readonly<Record<string, string>>;
  /** Seconds between two looks. */
  readonly every: number;
}

export interface CalendarSettings {
  /** Working periods as minutes after midnight, e.g. [[510, 720], [840, 1050]]. */
  readonly working: readonly (readonly [number, number])[];
  readonly hours: readonly OwnHours[];
  readonly roster: readonly RosterEntry[];
  readonly feeds: readonly CalendarFeed[];
  /** Declared major events (重大活动): local dates `YYYY-MM-DD`, inclusive. */
  readonly events: readonly { readonly name: Text; readonly from: string; readonly until: string }[];
  readonly bookings: readonly Booking[];
  /** `MM-DD` bounds. Heating seasons usually run over the new year. */
  readonly summer: { readonly from: string; readonly until: string };
  readonly winter: { readonly from: string; readonly until: string };
  readonly heating: { readonly from: string; readonly until: string };
}
