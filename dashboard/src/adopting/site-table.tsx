/** All devices as a table: out, changed with a spreadsheet, looked through row by row, and in. */
import type { SiteRowDto, SiteTableDto } from "../../../server/contract/adopting.ts";
import { lang, t, word } from "../i18n.ts";
import { notAllowed } from "../parts/action.tsx";
import { tellDone } from "../parts/notice.tsx";
import { TableImport } from "../parts/table-import.tsx";
import "../style/adopting.css";

const ORDER: Readonly<Record<SiteRowDto["outcome"], number>> = { wrong: 0, "site-file": 1, adopt: 2, change: 3, same: 4 };

function Row({ row }: { readonly row: SiteRowDto }) {
  return (
    <tr data-testid="site-row" data-outcome={row.outcome} class={row.outcome === "wrong" ? "bad" : undefined}>
      <td data-label={t("meters.row")} class="number">
        {row.line}
      </td>
      <td class="main-cell">
        <code>{row.id || "—"}</code>
      </td>
      <td data-label={t("site-table.would")}>{word("site-outcome", row.outcome)}</td>
      <td data-label={t("table.detail")} class="site-row-what">
        {row.troubles.map((x, i) => (
          <p key={i} class="problem">
            <b>{word("site-column", x.column)}</b>
            {x.given !== "" && ` “${x.given}”`}: {word("site-trouble", x.code)}
            {x.code === "refused" && ` ${x.detail}`}
          </p>
        ))}
        {row.changes.map((c) => (
          <span key={c.column} class="site-change">
            {word("site-column", c.column)}: {c.from || "—"} → <b>{c.to || "—"}</b>
          </span>
        ))}
      </td>
    </tr>
  );
}

export function SiteTable() {
  const why = notAllowed("adopt-device", null);
  const mayExport = notAllowed("export", null);
  return (
    <section class="panel site-table" aria-labelledby="site-table-title" data-testid="site-table">
      <h2 id="site-table-title">{t("site-table.title")}</h2>
      <p class="muted">{t("site-table.about")}</p>
      <h3>{t("site-table.out")}</h3>
      {mayExport === null ? (
        <p class="buttons">
          <a class="button plain" href={`/api/v1/devices/table?format=xlsx&lang=${lang.value}`} download data-testid="site-xlsx">
            {t("site-table.xlsx")}
          </a>
          <a class="button plain" href={`/api/v1/devices/table?format=csv&lang=${lang.value}`} download data-testid="site-csv">
            CSV
          </a>
        </p>
      ) : (
        <p class="muted">{mayExport}</p>
      )}
      <h3>{t("site-table.in")}</h3>
      <TableImport<SiteRowDto, SiteTableDto>
        path="/devices/import"
        label={t("site-table.in")}
        why={why}
        caption="site-table.title"
        heads={["meters.row", "table.device", "site-table.would", "table.detail"]}
        row={(r) => <Row key={r.line} row={r} />}
        worst={(a, b) => ORDER[a.outcome] - ORDER[b.outcome]}
        says={({ adopted, changed, same, bad }) => t("site-table.preview", { adopted, changed, same, bad })}
        able={(read) => read.adopted + read.changed}
        button={(n) => t("site-table.apply", { n })}
        taken={({ adopted, changed }) => tellDone(t("site-table.done", { adopted, changed }))}
        testIds={{ file: "site-file", preview: "site-preview", send: "site-apply" }}
      />
    </section>
  );
}
