/** An iCalendar text (RFC 5545) as bookings: recurring ones written out, times in the site's zone where they name none. */
import ICAL from "ical.js";
import type { OfferedBooking } from "../core/bookings.ts";
import type { Millis } from "../core/reading.ts";
import type { Zone } from "../core/zone.ts";
import { createZone } from "../core/zone.ts";
import type { IcsQuestion, IcsRead } from "../ports.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What one event may recur to, and all of a calendar together. */
const MOST_LOOKED_AT = 20_000;
const MOST_BOOKINGS = 5_000;
const MOST_SKIPPED = 200;
const LONGEST_NOTE = 200;
/** Zones as one widespread program calls them (CLDR windowsZones). */
const WINDOWS_ZONES: Readonly<Record<string, string>> = { "China Standard Time": "Asia/Shanghai", "Taipei Standard Time": "Asia/Taipei", UTC: "UTC" };

/** Bookings within the question's horizon, and what was left out with the reason. Throws an Error for a text that is no calendar. */
export function readIcs(text: string, question: IcsQuestion): IcsRead {
  const site = createZone(question.timezone);
  const zones = new Map<string, Zone>();
  let jcal: unknown;
  try {
    jcal = ICAL.parse(text);
  } catch (error) {
    throw new Error(`This is no iCalendar file: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const root = new ICAL.Component(jcal as ConstructorParameters<typeof ICAL.Component>[0]);
  if (root.name !== "vcalendar") throw new Error("This is no iCalendar file: it does not begin with BEGIN:VCALENDAR.");

  const bookings: OfferedBooking[] = [];
  const skipped: { what: string; why: string }[] = [];
  const skip = (what: string, why: string) => void (skipped.length < MOST_SKIPPED && skipped.push({ what: what.slice(0, LONGEST_NOTE), why }));

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
    const what = event.summary || "(no title)";
    const status = event.component.getFirstPropertyValue("status");
    if (status === "CANCELLED") return skip(what, "canceled");
    if (event.component.getFirstPropertyValue("transp") === "TRANSPARENT") return skip(what, "marked as free time");
    const room = roomOf(event);
    if (room === undefined) return skip(what, `no room here is called '${String(event.location ?? "").slice(0, 60)}'`);
    if (room === null) return skip(what, "it names no room");
    const tzid = event.component.getFirstProperty("dtstart")?.getParameter("tzid");
    const zone = typeof tzid === "string" ? tzid : undefined;
    const from = millis(start, zone);
    const until = millis(end, zone);
    if (!(until > from)) return skip(what, "it ends when it begins");
    if (until <= question.from || from >= question.to) return;
    if (bookings.length >= MOST_BOOKINGS) return skip(what, `more than ${MOST_BOOKINGS} bookings`);
    bookings.push({
      uid: `${event.uid}${instance ? ` ${start.toICALString()}` : ""}`.slice(0, 300),
      space: room,
      from,
      until,
      note: what.slice(0, LONGEST_NOTE),
    });
  }

  const main = new Map<string, ICAL.Event>();
  const exceptions: ICAL.Event[] = [];
  for (const component of root.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(component);
    if (component.getFirstProperty("dtstart") === null) skip(event.summary || "(no title)", "it has no beginning");
    else if (event.isRecurrenceException()) exceptions.push(event);
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
        skip(event.summary || "(no title)", "it recurs more than once a day");
        continue;
      }
      const iterator = event.iterator();
      let looked = 0;
      for (let next = iterator.next(); next != null; next = iterator.next()) {
        if (++looked > MOST_LOOKED_AT) {
          skip(event.summary || "(no title)", "it recurs too often to be followed");
          break;
        }
        // A day's play for zones: the horizon is meant generously.
        if (next.toUnixTime() * 1000 > question.to + 24 * HOUR) break;
        const { item, startDate, endDate } = event.getOccurrenceDetails(next);
        offer(item, startDate, endDate, true);
      }
    } catch (error) {
      skip(event.summary || "(no title)", error instanceof Error ? error.message : String(error));
    }
  }
  return { bookings, skipped };
}
