/** A device by hand: through the same gate as the policies, so it may be refused and then says why. */
import { useState } from "preact/hooks";
import type { DeviceDto } from "../../../server/contract/devices.ts";
import { POINTS } from "../../../server/core/device.ts";
import { deviceApi, post } from "../api.ts";
import { t, word } from "../i18n.ts";
import { notAllowed } from "./action.tsx";
import { Field, Form, field } from "./form.tsx";

/** `settable`: what its source says that it takes, also before it told any value. */
export function Control({ device, settable = [] }: { readonly device: DeviceDto; readonly settable?: readonly string[] }) {
  const can = (name: string) => name === "on" || settable.includes(name) || device.points.some((own) => own.name === name);
  const writable = device.kind === null ? [] : POINTS[device.kind].filter((p) => p.writable === true && can(p.name));
  const [set, setSet] = useState<Readonly<Record<string, string>>>({});
  if (writable.length === 0) return null;
  const change = (name: string, value: string) => setSet(Object.fromEntries(Object.entries({ ...set, [name]: value }).filter(([, v]) => v !== "")));
  const send = (form: FormData) => {
    const values = Object.fromEntries(
      writable
        .filter((p) => set[p.name] !== undefined)
        .map((p) => [p.name, p.type === "number" ? Number(set[p.name]) : p.type === "boolean" ? set[p.name] === "true" : set[p.name]!]),
    );
    return post(deviceApi(device.id, "/commands"), { set: values, reason: field(form, "reason") });
  };
  const why = device.protection !== null ? t("control.protected") : notAllowed("command", device.department);
  return (
    <section class="panel control" aria-labelledby="control-title">
      <h2 id="control-title">{t("control.title")}</h2>
      <Form
        send={send}
        button={t("control.send")}
        done={t("control.sent")}
        onDone={() => setSet({})}
        disabled={why ?? (Object.keys(set).length === 0 ? t("control.choose") : null)}
        testId="control-form"
      >
        {writable.map((p) =>
          p.type === "number" ? (
            <Field key={p.name} label={`${word("point", p.name)} (${p.unit})`}>
              <input
                type="number"
                inputMode="decimal"
                min={p.min}
                max={p.max}
                step={p.name === "setpoint" ? 0.5 : 1}
                value={set[p.name] ?? ""}
                onInput={(e) => change(p.name, e.currentTarget.value)}
                placeholder={String(device.points.find((own) => own.name === p.name)?.value ?? "")}
                data-testid={`control-${p.name}`}
              />
            </Field>
          ) : (
            <div class="field" key={p.name}>
              <span class="label">{word("point", p.name)}</span>
              <div class="segments" role="group" aria-label={word("point", p.name)}>
                {(p.type === "boolean" ? ["true", "false"] : (p.values ?? [])).map((v) => (
                  <button
                    type="button"
                    key={v}
                    aria-pressed={set[p.name] === v}
                    onClick={() => change(p.name, set[p.name] === v ? "" : v)}
                    data-testid={`control-${p.name}-${v}`}
                  >
                    {word(`value.${p.name}`, v)}
                  </button>
                ))}
              </div>
            </div>
          ),
        )}
        <Field label={t("override.reason")}>
          <input name="reason" required minLength={2} maxLength={500} data-testid="control-reason" />
        </Field>
      </Form>
    </section>
  );
}
