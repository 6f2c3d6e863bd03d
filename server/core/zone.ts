/** Local time of one IANA zone without `Date`: civil-calendar arithmetic (Howard Hinnant's days_from_civil) and Intl for the offset. */
import type { Millis } from "./reading.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

export interface Zone {
  readonly timezone: string;
  /** Minutes east of UTC at an instant. */
  offset(at: Millis): number;
  /** `YYYY-MM-DD` */
  date(at: Millis): string;
  /** 0–1439 */
  minuteOfDay(at: Millis): number;
  /** The first instant of the local day. */
  midnight(at: Millis): Millis;
  /** 0 = Sunday … 6 = Saturday */
  weekday(at: Millis): number;
  /** The instant of a local date and minutes after midnight; in a gap, the instant after it. */
  fromLocal(date: string, minutes: number): Millis;
  /** ISO 8601 with offset, e.g. `2026-07-01T14:00:00.000+08:00`; whole seconds are written without the fraction. */
  toIso(at: Millis): string;
}

/** Days from 1970-01-01 to a civil date. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719_468;
}

/** The civil date of so many days after 1970-01-01. */
export function civilFromDays(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}

const two = (n: number) => (n < 10 ? `0${n}` : String(n));

function dateText(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
}

export function createZone(timezone: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, timeZoneName: "longOffset", year: "numeric" });
  // An offset can change only at a quarter of an hour, so it is asked once for each.
  const cache = new Map<number, number>();
  const QUARTER = 15 * MINUTE;

  function offset(at: Millis): number {
    const slot = Math.floor(at / QUARTER);
    const known = cache.get(slot);
    if (known !== undefined) return known;
    const name = format.formatToParts(slot * QUARTER).find((p) => p.type === "timeZoneName")?.value ?? "GMT";
    const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
    const minutes = match === null ? 0 : (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
    if (cache.size > 4096) cache.clear();
    cache.set(slot, minutes);
    return minutes;
  }

  const local = (at: Millis) => at + offset(at) * MINUTE;
  const fromLocal = (date: string, minutes: number): Millis => {
    const wanted = daysFromCivil(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))) * DAY + minutes * MINUTE;
    // Two candidates around a change of offset; the earlier one that really reads as wanted, else past the gap.
    const first = wanted - offset(wanted - DAY) * MINUTE;
    if (local(first) === wanted) return first;
    const second = wanted - offset(wanted + DAY) * MINUTE;
    return local(second) === wanted ? second : Math.max(first, second);
  };
  return {
    timezone,
    offset,
    date: (at) => dateText(Math.floor(local(at) / DAY)),
    minuteOfDay: (at) => Math.floor((((local(at) % DAY) + DAY) % DAY) / MINUTE),
    midnight: (at) => fromLocal(dateText(Math.floor(local(at) / DAY)), 0),
    weekday: (at) => (((Math.floor(local(at) / DAY) + 4) % 7) + 7) % 7,
    fromLocal,
    toIso(at) {
      const l = local(at);
      const days = Math.floor(l / DAY);
      const rest = l - days * DAY;
      const ms = rest % 1000;
      const o = offset(at);
      const fraction = ms === 0 ? "" : `.${String(Math.floor(ms)).padStart(3, "0")}`;
      const time = `${two(Math.floor(rest / HOUR))}:${two(Math.floor(rest / MINUTE) % 60)}:${two(Math.floor(rest / 1000) % 60)}`;
      return `${dateText(days)}T${time}${fraction}${o < 0 ? "-" : "+"}${two(Math.floor(Math.abs(o) / 60))}:${two(Math.abs(o) % 60)}`;
    },
  };
}
