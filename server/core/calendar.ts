import type { Text } from "./device.ts";
import type { Millis } from "./reading.ts";
import type { CalendarSettings, OwnHours } from "./calendar-settings.ts";
import type { Zone } from "./zone.ts";
import { createZone } from "./zone.ts";

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
  /** Which year's holiday data should be there by now and are not, or only the statutory days; null when all is well. */
  missingYear(at: Millis): MissingYear | null;
  /** The calendar of a building's department: its own working hours where it has some, else this one. */
  hours(building: string | null, department: string | null): Calendar;
  /** The local midnight of a date `YYYY-MM-DD`, and the instant of minutes after it. */
  instant(date: string, minutes: number): Millis;
  /** Working periods of the day of `at`. */
  periods(at: Millis): readonly (readonly [Millis, Millis])[];
  /** Replaces the major events that were declared at run time; the settings' own stay. */
  declare(events: readonly { readonly name: Text; readonly from: string; readonly until: string }[]): void;
}

export interface MissingYear {
  readonly year: string;
  readonly provisional: boolean;
}

/** One year of the State Council's holiday notice. */
export interface HolidayYear {
  /** The notice, or the law where the notice is not out yet. */
  readonly source: string;
  /** True while only the statutory days are known and the make-up days are not. */
  readonly provisional: boolean;
  /** Days off, first and last day inclusive. */
  readonly off: readonly { readonly name: string; readonly from: string; readonly until: string }[];
  /** Weekend days that are worked (调休), with the holiday they make up for. */
  readonly work: readonly { readonly name: string; readonly date: string }[];
}

/** By year, e.g. "2026". */
export type Holidays = Readonly<Record<string, HolidayYear>>;

const DAY = 86_400_000;

interface Day {
  readonly fact: DayFact;
  readonly midnight: Millis;
  /** The midnight that ends it. */
  readonly until: Millis;
  /** Instants at which working time begins and ends, in pairs; empty on a day off. */
  readonly edges: readonly (readonly [Millis, Millis])[];
}

function textOf(text: Text): string {
  return typeof text === "string" ? text : (text["zh-CN"] ?? Object.values(text)[0] ?? "");
}

function within(monthDay: string, season: { readonly from: string; readonly until: string }): boolean {
  return season.from <= season.until ? season.from <= monthDay && monthDay <= season.until : monthDay >= season.from || monthDay <= season.until;
}

/** The office's calendar. Working time is the site's; holidays and make-up days come from the data file. */
export function createCalendar(options: { readonly timezone: string; readonly settings: CalendarSettings; readonly holidays: Holidays }): Calendar {
  const { settings, holidays } = options;
  const zone = createZone(options.timezone);
  const off = new Map<string, string>();
  const work = new Map<string, string>();
  for (const year of Object.values(holidays)) {
    for (const { name, from, until } of year.off) {
      for (let at = zone.fromLocal(from, 720); zone.date(at) <= until; at += DAY) off.set(zone.date(at), name);
    }
    for (const { name, date } of year.work) work.set(date, name);
  }
  const shared: Shared = { zone, settings, holidays, off, work, events: settings.events, changes: 0 };
  const site = calendarOf(shared, settings.working, WEEKDAYS, (building, department) => own(building, department));
  const owns = new Map<string, Calendar>();
  function own(building: string | null, department: string | null): Calendar {
    if (settings.hours.length === 0) return site;
    const key = `${building}\n${department}`;
    let found = owns.get(key);
    if (found === undefined) {
      const fits = settings.hours.filter((h) => (h.building ?? building) === building && (h.department ?? department) === department);
      const narrowest = fits.toSorted((a, b) => narrowness(b) - narrowness(a))[0];
      found = narrowest === undefined ? site : calendarOf(shared, narrowest.working, narrowest.days, own);
      owns.set(key, found);
    }
    return found;
  }
  return site;
}

const WEEKDAYS = [1, 2, 3, 4, 5];

function narrowness(h: OwnHours): number {
  return (h.department === null ? 0 : 2) + (h.building === null ? 0 : 1);
}

/** What the calendars of one site have in common; `changes` counts declarations, so that none of them keeps an old day. */
interface Shared {
  readonly zone: Zone;
  readonly settings: CalendarSettings;
  readonly holidays: Holidays;
  readonly off: ReadonlyMap<string, string>;
  readonly work: ReadonlyMap<string, string>;
  events: CalendarSettings["events"];
  changes: number;
}

