/** Declaring a major event. */
import { post } from "../api.ts";
import { t } from "../i18n.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Field, Form, field } from "../parts/form.tsx";

export function EventDialog({ date, onClose }: { readonly date: string; readonly onClose: () => void }) {
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
