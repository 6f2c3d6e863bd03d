/** Taking meetings in from an iCalendar file: first only looked through. */
import { useState } from "preact/hooks";
import type { ImportDto } from "../../../server/contract/calendar.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import { importCalendar } from "../api.ts";
import { format, t } from "../i18n.ts";
import { spaceName } from "../names.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Problem, icsText, tellDone } from "../parts/notice.tsx";

export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [file, setFile] = useState<string | null>(null);
  const [read, setRead] = useState<ImportDto | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const send = async (chosen: string, dry: boolean) => {
    const answer = await importCalendar<ImportDto>(chosen, dry);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    setRead(answer.data);
    if (dry) return;
    tellDone(t("calendar.imported", { n: answer.data.items.length }));
    onClose();
  };
  const choose = async (list: FileList | null) => {
    const chosen = await list?.[0]?.text();
    if (chosen === undefined) return;
    setFile(chosen);
    await send(chosen, true);
  };
  return (
    <Dialog title={t("calendar.import")} onClose={onClose} testId="import-dialog">
      <p class="muted">{t("calendar.import-explained")}</p>
      <input type="file" accept=".ics,text/calendar" onChange={(e) => void choose(e.currentTarget.files)} aria-label={t("calendar.import")} />
      <Problem problem={problem} />
      {read !== null && (
        <>
          <ul class="plain-list preview">
            {read.items.slice(0, 100).map((i) => (
              <li key={i.from + String(i.space) + i.note} class={i.known ? "muted" : ""}>
                {format.value.dateTime(i.from).slice(0, 16)} · {spaceName(i.space)} · {i.note} {i.known && <small>{t("calendar.known")}</small>}
              </li>
            ))}
          </ul>
          {read.skipped.length > 0 && (
            <details>
              <summary>{t("calendar.skipped", { n: read.skipped.length })}</summary>
              <ul class="plain-list">
                {read.skipped.map((s) => (
                  <li key={s.what + s.why}>
                    {s.what}
                    {t("why.colon")}
                    {icsText(s)}
                  </li>
                ))}
              </ul>
            </details>
          )}
          <p class="form-end">
            <button
              type="button"
              class="primary"
              aria-disabled={read.items.length === 0}
              onClick={() => file !== null && read.items.length > 0 && void send(file, false)}
            >
              {t("calendar.import-now", { n: read.items.filter((i) => !i.known).length })}
            </button>
          </p>
        </>
      )}
    </Dialog>
  );
}
