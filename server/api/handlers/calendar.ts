/** Bookings, other calendars, declared events, and what kind of day it is and why. */
import type { Eyes } from "../../contract/present/eyes.ts";
import { bookingDto, eventDto } from "../../contract/present/calendar.ts";
import type { StoredBooking } from "../../core/booking.ts";
import { onDuty } from "../../core/bookings.ts";
import type { House } from "../../core/house.ts";
import type { Actor } from "../../core/roles.ts";
import { may } from "../../core/roles.ts";
import type { Millis } from "../../core/reading.ts";
import { problem } from "../../errors.ts";
import type { IcsTrouble } from "../../ports/calendars.ts";
import type { Office } from "../../ports/office.ts";
import type { Handlers } from "../route.ts";
import { instantOf } from "./house.ts";
import { carryOut } from "./requests.ts";

const DAY = 86_400_000;
const USUAL_AHEAD_MS = 14 * DAY;
const MOST_DAYS = 400;
const LISTED = 1000;

/** Stored ones of the period (also past ones), the house's own that are not recorded (the roster's), and the site file's. */
async function bookingsIn({ house, records }: Office, from: Millis, to: Millis): Promise<StoredBooking[]> {
  const found = new Map<string, StoredBooking>();
  for (const b of await records.bookings(from, to)) found.set(b.id, b);
  for (const b of house.bookings.values()) if (b.from < to && b.until > from) found.set(b.id, b);
  house.site.calendar.bookings.forEach((b, n) => {
    if (b.from < to && b.until > from) found.set(`site-${n}`, { ...b, id: `site-${n}`, source: "site", by: "site", uid: null, canceledAt: null });
  });
  for (const a of house.approvals.values())
    if (a.kind === "overtime" && a.state === "granted" && a.from !== null && a.until !== null && a.from < to && a.until > from)
      found.set(a.id, {
        kind: "overtime",
        space: a.space,
        from: a.from,
        until: a.until,
        note: a.reason,
        id: a.id,
        source: "approval",
        by: a.requestedBy ?? "",
        uid: null,
        canceledAt: null,
      });
  return [...found.values()].sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
}

/** What a reader of calendars says is wrong with one, as against what is wrong with the reader. */
function troubleOf(error: unknown): IcsTrouble | null {
  return error instanceof Error && "trouble" in error ? (error.trouble as IcsTrouble) : null;
}

function bookingOf(house: House, id: string): StoredBooking {
  const booking = house.bookings.get(id);
  if (booking === undefined) throw problem("not-found", `There is no booking '${id.slice(0, 100)}' to come; see /api/v1/bookings.`);
  return booking;
}

/** One's own booking, or any for who keeps the calendar. */
function mayChange(actor: Actor, booking: StoredBooking): void {
  if (booking.by === actor.id || may(actor, "manage-calendar", null)) return;
  throw problem("forbidden", "Only who booked it, or who keeps the calendar, may change a booking.", { action: "manage-calendar" });
}

/** What is no meeting room is used after hours by leave, not by a booking of one's own. */
function mayBook(house: House, actor: Actor, space: string): void {
  const place = house.spaces.get(space);
  if (place === undefined || place.class === "meeting" || may(actor, "manage-calendar", null)) return;
  throw problem("no-meeting-room", `'${space}' is no meeting room; ask for overtime there, or let who keeps the calendar book it.`, {
    action: "manage-calendar",
  });
}

const show = (eyes: Eyes, house: House, id: string) => bookingDto(eyes, bookingOf(house, id));

export const calendarHandlers: Handlers<
  | "bookings"
  | "addBooking"
  | "changeBooking"
  | "cancelBooking"
  | "importBookings"
  | "calendarDays"
  | "feeds"
  | "events"
  | "declareEvent"
  | "cancelEvent"
  | "duty"
