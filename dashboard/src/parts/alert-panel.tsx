/** One alert beside its list: the facts, what can be done, and everything that was done. */
import { useEffect, useState } from "preact/hooks";
import type { AlertDto } from "../../../server/contract/api.ts";
import { get, post } from "../api.ts";
import { lookup, t, text, word } from "../i18n.ts";
import { alertSentence, closeSentence, departmentName, deviceName, evidenceTerms, noteInWords, personName, policyName } from "../names.ts";
import { pathTo } from "../router.ts";
import { alerts, site } from "../store.ts";
import { ActionButton, notAllowed } from "./action.tsx";
import { Dialog } from "./dialog.tsx";
import { Field, Form, field } from "./form.tsx";
import { AlertState, SeverityMark } from "./marks.tsx";
import { tellProblem } from "./notice.tsx";
import { MinutesField } from "./override-form.tsx";
import { Time } from "./time.tsx";

type Doing = "ack" | "shelve" | "comment" | "assign" | "resolve";
const DOINGS: readonly Doing[] = ["ack", "comment", "assign", "shelve", "resolve"];
const MAY = { ack: "acknowledge", shelve: "shelve", comment: "comment", assign: "assign", resolve: "resolve" } as const;

function Evidence({ alert: a }: { readonly alert: AlertDto }) {
  const policy = policyOf(a);
  const terms = evidenceTerms(a.evidence, policy);
  return (
    <dl class="facts small">
      {policy !== null && (
        <div>
          <dt>{t("table.policy")}</dt>
          <dd>
            <a href={`/policies?policy=${policy}`}>{policyName(policy)}</a>
          </dd>
        </div>
      )}
      {a.device !== null && (
        <div>
          <dt>{t("table.device")}</dt>
          <dd>
            <a href={pathTo("devices", a.device)} data-testid="device-link">
              {deviceName(a.device)}
            </a>
          </dd>
        </div>
      )}
      <div>
        <dt>{t("table.department")}</dt>
        <dd>{departmentName(a.department)}</dd>
      </div>
      <div>
        <dt>{t("table.assignee")}</dt>
        <dd>{a.assignee === null ? "—" : personName(a.assignee)}</dd>
      </div>
      {terms.map((e) => (
        <div key={e.name}>
          <dt>{e.term}</dt>
          <dd>{e.description}</dd>
        </div>
      ))}
    </dl>
  );
}

function Do({ alert: a, doing, onDone }: { readonly alert: AlertDto; readonly doing: Doing; readonly onDone: () => void }) {
  const send = (form: FormData) => {
    const note = field(form, "note");
    const body =
      doing === "shelve"
        ? { note, minutes: Number(field(form, "minutes")) }
        : doing === "assign"
          ? { to: field(form, "to"), ...(note === "" ? {} : { note }) }
          : note === ""
            ? {}
            : { note };
    return post(`/alerts/${encodeURIComponent(a.id)}/${doing}`, body);
  };
  const needed = doing === "shelve" || doing === "comment";
  return (
    <Form key={doing} send={send} button={word("alert-do", doing)} onDone={onDone} disabled={notAllowed(MAY[doing], a.department)} testId={`${doing}-form`}>
      {doing === "shelve" && <MinutesField label={t("alerts.shelve-for")} />}
      {doing === "assign" && (
        <Field label={t("alerts.assign-to")}>
          <select name="to" required>
            {site.value?.people.map((p) => (
              <option key={p.id} value={p.id} selected={p.id === a.assignee}>{`${text(p.name)} · ${word("role", p.role)}`}</option>
            ))}
          </select>
        </Field>
      )}
      <Field label={t(needed ? "alerts.note" : "alerts.note-optional")}>
        <textarea name="note" rows={2} maxLength={1000} required={needed} minLength={needed ? 2 : undefined} />
      </Field>
    </Form>
  );
}

function noteText(entry: AlertDto["log"][number], policy: string | null): string {
  const note = entry.note ?? "";
  if (["assigned", "climbed", "handed-over"].includes(entry.what)) return personName(note);
  if (entry.what === "returned" && policy !== null && lookup(`log-note.${note}`) === undefined) return closeSentence(policy, note);
  return entry.by === null ? word("log-note", note) : noteInWords(note);
}

function policyOf(a: AlertDto): string | null {
  return a.title.startsWith("policy.") ? (a.title.split(".")[1] ?? null) : null;
}

function Log({ log, policy }: { readonly log: AlertDto["log"]; readonly policy: string | null }) {
  return (
    <ol class="timeline">
      {log.toReversed().map((entry, i) => (
        <li key={log.length - i}>
          <Time at={entry.at} how="full" />
          <p>
            <b>{entry.by === null ? t("common.the-house") : personName(entry.by)}</b> {word("log", entry.what)}
          </p>
          {entry.note !== null && entry.note !== "" && <p class="note">{noteText(entry, policy)}</p>}
        </li>
      ))}
    </ol>
  );
}

async function acknowledgeNow(a: AlertDto): Promise<void> {
  const answer = await post(`/alerts/${encodeURIComponent(a.id)}/ack`);
  if (!answer.ok) tellProblem(answer.problem);
}

export function AlertPanel({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const live = alerts.one(id).value;
  const [asked, setAsked] = useState<AlertDto | null>(null);
  const [doing, setDoing] = useState<Doing | null>(null);
  useEffect(() => {
    if (live === undefined) void get<AlertDto>(`/alerts/${encodeURIComponent(id)}`).then((answer) => answer.ok && setAsked(answer.data));
  }, [id, live === undefined]);
  const a = live ?? asked;
  if (a === null) return null;
  const waiting = a.state === "unacknowledged" || a.state === "returned-unacknowledged";
  const possible = a.state === "normal" ? [] : DOINGS.filter((d) => d !== "ack" || waiting);
  return (
    <Dialog
      side
      title={
        <>
          <SeverityMark severity={a.severity} /> {alertSentence(a.title, a.evidence)}
        </>
      }
      onClose={onClose}
      testId="alert-panel"
    >
      <p class="panel-state">
        <AlertState state={a.state} /> {t("alerts.raised")} <Time at={a.raisedAt} how="full" />
        {a.shelvedUntil !== null && (
          <>
            {" "}
            · {t("alerts.shelved-until")} <Time at={a.shelvedUntil} />
          </>
        )}
      </p>
      <Evidence alert={a} />
      {possible.length > 0 && (
        <div class="doings">
          {waiting && doing === null && (
            <ActionButton action="acknowledge" department={a.department} tone="primary" run={() => acknowledgeNow(a)} testId="ack-now">
              {t("alerts.ack")}
            </ActionButton>
          )}
          {possible.map((d) => (
            <button type="button" key={d} class="plain" aria-pressed={doing === d} onClick={() => setDoing(doing === d ? null : d)} data-testid={`do-${d}`}>
              {d === "ack" ? t("alerts.ack-with-note") : word("alert-do", d)}
            </button>
          ))}
        </div>
      )}
      {doing !== null && possible.includes(doing) && <Do alert={a} doing={doing} onDone={() => setDoing(null)} />}
      <h3>{t("alerts.log")}</h3>
      <Log log={a.log} policy={policyOf(a)} />
    </Dialog>
  );
}
