/** A meter was exchanged: what the old one showed at last, and what the new one began with. */
import { useState } from "preact/hooks";
import type { MeterDto } from "../../../server/contract/meters.ts";
import { numberOf } from "../../../server/core/meters/rows.ts";
import { post } from "../api.ts";
import { t, text } from "../i18n.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Field, field, Form } from "../parts/form.tsx";
import { now } from "../store.ts";
import { amount, isoOf, localTime } from "./words.ts";

export function ExchangeFields({ meter, done }: { readonly meter: MeterDto; readonly done: () => void }) {
  const before = meter.suspected?.before ?? meter.last?.value;
  const initial = meter.suspected?.value ?? 0;
  const at = localTime(meter.suspected === null ? now.peek() : Date.parse(meter.suspected.at));
  const send = (form: FormData) =>
    post("/meters/exchanges", {
      point: meter.point,
      at: field(form, "at") === at && meter.suspected === null ? undefined : isoOf(field(form, "at")),
      final: numberOf(field(form, "final")) ?? field(form, "final"),
      initial: numberOf(field(form, "initial")) ?? field(form, "initial"),
      reason: field(form, "reason"),
    });
  return (
    <Form send={send} button={t("meters.exchange-enter")} done={t("meters.entered", { meter: text(meter.name) })} onDone={done} testId="exchange-form">
      <p>{t("meters.exchange-about")}</p>
      <Field
        label={t("meters.final", { unit: meter.unit })}
        {...(before === undefined ? {} : { hint: t("meters.final-hint", { last: amount(before, meter.unit) }) })}
      >
        <input name="final" inputMode="decimal" autoComplete="off" required maxLength={30} />
      </Field>
      <Field label={t("meters.initial", { unit: meter.unit })}>
        <input name="initial" inputMode="decimal" autoComplete="off" required maxLength={30} defaultValue={String(initial)} />
      </Field>
      <Field label={t("meters.exchanged-at")}>
        <input name="at" type="datetime-local" required max={localTime(now.peek())} defaultValue={at} />
      </Field>
      <Field label={t("meters.why")}>
        <input name="reason" required maxLength={500} />
      </Field>
    </Form>
  );
}

/** Chooses the meter where none is given. */
export function ExchangeDialog({
  meters,
  chosen,
  onClose,
}: {
  readonly meters: readonly MeterDto[];
  readonly chosen: MeterDto | null;
  readonly onClose: () => void;
}) {
  const [point, setPoint] = useState(chosen?.point ?? meters[0]?.point);
  const meter = meters.find((m) => m.point === point);
  return (
    <Dialog title={t("meters.exchange")} onClose={onClose} testId="exchange-dialog">
      {chosen === null && (
        <Field label={t("meters.meter")}>
          <select value={point} onChange={(e) => setPoint(e.currentTarget.value)}>
            {meters.map((m) => (
              <option key={m.point} value={m.point}>
                {text(m.name)}
              </option>
            ))}
          </select>
        </Field>
      )}
      {meter !== undefined && <ExchangeFields key={meter.point} meter={meter} done={onClose} />}
    </Dialog>
  );
}
