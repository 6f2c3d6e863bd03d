/** The last exports: how far each is, how large, who asked; to be fetched or canceled. */
import type { ExportDto } from "../../../server/contract/exports.ts";
import { MOST_XLSX_ROWS } from "../../../server/contract/export-formats.ts";
import { format, t } from "../i18n.ts";
import { personName } from "../names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Empty } from "../parts/marks.tsx";
import { rangeText } from "../parts/range-picker.tsx";
import { Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";

export const over = (run: ExportDto): boolean => run.state !== "waiting" && run.state !== "running";

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${format.value.number(Math.max(1, Math.round(bytes / 1000)))} kB` : `${format.value.number(bytes / 1e6, 1)} MB`;
}

/** Why there is no file, in the page's language; what only the server knows stands behind it. */
function failureText(run: ExportDto): string {
  if (run.code === "too-many-rows") return t("exports.too-many-rows", { n: MOST_XLSX_ROWS });
  return t("problem.with-detail", { known: t("exports.failed"), detail: run.error ?? "" });
}

function Standing({ run }: { readonly run: ExportDto }) {
  if (!over(run))
    return (
      <span class="export-progress">
        <progress max={100} value={run.progress * 100} aria-label={t("exports.progress")} data-testid="export-progress" />
        <small class="muted">
          {run.state === "waiting"
            ? t("exports.waiting")
            : t("exports.running", { percent: format.value.quantity(Math.round(run.progress * 100), "%"), n: run.rows })}
        </small>
      </span>
    );
  switch (run.state) {
    case "failed":
      return <p class="problem">{failureText(run)}</p>;
    case "canceled":
      return <span class="muted">{t("exports.canceled")}</span>;
    default:
      return run.rows === 0 ? (
        <span class="muted">{t("exports.nothing-in-it")}</span>
      ) : (
        <>
          <b>{sizeText(run.bytes ?? 0)}</b>
          <small>{t("exports.rows", { n: run.rows })}</small>
        </>
      );
  }
}

export function Runs({ runs, cancel }: { readonly runs: readonly ExportDto[]; readonly cancel: (run: ExportDto) => Promise<void> }) {
  if (runs.length === 0) return <Empty text={t("exports.none")} />;
  return (
    <Table caption="exports.last" heads={["exports.what", "table.state", "exports.by", "table.time", "table.actions"]}>
      {runs.map((run) => (
        <tr key={run.id} data-testid="export-row" data-state={run.state}>
          <td class="main-cell">
            <b>
              {run.format.toUpperCase()} · {t(`charts.step.${run.step}`)}
            </b>
            <small>
              {t("exports.points", { n: run.points })} · {rangeText({ from: Date.parse(run.from), to: Date.parse(run.to) })}
            </small>
          </td>
          <td data-label={t("table.state")} class="export-standing">
            <Standing run={run} />
          </td>
          <td data-label={t("exports.by")}>{personName(run.by)}</td>
          <td data-label={t("table.time")}>
            <Time at={run.askedAt} />
          </td>
          <td class="actions">
            {run.file !== null ? (
              <a class="button plain" href={run.file} download data-testid="export-file">
                {t("exports.download")}
              </a>
            ) : (
              !over(run) && (
                <ActionButton action="export" department={null} tone="quiet" run={() => cancel(run)} testId="export-cancel">
                  {t("exports.cancel")}
                </ActionButton>
              )
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
