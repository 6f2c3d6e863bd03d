/** Planned silences, in force and to come. */
import { useState } from "preact/hooks";
import type { SilenceDto } from "../../../server/contract/alerts.ts";
import { ask } from "../api.ts";
import { format, t } from "../i18n.ts";
import { can, me } from "../me.ts";
import { personName } from "../names.ts";
import { ActionButton, notAllowed } from "../parts/action.tsx";
import { Empty } from "../parts/marks.tsx";
import { tellDone, tellProblem } from "../parts/notice.tsx";
import { now } from "../store.ts";
import { SilenceDialog, departmentOf, partWords } from "./silence-dialog.tsx";
import { partsOf } from "./silence-parts.ts";

const minuteOf = (at: string) => format.value.dateTime(at).slice(0, 16);

export function Silences({ silences, onChange }: { readonly silences: readonly SilenceDto[]; readonly onChange: () => void }) {
  const [adding, setAdding] = useState(false);
  // Who may do it in one department at least finds the form, which says where.
  const department = can("shelve") ? null : (me.value?.departments[0] ?? null);
  const why = notAllowed("shelve", department);
  const end = async (s: SilenceDto) => {
    const answer = await ask("DELETE", `/silences/${encodeURIComponent(s.id)}`);
    if (answer.ok) tellDone(t("silence.ended"));
    else tellProblem(answer.problem);
    onChange();
  };
  const close = (changed: boolean) => {
    setAdding(false);
    if (changed) onChange();
  };
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{t("silence.title")}</h2>
        <button
          type="button"
          class="plain small"
          aria-disabled={why !== null}
          title={why ?? undefined}
          onClick={() => why === null && setAdding(true)}
          data-testid="add-silence"
        >
          {t("silence.add")}
        </button>
      </div>
      <p class="muted">{t("silence.explained")}</p>
      {why !== null && (
        <p class="muted small" data-testid="silence-why-not">
          {why}
        </p>
      )}
      {silences.length === 0 ? (
        <Empty text={t("silence.none")} />
      ) : (
        <ul class="plain-list absences" data-testid="silences">
          {silences.map((s) => (
            <li key={s.id}>
              <span>
                <b>{partWords(partsOf(s))}</b> {Date.parse(s.from) > now.value && <span class="tag">{t("alerting.to-come")}</span>}
                <br />
                <small>
                  {minuteOf(s.from)} – {minuteOf(s.until)}
                </small>
                <br />
                {s.reason} <small>· {personName(s.by)}</small>
              </span>
              <ActionButton action="shelve" department={departmentOf(partsOf(s))} tone="quiet" run={() => end(s)} testId="end-silence">
                {t("alerting.end")}
              </ActionButton>
            </li>
          ))}
        </ul>
      )}
      {adding && <SilenceDialog onClose={close} />}
    </section>
  );
}
