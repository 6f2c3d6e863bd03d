/** A rule written on the page, as data: conditions in a form, or the document itself for whoever wants more. */
import { useState } from "preact/hooks";
import type { PolicyDto } from "../../../server/contract/api.ts";
import { CALENDAR_WORDS } from "../../../server/core/custom/document.ts";
import { DEVICE_KINDS, POINTS } from "../../../server/core/device.ts";
import type { DeviceKind } from "../../../server/core/device.ts";
import { post } from "../api.ts";
import { t, word } from "../i18n.ts";
import { Dialog } from "./dialog.tsx";
import { Field, Form, field } from "./form.tsx";

type Row =
  | {
      readonly kind: "point";
      readonly of: string;
      readonly point: string;
      readonly operator: "above" | "below" | "is";
      readonly value: string;
      readonly minutes: string;
    }
  | { readonly kind: "calendar"; readonly word: string }
  | { readonly kind: "room"; readonly state: "empty" | "occupied"; readonly minutes: string };

const OFTEN: readonly DeviceKind[] = ["ac", "light", "plug", "water", "copier", "boiler"];

function pointsOf(kind: string): readonly string[] {
  return (POINTS[kind as DeviceKind] ?? []).map((p) => p.name);
}

function valueOf(kind: string, point: string, text: string): unknown {
  const type = POINTS[kind as DeviceKind]?.find((p) => p.name === point)?.type;
  return type === "boolean" ? text === "true" : type === "enum" ? text : Number(text);
}

function conditionOf(row: Row, kind: string): object {
  if (row.kind === "calendar") return { calendar: row.word };
  const lasting = row.minutes === "" ? {} : { for: Number(row.minutes) * 60 };
  if (row.kind === "room") return { room: row.state, ...lasting };
  const of = row.of === "" ? kind : row.of;
  return { point: row.point, ...(row.of === "" ? {} : { of: row.of }), [row.operator]: valueOf(of, row.point, row.value), ...lasting };
}

