/** What was used: the bulletin's tables of amounts. */
import type { MonthDto } from "../../../server/contract/month.ts";
import type { Key } from "../locales/zh-CN.ts";
import { t, text, word } from "../i18n.ts";
import { departmentName, deviceName, floorName } from "../names.ts";
import { site } from "../store.ts";
import { Figure, unitText } from "./month-figure.tsx";
import type { Quantity } from "./month-sheet.tsx";
import { number, quantityName, Section, Sheet, withUnit } from "./month-sheet.tsx";

export function Use({ month }: { readonly month: MonthDto }) {
  const cell = (q: Quantity, key: Key, figure: Quantity["amount"], signed = false) => (
    <td class="number">
      <Figure name={`${quantityName(q.quantity)} · ${t(key)}`} figure={figure} signed={signed} />
    </td>
  );
  return (
    <Section title={t("month.section.use")} id="use">
      <Sheet
        heads={[
          "month.col.quantity",
          "month.col.amount",
          "month.col.cost",
          "month.col.per-head",
          "month.col.per-area",
          "month.col.vs-month",
          "month.col.vs-year",
        ]}
        figures={6}
      >
        {month.quantities.map((q) => (
          <tr key={q.quantity}>
            <th scope="row">{withUnit(q)}</th>
            {cell(q, "month.col.amount", q.amount)}
            {cell(q, "month.col.cost", q.cost)}
            {cell(q, "month.col.per-head", q.perHead)}
            {cell(q, "month.col.per-area", q.perArea)}
            {cell(q, "month.col.vs-month", q.change.month, true)}
            {cell(q, "month.col.vs-year", q.change.year, true)}
          </tr>
        ))}
        <tr class="total">
          <th scope="row">{t("month.total")}</th>
          <td />
          <td class="number">
            <Figure name={`${t("month.total")} · ${t("month.col.cost")}`} figure={month.total.cost} />
          </td>
          <td colSpan={4} />
        </tr>
      </Sheet>
    </Section>
  );
}

export function Departments({ q }: { readonly q: Quantity }) {
  const name = (of: string | null, key: Key) => `${departmentName(of)} · ${quantityName(q.quantity)} · ${t(key)}`;
  return (
    <Section title={t("month.section.departments", { quantity: withUnit(q) })} id={`departments-${q.quantity}`}>
      <Sheet
        heads={[
          "month.col.rank",
          "month.col.department",
          "month.col.amount",
          "month.col.cost",
          "month.col.per-head",
          "month.col.vs-month",
          "month.col.vs-year",
        ]}
        figures={5}
      >
        {q.departments.map((d) => (
          <tr key={d.department ?? ""}>
            <td>{d.rank ?? ""}</td>
            <th scope="row">{d.department === null ? t("month.common") : departmentName(d.department)}</th>
            <td class="number">
              <Figure name={name(d.department, "month.col.amount")} figure={d.amount} />
            </td>
            <td class="number">
              <Figure name={name(d.department, "month.col.cost")} figure={d.cost} />
            </td>
            <td class="number">
              <Figure name={name(d.department, "month.col.per-head")} figure={d.perHead} />
            </td>
            <td class="number">
              <Figure name={name(d.department, "month.col.vs-month")} figure={d.change.month} signed />
            </td>
            <td class="number">
              <Figure name={name(d.department, "month.col.vs-year")} figure={d.change.year} signed />
            </td>
          </tr>
        ))}
      </Sheet>
    </Section>
  );
}

function Shares({
  title,
  id,
  head,
  shares,
  nameOf,
}: {
  readonly title: Key;
  readonly id: string;
  readonly head: Key;
  readonly shares: Quantity["items"];
  readonly nameOf: (key: string | null) => string;
}) {
  if (shares.length === 0) return null;
  return (
    <Section title={t(title)} id={id}>
      <Sheet heads={[head, "month.col.amount", "month.col.share"]} figures={2}>
        {shares.map((s) => (
          <tr key={s.key ?? ""}>
            <th scope="row">{nameOf(s.key)}</th>
            <td class="number">
              <Figure name={`${nameOf(s.key)} · ${t("month.col.amount")}`} figure={s.amount} />
            </td>
            <td class="number">{s.share === null ? "" : `${number(s.share)} %`}</td>
          </tr>
        ))}
      </Sheet>
    </Section>
  );
}

/** The electricity of the house by item, floor and kind. */
export function Electricity({ month, q }: { readonly month: MonthDto; readonly q: Quantity }) {
  const itemName = (key: string | null) => {
    const known = month.items.find((item) => item.code === key);
    return key === null ? t("month.no-item") : known === undefined ? key : `${key} ${text(known.name)}`;
  };
  const floorOf = (key: string | null) => {
    if (key === null) return t("month.no-place");
    const [building, floor] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
    const known = site.value?.buildings.find((b) => b.id === building);
    return `${known === undefined ? building : text(known.name)} ${floorName(floor)}`;
  };
  return (
    <>
      <Shares title="month.section.items" id="items" head="month.col.item" shares={q.items} nameOf={itemName} />
      <Shares title="month.section.floors" id="floors" head="month.col.floor" shares={q.floors} nameOf={floorOf} />
      <Shares title="month.section.kinds" id="kinds" head="month.col.kind" shares={q.kinds} nameOf={(key) => word("kind", key ?? "unknown")} />
    </>
  );
}

export function Quotas({ month }: { readonly month: MonthDto }) {
  const quotas = month.quantities.flatMap((q) => q.quotas.map((u) => ({ ...u, quantity: q.quantity })));
  if (quotas.length === 0) return null;
  return (
    <Section title={t("month.section.quotas")} id="quotas">
      <Sheet heads={["month.col.quantity", "month.col.quota", "month.col.used"]} figures={2}>
        {quotas.map((u) => (
          <tr key={u.row}>
            <th scope="row">{quantityName(u.quantity)}</th>
            <td class="number">
              {number(u.quota)} {unitText(u.unit)}
            </td>
            <td class="number">
              <Figure name={`${quantityName(u.quantity)} · ${t("month.col.quota")}`} figure={u.used} />
            </td>
          </tr>
        ))}
      </Sheet>
    </Section>
  );
}

export function Mains({ month }: { readonly month: MonthDto }) {
  const mains = month.quantities.flatMap((q) => q.mains);
  if (mains.length === 0) return null;
  return (
    <Section title={t("month.section.mains")} id="mains">
      <Sheet heads={["month.col.meter", "month.col.measured", "month.col.behind", "month.col.rest", "month.col.excess"]} figures={4}>
        {mains.map((m) => (
          <tr key={`${m.quantity} ${m.meter}`}>
            <th scope="row">
              {quantityName(m.quantity)} · {deviceName(m.meter)}
            </th>
            {[m.measured, m.behind, m.rest, m.excess].map((value, i) => (
              <td class="number" key={i}>
                {number(value)}
              </td>
            ))}
          </tr>
        ))}
      </Sheet>
    </Section>
  );
}
