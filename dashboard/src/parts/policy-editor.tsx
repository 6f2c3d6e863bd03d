/** A rule written on the page, as data: conditions in a form, or the document itself for whoever wants more. */
import { useState } from "preact/hooks";
import type { PolicyDto } from "../../../server/contract/policies.ts";
import { CALENDAR_WORDS } from "../../../server/core/custom/document.ts";
import { DEVICE_KINDS, POINTS } from "../../../server/core/device.ts";
import type { DeviceKind } from "../../../server/core/device.ts";
import { post } from "../api.ts";
import type { Row } from "../conditions.ts";
import { conditionOf, startRow, startValue, valueOf } from "../conditions.ts";
import { t, word } from "../i18n.ts";
import { RowFields, ValueField } from "./condition-fields.tsx";
import { Dialog } from "./dialog.tsx";
import { Field, Form, field } from "./form.tsx";

const OFTEN: readonly DeviceKind[] = ["ac", "light", "plug", "water", "copier", "boiler"];

export function PolicyEditor({ known, onClose }: { readonly known: PolicyDto | null; readonly onClose: () => void }) {
  const document = known?.custom?.document ?? null;
  const [kind, setKind] = useState<string>(known?.kinds[0] ?? "light");
  const [rows, setRows] = useState<readonly Row[]>([startRow(kind)]);
  const [join, setJoin] = useState<"and" | "or">("and");
  const [raw, setRaw] = useState<string | null>(document === null ? null : JSON.stringify(document, null, 2));
  const writable = POINTS[kind as DeviceKind]?.filter((p) => p.writable === true) ?? [];
  const [wanted, setWanted] = useState<string>("");
  const [wantedValue, setWantedValue] = useState("false");
  const built = (form: FormData) => ({
    id: field(form, "id"),
    name: field(form, "name"),
    rule: field(form, "rule"),
    kinds: [kind],
    when: rows.length === 1 ? conditionOf(rows[0]!, kind) : { [join]: rows.map((r) => conditionOf(r, kind)) },
    hold: Number(field(form, "hold") || "10") * 60,
    ...(wanted === "" ? {} : { set: { [wanted]: valueOf(kind, wanted, wantedValue) } }),
    mode: "observe",
  });
  const send = (form: FormData) => {
    if (raw === null) return post("/policies", built(form));
    try {
      return post("/policies", JSON.parse(raw) as unknown);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return Promise.resolve({ ok: false as const, problem: { type: "about:blank", title: "", status: 0, code: "no-json", detail } });
    }
  };
  const change = (n: number, row: Row) => setRows(rows.map((r, i) => (i === n ? row : r)));
  return (
    <Dialog title={known === null ? t("editor.title") : t("editor.change")} onClose={onClose} side testId="policy-editor">
      <Form send={send} button={t("common.save")} done={t("editor.saved")} onDone={onClose} testId="policy-form">
        <p class="muted">{t("editor.explained")}</p>
        {raw === null ? (
          <>
            <div class="field-row">
              <Field label={t("editor.id")} hint={t("editor.id-hint")}>
                <input name="id" required pattern="[a-z][a-z0-9]*(-[a-z0-9]+)*" maxLength={60} placeholder="corridor-by-night" />
              </Field>
              <Field label={t("editor.name")}>
                <input name="name" required maxLength={100} />
              </Field>
            </div>
            <Field label={t("editor.rule")}>
              <textarea name="rule" required rows={2} maxLength={300} />
            </Field>
            <Field label={t("policies.judges")}>
              <select
                value={kind}
                onChange={(e) => {
                  setKind(e.currentTarget.value);
                  setWanted("");
                  setRows([startRow(e.currentTarget.value)]);
                }}
              >
                {[...OFTEN, ...DEVICE_KINDS.filter((k) => !OFTEN.includes(k))].map((k) => (
                  <option key={k} value={k}>
                    {word("kind", k)}
                  </option>
                ))}
              </select>
            </Field>
            <fieldset>
              <legend>{t("editor.when")}</legend>
              {rows.length > 1 && (
                <select value={join} onChange={(e) => setJoin(e.currentTarget.value as "and")} aria-label={t("editor.when")}>
                  <option value="and">{t("editor.all")}</option>
                  <option value="or">{t("editor.any")}</option>
                </select>
              )}
              <ul class="plain-list conditions">
                {rows.map((row, n) => (
                  <RowFields
                    key={n}
                    row={row}
                    kind={kind}
                    change={(r) => change(n, r)}
                    drop={() => rows.length > 1 && setRows(rows.filter((_, i) => i !== n))}
                  />
                ))}
              </ul>
              <p class="buttons">
                <button type="button" class="plain" onClick={() => setRows([...rows, startRow(kind)])}>
                  {t("editor.add-point")}
                </button>
                <button type="button" class="plain" onClick={() => setRows([...rows, { kind: "room", state: "empty", minutes: "10" }])}>
                  {t("editor.add-room")}
                </button>
                <button type="button" class="plain" onClick={() => setRows([...rows, { kind: "calendar", word: CALENDAR_WORDS[0] }])}>
                  {t("editor.add-calendar")}
                </button>
              </p>
            </fieldset>
            <div class="field-row">
              <Field label={t("editor.hold")}>
                <input name="hold" type="number" min={0} max={1440} defaultValue={10} />
              </Field>
              <Field label={t("editor.then")}>
                <select
                  value={wanted}
                  onChange={(e) => {
                    setWanted(e.currentTarget.value);
                    setWantedValue(e.currentTarget.value === "on" ? "false" : startValue(kind, e.currentTarget.value));
                  }}
                >
                  <option value="">{t("editor.only-tell")}</option>
                  {writable.map((p) => (
                    <option key={p.name} value={p.name}>
                      {word("point", p.name)}
                    </option>
                  ))}
                </select>
              </Field>
            </div>
            {wanted !== "" && <ValueField kind={kind} point={wanted} value={wantedValue} onChange={setWantedValue} />}
          </>
        ) : (
          <Field label={t("editor.document")}>
            <textarea class="code" rows={18} value={raw} spellcheck={false} onInput={(e) => setRaw(e.currentTarget.value)} data-testid="policy-document" />
          </Field>
        )}
        {known === null && (
          <button
            type="button"
            class="quiet"
            onClick={(e) => setRaw(raw === null ? JSON.stringify(built(new FormData(e.currentTarget.form!)), null, 2) : null)}
            data-testid="policy-as-data"
          >
            {t(raw === null ? "editor.as-data" : "editor.as-form")}
          </button>
        )}
      </Form>
    </Dialog>
  );
}