> = {
  bookings: {
    async run({ office, eyes, query }) {
      const from = query.from ?? eyes.now;
      const to = query.to ?? from + USUAL_AHEAD_MS;
      if (from >= to) throw problem("invalid-parameter", "from: must be before to.");
      const all = (await bookingsIn(office, from, to)).filter((b) => query.space === undefined || b.space === null || b.space === query.space);
      return { items: all.slice(0, LISTED).map((b) => bookingDto(eyes, b)), next: null };
    },
  },
  addBooking: {
    async run({ office, actor, eyes, body }) {
      const { space, note } = body;
      mayBook(office.house, actor, space);
      if (body.kind === "duty" && !may(actor, "manage-calendar", null))
        throw problem("forbidden", "Duties are entered by who keeps the calendar.", { action: "manage-calendar" });
      const id = await carryOut(office, actor, { kind: "add-booking", as: body.kind, space, from: body.from, until: body.until, note });
      return show(eyes, office.house, id);
    },
  },
  changeBooking: {
    async run({ office, actor, eyes, id, body }) {
      mayChange(actor, bookingOf(office.house, id));
      if (body.space !== undefined) mayBook(office.house, actor, body.space);
      await carryOut(office, actor, { kind: "change-booking", booking: id, ...body });
      return show(eyes, office.house, id);
    },
  },
  cancelBooking: {
    async run({ office, actor, eyes, id }) {
      const before = bookingOf(office.house, id);
      mayChange(actor, before);
      await carryOut(office, actor, { kind: "cancel-booking", booking: id });
      return bookingDto(eyes, { ...before, canceledAt: eyes.now });
    },
  },
  importBookings: {
    async run({ office, actor, eyes, body, query }) {
      if (query.space !== undefined && !office.house.spaces.has(query.space))
        throw problem("unknown-space", `There is no space '${query.space.slice(0, 100)}'.`);
      const read = await office.calendars.read(body, query.space ?? null).catch((error: unknown) => {
        const told = troubleOf(error);
        if (told === null) throw error;
        throw problem("bad-calendar", told.why, { trouble: told });
      });
      const known = new Set([...office.house.bookings.values()].map((b) => `${b.uid} ${b.space} ${b.from} ${b.until} ${b.note}`));
      const items = read.bookings.map((b) => ({
        note: b.note,
        space: b.space,
        from: eyes.iso(b.from),
        until: eyes.iso(b.until),
        known: known.has(`${b.uid} ${b.space} ${b.from} ${b.until} ${b.note}`),
      }));
      if (query.dry !== "1") await carryOut(office, actor, { kind: "import-bookings", bookings: read.bookings });
      return { imported: query.dry !== "1", items, skipped: read.skipped.map((s) => ({ ...s })) };
    },
  },
  calendarDays: {
    run({ office: { house }, eyes, query }) {
      const own = house.spaces.get(query.space ?? "");
      if (query.space !== undefined && own === undefined) throw problem("unknown-space", `There is no space '${query.space.slice(0, 100)}'.`);
      const calendar = house.calendar.hours(query.building ?? own?.building ?? null, query.department ?? own?.department ?? null);
      const first = query.from === undefined ? eyes.now : instantOf(house, query.from);
      const last = query.to === undefined ? first + 6 * DAY : instantOf(house, query.to);
      if (last < first) throw problem("invalid-parameter", "from: must not be after to.");
      if (last - first > MOST_DAYS * DAY) throw problem("range-too-wide", `At most ${MOST_DAYS} days at once.`);
      const items = [];
      for (let at = calendar.midnight(first); at <= last; at = calendar.midnight(at + 1.5 * DAY)) {
        const day = calendar.day(at);
        items.push({
          ...day,
          season: calendar.season(at),
          heating: calendar.heating(at),
          hours: calendar.periods(at).map(([from, until]) => ({ from: eyes.iso(from), until: eyes.iso(until) })),
        });
      }
      return { items, next: null };
    },
  },
  feeds: {
    run: ({ office, eyes }) => ({
      items: office.calendars.status().map((s) => ({
        ...s,
        readAt: s.readAt === null ? null : eyes.iso(s.readAt),
        failingSince: s.failingSince === null ? null : eyes.iso(s.failingSince),
        skipped: s.skipped.map((x) => ({ ...x })),
        error: s.error === null ? null : { ...s.error },
      })),
      next: null,
    }),
  },
  events: {
    run: ({ office: { house } }) => ({
      items: [
        ...house.site.calendar.events.map((e, n) => ({ id: `site-${n}`, name: e.name, from: e.from, until: e.until, by: null })),
        ...[...house.events.values()].map(eventDto),
      ],
      next: null,
    }),
  },
  declareEvent: {
    async run({ office, actor, body }) {
      const id = await carryOut(office, actor, { kind: "declare-event", ...body });
      return eventDto(office.house.events.get(id)!);
    },
  },
  cancelEvent: {
    async run({ office, actor, id }) {
      const before = office.house.events.get(id);
      if (before === undefined) throw problem("not-found", `There is no event '${id.slice(0, 100)}' that was declared here.`);
      await carryOut(office, actor, { kind: "cancel-event", event: id });
      return eventDto(before);
    },
  },
  duty: {
    run: ({ office: { house }, eyes, query }) => ({ items: onDuty(house, query.at ?? eyes.now).map((d) => ({ ...d, until: eyes.iso(d.until) })), next: null }),
  },
};
