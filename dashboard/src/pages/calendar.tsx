/** The office's calendar: what kind of day it is and why, the rooms' bookings, duty, major events. */
import { useEffect, useState } from "preact/hooks";
import type { BookingDto, CalendarDayDto, EventDto, FeedDto } from "../../../server/contract/calendar.ts";
import type { List } from "../api.ts";
import { ask, get } from "../api.ts";
import { BookDialog } from "../calendar/book.tsx";
import { Bookings, onDate } from "../calendar/bookings.tsx";
import { EventDialog } from "../calendar/event.tsx";
import { ImportDialog } from "../calendar/import.tsx";
import { Month, lastDay, monthAfter, today } from "../calendar/month.tsx";
import { format, t, text, word } from "../i18n.ts";
import { departmentName } from "../names.ts";
import { ActionButton, OpenButton, notAllowed } from "../parts/action.tsx";
import { dayText } from "../parts/day.ts";
import { SelectFilter } from "../parts/filters.tsx";
import { icsText, tellProblem } from "../parts/notice.tsx";
import { query, setQuery } from "../router.ts";
import { bookings as liveBookings, now, site } from "../store.ts";

const DAY = 86_400_000;

export function CalendarPage() {
  const month = query.value.get("month") ?? today().slice(0, 7);
  const department = query.value.get("department") ?? "";
  const date = query.value.get("date") ?? (today().startsWith(month) ? today() : `${month}-01`);
  const [days, setDays] = useState<readonly CalendarDayDto[]>([]);
  // null: nothing was heard yet, which is not "no bookings".
  const [heard, setHeard] = useState<readonly BookingDto[] | null>(null);
  const stored = heard ?? [];
  const [events, setEvents] = useState<readonly EventDto[]>([]);
  const [feeds, setFeeds] = useState<readonly FeedDto[]>([]);
  const [dialog, setDialog] = useState<"book" | "import" | "event" | null>(null);
  const moved = liveBookings.version.value;
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const list = await get<List<CalendarDayDto>>(
        `/calendar/days?from=${month}-01&to=${lastDay(month)}${department === "" ? "" : `&department=${encodeURIComponent(department)}`}`,
      );
      if (gone || !list.ok) return;
      setDays(list.data.items);
      const first = list.data.items[0];
      if (first === undefined) return;
      const begin = Date.parse(`${month}-01T00:00:00Z`) - DAY;
      const [found, declared, followed] = await Promise.all([
        get<List<BookingDto>>(`/bookings?from=${begin}&to=${begin + 33 * DAY}`),
        get<List<EventDto>>("/calendar/events"),
        get<List<FeedDto>>("/calendar/feeds"),
      ]);
      if (gone) return;
      if (found.ok) setHeard(found.data.items);
      if (declared.ok) setEvents(declared.data.items);
      if (followed.ok) setFeeds(followed.data.items);
    };
    void load();
    return () => {
      gone = true;
    };
  }, [month, department, moved, dialog]);
  const day = days.find((d) => d.date === date);
  const onDay = stored.filter((b) => b.canceledAt === null && onDate(b, date));
  const why = notAllowed("manage-calendar", null);
  const hour = (iso: string) => format.value.dateTime(iso).slice(11, 16);
  return (
    <div class="page" data-testid="calendar-page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.calendar")}</h1>
        <span class="buttons">
          <button type="button" class="primary" onClick={() => setDialog("book")} data-testid="book-button">
            {t("calendar.book")}
          </button>
          <OpenButton why={why} open={() => setDialog("import")}>
            {t("calendar.import")}
          </OpenButton>
          <OpenButton why={why} open={() => setDialog("event")}>
            {t("calendar.declare")}
          </OpenButton>
        </span>
      </header>
      <div class="filters">
        <div class="segments" role="group" aria-label={t("calendar.month")}>
          <button type="button" onClick={() => setQuery({ month: monthAfter(month, -1), date: null })} aria-label={t("calendar.before")}>
            ‹
          </button>
          <button type="button" aria-pressed="true" onClick={() => setQuery({ month: null, date: null })}>
            {month}
          </button>
          <button type="button" onClick={() => setQuery({ month: monthAfter(month, 1), date: null })} aria-label={t("calendar.after")}>
            ›
          </button>
        </div>
        <SelectFilter
          name="department"
          label={t("calendar.hours-of")}
          all={t("calendar.office")}
          options={(site.value?.departments ?? []).map((d) => [d.id, departmentName(d.id)] as const)}
        />
      </div>
      <div class="calendar-columns">
        <section class="panel">
          <Month days={days} bookings={stored} chosen={date} choose={(d) => setQuery({ date: d })} />
          <p class="legend">
            {(["working", "off", "holiday", "make-up"] as const).map((k) => (
              <span key={k} class={`key ${k}`}>
                {word("calendar.kind", k)}
              </span>
            ))}
          </p>
        </section>
        <div class="calendar-side">
          {day !== undefined && (
            <section class="panel" data-testid="day-why">
              <h2>{day.date}</h2>
              <p>
                <b>{dayText(day)}</b>
              </p>
              <p>
                {day.hours.length === 0
                  ? t("calendar.no-hours")
                  : t("calendar.hours", { hours: day.hours.map((h) => `${hour(h.from)}–${hour(h.until)}`).join(t("why.comma")) })}{" "}
                · {word("season", day.season)}
                {day.heating ? ` · ${t("calendar.heating")}` : ""}
              </p>
              <p class="muted">{t("calendar.source")}</p>
            </section>
          )}
          <section class="panel">
            <h2>{t("calendar.bookings")}</h2>
            {heard !== null && <Bookings rows={onDay} />}
          </section>
          {events.length > 0 && (
            <section class="panel">
              <h2>{t("calendar.events")}</h2>
              <ul class="plain-list">
                {events.map((e) => (
                  <li key={e.id}>
                    {text(e.name)} <small class="muted">{e.from === e.until ? e.from : `${e.from} – ${e.until}`}</small>{" "}
                    {e.by !== null && (
                      <ActionButton
                        action="manage-calendar"
                        department={null}
                        tone="quiet"
                        run={async () => {
                          const answer = await ask("DELETE", `/calendar/events/${encodeURIComponent(e.id)}`);
                          if (answer.ok) setEvents(events.filter((x) => x.id !== e.id));
                          else tellProblem(answer.problem);
                        }}
                      >
                        {t("calendar.cancel")}
                      </ActionButton>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          )}
          {feeds.length > 0 && (
            <section class="panel">
              <h2>{t("calendar.feeds")}</h2>
              <ul class="plain-list">
                {feeds.map((f) => (
                  <li key={f.id} class={f.error === null ? "" : "problem"}>
                    {f.id}
                    {t("why.colon")}
                    {f.error !== null
                      ? icsText(f.error)
                      : t("calendar.feed", { n: f.bookings, at: f.readAt === null ? "—" : format.value.time(f.readAt, now.value) })}
                    {f.skipped.length > 0 && <small class="muted"> · {t("calendar.skipped", { n: f.skipped.length })}</small>}
                  </li>
                ))}
              </ul>
            </section>
          )}
        </div>
      </div>
      {dialog === "book" && <BookDialog date={date} onClose={() => setDialog(null)} />}
      {dialog === "import" && <ImportDialog onClose={() => setDialog(null)} />}
      {dialog === "event" && <EventDialog date={date} onClose={() => setDialog(null)} />}
    </div>
  );
}
