/** What may be wrong with another calendar, or with one of its meetings: a code for the page's own words, and English for everything else. */
import type { IcsTrouble } from "../ports/calendars.ts";

const TEXTS = {
  // A meeting that is left out.
  canceled: () => "canceled",
  "free-time": () => "marked as free time",
  "no-such-room": (name: string) => `no room here is called '${name}'`,
  "no-room": () => "it names no room",
  "no-length": () => "it ends when it begins",
  "no-beginning": () => "it has no beginning",
  "too-many": (most: string) => `more than ${most} bookings`,
  "too-frequent": () => "it recurs more than once a day",
  "too-often": () => "it recurs too often to be followed",
  never: () => "it recurs on a day that no month has",
  twice: () => "another meeting of this file has the same UID",
  broken: () => "its dates make no sense",
  // A calendar that cannot be read.
  timeout: (seconds: string) => `no answer within ${seconds} s`,
  unreachable: (cause: string) => `cannot be reached (${cause})`,
  status: (status: string) => `answered ${status}`,
  redirects: (most: string) => `redirected more than ${most} times`,
  "redirect-elsewhere": (host: string) => `redirected to another host, ${host}; if that is right, name the new address in the site file`,
  "redirect-not-web": () => "redirected to what is no web address",
  "too-large": (megabytes: string) => `larger than ${megabytes} MB`,
  "no-file": (cause: string) => `the file cannot be read (${cause})`,
  "not-calendar": () => "this is no iCalendar file",
  "not-calendar-line": (line: string) => `this is no iCalendar file: line ${line} cannot be read`,
  "too-slow": (seconds: string) => `the calendar could not be read within ${seconds} s`,
  "reader-ended": () => "the calendar's reader ended before it was through; is the file very large?",
} as const satisfies Readonly<Record<string, (about: string) => string>>;

export type TroubleCode = keyof typeof TEXTS;
export const TROUBLE_CODES = Object.keys(TEXTS) as readonly TroubleCode[];

export function trouble(code: TroubleCode, about: string | number | null = null): IcsTrouble {
  const said = about === null ? null : String(about).slice(0, 100);
  return { code, about: said, why: TEXTS[code](said ?? "") };
}

/** A calendar that cannot be read. Neither its address (which may carry a key) nor its content (which may be anything) is in it. */
export class CalendarError extends Error {
  readonly trouble: IcsTrouble;
  constructor(told: IcsTrouble, options?: ErrorOptions) {
    super(told.why, options);
    this.trouble = told;
  }
}

export function calendarError(code: TroubleCode, about: string | number | null = null, cause?: unknown): CalendarError {
  return new CalendarError(trouble(code, about), { cause });
}