function calendarOf(shared: Shared, hours: CalendarSettings["working"], weekdays: readonly number[], own: Calendar["hours"]): Calendar {
  const { zone, settings, holidays, off, work } = shared;
  const periods = [...hours].sort((a, b) => a[0] - b[0]);
  const days = new Map<string, Day>();
  let current: Day | null = null;
  /** Between two changes the next one is the same: the last answer, and from when it holds. */
  let span: { readonly from: Millis; readonly next: Millis } | null = null;
  let changes = 0;

  function factOf(date: string, weekday: number): DayFact {
    const event = shared.events.find((e) => e.from <= date && date <= e.until);
    const rest = { date, event: event === undefined ? null : textOf(event.name) };
    const makeUp = work.get(date);
    if (makeUp !== undefined) return { ...rest, working: true, why: "make-up", holiday: makeUp };
    const holiday = off.get(date);
    if (holiday !== undefined) return { ...rest, working: false, why: "holiday", holiday };
    const weekend = !weekdays.includes(weekday === 0 ? 7 : weekday);
    const known = date.slice(0, 4) in holidays;
    return { ...rest, working: !weekend, why: known ? (weekend ? "weekend" : "weekday") : weekend ? "no-data-weekend" : "no-data-weekday", holiday: null };
  }

  function dayOf(at: Millis): Day {
    if (changes !== shared.changes) {
      changes = shared.changes;
      days.clear();
      current = null;
      span = null;
    }
    if (current !== null && current.midnight <= at && at < current.until) return current;
    const date = zone.date(at);
    let day = days.get(date);
    if (day === undefined) {
      const midnight = zone.fromLocal(date, 0);
      const fact = factOf(date, zone.weekday(at));
      const edges = fact.working ? periods.map(([from, until]) => [zone.fromLocal(date, from), zone.fromLocal(date, until)] as const) : [];
      // Days have 23 to 25 hours: noon of the next one is always within it.
      day = { fact, midnight, until: zone.midnight(midnight + 36 * 3_600_000), edges };
      if (days.size > 1000) days.clear();
      days.set(date, day);
    }
    current = day;
    return day;
  }

  const working = (at: Millis) => dayOf(at).edges.some(([from, until]) => from <= at && at < until);
  const monthDay = (at: Millis) => dayOf(at).fact.date.slice(5);
  return {
    day: (at) => dayOf(at).fact,
    working,
    offSince(at) {
      const { midnight, edges } = dayOf(at);
      let since = midnight;
      for (const [, until] of edges) if (until <= at) since = Math.max(since, until);
      return since;
    },
    nextChange(at) {
      const now = working(at);
      if (span !== null && span.from <= at && at < span.next) return span.next;
      const last = at + 14 * DAY;
      for (let t = at; t < last; t = dayOf(t).until) {
        for (const edge of dayOf(t).edges) {
          // Periods that touch (at noon, at midnight) are one: only where working time really begins or ends does it change.
          for (const instant of edge) {
            if (instant <= at || working(instant) === now) continue;
            if (instant > last) return last;
            span = { from: at, next: instant };
            return instant;
          }
        }
      }
      return last;
    },
    season(at) {
      const md = monthDay(at);
      return within(md, settings.summer) ? "summer" : within(md, settings.winter) ? "winter" : "between";
    },
    heating: (at) => within(monthDay(at), settings.heating),
    midnight: (at) => dayOf(at).midnight,
    minuteOfDay: zone.minuteOfDay,
    hours: own,
    instant: (date, minutes) => zone.fromLocal(date, minutes),
    periods: (at) => dayOf(at).edges,
    declare(events) {
      shared.events = [...settings.events, ...events];
      shared.changes++;
    },
    missingYear: (at) => missingHolidayYear(dayOf(at).fact.date, holidays),
  };
}

/**
 * Which year's holiday data should be fetched by now: this year's where it is missing, and from 1 December on next
 * year's where it is missing or provisional. null when all is well.
 */
export function missingHolidayYear(date: string, holidays: Holidays): MissingYear | null {
  const year = date.slice(0, 4);
  if (!(year in holidays)) return { year, provisional: false };
  const next = String(Number(year) + 1);
  if (date.slice(5) < "12-01") return null;
  const data = holidays[next];
  return data === undefined ? { year: next, provisional: false } : data.provisional ? { year: next, provisional: true } : null;
}
