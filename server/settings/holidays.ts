/** The file of public holidays and make-up working days (调休), which another file of the same form may replace. */
import { z } from "zod";
import { problemsOf } from "../contract/mistakes.ts";
import type { Holidays } from "../core/calendar.ts";

const date = z.iso.date("must be a date such as 2026-10-01");
const name = z.string().min(1).max(100);
const year = z.strictObject({
  source: z.string().min(1),
  provisional: z.boolean().default(false),
  off: z.array(z.strictObject({ name, from: date, until: date })),
  work: z.array(z.strictObject({ name, date })).default([]),
});
const file = z.record(z.string().regex(/^\d{4}$/, 'must be a year in quotes, such as "2026"'), year);

/** Holiday data (as read from YAML) by year, or every mistake as `path: message`. A year's days lie in it or within ten days of it. */
export function parseHolidays(
  data: unknown,
): { readonly ok: true; readonly holidays: Holidays } | { readonly ok: false; readonly problems: readonly string[] } {
  const parsed = file.safeParse(data);
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error).map((p) => `${p.path}: ${p.message}`) };
  const problems: string[] = [];
  for (const [of, { off, work }] of Object.entries(parsed.data)) {
    const near = (day: string): boolean => day.startsWith(of) || (day >= `${Number(of) - 1}-12-22` && day <= `${Number(of) + 1}-01-10`);
    off.forEach((holiday, i) => {
      if (holiday.from > holiday.until) problems.push(`${of}.off[${i}].until: must not be before from`);
      else if (!near(holiday.from) || !near(holiday.until)) problems.push(`${of}.off[${i}]: does not lie in ${of}`);
    });
    work.forEach((day, i) => {
      if (!near(day.date)) problems.push(`${of}.work[${i}].date: does not lie in ${of}`);
      if (off.some((h) => h.from <= day.date && day.date <= h.until)) problems.push(`${of}.work[${i}].date: ${day.date} is a day off as well`);
    });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, holidays: parsed.data };
}
