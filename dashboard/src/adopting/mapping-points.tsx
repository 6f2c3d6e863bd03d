/** The points of a mapping: what each is called, where its value lies, in which unit; and what it comes to in the newest message. */
import type { MappingTrialDto } from "../../../server/contract/adopting.ts";
import { officePoint } from "../../../server/core/description.ts";
import { POINTS } from "../../../server/core/device.ts";
import type { BytesAt } from "../../../server/core/mapping.ts";
import { lookup, t, word } from "../i18n.ts";
import { pointText } from "../names.ts";
import { Field } from "../parts/form.tsx";
import type { Pair, PointDraft } from "./mapping-draft.ts";
import { wrongAt } from "./mapping-draft.ts";

const TYPES: readonly BytesAt["type"][] = ["u8", "i8", "u16", "i16", "u32", "i32", "f32", "bcd32"];
const ORDERS: readonly BytesAt["order"][] = ["ABCD", "DCBA", "CDAB", "BADC"];
const UNITS = ["W", "kW", "Wh", "kWh", "MWh", "V", "mV", "A", "mA", "°C", "°F", "%", "lx", "L", "m³", "L/min", "m³/h", "GJ", "MJ"];

export type Problems = readonly { readonly path: string; readonly message: string }[];
export type Understood = MappingTrialDto["messages"][number]["points"][number];

/** Why a point has no value, in the page's language. */
export function trialWrong({ wrong, why }: Understood): string {
  return (why === null ? undefined : lookup(`mapping-wrong.${why}`)) ?? wrong ?? "";
}

/** Every point that the office has a word for, once. */
const OFFICE = [...new Set(Object.values(POINTS).flatMap((list) => list.map((p) => p.name)))];

export function Suggestions() {
  return (
    <>
      <datalist id="office-points">
        {OFFICE.map((name) => (
          <option key={name} value={name}>
            {word("point", name)}
          </option>
        ))}
      </datalist>
      <datalist id="device-units">
        {UNITS.map((u) => (
          <option key={u} value={u} />
        ))}
      </datalist>
    </>
  );
}

/** Our own value of a point: chosen where there are only some. */
export function OurValue({
  point,
  value,
  change,
  label,
}: {
  readonly point: string;
  readonly value: string;
  readonly change: (v: string) => void;
  readonly label: string;
}) {
  const definition = officePoint(point);
  const options = definition?.type === "boolean" ? ["true", "false"] : definition?.type === "enum" ? definition.values! : null;
  if (options === null) return <input value={value} aria-label={label} onInput={(e) => change(e.currentTarget.value)} />;
  return (
    <select value={value} aria-label={label} onChange={(e) => change(e.currentTarget.value)}>
      <option value="">{t("common.choose")}</option>
      {options.map((o) => (
        <option key={o} value={o}>
          {word(`value.${point}`, o)}
        </option>
      ))}
    </select>
  );
}

/** Rows of two words. `reverse`: ours stand first. */
export function Words({
  point,
  rows,
  change,
  reverse = false,
}: {
  readonly point: string;
  readonly rows: readonly Pair[];
  readonly change: (rows: readonly Pair[]) => void;
  readonly reverse?: boolean;
}) {
  const put = (i: number, pair: Pair) => change(rows.map((r, j) => (j === i ? pair : r)));
  return (
    <div class="word-rows">
      {rows.map(([from, to], i) => {
        const device = reverse ? to : from;
        const ours = reverse ? from : to;
        const theirs = (
          <input
            value={device}
            aria-label={t("mapping.its-word")}
            placeholder={t("mapping.its-word")}
            onInput={(e) => put(i, reverse ? [from, e.currentTarget.value] : [e.currentTarget.value, to])}
          />
        );
        const own = <OurValue point={point} value={ours} label={t("mapping.our-value")} change={(v) => put(i, reverse ? [v, to] : [from, v])} />;
        return (
          <span key={i} class="word-row">
            {reverse ? own : theirs}
            <i aria-hidden="true">→</i>
            {reverse ? theirs : own}
            <button type="button" class="quiet" aria-label={t("mapping.drop-word")} onClick={() => change(rows.filter((_, j) => j !== i))}>
              ×
            </button>
          </span>
        );
      })}
      <button type="button" class="plain small" onClick={() => change([...rows, ["", ""]])}>
        {t("mapping.add-word")}
      </button>
    </div>
  );
}

