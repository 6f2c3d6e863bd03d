/** Who is away and who stands in, and who has duty. */
import { useState } from "preact/hooks";
import type { AbsenceDto } from "../../../server/contract/hearing.ts";
import { post } from "../api.ts";
import { format, t, text } from "../i18n.ts";
import { can, me } from "../me.ts";
import { personName, spaceName } from "../names.ts";
import { Dialog } from "../parts/dialog.tsx";
import { endAt } from "../parts/ended.ts";
import { Field, Form, field } from "../parts/form.tsx";
import { Empty } from "../parts/marks.tsx";
import { now, site } from "../store.ts";

export interface Duty {
  readonly person: string;
  readonly space: string | null;
  readonly until: string;
}

const minuteOf = (at: string | number) => format.value.dateTime(at).slice(0, 16);

function AbsenceDialog({ onClose }: { readonly onClose: (changed: boolean) => void }) {
  const people = site.value?.people ?? [];
  const self = me.value?.person?.id;
  const allowed = people.filter((p) => p.id === self || can("manage-absences", p.department));
  const [person, setPerson] = useState(allowed.find((p) => p.id === self)?.id ?? allowed[0]?.id ?? "");
  const today = minuteOf(now.peek());
  const send = (form: FormData) =>
    post("/absences", {
      person,
      from: format.value.instant(field(form, "from")),
      until: format.value.instant(field(form, "until")),
      standIn: field(form, "standIn") === "" ? null : field(form, "standIn"),
      note: field(form, "note"),
    });
  return (
    <Dialog title={t("alerting.add-absence")} onClose={() => onClose(false)} testId="absence-dialog">
      <Form send={send} button={t("common.save")} done={t("alerting.absence-added")} onDone={() => onClose(true)} testId="absence-form">
        <Field label={t("alerting.who")}>
          <select name="person" value={person} onChange={(e) => setPerson(e.currentTarget.value)}>
            {allowed.map((p) => (
              <option key={p.id} value={p.id}>
                {text(p.name)}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t("alerting.stand-in")} hint={t("alerting.stand-in-hint")}>
          <select name="standIn">
            <option value="">{t("alerting.next-in-chain")}</option>
            {people
              .filter((p) => p.id !== person)
              .map((p) => (
                <option key={p.id} value={p.id}>
                  {text(p.name)}
                </option>
              ))}
          </select>
        </Field>
        <div class="field-row wide">
          <Field label={t("approvals.from")}>
            <input name="from" type="datetime-local" defaultValue={today.replace(" ", "T")} required />
          </Field>
          <Field label={t("approvals.until")}>
            <input name="until" type="datetime-local" defaultValue={`${minuteOf(now.peek() + 86_400_000).slice(0, 10)}T17:30`} required />
          </Field>
        </div>
        <Field label={t("alerting.note")} hint={t("alerting.note-hint")}>
          <input name="note" maxLength={500} />
        </Field>
      </Form>
    </Dialog>
  );
}

export function Absences({
  absences,
  duty,
  onChange,
}: {
  readonly absences: readonly AbsenceDto[];
  readonly duty: readonly Duty[];
  readonly onChange: () => void;
}) {
  const [adding, setAdding] = useState(false);
  const end = async (a: AbsenceDto) => {
    await endAt(`/absences/${encodeURIComponent(a.id)}`, t("alerting.absence-ended"));
    onChange();
  };
  const close = (changed: boolean) => {
    setAdding(false);
    if (changed) onChange();
  };
  return (
    <section class="panel">
      <h2>{t("alerting.duty")}</h2>
      {duty.length === 0 ? (
        <p class="muted">{t("alerting.no-duty")}</p>
      ) : (
        <ul class="plain-list" data-testid="duty">
          {duty.map((d) => (
            <li key={d.person + String(d.space)}>
              <span>
                <b>{personName(d.person)}</b> {d.space !== null && <span class="muted">{spaceName(d.space)}</span>}{" "}
                <small>{t("alerting.until", { at: minuteOf(d.until) })}</small>
              </span>
            </li>
          ))}
        </ul>
      )}
      <div class="panel-head next">
        <h2>{t("alerting.absences")}</h2>
        <button type="button" class="plain small" onClick={() => setAdding(true)} data-testid="add-absence">
          {t("alerting.add-absence")}
        </button>
      </div>
      {absences.length === 0 ? (
        <Empty text={t("alerting.no-absences")} />
      ) : (
        <ul class="plain-list absences" data-testid="absences">
          {absences.map((a) => (
            <li key={a.id}>
              <span>
                <b>{personName(a.person)}</b> {Date.parse(a.from) > now.value && <span class="tag">{t("alerting.to-come")}</span>}
                <br />
                <small>
                  {minuteOf(a.from)} – {minuteOf(a.until)}
                </small>
                <br />
                {a.standIn === null ? (
                  <span class="muted">{t("alerting.next-in-chain")}</span>
                ) : (
                  <>
                    {t("alerting.stands-in")} <b>{personName(a.standIn)}</b>
                  </>
                )}
                {a.note !== null && a.note !== "" && <small> · {a.note}</small>}
              </span>
              {a.mine && (
                <button type="button" class="quiet small" onClick={() => void end(a)} data-testid="end-absence">
                  {t("alerting.end")}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {adding && <AbsenceDialog onClose={close} />}
    </section>
  );
}
