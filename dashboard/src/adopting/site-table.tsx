/** All devices as a table: out, changed with a spreadsheet, looked through row by row, and in. */
import { useState } from "preact/hooks";
import type { SiteRowDto, SiteTableDto } from "../../../server/contract/adopting.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { sendFile } from "../api.ts";
import { lang, t, word } from "../i18n.ts";
import { notAllowed } from "../parts/action.tsx";
import { Problem, tellDone } from "../parts/notice.tsx";
import { Table } from "../parts/table.tsx";
import { XLSX_TYPE } from "../../../server/contract/meters.ts";
import "../style/adopting.css";

const SHOWN = 200;
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
  const [file, setFile] = useState<File | null>(null);
  const [read, setRead] = useState<SiteTableDto | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const why = notAllowed("adopt-device", null);
  const mayExport = notAllowed("export", null);
  const send = async (chosen: File, dry: boolean) => {
    if (busy) return;
    setBusy(true);
    const answer = await sendFile<SiteTableDto>(`/devices/import${dry ? "?dry=1" : ""}`, chosen.name.endsWith(".xlsx") ? XLSX_TYPE : "text/csv", chosen);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    setRead(answer.ok ? answer.data : null);
    if (!answer.ok || dry) return;
    tellDone(t("site-table.done", { adopted: answer.data.adopted, changed: answer.data.changed }));
    setFile(null);
  };
  const todo = read === null ? 0 : read.adopted + read.changed;
  return (
    <section class="panel site-table" aria-labelledby="site-table-title" data-testid="site-table">
      <h2 id="site-table-title">{t("site-table.title")}</h2>
      <p class="muted">{t("site-table.about")}</p>
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
      <input
        type="file"
        accept=".csv,.txt,.tsv,.xlsx,text/csv"
        aria-label={t("site-table.title")}
        disabled={why !== null}
        title={why ?? undefined}
        onChange={(e) => {
          const chosen = e.currentTarget.files?.[0];
          if (chosen !== undefined) {
            setFile(chosen);
            void send(chosen, true);
          }
          e.currentTarget.value = "";
        }}
        data-testid="site-file"
      />
      <Problem problem={problem} />
      {read !== null && (
        <div data-testid="site-preview">
          <p role="status">
            <b>{file?.name}</b> {t("site-table.preview", { adopted: read.adopted, changed: read.changed, same: read.same, bad: read.bad })}
          </p>
          <Table caption="site-table.title" heads={["meters.row", "table.device", "site-table.would", "table.detail"]}>
            {read.rows
              .toSorted((a, b) => ORDER[a.outcome] - ORDER[b.outcome] || a.line - b.line)
              .slice(0, SHOWN)
              .map((r) => (
                <Row key={r.line} row={r} />
              ))}
          </Table>
          {read.rows.length > SHOWN && <p class="muted">{t("meters.rows-more", { n: read.rows.length - SHOWN })}</p>}
          {file !== null && (
            <p class="form-end">
              <button
                type="button"
                class="primary"
                aria-disabled={busy || todo === 0}
                aria-busy={busy}
                onClick={() => todo > 0 && void send(file, false)}
                data-testid="site-apply"
              >
                {t("site-table.apply", { n: todo })}
              </button>
            </p>
          )}
        </div>
      )}
    </section>
  );
}
