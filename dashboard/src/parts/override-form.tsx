/** A temporary exception: for a device or a space, with a reason and an end. */
import { useState } from "preact/hooks";
import type { DeviceDto } from "../../../server/contract/devices.ts";
import { POINTS } from "../../../server/core/device.ts";
import { post } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { policyName } from "../names.ts";
import { policies } from "../store.ts";
import { OpenButton, notAllowed } from "./action.tsx";
import { Cost } from "./cost.tsx";
import { Dialog } from "./dialog.tsx";
import { Field, Form, field } from "./form.tsx";

const MINUTES = [30, 60, 120, 240, 480, 1440] as const;

export function MinutesField({ label, onChange }: { readonly label: string; readonly onChange?: (minutes: number) => void }) {
  return (
    <Field label={label}>
      <select name="minutes" onChange={(e) => onChange?.(Number(e.currentTarget.value))}>
        {MINUTES.map((m) => (
          <option key={m} value={m} selected={m === 60}>
            {format.value.duration(m * 60_000)}
          </option>
        ))}
      </select>
    </Field>
  );
}

function OverrideDialog({
  subject,
  device,
  onClose,
}: {
  readonly subject: { readonly device: string } | { readonly space: string };
  readonly device?: DeviceDto | undefined;
  readonly onClose: () => void;
}) {
  const [keep, setKeep] = useState(false);
  const [minutes, setMinutes] = useState(60);
  const [setpoint, setSetpoint] = useState<number | null>(null);
  const switchable = device?.kind != null && POINTS[device.kind].some((p) => p.name === "on" && p.writable === true);
  const concerned = [...policies.all()].filter((p) => device?.kind == null || p.kinds.includes(device.kind));
  const send = (form: FormData) => {
    const policy = field(form, "policy");
    const setpoint = field(form, "setpoint");
    const on = field(form, "on");
    const set = { ...(on === "" ? {} : { on: on === "true" }), ...(setpoint === "" ? {} : { setpoint: Number(setpoint) }) };
    return post("/overrides/request", {
      ...subject,
      ...(policy === "" ? {} : { policy }),
      ...(keep && Object.keys(set).length > 0 ? { set } : {}),
      reason: field(form, "reason"),
      minutes: Number(field(form, "minutes")),
    });
  };
  return (
    <Dialog title={t("override.title")} onClose={onClose} testId="override-dialog">
      <Form send={send} button={t("override.make")} done={t("override.done")} onDone={onClose} testId="override-form">
        <p class="muted">{t("override.explained")}</p>
        <Field label={t("override.reason")}>
          <textarea name="reason" required minLength={2} maxLength={500} rows={2} />
        </Field>
        <MinutesField label={t("override.how-long")} onChange={setMinutes} />
        <Field label={t("override.policy")}>
          <select name="policy">
            <option value="">{t("override.all-policies")}</option>
            {concerned.map((p) => (
              <option key={p.id} value={p.id}>
                {policyName(p.id)}
              </option>
            ))}
          </select>
        </Field>
        {switchable && (
          <fieldset>
            <label class="check">
              <input type="checkbox" checked={keep} onChange={(e) => setKeep(e.currentTarget.checked)} />
              {t("override.keep")}
            </label>
            {keep && (
              <div class="field-row">
                <Field label={word("point", "on")}>
                  <select name="on">
                    <option value="">{t("override.as-it-is")}</option>
                    <option value="true">{word("value.on", "true")}</option>
                    <option value="false">{word("value.on", "false")}</option>
                  </select>
                </Field>
                {device?.kind === "ac" && (
                  <Field label={`${word("point", "setpoint")} (°C)`}>
                    <input
                      name="setpoint"
                      type="number"
                      min={5}
                      max={40}
                      step={0.5}
                      inputMode="decimal"
                      onChange={(e) => setSetpoint(e.currentTarget.validity.valid && e.currentTarget.value !== "" ? e.currentTarget.valueAsNumber : null)}
                    />
                  </Field>
                )}
              </div>
            )}
          </fieldset>
        )}
        <Cost subject={subject} minutes={minutes} setpoint={keep ? setpoint : null} />
      </Form>
    </Dialog>
  );
}

export function OverrideButton({
  subject,
  device,
  department,
}: {
  readonly subject: { readonly device: string } | { readonly space: string };
  readonly device?: DeviceDto;
  readonly department: string | null;
}) {
  const [open, setOpen] = useState(false);
  const why = notAllowed("override", department);
  return (
    <>
      <OpenButton why={why} open={() => setOpen(true)} testId="override-button">
        {t("override.open")}
      </OpenButton>
      {open && <OverrideDialog subject={subject} device={device} onClose={() => setOpen(false)} />}
    </>
  );
}
