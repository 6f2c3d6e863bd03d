/** The bulletin as a page: made to be read on a screen, and to be printed on A4. */
import type { ComponentChildren } from "preact";
import type { MonthDto } from "../../../server/contract/month.ts";
import type { Key } from "../locales/zh-CN.ts";
import { format, lang, t, text, word } from "../i18n.ts";
import { departmentName, deviceName, personName, policyName } from "../names.ts";
import { site } from "../store.ts";
import { Figure, rowText, unitText } from "./month-figure.tsx";

type Quantity = MonthDto["quantities"][number];

export function Sheet({ heads, figures, children }: { readonly heads: readonly Key[]; readonly figures: number; readonly children: ComponentChildren }) {
  return (
    <div class="month-box">
      <table class="month-table">
        <thead>
          <tr>
            {heads.map((head, i) => (
              <th scope="col" key={head} class={i >= heads.length - figures ? "number" : undefined}>
                {t(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Section({ title, id, children }: { readonly title: string; readonly id: string; readonly children: ComponentChildren }) {
  return (
    <section class="month-section" aria-labelledby={`month-${id}`} data-testid={`month-${id}`}>
      <h2 id={`month-${id}`}>{title}</h2>
      {children}
    </section>
  );
}

const quantityName = (q: string) => word("month.quantity", q);
const withUnit = (q: Quantity) =>
  lang.value === "en" ? `${quantityName(q.quantity)} (${unitText(q.unit)})` : `${quantityName(q.quantity)}（${unitText(q.unit)}）`;
const number = (value: number | null, decimals = 1) => (value === null ? t("month.na") : format.value.number(value, decimals));

function Use({ month }: { readonly month: MonthDto }) {
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

function Departments({ q }: { readonly q: Quantity }) {
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

function Items({ month, q }: { readonly month: MonthDto; readonly q: Quantity }) {
  if (q.items.length === 0) return null;
  return (
    <Section title={t("month.section.items")} id="items">
      <Sheet heads={["month.col.item", "month.col.amount", "month.col.share"]} figures={2}>
        {q.items.map((i) => {
          const known = month.items.find((item) => item.code === i.key);
          const name = i.key === null ? t("month.no-item") : known === undefined ? i.key : `${i.key} ${text(known.name)}`;
          return (
            <tr key={i.key ?? ""}>
              <th scope="row">{name}</th>
              <td class="number">
                <Figure name={`${name} · ${quantityName(q.quantity)}`} figure={i.amount} />
              </td>
              <td class="number">{i.share === null ? "" : `${number(i.share)} %`}</td>
            </tr>
          );
        })}
      </Sheet>
    </Section>
  );
}

function Mains({ month }: { readonly month: MonthDto }) {
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

function Conduct({ month }: { readonly month: MonthDto }) {
  const listed = lang.value === "en" ? ", " : "、";
  return (
    <>
      <Section title={t("month.section.violations")} id="violations">
        {month.violations.length === 0 ? (
          <p>{t("month.violations.none")}</p>
        ) : (
          <Sheet
            heads={[
              "month.col.department",
              "month.col.policies",
              "month.col.who",
              "month.col.findings",
              "month.col.hours",
              "month.col.kwh",
              "month.col.cny",
              "month.col.answered",
              "month.col.median",
            ]}
            figures={6}
          >
            {month.violations.map((v) => (
              <tr key={v.department ?? ""}>
                <th scope="row">{v.department === null ? t("month.common") : departmentName(v.department)}</th>
                <td>
                  {v.policies
                    .slice(0, 3)
                    .map((p) => `${policyName(p.policy)} ${p.findings}`)
                    .join(listed)}
                </td>
                <td>{v.answered.map((a) => `${personName(a.person)} ${a.alerts}`).join(listed)}</td>
                <td class="number">{v.findings}</td>
                <td class="number">{number(v.hours)}</td>
                <td class="number">{number(v.kwh)}</td>
                <td class="number">{number(v.cny, 2)}</td>
                <td class="number">
                  {v.acknowledged} / {v.alerts}
                </td>
                <td class="number">{v.median === null ? t("month.na") : format.value.duration(v.median * 1000)}</td>
              </tr>
            ))}
          </Sheet>
        )}
      </Section>
      <Section title={t("month.section.exceptions")} id="exceptions">
        {month.exceptions.length === 0 ? (
          <p>{t("month.exceptions.none")}</p>
        ) : (
          <Sheet
            heads={["month.col.kind", "month.col.department", "month.col.count", "month.col.hours", "month.col.estimate", "month.col.estimate-cny"]}
            figures={4}
          >
            {month.exceptions.map((e) => (
              <tr key={`${e.kind} ${e.department}`}>
                <th scope="row">{word("month.exception", e.kind)}</th>
                <td>{e.department === null ? t("month.common") : departmentName(e.department)}</td>
                <td class="number">{e.count}</td>
                <td class="number">{number(e.hours)}</td>
                <td class="number">{number(e.kwh)}</td>
                <td class="number">{number(e.cny, 2)}</td>
              </tr>
            ))}
          </Sheet>
        )}
      </Section>
    </>
  );
}

function Savings({ month }: { readonly month: MonthDto }) {
  const { savings } = month;
  return (
    <Section title={t("month.section.savings")} id="savings">
      {savings === null ? (
        <p>{t("month.savings.none")}</p>
      ) : (
        <Sheet heads={["month.col.what", "month.col.saved", "month.col.interval", "month.col.cost"]} figures={3}>
          {(["planned", "measured", "verified"] as const).map((key) => {
            const part = savings[key];
            return (
              <tr key={key}>
                <th scope="row">{word("month.savings", key)}</th>
                <td class="number">{part === null ? t(key === "verified" ? "month.savings.unverified" : "month.na") : number(part.kwh, 0)}</td>
                <td class="number">{part === null ? "" : `${number(part.low, 0)} – ${number(part.high, 0)}`}</td>
                <td class="number">{part === null ? "" : number(part.cny, 2)}</td>
              </tr>
            );
          })}
        </Sheet>
      )}
    </Section>
  );
}

function Alarms({ month }: { readonly month: MonthDto }) {
  const { alarms, meters, metersHeard } = month;
  const count = (verdict: string) => alarms?.figures.filter((f) => f.verdict === verdict).length ?? 0;
  return (
    <>
      <Section title={t("month.section.alarms")} id="alarms">
        <p>
          {alarms === null
            ? t("month.alarms.none")
            : t("month.alarms.line", { raised: alarms.raised, quiet: alarms.quiet, good: count("good"), bad: count("bad") })}
        </p>
      </Section>
      <Section title={t("month.section.meters")} id="meters">
        <p>{t(meters.length === 0 ? "month.meters.all" : "month.meters.some", { n: metersHeard, m: meters.length })}</p>
        {meters.length > 0 && (
          <ul class="month-meters">
            {meters.slice(0, 30).map((m) => (
              <li key={`${m.quantity} ${m.device}`}>
                {deviceName(m.device)} {m.days}/{m.of}
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
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
      {electricity !== undefined && <Items month={month} q={electricity} />}
      <Mains month={month} />
      <Carbon month={month} />
      <Conduct month={month} />
      <Savings month={month} />
      <Alarms month={month} />
      <Sources month={month} />
    </article>
  );
}
