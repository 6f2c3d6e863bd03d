/** Planned silences, in force and to come. */
import { useState } from "preact/hooks";
import type { SilenceDto } from "../../../server/contract/alerts.ts";
import { format, t } from "../i18n.ts";
import { can, me } from "../me.ts";
import { personName } from "../names.ts";
import { ActionButton, OpenButton, notAllowed } from "../parts/action.tsx";
import { endAt } from "../parts/ended.ts";
import { Empty } from "../parts/marks.tsx";
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
    await endAt(`/silences/${encodeURIComponent(s.id)}`, t("silence.ended"));
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
        <OpenButton why={why} open={() => setAdding(true)} tone="plain small" testId="add-silence">
          {t("silence.add")}
        </OpenButton>
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
