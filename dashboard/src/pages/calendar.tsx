/** The office's calendar: what kind of day it is and why, the rooms' bookings, duty, major events. */
import { useEffect, useState } from "preact/hooks";
import type { BookingDto, CalendarDayDto, EventDto, FeedDto, ImportDto } from "../../../server/contract/calendar.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { List } from "../api.ts";
import { ask, get, importCalendar, post } from "../api.ts";
import { format, t, text, word } from "../i18n.ts";
import { can, me } from "../me.ts";
import { departmentName, personName, spaceName } from "../names.ts";
import { ActionButton, OpenButton, notAllowed } from "../parts/action.tsx";
import { dayText } from "../parts/day.ts";
import { Dialog } from "../parts/dialog.tsx";
import { endAt } from "../parts/ended.ts";
import { SelectFilter } from "../parts/filters.tsx";
import { Field, Form, field } from "../parts/form.tsx";
import { Empty } from "../parts/marks.tsx";
import { Problem, icsText, tellDone, tellProblem } from "../parts/notice.tsx";
import { pathTo, query, setQuery } from "../router.ts";
import { bookings as liveBookings, now, site, spaces } from "../store.ts";

const DAY = 86_400_000;

/** `YYYY-MM` so many months away. */
function monthAfter(month: string, by: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const months = year * 12 + number - 1 + by;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, "0")}`;
}

function lastDay(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return `${month}-${String(new Date(Date.UTC(year, number, 0)).getUTCDate()).padStart(2, "0")}`;
}

const today = () => format.value.dateTime(now.value).slice(0, 10);
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

function Month({
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

/** Whether a booking touches a local date. */
function onDate(b: BookingDto, date: string): boolean {
  return format.value.dateTime(b.from).slice(0, 10) <= date && format.value.dateTime(Date.parse(b.until) - 1).slice(0, 10) >= date;
}

/** Two times of a day; an end before the beginning is on the next day. */
function periodOf(date: string, from: string, until: string): { readonly from: number; readonly until: number } {
  const begin = format.value.instant(`${date}T${from}`);
  const end = format.value.instant(`${date}T${until}`);
  const next = new Date(Date.parse(`${date}T00:00Z`) + DAY).toISOString().slice(0, 10);
  return { from: begin, until: end > begin ? end : format.value.instant(`${next}T${until}`) };
}

function BookDialog({ date, onClose }: { readonly date: string; readonly onClose: () => void }) {
  const all = can("manage-calendar");
  const rooms = spaces.value.filter((s) => all || s.class === "meeting").sort((a, b) => Number(b.class === "meeting") - Number(a.class === "meeting"));
  const send = (form: FormData) =>
    post("/bookings", {
      kind: field(form, "kind") === "duty" ? "duty" : "meeting",
      space: field(form, "space"),
      note: field(form, "note"),
      ...periodOf(field(form, "date"), field(form, "from"), field(form, "until")),
    });
  return (
    <Dialog title={t("calendar.book")} onClose={onClose} testId="book-dialog">
      <Form send={send} button={t("calendar.book")} done={t("calendar.booked")} onDone={onClose} testId="book-form">
        {!all && (
          <p class="muted">
            {t("calendar.rooms-only")} <a href="/approvals">{t("approvals.ask-overtime")}</a>
          </p>
        )}
        <Field label={t("table.space")}>
          <select name="space" required>
            {rooms.map((s) => (
              <option key={s.id} value={s.id}>
                {text(s.name)}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t("calendar.date")}>
          <input name="date" type="date" defaultValue={date} required />
        </Field>
        <div class="field-row">
          <Field label={t("approvals.from")}>
            <input name="from" type="time" defaultValue="18:00" required />
          </Field>
          <Field label={t("approvals.until")}>
            <input name="until" type="time" defaultValue="19:30" required />
          </Field>
        </div>
        <Field label={t("calendar.what")}>
          <input name="note" required maxLength={200} />
        </Field>
        {all && (
          <Field label={t("calendar.as")}>
            <select name="kind">
              <option value="meeting">{t("booking.meeting")}</option>
              <option value="duty">{t("booking.duty")}</option>
            </select>
          </Field>
        )}
      </Form>
    </Dialog>
  );
}

function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [file, setFile] = useState<string | null>(null);
  const [read, setRead] = useState<ImportDto | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const send = async (chosen: string, dry: boolean) => {
    const answer = await importCalendar<ImportDto>(chosen, dry);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    setRead(answer.data);
    if (dry) return;
    tellDone(t("calendar.imported", { n: answer.data.items.length }));
    onClose();
  };
  const choose = async (list: FileList | null) => {
    const chosen = await list?.[0]?.text();
    if (chosen === undefined) return;
    setFile(chosen);
    await send(chosen, true);
  };
  return (
    <Dialog title={t("calendar.import")} onClose={onClose} testId="import-dialog">
      <p class="muted">{t("calendar.import-explained")}</p>
      <input type="file" accept=".ics,text/calendar" onChange={(e) => void choose(e.currentTarget.files)} aria-label={t("calendar.import")} />
      <Problem problem={problem} />
      {read !== null && (
        <>
          <ul class="plain-list preview">
            {read.items.slice(0, 100).map((i) => (
              <li key={i.from + String(i.space) + i.note} class={i.known ? "muted" : ""}>
                {format.value.dateTime(i.from).slice(0, 16)} · {spaceName(i.space)} · {i.note} {i.known && <small>{t("calendar.known")}</small>}
              </li>
            ))}
          </ul>
          {read.skipped.length > 0 && (
            <details>
              <summary>{t("calendar.skipped", { n: read.skipped.length })}</summary>
              <ul class="plain-list">
                {read.skipped.map((s) => (
                  <li key={s.what + s.why}>
                    {s.what}
                    {t("why.colon")}
                    {icsText(s)}
                  </li>
                ))}
              </ul>
            </details>
          )}
          <p class="form-end">
            <button
              type="button"
              class="primary"
              aria-disabled={read.items.length === 0}
              onClick={() => file !== null && read.items.length > 0 && void send(file, false)}
            >
              {t("calendar.import-now", { n: read.items.filter((i) => !i.known).length })}
            </button>
          </p>
        </>
      )}
    </Dialog>
  );
}

function EventDialog({ date, onClose }: { readonly date: string; readonly onClose: () => void }) {
  const send = (form: FormData) => post("/calendar/events", { name: field(form, "name"), from: field(form, "from"), until: field(form, "until") });
  return (
    <Dialog title={t("calendar.declare")} onClose={onClose} testId="event-dialog">
      <Form send={send} button={t("calendar.declare")} done={t("calendar.declared")} onDone={onClose}>
        <p class="muted">{t("calendar.declare-explained")}</p>
        <Field label={t("calendar.what")}>
          <input name="name" required maxLength={200} />
        </Field>
        <div class="field-row">
          <Field label={t("approvals.from")}>
            <input name="from" type="date" defaultValue={date} required />
          </Field>
          <Field label={t("approvals.until")}>
            <input name="until" type="date" defaultValue={date} required />
          </Field>
        </div>
      </Form>
    </Dialog>
  );
}

async function cancel(b: BookingDto): Promise<void> {
  await endAt(`/bookings/${encodeURIComponent(b.id)}`, t("calendar.canceled"));
}

function Bookings({ rows }: { readonly rows: readonly BookingDto[] }) {
  if (rows.length === 0) return <Empty text={t("calendar.no-bookings")} />;
  const at = (iso: string) => format.value.dateTime(iso).slice(11, 16);
  return (
    <ul class="plain-list bookings">
      {rows.map((b) => {
        const mine = b.by === me.value?.person?.id;
        const ours = b.source === "page" || b.source === "import";
        const by = b.source === "site" ? t("calendar.site-file") : b.source.startsWith("feed:") ? b.source.slice(5) : personName(b.by);
        return (
          <li key={b.id} data-testid="booking-row">
            <span class="figures">
              {at(b.from)}–{at(b.until)}
            </span>
            <span>
              <b>{b.source === "roster" ? personName(b.by) : b.note}</b> <span class="tag">{word("booking", b.kind)}</span>
              <br />
              {b.space === null ? t("hands-off.whole-site") : <a href={pathTo("spaces", b.space)}>{spaceName(b.space)}</a>}{" "}
              <small class="muted">{b.source === "roster" ? t("calendar.roster") : by}</small>
            </span>
            {ours && (mine || can("manage-calendar")) && Date.parse(b.until) > now.value && (
              <ActionButton action="book" department={null} tone="quiet" run={() => cancel(b)} testId="cancel-booking">
                {t("calendar.cancel")}
              </ActionButton>
            )}
          </li>
        );
      })}
    </ul>
  );
}

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
