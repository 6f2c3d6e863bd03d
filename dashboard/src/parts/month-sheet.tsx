/** Tables and sections of the bulletin, and how its quantities are named. */
import type { ComponentChildren } from "preact";
import type { MonthDto } from "../../../server/contract/month.ts";
import type { Key } from "../locales/zh-CN.ts";
import { format, lang, t, word } from "../i18n.ts";
import { unitText } from "./month-figure.tsx";

export type Quantity = MonthDto["quantities"][number];

export const quantityName = (q: string) => word("month.quantity", q);
export const withUnit = (q: Quantity) =>
  lang.value === "en" ? `${quantityName(q.quantity)} (${unitText(q.unit)})` : `${quantityName(q.quantity)}（${unitText(q.unit)}）`;
export const number = (value: number | null, decimals = 1) => (value === null ? t("month.na") : format.value.number(value, decimals));

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

export function Section({ title, id, children }: { readonly title: string; readonly id: string; readonly children: ComponentChildren }) {
  return (
    <section class="month-section" aria-labelledby={`month-${id}`} data-testid={`month-${id}`}>
      <h2 id={`month-${id}`}>{title}</h2>
      {children}
    </section>
  );
}
