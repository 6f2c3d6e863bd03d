/** Readings from a table: a preview that says of each row what is wrong in which column, then the good rows are entered. */
import type { TableDto, TableRowDto } from "../../../server/contract/meters.ts";
import { format, lang, t, word } from "../i18n.ts";
import { me } from "../me.ts";
import { deviceName } from "../names.ts";
import { notAllowed } from "../parts/action.tsx";
import { tellDone } from "../parts/notice.tsx";
import { TableImport } from "../parts/table-import.tsx";
import { Doubts } from "./doubts.tsx";

function Row({ row }: { readonly row: TableRowDto }) {
  return (
    <tr data-testid="table-row" class={row.troubles.length > 0 ? "bad" : undefined}>
      <td data-label={t("meters.row")} class="number">
        {row.line}
      </td>
      <td class="main-cell">
        {row.point === null ? row.meter || "—" : deviceName(row.point.slice(0, row.point.lastIndexOf("/")))}
        {row.point !== null && <small>{row.point}</small>}
      </td>
      <td data-label={t("meters.at")}>{row.at === null ? "—" : format.value.dateTime(row.at).slice(0, 16)}</td>
      <td data-label={t("meters.what")} class="number">
        {row.value === null ? "—" : format.value.number(row.value, row.value % 1 === 0 ? 0 : 2)}
      </td>
      <td data-label={t("meters.told")} class="meter-what">
        {row.troubles.map((x) => (
          <p key={x.code} class="problem">
            {t("meters.row-trouble", {
              column: word("meter-column", x.column),
              trouble: word("meter-row", x.code === "refused" ? x.given : x.code),
              given: x.code === "refused" ? null : x.given || null,
            })}
          </p>
        ))}
        <Doubts doubts={row.doubts} unit={row.unit} />
        {row.troubles.length === 0 && row.doubts.length === 0 && <span class="muted">{t("meters.row-good")}</span>}
      </td>
    </tr>
  );
}

export function TablePart({ changed }: { readonly changed: () => void }) {
  // A chief hands in the readings of the own department; each row is looked at for itself.
  const why = notAllowed("enter-reading", me.value?.departments[0] ?? null);
  const href = (format: string, all: boolean) => `/api/v1/meters/template?format=${format}&lang=${lang.value}${all ? "&all=1" : ""}`;
  return (
    <section class="panel meter-table" aria-labelledby="table-title">
      <h2 id="table-title">{t("meters.table")}</h2>
      <p class="muted">{t("meters.table-about")}</p>
      <p class="meter-links">
        <a class="button plain" href={href("xlsx", false)} download>
          {t("meters.template-due")}
        </a>
        <a class="button plain" href={href("xlsx", true)} download>
          {t("meters.template-all")}
        </a>
        <a href={href("csv", true)} download>
          CSV
        </a>
      </p>
      <TableImport<TableRowDto, TableDto>
        path="/meters/readings/import"
        label={t("meters.table")}
        why={why}
        caption="meters.table"
        heads={["meters.row", "meters.meter", "meters.at", "meters.what", "meters.told"]}
        row={(r) => <Row key={r.line} row={r} />}
        worst={(a, b) => b.troubles.length - a.troubles.length || b.doubts.length - a.doubts.length}
        says={({ good, bad }) => t("meters.preview", { good, bad })}
        able={(read) => read.good}
        button={(n) => t("meters.take-in", { n })}
        taken={({ entered }) => {
          tellDone(t("meters.taken", { n: entered }));
          changed();
        }}
        testIds={{ file: "table-file", preview: "table-preview", send: "take-in" }}
      />
    </section>
  );
}
