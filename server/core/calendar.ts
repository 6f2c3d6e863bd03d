import type { Millis } from "./reading.ts";

export type Season = "summer" | "winter" | "between";

/** What kind of day it is, and which fact makes it so: the answer to "why is today a working day?". */
export interface DayFact {
  /** Local date `YYYY-MM-DD`. */
  readonly date: string;
  readonly working: boolean;
  readonly why: "weekday" | "weekend" | "holiday" | "make-up" | "no-data-weekday" | "no-data-weekend";
  /** The holiday's Chinese name, where one is the cause (also for a make-up day). */
  readonly holiday: string | null;
  /** The declared major event of the day, if any. */
  readonly event: string | null;
}

/** The office's calendar as the policies see it. Built once from settings and the holiday file by `createCalendar`. */
export interface Calendar {
  day(at: Millis): DayFact;
  /** Within working hours of a working day. */
  working(at: Millis): boolean;
  /** The last end of working time at or before `at` on its local day, or the midnight that began the day when there was none yet (or it is no working day). */
  offSince(at: Millis): Millis;
  /** The next instant (strictly after `at`) at which `working` changes; at most 14 days ahead. */
  nextChange(at: Millis): Millis;
  season(at: Millis): Season;
  /** Whether the heating season runs. */
  heating(at: Millis): boolean;
  /** Local midnight that begins the day of `at`. */
  midnight(at: Millis): Millis;
  /** Minutes after local midnight, 0–1439. */
  minuteOfDay(at: Millis): number;
}
