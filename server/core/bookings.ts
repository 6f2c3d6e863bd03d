/** Times a space is in rightful use: meetings that people book or that come from another calendar, duty rosters, major events. */
import type { PersonRequest } from "./event.ts";
import type { House } from "./house.ts";
import { keyOf } from "./key.ts";
import type { Answer } from "./answer.ts";
import { refuse } from "./answer.ts";
import type { Millis } from "./reading.ts";
import type { Booking, RosterEntry } from "./calendar-settings.ts";
import type { Turn } from "./turn.ts";
import { markDevice, markSpace } from "./turn.ts";
import type { OfferedBooking, OfficeEvent, StoredBooking } from "./booking.ts";

const DAY = 86_400_000;
const LONGEST_MS = 7 * DAY;
const FURTHEST_MS = 400 * DAY;
/** Rosters are known so far ahead. */
const ROSTER_DAYS = 8;
/** Bookings of one source, so that a calendar of millions cannot fill the house. */
const MOST = 20_000;
/** 2024-01-01, a Monday: from when the roster's turns are counted. */
const TURNS_FROM: Millis = 1_704_067_200_000;
const EVERYWHERE = "";

/** Puts a booking into the house, in the place of one with the same id. */
export function placeBooking(house: House, booking: StoredBooking): void {
  removeBooking(house, booking.id);
  house.bookings.set(booking.id, booking);
  const key = booking.space ?? EVERYWHERE;
  const list = house.bookingsBySpace.get(key) ?? [];
  house.bookingsBySpace.set(key, list);
  const after = list.findIndex((b) => b.from > booking.from);
  list.splice(after < 0 ? list.length : after, 0, booking);
  house.timers.add(booking.from, { kind: "booking", booking: booking.id });
  house.timers.add(booking.until, { kind: "booking", booking: booking.id });
}

function removeBooking(house: House, id: string): void {
  const known = house.bookings.get(id);
  if (known === undefined) return;
  house.bookings.delete(id);
  const key = known.space ?? EVERYWHERE;
  const rest = (house.bookingsBySpace.get(key) ?? []).filter((b) => b.id !== id);
  if (rest.length > 0) house.bookingsBySpace.set(key, rest);
  else house.bookingsBySpace.delete(key);
}

/** Every booking, duty and granted overtime of a space (or of the whole site). */
export function* bookingsOf(house: House, space: string | null): Iterable<Booking> {
  for (const booking of house.site.calendar.bookings) if (booking.space === null || booking.space === space) yield booking;
  yield* house.bookingsBySpace.get(EVERYWHERE) ?? [];
  if (space !== null) yield* house.bookingsBySpace.get(space) ?? [];
  for (const a of house.approvals.values()) {
    if (a.kind === "overtime" && a.state === "granted" && a.from !== null && a.until !== null && (a.space === null || a.space === space))
      yield { kind: "overtime", space: a.space, from: a.from, until: a.until, note: a.reason };
  }
}

/** A booking's begin or end has come, or it changed: whoever stands there is looked at again, and what is over is put away. */
export function bookingDue(turn: Turn, id: string): void {
  const booking = turn.house.bookings.get(id);
  if (booking === undefined) return;
  if (booking.until <= turn.now) removeBooking(turn.house, id);
  lookAgain(turn, booking.space);
}

function lookAgain(turn: Turn, space: string | null): void {
  if (space !== null) markSpace(turn, space);
  else for (const state of turn.house.devices.values()) markDevice(turn, state);
}

function keep(turn: Turn, booking: StoredBooking, why: string): void {
  if (booking.canceledAt === null) placeBooking(turn.house, booking);
  else removeBooking(turn.house, booking.id);
  turn.decisions.push({ kind: "booking", booking, why });
  lookAgain(turn, booking.space);
}

