/** The fields of one condition of a rule that is written on the page. */
import { CALENDAR_WORDS } from "../../../server/core/custom/document.ts";
import { POINTS } from "../../../server/core/device.ts";
import type { DeviceKind } from "../../../server/core/device.ts";
import type { Operator, Row } from "../conditions.ts";
import { operatorsOf, pointsOf, startRow, startValue } from "../conditions.ts";
import { t, word } from "../i18n.ts";

export function ValueField({
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

function Minutes({ value, change, required = false }: { readonly value: string; readonly change: (value: string) => void; readonly required?: boolean }) {
  return (
    <label class="with-unit">
      <input
        type="number"
        min={0}
        required={required}
        value={value}
        placeholder="0"
        onInput={(e) => change(e.currentTarget.value)}
        aria-label={t("editor.for-minutes")}
      />
      <i>{t("editor.for-minutes")}</i>
    </label>
  );
}

export function RowFields({
  row,
  kind,
  change,
  drop,
}: {
  readonly row: Row;
  readonly kind: string;
  readonly change: (row: Row) => void;
  readonly drop: () => void;
}) {
  const of = row.kind === "point" && row.of !== "" ? row.of : kind;
  const lasts = row.kind === "room" || (row.kind === "point" && row.operator !== "absent");
  return (
    <li class="condition">
      {row.kind === "point" && (
        <>
          <select value={row.of} onChange={(e) => change(startRow(kind, e.currentTarget.value))} aria-label={t("editor.of")}>
            <option value="">{t("editor.itself")}</option>
            {["presence", "contact", "lux", "outdoor"].map((k) => (
              <option key={k} value={k}>
                {word("kind", k)}
              </option>
            ))}
          </select>
          <select value={row.point} onChange={(e) => change(startRow(kind, row.of, e.currentTarget.value))} aria-label={t("table.point")}>
            {pointsOf(of).map((p) => (
              <option key={p} value={p}>
                {word("point", p)}
              </option>
            ))}
          </select>
          <select
            value={row.operator}
            onChange={(e) => {
              const operator = e.currentTarget.value as Operator;
              // Minutes are no value of the point, and the other way round.
              const kept = (operator === "absent") === (row.operator === "absent");
              change({ ...row, operator, value: kept ? row.value : operator === "absent" ? "10" : startValue(of, row.point) });
            }}
            aria-label={t("editor.operator")}
          >
            {operatorsOf(of, row.point).map((o) => (
              <option key={o} value={o}>
                {t(`editor.${o}`)}
              </option>
            ))}
          </select>
          {row.operator === "absent" ? (
            <Minutes value={row.value} required change={(value) => change({ ...row, value })} />
          ) : (
            <ValueField kind={of} point={row.point} value={row.value} onChange={(value) => change({ ...row, value })} />
          )}
          {(row.operator === "above" || row.operator === "below") && (
            <label class="with-unit">
              <input
                type="number"
                step="any"
                min={0}
                value={row.deadband ?? ""}
                placeholder="0"
                onInput={(e) => change({ ...row, deadband: e.currentTarget.value })}
                aria-label={word("param", "deadband")}
              />
              <i>{word("param", "deadband")}</i>
            </label>
          )}
          {row.operator === "between" && (
            <>
              <span>{t("editor.and")}</span>
              <ValueField kind={of} point={row.point} value={row.upTo} onChange={(upTo) => change({ ...row, upTo })} />
            </>
          )}
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
      {lasts && <Minutes value={row.minutes} change={(minutes) => change({ ...row, minutes })} />}
      <button type="button" class="quiet" onClick={drop} aria-label={t("editor.drop")}>
        ×
      </button>
    </li>
  );
}
