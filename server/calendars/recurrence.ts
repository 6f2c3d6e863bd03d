/** What the library does not know of rules that recur: those that never come, and where to begin with old ones. */
import type ICAL from "ical.js";
import type { Millis } from "../core/reading.ts";

const DAY = 86_400_000;
/** Days of each month at most, January first. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a rule names only days that its months do not have, such as the 30th of February: looking for one never ends. */
export function neverComes(rule: ICAL.Recur): boolean {
  const { BYMONTH: months, BYMONTHDAY: days } = rule.parts as { readonly BYMONTH?: readonly number[]; readonly BYMONTHDAY?: readonly number[] };
  if (months === undefined || days === undefined) return false;
  return !months.some((month) => days.some((day) => Math.abs(day) <= (LONGEST[month - 1] ?? 0)));
}

/**
 * Where a meeting of every day or week, begun years ago, may be taken up as if it had begun there: whole intervals later and
 * before anything that can still last at `from`. null where it has to be counted from its own beginning.
 */
export function begun(event: ICAL.Event, rules: readonly ICAL.Recur[], from: Millis): ICAL.Time | null {
  if (rules.length !== 1 || event.component.hasProperty("rdate")) return null;
  const { freq, interval, count } = rules[0]!;
  const days = (freq === "DAILY" ? 1 : freq === "WEEKLY" ? 7 : 0) * interval;
  if (days === 0 || count) return null;
  const start = event.startDate;
  const lasting = Math.max(0, event.duration.toSeconds() * 1000);
  // Two days for zones, and one interval for the first one, which is not looked at.
  const periods = Math.floor((from - lasting - 2 * DAY - start.toUnixTime() * 1000) / (days * DAY)) - 1;
  if (!(periods > 0)) return null;
  const moved = start.clone();
  moved.adjust(periods * days, 0, 0, 0);
  return moved;
}
