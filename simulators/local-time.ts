/** Local time of a site by arithmetic; the zone's offset is asked of Intl once per hour. */
export interface LocalClock {
  /** Offset from UTC at `at`, in ms. */
  offset(at: number): number;
  /** Local days since 1970-01-01. */
  day(at: number): number;
  /** Minutes after local midnight, with fraction. */
  minute(at: number): number;
  /** The instant of local midnight at which the local day begins. */
  midnight(day: number): number;
  /** `2026-07-01T14:00:00+08:00`, with milliseconds only where there are some. */
  iso(at: number): string;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const KEPT_HOURS = 500;

/** @param timezone an IANA zone; an unknown one is a RangeError that names it. */
export function createLocalClock(timezone: string): LocalClock {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, timeZoneName: "longOffset", hour: "2-digit" });
  /** By hour since 1970: midnights and the present are asked for in turn. */
  const known = new Map<number, { readonly ms: number; readonly suffix: string }>();
  let last = { hour: Number.NaN, ms: 0, suffix: "" };
  let knownMinute = Number.NaN;
  let prefix = "";
  let suffix = "";

  function offset(at: number): number {
    const hour = Math.floor(at / HOUR);
    if (hour === last.hour) return last.ms;
    let found = known.get(hour);
    if (found === undefined) {
      if (known.size >= KEPT_HOURS) known.clear();
      known.set(hour, (found = ask(hour)));
    }
    last = { hour, ...found };
    return found.ms;
  }

  function ask(hour: number): { readonly ms: number; readonly suffix: string } {
    const name = format.formatToParts(hour * HOUR).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
    const found = /([+-])(\d{2}):(\d{2})/.exec(name);
    if (found === null) return { ms: 0, suffix: "+00:00" };
    return { ms: (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) * 60_000, suffix: found[0] };
  }
  const day = (at: number): number => Math.floor((at + offset(at)) / DAY);
  return {
    offset,
    day,
    minute: (at) => (at + offset(at) - day(at) * DAY) / 60_000,
    midnight: (of) => {
      const guess = of * DAY - offset(of * DAY);
      return of * DAY - offset(guess);
    },
    iso: (at) => {
      const minute = Math.floor(at / 60_000);
      if (minute !== knownMinute) {
        prefix = new Date(minute * 60_000 + offset(at)).toISOString().slice(0, 17);
        suffix = last.suffix;
        knownMinute = minute;
      }
      const ms = Math.floor(at) - minute * 60_000;
      const seconds = Math.floor(ms / 1000);
      const rest = ms - seconds * 1000;
      return `${prefix}${seconds < 10 ? "0" : ""}${String(seconds)}${rest === 0 ? "" : `.${String(rest).padStart(3, "0")}`}${suffix}`;
    },
  };
}

/** 0 = Sunday … 6 = Saturday of a local day number. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** `MM-DD` of a local day number. */
export function monthDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(5, 10);
}

/** Day of the year with fraction 0 at 1 January. */
export function dayOfYear(day: number): number {
  const date = new Date(day * DAY);
  return day - Date.UTC(date.getUTCFullYear(), 0, 1) / DAY;
}

/** Whether `MM-DD` lies within bounds that may run over the new year; both ends included. */
export function withinSeason(date: string, from: string, until: string): boolean {
  return from <= until ? date >= from && date <= until : date >= from || date <= until;
}
