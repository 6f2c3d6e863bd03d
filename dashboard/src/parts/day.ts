/** What kind of day it is, in one sentence. */
import type { CalendarDayDto } from "../../../server/contract/calendar.ts";
import { t, word } from "../i18n.ts";

/** Which fact makes it a working day or a day off. */
export function dayText(day: Pick<CalendarDayDto, "working" | "why" | "holiday" | "event">): string {
  const why =
    day.holiday !== null && (day.why === "holiday" || day.why === "make-up")
      ? t(day.why === "holiday" ? "day.holiday-of" : "day.make-up-of", { holiday: day.holiday })
      : word("value.day", day.why);
  const kind = t(day.working ? "day.working" : "day.off");
  return t("day.because", { kind, why, event: day.event === null ? null : t("day.event", { event: day.event }) });
}
