/** A table at the desk, cards on a phone. */
import type { ComponentChildren } from "preact";
import { t } from "../i18n.ts";
import type { Key } from "../locales/zh-CN.ts";

/** Keys whose column says what it is without a word at its head; it is still read out. */
const SILENT: ReadonlySet<Key> = new Set<Key>(["table.severity", "table.actions"]);
/** Columns of figures stand to the right. */
const FIGURES: ReadonlySet<Key> = new Set<Key>(["table.wasted"]);

/** `heads` are the columns, in order; `caption` is read out, not shown. Rows are the children. */
export function Table({ caption, heads, children }: { readonly caption: Key; readonly heads: readonly Key[]; readonly children: ComponentChildren }) {
  return (
    <div class="table-box">
      <table class="cards-on-phone">
        <caption class="sr-only">{t(caption)}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th scope="col" key={head} class={FIGURES.has(head) ? "number" : undefined}>
                {SILENT.has(head) ? <span class="sr-only">{t(head)}</span> : t(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
