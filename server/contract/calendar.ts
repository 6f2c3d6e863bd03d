/** Days, bookings, other calendars and events, as they cross the border. */
import { z } from "zod";
import { moment, text, time } from "./fields.ts";

/** What kind of day it is. */
export const dayFacts = {
  date: z.string(),
  working: z.boolean(),
  why: z.string().meta({ description: "weekday, weekend, holiday, make-up, no-data-weekday, no-data-weekend" }),
  holiday: z.string().nullable(),
  event: z.string().nullable(),
  season: z.string(),
};

/** The same, with whether work is going on now. */
export const dayDto = z.object({ ...dayFacts, workingNow: z.boolean() });

/** `GET /calendar?date=`: what kind of day it is, and which fact makes it so. */
export const calendarDto = z.object({
  ...dayFacts,
  heating: z.boolean(),
  begins: time,
  bookings: z.array(z.object({ kind: z.enum(["meeting", "duty", "overtime"]), space: z.string().nullable(), from: time, until: time, note: z.string() })),
});
export type CalendarDto = z.infer<typeof calendarDto>;

const noteText = z.string().trim().min(1).max(200);

export const bookingDto = z.object({
  id: z.string(),
  kind: z.enum(["meeting", "duty", "overtime"]),
  space: z.string().nullable().meta({ description: "null = the whole site" }),
  from: time,
  until: time,
  note: z.string(),
  source: z.string().meta({ description: "page, import, roster, site, approval, or feed:<id>" }),
  by: z.string().nullable(),
  canceledAt: time.nullable(),
});
export type BookingDto = z.infer<typeof bookingDto>;

/** `POST /bookings` */
export const bookingRequest = z.strictObject({
  kind: z.enum(["meeting", "duty"]).default("meeting"),
  space: z.string().min(1).max(200),
  from: moment,
  until: moment,
  note: noteText,
});

/** `PUT /bookings/:id` */
export const bookingChange = z.strictObject({
  space: z.string().min(1).max(200).optional(),
  from: moment.optional(),
  until: moment.optional(),
  note: noteText.optional(),
});

export const icsTrouble = z.object({
  code: z.string(),
  about: z.string().nullable().meta({ description: "The name, number or host that it is about" }),
  why: z.string().meta({ description: "Both in English" }),
});
export type IcsTroubleDto = z.infer<typeof icsTrouble>;
const skipped = z.array(icsTrouble.extend({ what: z.string() }));

export const importDto = z.object({
  imported: z.boolean().meta({ description: "false: a rehearsal" }),
  items: z.array(z.object({ note: z.string(), space: z.string().nullable(), from: time, until: time, known: z.boolean() })),
  skipped,
});
export type ImportDto = z.infer<typeof importDto>;

export const calendarDayDto = z.object({
  ...dayFacts,
  heating: z.boolean(),
  hours: z.array(z.object({ from: time, until: time })),
});
export type CalendarDayDto = z.infer<typeof calendarDayDto>;

export const feedDto = z.object({
  id: z.string(),
  every: z.number().meta({ description: "Seconds" }),
  readAt: time.nullable(),
  bookings: z.number(),
  skipped,
  error: icsTrouble.nullable(),
  failingSince: time.nullable(),
});
export type FeedDto = z.infer<typeof feedDto>;

export const eventDto = z.object({
  id: z.string(),
  name: text,
  from: z.string(),
  until: z.string(),
  by: z.string().nullable().meta({ description: "null: the site file" }),
});
export type EventDto = z.infer<typeof eventDto>;

/** `POST /calendar/events` */
export const eventRequest = z.strictObject({ name: noteText, from: z.iso.date(), until: z.iso.date() });
