/** What kind of day a date is and why, by month, as far as anybody has asked: every time on the page can say it. */
import { signal } from "@preact/signals";
import type { CalendarDayDto } from "../../server/contract/calendar.ts";
import type { List } from "./api.ts";
import { get } from "./api.ts";

const days = signal<ReadonlyMap<string, CalendarDayDto>>(new Map());
const KEPT_MS = 5 * 60_000;
/** Month → when it was asked for; an event may be declared meanwhile. */
const asked = new Map<string, number>();

/** Undefined until `askMonth` has heard of it. */
export function dayOn(date: string): CalendarDayDto | undefined {
  return days.value.get(date);
}

/** Asks for the month of a date `YYYY-MM-DD`, unless it did so a moment ago. */
export function askMonth(date: string): void {
  const month = date.slice(0, 7);
  if (Date.now() - (asked.get(month) ?? 0) < KEPT_MS) return;
  asked.set(month, Date.now());
  const [year = 0, number = 1] = month.split("-").map(Number);
  const last = String(new Date(Date.UTC(year, number, 0)).getUTCDate()).padStart(2, "0");
  void get<List<CalendarDayDto>>(`/calendar/days?from=${month}-01&to=${month}-${last}`).then((answer) => {
    if (answer.ok) days.value = new Map([...days.value, ...answer.data.items.map((d) => [d.date, d] as const)]);
    else asked.delete(month);
  });
}
