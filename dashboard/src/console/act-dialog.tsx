/** What an action needs to know before it is done to one alert or many. */
import { format, t, word } from "../i18n.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Field, Form, field } from "../parts/form.tsx";
import { MinutesField } from "../parts/override-form.tsx";
import type { BulkAction } from "./act.ts";
import { actOnMany } from "./act.ts";

export type Asking = "shelve" | "comment" | "out-of-service";

const OUT_MINUTES = [60, 480, 1440, 4320, 10_080, 43_200] as const;

/** How long an alarm is out of service; the last choice is until somebody returns it. */
export function OutField() {
  return (
    <Field label={t("alerts.shelve-for")} hint={t("console.out-explained")}>
      <select name="minutes">
        {OUT_MINUTES.map((m) => (
          <option key={m} value={m} selected={m === 1440}>
            {format.value.duration(m * 60_000)}
          </option>
        ))}
        <option value="">{t("console.until-returned")}</option>
      </select>
    </Field>
  );
}

export function actionOf(asking: Asking, form: FormData): BulkAction {
  const note = field(form, "note");
  const minutes = field(form, "minutes");
  if (asking === "comment") return { kind: "comment", note };
  if (asking === "shelve") return { kind: "shelve", note, minutes: Number(minutes) };
  return { kind: "out-of-service", note, ...(minutes === "" ? {} : { minutes: Number(minutes) }) };
}

export function ActDialog({
  asking,
  ids,
  onDone,
  onClose,
}: {
  readonly asking: Asking;
  readonly ids: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Dialog title={`${word("alert-do", asking)} · ${t("console.n-alerts", { n: ids.length })}`} onClose={onClose} testId="act-dialog">
      <Form send={(form) => actOnMany(ids, actionOf(asking, form))} button={word("alert-do", asking)} onDone={onDone} testId={`bulk-${asking}-form`}>
        {asking === "shelve" && <MinutesField label={t("alerts.shelve-for")} />}
        {asking === "out-of-service" && <OutField />}
        <Field label={t(asking === "comment" ? "alerts.note" : "console.reason")}>
          <textarea name="note" rows={3} maxLength={1000} required minLength={2} autoFocus />
        </Field>
      </Form>
    </Dialog>
  );
}
