/** A table handed in as a file: first only looked through, shown row by row, then taken in. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { XLSX } from "../../../server/contract/media-types.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { sendFile } from "../api.ts";
import { t } from "../i18n.ts";
import type { Key } from "../locales/zh-CN.ts";
import { Problem } from "./notice.tsx";
import { Table } from "./table.tsx";

const SHOWN = 200;

interface Look<Row> {
  readonly rows: readonly Row[];
}

/** `path` takes the file, with `?dry=1` only to look. `worst` puts the rows that need a look first; `able` is how many would be taken in. */
export function TableImport<Row extends { readonly line: number }, Read extends Look<Row>>(props: {
  readonly path: string;
  readonly label: string;
  /** Why nobody here may hand one in. */
  readonly why: string | null;
  readonly heads: readonly Key[];
  readonly caption: Key;
  readonly row: (row: Row) => ComponentChildren;
  readonly worst: (a: Row, b: Row) => number;
  readonly says: (read: Read) => string;
  readonly able: (read: Read) => number;
  readonly button: (able: number) => string;
  readonly taken: (read: Read) => void;
  readonly testIds: { readonly file: string; readonly preview: string; readonly send: string };
}) {
  const { why, testIds } = props;
  const [file, setFile] = useState<File | null>(null);
  const [read, setRead] = useState<Read | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const send = async (chosen: File, dry: boolean) => {
    if (busy) return;
    setBusy(true);
    const answer = await sendFile<Read>(`${props.path}${dry ? "?dry=1" : ""}`, chosen.name.endsWith(".xlsx") ? XLSX : "text/csv", chosen);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    setRead(answer.ok ? answer.data : null);
    if (!answer.ok || dry) return;
    setFile(null);
    props.taken(answer.data);
  };
  const choose = (chosen: File | undefined) => {
    if (chosen === undefined) return;
    setFile(chosen);
    void send(chosen, true);
  };
  const able = read === null ? 0 : props.able(read);
  return (
    <>
      <input
        type="file"
        accept=".csv,.txt,.tsv,.xlsx,text/csv"
        aria-label={props.label}
        disabled={why !== null}
        title={why ?? undefined}
        onChange={(e) => {
          choose(e.currentTarget.files?.[0]);
          e.currentTarget.value = "";
        }}
        data-testid={testIds.file}
      />
      {busy && (
        <p class="muted" role="status">
          {t("table-import.reading")}
        </p>
      )}
      <Problem problem={problem} />
      {read !== null && (
        <div data-testid={testIds.preview}>
          <p role="status">
            <b>{file?.name}</b> {props.says(read)}
          </p>
          <Table caption={props.caption} heads={props.heads}>
            {read.rows
              .toSorted((a, b) => props.worst(a, b) || a.line - b.line)
              .slice(0, SHOWN)
              .map(props.row)}
          </Table>
          {read.rows.length > SHOWN && <p class="muted">{t("meters.rows-more", { n: read.rows.length - SHOWN })}</p>}
          {file !== null && (
            <p class="form-end">
              <button
                type="button"
                class="primary"
                aria-disabled={busy || able === 0}
                aria-busy={busy}
                onClick={() => able > 0 && void send(file, false)}
                data-testid={testIds.send}
              >
                {props.button(able)}
              </button>
            </p>
          )}
        </div>
      )}
    </>
  );
}
