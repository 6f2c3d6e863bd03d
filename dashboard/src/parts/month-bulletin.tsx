/** The bulletin as a page: made to be read on a screen, and to be printed on A4. */
import type { MonthDto } from "../../../server/contract/month.ts";
import { format, lang, t, text, word } from "../i18n.ts";
import { personName } from "../names.ts";
import { site } from "../store.ts";
import { Alarms, Conduct, Savings } from "./month-conduct.tsx";
import { Figure, rowText } from "./month-figure.tsx";
import { quantityName, Section, Sheet } from "./month-sheet.tsx";
import { Departments, Electricity, Mains, Quotas, Use } from "./month-use.tsx";

function Carbon({ month }: { readonly month: MonthDto }) {
  const rows = [
    ...month.quantities.filter((q) => q.amount.value !== null).map((q) => ({ name: quantityName(q.quantity), coal: q.coal, co2: q.co2, total: false })),
    { name: t("month.total"), ...month.total, total: true },
  ];
  return (
    <Section title={t("month.section.carbon")} id="carbon">
      <Sheet heads={["month.col.quantity", "month.col.coal", "month.col.co2"]} figures={2}>
        {rows.map((r) => (
          <tr key={r.name} class={r.total ? "total" : undefined}>
            <th scope="row">{r.name}</th>
            <td class="number">
              <Figure name={`${r.name} · ${t("month.col.coal")}`} figure={r.coal} />
            </td>
            <td class="number">
              <Figure name={`${r.name} · ${t("month.col.co2")}`} figure={r.co2} />
            </td>
          </tr>
        ))}
      </Sheet>
    </Section>
  );
}

function Sources({ month }: { readonly month: MonthDto }) {
  const rows = [...month.rows.factors, ...month.rows.tariffs, ...month.rows.quotas];
  return (
    <Section title={t("month.section.rows")} id="rows">
      <ul class="plain-list month-sources">
        {rows.map((r) => (
          <li key={r.id}>
            <code>{r.id}</code> {rowText(r)} · {r.source.title}
            {r.source.number !== null && ` · ${r.source.number}`}
            {r.example && !r.source.title.startsWith(t("month.example")) && ` · ${t("month.example")}`}
          </li>
        ))}
      </ul>
      <p class="muted">{t("month.rows-note")}</p>
    </Section>
  );
}

export function BulletinView({ month }: { readonly month: MonthDto }) {
  const name = new Intl.DateTimeFormat(lang.value, { year: "numeric", month: "long", timeZone: site.value?.timezone ?? "Asia/Shanghai" }).format(
    Date.parse(month.from),
  );
  const electricity = month.quantities.find((q) => q.quantity === "electricity");
  return (
    <article class="month-sheet panel" data-testid="bulletin" data-state={month.state}>
      <header class="month-title">
        <h2 class="month-name">{t("month.title", { site: site.value === null ? "" : text(site.value.name), month: name })}</h2>
        <p class={month.state === "closed" ? "muted" : "month-draft"}>
          {month.closedAt === null
            ? `${word("month.state", month.state)}${lang.value === "en" ? ". " : "。"}${t("month.draft-note")}`
            : t("month.closed-by", { at: format.value.dateTime(month.closedAt), by: personName(month.closedBy), digest: month.digest?.slice(0, 16) })}
          {month.whole === null ? "" : ` ${t(month.whole ? "month.whole" : "month.not-whole")}`}
        </p>
      </header>
      <Use month={month} />
      {month.quantities
        .filter((q) => q.amount.value !== null)
        .map((q) => (
          <Departments key={q.quantity} q={q} />
        ))}
      {electricity !== undefined && <Electricity month={month} q={electricity} />}
      <Quotas month={month} />
      <Mains month={month} />
      <Carbon month={month} />
      <Conduct month={month} />
      <Savings month={month} />
      <Alarms month={month} />
      <Sources month={month} />
    </article>
  );
}
