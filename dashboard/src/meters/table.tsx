/** Readings from a table: a preview that says of each row what is wrong in which column, then the good rows are entered. */
import { useState } from "preact/hooks";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { TableDto, TableRowDto } from "../../../server/contract/meters.ts";
import { sendFile } from "../api.ts";
import { format, lang, t, word } from "../i18n.ts";
import { me } from "../me.ts";
import { deviceName } from "../names.ts";
import { notAllowed } from "../parts/action.tsx";
import { Problem, tellDone } from "../parts/notice.tsx";
import { Table } from "../parts/table.tsx";
import { Doubts } from "./doubts.tsx";

const SHOWN = 200;
const XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

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
  const [file, setFile] = useState<File | null>(null);
  const [read, setRead] = useState<TableDto | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  // A chief hands in the readings of the own department; each row is looked at for itself.
  const why = notAllowed("enter-reading", me.value?.departments[0] ?? null);
  const send = async (chosen: File, dry: boolean) => {
    if (busy) return;
    setBusy(true);
    const answer = await sendFile<TableDto>(`/meters/readings/import${dry ? "?dry=1" : ""}`, chosen.name.endsWith(".xlsx") ? XLSX_TYPE : "text/csv", chosen);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    setRead(answer.ok ? answer.data : null);
    if (!answer.ok || dry) return;
    tellDone(t("meters.taken", { n: answer.data.entered }));
    setFile(null);
    changed();
  };
  const choose = (list: FileList | null) => {
    const chosen = list?.[0];
    if (chosen === undefined) return;
    setFile(chosen);
    void send(chosen, true);
  };
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
      <input
        type="file"
        accept=".csv,.txt,.tsv,.xlsx,text/csv"
        aria-label={t("meters.table")}
        disabled={why !== null}
        title={why ?? undefined}
        onChange={(e) => {
          choose(e.currentTarget.files);
          e.currentTarget.value = "";
        }}
        data-testid="table-file"
      />
      <Problem problem={problem} />
      {read !== null && (
        <div data-testid="table-preview">
          <p role="status">
            <b>{file?.name}</b> {t("meters.preview", { good: read.good, bad: read.bad })}
          </p>
          <Table caption="meters.table" heads={["meters.row", "meters.meter", "meters.at", "meters.what", "meters.told"]}>
            {read.rows
              .toSorted((a, b) => b.troubles.length - a.troubles.length || b.doubts.length - a.doubts.length || a.line - b.line)
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
                aria-disabled={busy || read.good === 0}
                aria-busy={busy}
                onClick={() => read.good > 0 && void send(file, false)}
                data-testid="take-in"
              >
                {t("meters.take-in", { n: read.good })}
              </button>
            </p>
          )}
        </div>
      )}
    </section>
  );
}
