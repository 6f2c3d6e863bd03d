/** An iCalendar text (RFC 5545) as bookings: recurring ones written out, times in the site's zone where they name none. */
import ICAL from "ical.js";
import type { OfferedBooking } from "../core/booking.ts";
import type { Millis } from "../core/reading.ts";
import type { Zone } from "../core/zone.ts";
import { createZone } from "../core/zone.ts";
import type { IcsQuestion, IcsRead } from "../ports/calendars.ts";
import { begun, neverComes } from "./recurrence.ts";
import type { TroubleCode } from "./trouble.ts";
import { calendarError, trouble } from "./trouble.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What one event may recur to, and all of a calendar together. */
const MOST_LOOKED_AT = 20_000;
const MOST_BOOKINGS = 5_000;
const MOST_SKIPPED = 200;
const LONGEST_NOTE = 200;
/** Zones as one widespread program calls them (CLDR windowsZones). */
const WINDOWS_ZONES: Readonly<Record<string, string>> = { "China Standard Time": "Asia/Shanghai", "Taipei Standard Time": "Asia/Taipei", UTC: "UTC" };

/** Bookings within the question's horizon, and what was left out with the reason. Throws a `CalendarError` for a text that is no calendar. */
export function readIcs(text: string, question: IcsQuestion): IcsRead {
  const site = createZone(question.timezone);
  const zones = new Map<string, Zone>();
  let jcal: unknown;
  try {
    jcal = ICAL.parse(text);
  } catch (error) {
    const line = badLine(text, error);
    throw calendarError(line === null ? "not-calendar" : "not-calendar-line", line, error);
  }
  if (!Array.isArray(jcal) || typeof jcal[0] !== "string" || jcal[0].toLowerCase() !== "vcalendar") throw calendarError("not-calendar");
  const root = new ICAL.Component(jcal as ConstructorParameters<typeof ICAL.Component>[0]);

  const bookings: OfferedBooking[] = [];
  const skipped: IcsRead["skipped"][number][] = [];
  function skip(event: ICAL.Event, code: TroubleCode, about: string | number | null = null): void {
    if (skipped.length < MOST_SKIPPED) skipped.push({ what: titleOf(event), ...trouble(code, about) });
  }

  function zoneOf(tzid: string | undefined): Zone {
    if (tzid === undefined || tzid === "floating") return site;
    let zone = zones.get(tzid);
    if (zone === undefined) {
      try {
        zone = createZone(WINDOWS_ZONES[tzid] ?? tzid);
      } catch {
        zone = site;
      }
      zones.set(tzid, zone);
    }
    return zone;
  }
  const two = (n: number) => String(n).padStart(2, "0");
  function millis(time: ICAL.Time, tzid: string | undefined): Millis {
    const { zone } = time;
    if (!time.isDate && (zone === ICAL.Timezone.utcTimezone || zone?.component != null)) return time.toUnixTime() * 1000;
    const date = `${String(time.year).padStart(4, "0")}-${two(time.month)}-${two(time.day)}`;
    return zoneOf(tzid).fromLocal(date, time.isDate ? 0 : time.hour * 60 + time.minute) + (time.isDate ? 0 : time.second * 1000);
  }

  function roomOf(event: ICAL.Event): string | null | undefined {
    const names = [
      event.location,
      ...event.attendees.flatMap((a) => (a.getParameter("cutype") === "ROOM" ? [a.getParameter("cn"), String(a.getFirstValue())] : [])),
    ];
    for (const name of names) {
      if (typeof name !== "string" || name === "") continue;
      const trimmed = name.trim();
      const known = question.rooms[trimmed];
      if (known !== undefined) return known;
    }
    return question.space ?? (names.some((n) => typeof n === "string" && n !== "") ? undefined : null);
  }

  function offer(event: ICAL.Event, start: ICAL.Time, end: ICAL.Time, instance: boolean): void {
    const status = event.component.getFirstPropertyValue("status");
    if (status === "CANCELLED") return skip(event, "canceled");
    if (event.component.getFirstPropertyValue("transp") === "TRANSPARENT") return skip(event, "free-time");
    const room = roomOf(event);
    if (room === undefined) return skip(event, "no-such-room", String(event.location ?? "").slice(0, 60));
    if (room === null) return skip(event, "no-room");
    const tzid = event.component.getFirstProperty("dtstart")?.getParameter("tzid");
    const zone = typeof tzid === "string" ? tzid : undefined;
    const from = millis(start, zone);
    const until = millis(end, zone);
    if (!(until > from)) return skip(event, "no-length");
    if (until <= question.from || from >= question.to) return;
    if (bookings.length >= MOST_BOOKINGS) return skip(event, "too-many", MOST_BOOKINGS);
    bookings.push({
      uid: `${event.uid}${instance ? ` ${start.toICALString()}` : ""}`.slice(0, 300),
      space: room,
      from,
      until,
      note: titleOf(event),
    });
  }

  const main = new Map<string, ICAL.Event>();
  const exceptions: ICAL.Event[] = [];
  for (const component of root.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    if (component.getFirstProperty("dtstart") === null) skip(event, "no-beginning");
    else if (event.isRecurrenceException()) exceptions.push(event);
    else if (event.uid && main.has(event.uid)) skip(event, "twice");
    else main.set(event.uid || `nameless-${main.size}`, event);
  }
  for (const exception of exceptions) {
    const of = main.get(exception.uid);
    if (of === undefined) offer(exception, exception.startDate, exception.endDate, true);
    else of.relateException(exception);
  }
  for (const event of main.values()) {
    try {
      if (!event.isRecurring()) {
        offer(event, event.startDate, event.endDate, false);
        continue;
      }
      const rules = event.component.getAllProperties("rrule").map((p) => p.getFirstValue() as ICAL.Recur);
      if (rules.some((r) => ["SECONDLY", "MINUTELY", "HOURLY"].includes(r.freq))) {
        skip(event, "too-frequent");
        continue;
      }
      if (rules.some(neverComes)) {
        skip(event, "never");
        continue;
      }
      const start = begun(event, rules, question.from);
      const iterator = event.iterator(start ?? event.startDate);
      // The first one that the iterator names is its beginning, whether or not the rule does.
      if (start !== null) iterator.next();
      let looked = 0;
      for (let next = iterator.next(); next != null; next = iterator.next()) {
        if (++looked > MOST_LOOKED_AT) {
          skip(event, "too-often");
          break;
        }
        // A day's play for zones: the horizon is meant generously.
        if (next.toUnixTime() * 1000 > question.to + 24 * HOUR) break;
        const { item, startDate, endDate } = event.getOccurrenceDetails(next);
        offer(item, startDate, endDate, true);
      }
    } catch {
      skip(event, "broken");
    }
  }
  return { bookings, skipped };
}

function titleOf(event: ICAL.Event): string {
  return (event.summary || "(no title)").slice(0, LONGEST_NOTE);
}

/** Which line the parser stumbled over, from 1; its message quotes the line, which ours must not. */
function badLine(text: string, error: unknown): number | null {
  const quoted = error instanceof Error ? /\) "([^]*)"$/.exec(error.message)?.[1] : undefined;
  if (quoted === undefined || quoted === "") return null;
  const at = text.indexOf(quoted);
  return at < 0 ? null : text.slice(0, at).split("\n").length;
}
