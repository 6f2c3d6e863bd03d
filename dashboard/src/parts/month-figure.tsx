/** A number of the month that opens what it is made of: formula, factors and tariffs with their documents, readings. */
import type { FigureDto, MonthDto } from "../../../server/contract/month.ts";
import { signal } from "@preact/signals";
import { PERIODS } from "../../../server/core/account/tables.ts";
import { format, t, word } from "../i18n.ts";
import { deviceName } from "../names.ts";
import { navigate, pathTo } from "../router.ts";
import { Dialog } from "./dialog.tsx";

/** Decimals of what is written in a unit. */
function decimalsOf(unit: string): number {
  if (unit === "sheets") return 0;
  return unit === "CNY" || unit.includes("/") ? 2 : 1;
}

/** A figure in words: the number, or why there is none. */
function figureText({ value, unit, why, from }: FigureDto): string {
  if (value === null) return word("month.na", why ?? "no-readings");
  if (unit === "%" && from.kind !== "change") return `${format.value.number(value, 1)} %`;
  if (unit === "%") return `${value > 0 ? "+" : value < 0 ? "−" : ""}${format.value.number(Math.abs(value), 1)} %`;
  return format.value.number(value, decimalsOf(unit));
}

/** A unit of the month in the page's language. */
export function unitText(unit: string): string {
  return unit.replace("sheets", t("unit.sheets")).replace("person", t("month.unit.person")).replace("CNY", t("month.unit.cny"));
}

type Row = MonthDto["rows"]["factors"][number] | MonthDto["rows"]["tariffs"][number] | MonthDto["rows"]["quotas"][number];

/** A factor, a quota or a price as its table has it. */
export function rowText(row: Row): string {
  const unit = unitText(row.unit);
  if ("value" in row) return `${row.value} ${unit}`;
  const { pricing } = row;
  switch (pricing.kind) {
    case "flat":
      return `${pricing.price} ${unit}`;
    case "time-of-use":
      return `${PERIODS.map((p) => `${word("month.period", p)} ${pricing.prices[p]}`).join(" · ")} ${unit}`;
    case "stepped":
      return `${pricing.steps.map((s) => `${s.upTo === null ? "…" : `≤ ${s.upTo}`}: ${s.price}`).join(" · ")} ${unit}`;
  }
}

interface Opened {
  readonly name: string;
  readonly figure: FigureDto;
}
const opened = signal<Opened | null>(null);

/** `name` says which number it is, where it is opened or read out. */
export function Figure({ name, figure, signed = false }: { readonly name: string; readonly figure: FigureDto; readonly signed?: boolean }) {
  const text = figureText(figure);
  const tone = !signed || figure.value === null || figure.value === 0 ? "" : figure.value > 0 ? " more" : " less";
  return (
    <button
      type="button"
      class={`figure-link${figure.value === null ? " none" : ""}${tone}`}
      aria-label={`${name}: ${t("months.open-figure", { value: text })}`}
      onClick={() => (opened.value = { name, figure })}
      data-testid="figure"
    >
      {text}
    </button>
  );
}

function Rows({ month, ids }: { readonly month: MonthDto; readonly ids: readonly string[] }) {
  const rows = [...month.rows.factors, ...month.rows.tariffs, ...month.rows.quotas].filter((r) => ids.includes(r.id));
  if (rows.length === 0) return <p class="muted">{t("months.no-rows")}</p>;
  return (
    <ul class="plain-list month-sources" data-testid="figure-rows">
      {rows.map((r) => (
        <li key={r.id}>
          <b>{rowText(r)}</b> <code>{r.id}</code>
          {r.example && <span class="tag">{t("month.example")}</span>}
          <br />
          {r.source.url === null ? r.source.title : <a href={r.source.url}>{r.source.title}</a>}
          {r.source.number !== null && ` · ${r.source.number}`}
          {r.source.clause !== null && ` · ${r.source.clause}`}
          <br />
          <span class="muted">
            {r.validFrom === "0001-01-01" && r.validUntil === null
              ? t("months.always")
              : r.validUntil === null
                ? t("months.valid", { from: r.validFrom })
                : t("months.valid-until", { from: r.validFrom, until: r.validUntil })}
            {r.note !== null && ` · ${r.note}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What the number that was clicked is made of. */
export function FigureDialog({ month }: { readonly month: MonthDto }) {
  const shown = opened.value;
  if (shown === null) return null;
  const { name, figure } = shown;
  const { from } = figure;
  const close = () => (opened.value = null);
  const more = from.pointCount - from.points.length;
  return (
    <Dialog title={name} onClose={close} side testId="figure-dialog">
      <p class="month-opened">
        {figureText(figure)} <small>{figure.value === null || figure.unit === "%" ? "" : unitText(figure.unit)}</small>
      </p>
      <p class="muted">{t("months.from")}</p>
      <dl class="month-facts">
        <dt>{t("months.how")}</dt>
        <dd>{word("month.formula", from.kind)}</dd>
        {from.formula !== "" && <dt>{t("months.formula")}</dt>}
        {from.formula !== "" && (
          <dd class="month-formula" data-testid="figure-formula">
            {from.formula}
          </dd>
        )}
        <dt>{t("months.range")}</dt>
        <dd>
          {format.value.dateTime(from.from)} – {format.value.dateTime(from.to)}
        </dd>
        <dt>{t("months.rows")}</dt>
        <dd>
          <Rows month={month} ids={from.rows} />
        </dd>
        <dt>{t("months.readings", { n: from.pointCount })}</dt>
        <dd>
          <ul class="plain-list" data-testid="figure-points">
            {from.points.map((point) => {
              const device = point.slice(0, point.lastIndexOf("/"));
              const to = pathTo("devices", device);
              return (
                <li key={point}>
                  <a
                    href={to}
                    onClick={(event) => {
                      event.preventDefault();
                      close();
                      navigate(to);
                    }}
                  >
                    {deviceName(device)}
                  </a>{" "}
                  <code>{point.slice(point.lastIndexOf("/") + 1)}</code>
                </li>
              );
            })}
          </ul>
          {more > 0 && <p class="muted">{t("months.more-points", { n: more })}</p>}
        </dd>
      </dl>
    </Dialog>
  );
}
