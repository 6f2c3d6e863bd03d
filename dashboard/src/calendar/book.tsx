/** Booking a room, or putting somebody on duty. */
import { post } from "../api.ts";
import { format, t, text } from "../i18n.ts";
import { can } from "../me.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Field, Form, field } from "../parts/form.tsx";
import { spaces } from "../store.ts";

const DAY = 86_400_000;

/** Two times of a day; an end before the beginning is on the next day. */
function periodOf(date: string, from: string, until: string): { readonly from: number; readonly until: number } {
  const begin = format.value.instant(`${date}T${from}`);
  const end = format.value.instant(`${date}T${until}`);
  const next = new Date(Date.parse(`${date}T00:00Z`) + DAY).toISOString().slice(0, 10);
  return { from: begin, until: end > begin ? end : format.value.instant(`${next}T${until}`) };
}

export function BookDialog({ date, onClose }: { readonly date: string; readonly onClose: () => void }) {
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