function Bytes({ bytes, change }: { readonly bytes: NonNullable<PointDraft["bytes"]>; readonly change: (bytes: NonNullable<PointDraft["bytes"]>) => void }) {
  return (
    <>
      <Field label={t("mapping.byte")}>
        <input type="number" min={0} value={bytes.at} onInput={(e) => change({ ...bytes, at: e.currentTarget.value })} />
      </Field>
      <Field label={t("mapping.type")}>
        <select value={bytes.type} onChange={(e) => change({ ...bytes, type: e.currentTarget.value as BytesAt["type"] })}>
          {TYPES.map((type) => (
            <option key={type}>{type}</option>
          ))}
        </select>
      </Field>
      <Field label={t("mapping.order")}>
        <select value={bytes.order} onChange={(e) => change({ ...bytes, order: e.currentTarget.value as BytesAt["order"] })}>
          {ORDERS.map((order) => (
            <option key={order}>{order}</option>
          ))}
        </select>
      </Field>
    </>
  );
}

export function PointRow({
  draft: p,
  index,
  understood,
  problems,
  change,
  drop,
}: {
  readonly draft: PointDraft;
  readonly index: number;
  readonly understood: Understood | undefined;
  readonly problems: Problems;
  readonly change: (point: PointDraft) => void;
  readonly drop: () => void;
}) {
  const office = officePoint(p.point);
  const wrong = wrongAt(problems, `points.${index}`);
  const more = p.scale !== "" || p.offset !== "" || p.values.length > 0 || p.none !== "";
  const count = [p.scale, p.offset, p.none].filter((x) => x !== "").length + (p.values.length > 0 ? 1 : 0);
  return (
    <li class="point-row" data-testid="mapping-point">
      <div class={`point-fields ${p.bytes === null ? "" : "of-bytes"}`}>
        <Field label={t("table.point")}>
          <input
            list="office-points"
            value={p.point}
            spellcheck={false}
            onInput={(e) => change({ ...p, point: e.currentTarget.value })}
            data-testid="mapping-point-name"
          />
        </Field>
        {p.bytes === null ? (
          <Field label={t("mapping.path")}>
            <input class="code" value={p.path} spellcheck={false} placeholder="$.…" onInput={(e) => change({ ...p, path: e.currentTarget.value })} />
          </Field>
        ) : (
          <Bytes bytes={p.bytes} change={(bytes) => change({ ...p, bytes })} />
        )}
        <Field label={t("mapping.its-unit")}>
          <input
            list="device-units"
            value={p.unit}
            placeholder={office?.unit ?? ""}
            onInput={(e) => change({ ...p, unit: e.currentTarget.value })}
            data-testid="mapping-point-unit"
          />
        </Field>
        <button
          type="button"
          class="quiet icon-button"
          aria-label={t("mapping.drop-point", { point: p.point })}
          onClick={drop}
          data-testid="mapping-point-drop"
        >
          ×
        </button>
      </div>
      <p class="point-now">
        {wrong !== null ? (
          <span class="problem">{wrong}</span>
        ) : understood === undefined ? (
          <span class="muted">—</span>
        ) : understood.wrong !== null ? (
          <span class="problem">{trialWrong(understood)}</span>
        ) : (
          <>
            <code>{understood.raw === "" ? "—" : understood.raw}</code> → <b>{pointText(understood.point, understood.value, understood.unit)}</b>{" "}
            <span class="muted">{word("point", p.point)}</span>
          </>
        )}
      </p>
      <details class="point-more" open={more}>
        <summary>
          {t("mapping.more-of-point")}
          {count > 0 && <b> {count}</b>}
        </summary>
        <div class="field-row">
          <Field label={t("mapping.scale")}>
            <input inputMode="decimal" value={p.scale} placeholder="1" onInput={(e) => change({ ...p, scale: e.currentTarget.value })} />
          </Field>
          <Field label={t("mapping.offset")}>
            <input inputMode="decimal" value={p.offset} placeholder="0" onInput={(e) => change({ ...p, offset: e.currentTarget.value })} />
          </Field>
          <Field label={t("mapping.none-words")}>
            <input value={p.none} placeholder="65535, --" onInput={(e) => change({ ...p, none: e.currentTarget.value })} />
          </Field>
        </div>
        <span class="label">{t("mapping.words")}</span>
        <Words point={p.point} rows={p.values} change={(values) => change({ ...p, values })} />
      </details>
    </li>
  );
}
