/** When a meter without a wire is to be read: on the last working day of each day, week, month or quarter. */
import type { Calendar } from "../calendar.ts";
import type { Millis } from "../reading.ts";
import { civilFromDays, daysFromCivil } from "../zone.ts";
import type { Rhythm } from "./manual.ts";

/** A reading taken so many days before the due day already counts for it. */
const EARLY_DAYS: Readonly<Record<Rhythm, number>> = { day: 0, week: 1, month: 4, quarter: 10 };
const LOOKED_BACK = 400;
/** Days that a rhythm takes; three of them without a reading and nothing is known of the meter. */
export const RHYTHM_DAYS: Readonly<Record<Rhythm, number>> = { day: 1, week: 7, month: 31, quarter: 92 };

export interface Due {
  /** Local date on which it is, or was, to be read. */
  readonly date: string;
  /** Its midnight, and the midnight after it: from then on it is overdue. */
  readonly from: Millis;
  readonly until: Millis;
  /** The day came, and no reading for it was entered. */
  readonly owed: boolean;
  /** The end of the earliest day on which it was due since the last reading; null while nothing is owed. */
  readonly owedSince: Millis | null;
}

/** The local days, as day numbers, of the period that holds one: [first, last]. */
function periodOf(every: Rhythm, day: number): readonly [number, number] {
  if (every === "day") return [day, day];
  if (every === "week") {
    const monday = day - ((((day + 3) % 7) + 7) % 7);
    return [monday, monday + 6];
  }
  const { year, month } = civilFromDays(day);
  const [first, months] = every === "month" ? [month, 1] : [Math.floor((month - 1) / 3) * 3 + 1, 3];
  const next = first + months;
  return [daysFromCivil(year, first, 1), daysFromCivil(next > 12 ? year + 1 : year, next > 12 ? next - 12 : next, 1) - 1];
}

/** A day number's local date. */
function dateOf(day: number): string {
  const { year, month, day: d } = civilFromDays(day);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
}

/** The last working day of a period; of a day or week without one null, of a longer period its last day. */
function dueDayOf(calendar: Calendar, every: Rhythm, [first, last]: readonly [number, number]): number | null {
  for (let day = last; day >= first; day--) if (calendar.day(calendar.instant(dateOf(day), 720)).working) return day;
  return every === "day" || every === "week" ? null : last;
}

/** The reading that is owed, else the next one. `lastAt`: of the newest that was entered or confirmed; null: the meter was never read. */
export function dueOf(calendar: Calendar, every: Rhythm, lastAt: Millis | null, now: Millis): Due {
  const today = dayOf(calendar.day(now).date);
  const read = lastAt === null ? Number.NEGATIVE_INFINITY : dayOf(calendar.day(lastAt).date) + EARLY_DAYS[every];
  // Of a meter that was never read nothing older than the running period is owed, of any other nothing older than a year.
  let period = periodOf(every, lastAt === null ? today : Math.max(read - EARLY_DAYS[every], today - LOOKED_BACK));
  let first: number | null = null;
  let owed: number | null = null;
  let next: number | null = null;
  for (let tries = 0; next === null && tries < 2 * LOOKED_BACK; tries++, period = periodOf(every, period[1] + 1)) {
    const day = dueDayOf(calendar, every, period);
    if (day === null || day <= read) continue;
    if (day > today) next = day;
    else {
      first ??= day;
      // Of several that were missed the latest is owed: one reading makes good for all.
      owed = day;
    }
  }
  const day = owed ?? next ?? period[1];
  const begin = (n: number) => calendar.instant(dateOf(n), 0);
  return { date: dateOf(day), from: begin(day), until: begin(day + 1), owed: owed !== null, owedSince: first === null ? null : begin(first + 1) };
}

function dayOf(date: string): number {
  return daysFromCivil(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10)));
}
