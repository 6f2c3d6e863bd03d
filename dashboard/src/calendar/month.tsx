/** A month as a sheet of days, each with what makes it so. */
import type { BookingDto, CalendarDayDto } from "../../../server/contract/calendar.ts";
import { format, t, word } from "../i18n.ts";
import { dayText } from "../parts/day.ts";
import { now } from "../store.ts";
import { onDate } from "./bookings.tsx";

/** `YYYY-MM` so many months away. */
export function monthAfter(month: string, by: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const months = year * 12 + number - 1 + by;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, "0")}`;
}

export function lastDay(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return `${month}-${String(new Date(Date.UTC(year, number, 0)).getUTCDate()).padStart(2, "0")}`;
}

export const today = () => format.value.dateTime(now.value).slice(0, 10);

const kindOf = (d: CalendarDayDto) => (d.why === "holiday" ? "holiday" : d.why === "make-up" ? "make-up" : d.working ? "working" : "off");

function DayCell({
  day: d,
  busy,
  chosen,
  onChoose,
}: {
  readonly day: CalendarDayDto;
  readonly busy: number;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}) {
  const kind = kindOf(d);
  return (
    <button
      type="button"
      class={`day ${kind} ${d.date === today() ? "today" : ""}`}
      aria-pressed={chosen}
      onClick={onChoose}
      data-testid={`day-${d.date}`}
      title={dayText(d)}
    >
      <b>{Number(d.date.slice(8))}</b>
      <small>{d.holiday ?? (kind === "working" ? "" : word("calendar.kind", kind))}</small>
      {d.event !== null && <small class="event">{d.event}</small>}
      {busy > 0 && (
        <span class="dots" aria-label={t("calendar.n-bookings", { n: busy })}>
          {busy}
        </span>
      )}
    </button>
  );
}

export function Month({
  days,
  bookings,
  chosen,
  choose,
}: {
  readonly days: readonly CalendarDayDto[];
  readonly bookings: readonly BookingDto[];
  readonly chosen: string;
  readonly choose: (date: string) => void;
}) {
  const first = days[0];
  if (first === undefined) return null;
  const before = (new Date(`${first.date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return (
    <div class="month" role="group" aria-label={t("nav.calendar")}>
      {[1, 2, 3, 4, 5, 6, 7].map((n) => (
        <span key={n} class="weekday">
          {word("weekday", String(n))}
        </span>
      ))}
      {Array.from({ length: before }, (_, i) => (
        <span key={`before-${i}`} />
      ))}
      {days.map((d) => (
        <DayCell
          key={d.date}
          day={d}
          chosen={d.date === chosen}
          busy={bookings.filter((b) => b.kind !== "duty" && onDate(b, d.date)).length}
          onChoose={() => choose(d.date)}
        />
      ))}
    </div>
  );
}