/** A meeting or a duty that a person books. Two meetings cannot be in one room at one time. */
export function addBooking(turn: Turn, request: Extract<PersonRequest, { kind: "add-booking" }>): Answer {
  const wrong = check(turn, request, null);
  if (wrong !== null) return wrong;
  const { space, from, until, note } = request;
  const booking: StoredBooking = {
    id: keyOf("booking", turn.by, space, from, until, turn.now),
    kind: request.as,
    space,
    from,
    until,
    note,
    source: "page",
    by: turn.by,
    uid: null,
    canceledAt: null,
  };
  keep(turn, booking, "added");
  return { ok: true, subject: booking.id };
}

export function changeBooking(turn: Turn, request: Extract<PersonRequest, { kind: "change-booking" }>): Answer {
  const known = turn.house.bookings.get(request.booking);
  const fixed = notOurs(known);
  if (known === undefined || fixed !== null) return fixed ?? refuse("not-active", "There is no such booking (any more).");
  const changed = {
    space: request.space ?? known.space,
    from: request.from ?? known.from,
    until: request.until ?? known.until,
    note: request.note ?? known.note,
  };
  const wrong = check(turn, { ...changed, as: known.kind }, known.id);
  if (wrong !== null) return wrong;
  lookAgain(turn, known.space);
  keep(turn, { ...known, ...changed }, "changed");
  return { ok: true, subject: known.id };
}

export function cancelBooking(turn: Turn, id: string): Answer {
  const known = turn.house.bookings.get(id);
  const fixed = notOurs(known);
  if (known === undefined || fixed !== null) return fixed ?? refuse("not-active", "There is no such booking (any more).");
  keep(turn, { ...known, canceledAt: turn.now }, "canceled");
  return { ok: true, subject: id };
}

/** What another calendar or the site file says is changed there. */
function notOurs(known: StoredBooking | undefined): Answer | null {
  if (known === undefined) return null;
  if (known.source === "roster") return refuse("in-site-file", "Duties come from the roster in the site file; change them there.");
  return known.source.startsWith("feed:") ? refuse("in-feed", `This booking comes from the calendar '${known.source.slice(5)}'; change it there.`) : null;
}

function check(
  turn: Turn,
  b: { readonly space: string | null; readonly from: Millis; readonly until: Millis; readonly as: Booking["kind"] },
  self: string | null,
): Answer | null {
  const { house, now } = turn;
  if (b.space !== null && !house.spaces.has(b.space)) return refuse("unknown-space", `There is no space '${b.space}'.`);
  if (b.until <= b.from || b.until <= now) return refuse("bad-period", "It must end after it begins, and in the future.");
  if (b.until - b.from > LONGEST_MS) return refuse("too-long", "Book at most seven days at a time.");
  if (b.from - now > FURTHEST_MS) return refuse("bad-period", "Book at most 400 days ahead.");
  if (b.as !== "meeting" || b.space === null) return null;
  for (const other of bookingsOf(house, b.space)) {
    if (other.kind !== "meeting" || other.space !== b.space || ("id" in other && other.id === self)) continue;
    if (other.from < b.until && b.from < other.until) return refuse("booked-already", `The room is booked at that time: ${other.note}.`);
  }
  return null;
}

/** What another calendar says now, whole: what is new or changed is kept, what is gone is canceled. Answers how many of each. */
export function takeBookings(turn: Turn, source: string, by: string, offered: readonly OfferedBooking[]): { added: number; changed: number; canceled: number } {
  const { house, now } = turn;
  const counts = { added: 0, changed: 0, canceled: 0 };
  const before = new Map([...house.bookings.values()].filter((b) => b.source === source).map((b) => [b.id, b]));
  for (const o of offered.slice(0, MOST)) {
    if (o.until <= now || (o.space !== null && !house.spaces.has(o.space))) continue;
    const id = keyOf("booking", source, o.uid, o.space, o.from);
    const known = before.get(id);
    before.delete(id);
    if (known !== undefined && known.until === o.until && known.note === o.note) continue;
    counts[known === undefined ? "added" : "changed"]++;
    keep(turn, { ...o, id, kind: "meeting", source, by, canceledAt: null }, known === undefined ? "added" : "changed");
  }
  // A file that is imported adds; a calendar that is followed also takes back.
  if (source !== "import") {
    for (const gone of before.values()) {
      counts.canceled++;
      keep(turn, { ...gone, canceledAt: now }, "canceled");
    }
  }
  return counts;
}