function ValueField({
  kind,
  point,
  value,
  onChange,
}: {
  readonly kind: string;
  readonly point: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const definition = POINTS[kind as DeviceKind]?.find((p) => p.name === point);
  const options = definition?.type === "boolean" ? ["true", "false"] : definition?.type === "enum" ? definition.values! : null;
  if (options === null)
    return (
      <span class="with-unit">
        <input type="number" step="any" required value={value} onInput={(e) => onChange(e.currentTarget.value)} aria-label={word("point", point)} />
        <i>{definition?.unit}</i>
      </span>
    );
  return (
    <select value={value} onChange={(e) => onChange(e.currentTarget.value)} aria-label={word("point", point)}>
      {options.map((o) => (
        <option key={o} value={o}>
          {word(`value.${point}`, o)}
        </option>
      ))}
    </select>
  );
}

function startValue(kind: string, point: string): string {
  const definition = POINTS[kind as DeviceKind]?.find((p) => p.name === point);
  return definition?.type === "boolean" ? "true" : (definition?.values?.[0] ?? "");
}

function RowFields({ row, kind, change, drop }: { readonly row: Row; readonly kind: string; readonly change: (row: Row) => void; readonly drop: () => void }) {
  const of = row.kind === "point" && row.of !== "" ? row.of : kind;
  const minutes = row.kind !== "calendar" && (
    <label class="with-unit">
      <input
        type="number"
        min={0}
        value={row.minutes}
        placeholder="0"
        onInput={(e) => change({ ...row, minutes: e.currentTarget.value })}
        aria-label={t("editor.for-minutes")}
      />
      <i>{t("editor.for-minutes")}</i>
    </label>
  );
  return (
    <li class="condition">
      {row.kind === "point" && (
        <>
          <select
            value={row.of}
            onChange={(e) =>
              change({
                ...row,
                of: e.currentTarget.value,
                point: pointsOf(e.currentTarget.value || kind)[0] ?? "",
                operator: "is",
                value: startValue(e.currentTarget.value || kind, pointsOf(e.currentTarget.value || kind)[0] ?? ""),
              })
            }
            aria-label={t("editor.of")}
          >
            <option value="">{t("editor.itself")}</option>
            {["presence", "contact", "lux", "outdoor"].map((k) => (
              <option key={k} value={k}>
                {word("kind", k)}
              </option>
            ))}
          </select>
          <select
            value={row.point}
            onChange={(e) =>
              change({
                ...row,
                point: e.currentTarget.value,
                value: startValue(of, e.currentTarget.value),
                operator: startValue(of, e.currentTarget.value) === "" ? "above" : "is",
              })
            }
            aria-label={t("table.point")}
          >
            {pointsOf(of).map((p) => (
              <option key={p} value={p}>
                {word("point", p)}
              </option>
            ))}
          </select>
          {startValue(of, row.point) === "" ? (
            <select value={row.operator} onChange={(e) => change({ ...row, operator: e.currentTarget.value as "above" })} aria-label={t("editor.operator")}>
              <option value="above">{t("editor.above")}</option>
              <option value="below">{t("editor.below")}</option>
              <option value="is">{t("editor.is")}</option>
            </select>
          ) : (
            <span>{t("editor.is")}</span>
          )}
          <ValueField kind={of} point={row.point} value={row.value} onChange={(value) => change({ ...row, value })} />
        </>
      )}
      {row.kind === "calendar" && (
        <select value={row.word} onChange={(e) => change({ ...row, word: e.currentTarget.value })} aria-label={t("nav.calendar")}>
          {CALENDAR_WORDS.map((w) => (
            <option key={w} value={w}>
              {word("calendar-word", w)}
            </option>
          ))}
        </select>
      )}
      {row.kind === "room" && (
        <select value={row.state} onChange={(e) => change({ ...row, state: e.currentTarget.value as "empty" })} aria-label={t("editor.room")}>
          <option value="empty">{t("editor.room-empty")}</option>
          <option value="occupied">{t("editor.room-occupied")}</option>
        </select>
      )}
      {minutes}
      <button type="button" class="quiet" onClick={drop} aria-label={t("editor.drop")}>
        ×
      </button>
    </li>
  );
}

export function PolicyEditor({ known, onClose }: { readonly known: PolicyDto | null; readonly onClose: () => void }) {
  const document = known?.custom?.document ?? null;
  const [kind, setKind] = useState<string>(known?.kinds[0] ?? "light");
  const [rows, setRows] = useState<readonly Row[]>([{ kind: "point", of: "", point: "on", operator: "is", value: "true", minutes: "" }]);
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
                <input name="id" required pattern="[a-z][a-z0-9-]{2,63}" placeholder="corridor-by-night" />
              </Field>
              <Field label={t("editor.name")}>
                <input name="name" required maxLength={100} />
              </Field>
            </div>
            <Field label={t("editor.rule")}>
              <textarea name="rule" required rows={2} maxLength={500} />
            </Field>
            <Field label={t("policies.judges")}>
              <select
                value={kind}
                onChange={(e) => {
                  setKind(e.currentTarget.value);
                  setWanted("");
                  setRows([
                    {
                      kind: "point",
                      of: "",
                      point: pointsOf(e.currentTarget.value)[0] ?? "",
                      operator: "is",
                      value: startValue(e.currentTarget.value, pointsOf(e.currentTarget.value)[0] ?? ""),
                      minutes: "",
                    },
                  ]);
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
                <button
                  type="button"
                  class="plain"
                  onClick={() =>
                    setRows([
                      ...rows,
                      { kind: "point", of: "", point: pointsOf(kind)[0] ?? "", operator: "is", value: startValue(kind, pointsOf(kind)[0] ?? ""), minutes: "" },
                    ])
                  }
                >
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
                <input name="hold" type="number" min={0} max={1440} value={10} />
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