/** Who has duty where, from the roster: people take turns, one after the other. Duties of one local day and the night after it. */
function dutiesOn(house: House, entry: RosterEntry, n: number, noon: Millis): StoredBooking | null {
  const { calendar } = house;
  const day = calendar.day(noon);
  if (day.date < entry.from || (entry.until !== null && day.date > entry.until)) return null;
  if (entry.days !== "all" && (entry.days === "working") !== day.working) return null;
  const midnight = calendar.midnight(noon);
  const next = calendar.midnight(midnight + 1.5 * DAY);
  const from = midnight + entry.start * 60_000;
  const until = entry.end > entry.start ? midnight + entry.end * 60_000 : next + entry.end * 60_000;
  const turnOf = Math.round((midnight - TURNS_FROM) / DAY);
  const person = entry.people[((turnOf % entry.people.length) + entry.people.length) % entry.people.length] ?? "";
  const name = house.site.people.find((p) => p.id === person)?.name ?? person;
  const note = typeof name === "string" ? name : (name["zh-CN"] ?? person);
  return { id: keyOf("duty", n, day.date), kind: "duty", space: entry.space, from, until, note, source: "roster", by: person, uid: null, canceledAt: null };
}

/** The roster's duties of the days to come are placed, at the start and once a day. */
export function rollRoster(turn: Turn): void {
  const { house, now } = turn;
  for (const [n, entry] of house.site.calendar.roster.entries()) {
    for (let d = -1; d < ROSTER_DAYS; d++) {
      const duty = dutiesOn(house, entry, n, house.calendar.midnight(now) + d * DAY + DAY / 2);
      if (duty === null || duty.until <= now || house.bookings.has(duty.id)) continue;
      placeBooking(house, duty);
      if (duty.from <= now) lookAgain(turn, duty.space);
    }
  }
}

/** The people who have duty at an instant, with their spaces. */
export function onDuty(house: House, at: Millis): { readonly person: string; readonly space: string | null; readonly until: Millis }[] {
  return [...house.bookings.values()]
    .filter((b) => b.source === "roster" && b.from <= at && at < b.until)
    .map((b) => ({ person: b.by, space: b.space, until: b.until }));
}

/** A major event is declared or taken back: the days' facts change at once. */
export function declareEvent(turn: Turn, request: Extract<PersonRequest, { kind: "declare-event" }>): Answer {
  const { house, now } = turn;
  if (request.until < request.from) return refuse("bad-period", "It must not end before it begins.");
  if (request.until < house.calendar.day(now).date) return refuse("in-the-past", "It is over already.");
  const { name, from, until } = request;
  const event: OfficeEvent = { id: keyOf("event", name, from, until, now), name, from, until, by: turn.by, declaredAt: now, canceledAt: null };
  house.events.set(event.id, event);
  eventsChanged(turn, event, "declared");
  return { ok: true, subject: event.id };
}

export function cancelEvent(turn: Turn, id: string): Answer {
  const known = turn.house.events.get(id);
  if (known === undefined) return refuse("not-active", "There is no such event (any more); those of the site file are changed there.");
  turn.house.events.delete(id);
  eventsChanged(turn, { ...known, canceledAt: turn.now }, "canceled");
  return { ok: true, subject: id };
}

function eventsChanged(turn: Turn, event: OfficeEvent, why: string): void {
  turn.house.calendar.declare([...turn.house.events.values()]);
  turn.decisions.push({ kind: "event", event, why });
  lookAgain(turn, null);
}

/** After a restart: what the records kept, and the roster with the first tick. */
export function restoreBookings(house: House, bookings: readonly StoredBooking[], events: readonly OfficeEvent[], now: Millis): void {
  for (const b of bookings) if (b.canceledAt === null && b.until > now) placeBooking(house, b);
  for (const e of events) if (e.canceledAt === null) house.events.set(e.id, e);
  house.calendar.declare([...house.events.values()]);
}
