/** One alert beside its list: the facts, who answers, what can be done, and everything that was done. */
import { useEffect, useState } from "preact/hooks";
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { SilenceDialog } from "../alerting/silence-dialog.tsx";
import { silencedBy } from "../alerting/silence-parts.ts";
import { actOnOne } from "../console/act.ts";
import { OutField, actionOf } from "../console/act-dialog.tsx";
import { ChainPicture } from "../console/chain-picture.tsx";
import { policyOf } from "../console/filter.ts";
import { get, post } from "../api.ts";
import { t, text, word } from "../i18n.ts";
import { alertSentence, departmentName, deviceName, evidenceTerms, personName, policyName } from "../names.ts";
import { canOn } from "../me.ts";
import { isWaiting } from "../needs.ts";
import { pathTo, setQuery } from "../router.ts";
import { alerts, site } from "../store.ts";
import { ActionButton, notAllowed } from "./action.tsx";
import { Timeline } from "./alert-timeline.tsx";
import { Dialog } from "./dialog.tsx";
import { Field, Form, field } from "./form.tsx";
import { Icon } from "./icon.tsx";
import { AlertState, SeverityMark } from "./marks.tsx";
import { tellProblem } from "./notice.tsx";
import { MinutesField } from "./override-form.tsx";
import { Time } from "./time.tsx";

const MAY = {
  ack: "acknowledge",
  comment: "comment",
  assign: "assign",
  shelve: "shelve",
  "out-of-service": "shelve",
  "return-to-service": "shelve",
  resolve: "resolve",
} as const;
type Doing = keyof typeof MAY;
const DOINGS = Object.keys(MAY) as Doing[];

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
    const noted = note === "" ? {} : { note };
    if (doing === "ack" || doing === "return-to-service") return actOnOne(a.id, { kind: doing, ...noted });
    if (doing === "resolve" || doing === "assign")
      return post(`/alerts/${encodeURIComponent(a.id)}/${doing}`, { ...noted, ...(doing === "assign" ? { to: field(form, "to") } : {}) });
    return actOnOne(a.id, actionOf(doing, form));
  };
  const needed = doing === "shelve" || doing === "comment" || doing === "out-of-service";
  return (
    <Form
      key={doing}
      send={send}
      button={word("alert-do", doing)}
      onDone={onDone}
      disabled={canOn(MAY[doing], a) ? null : notAllowed(MAY[doing], a.department)}
      testId={`${doing}-form`}
    >
      {doing === "shelve" && <MinutesField label={t("alerts.shelve-for")} />}
      {doing === "out-of-service" && <OutField />}
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

async function acknowledgeNow(a: AlertDto): Promise<void> {
  const answer = await actOnOne(a.id, { kind: "ack" });
  if (!answer.ok) tellProblem(answer.problem);
}

function possibleFor(a: AlertDto): readonly Doing[] {
  if (a.state === "normal") return [];
  const out = a.state === "out-of-service";
  return DOINGS.filter(
    (d) =>
      (d !== "ack" || isWaiting(a)) &&
      (d !== "return-to-service" || out) &&
      (!out || (d !== "shelve" && d !== "out-of-service")) &&
      (d !== "shelve" || a.state !== "suppressed"),
  );
}

function Detail({ alert: a }: { readonly alert: AlertDto }) {
  const [doing, setDoing] = useState<Doing | null>(null);
  const [silencing, setSilencing] = useState(false);
  const waiting = isWaiting(a);
  const possible = possibleFor(a);
  const silence = silencedBy(a);
  return (
    <>
      <p class="panel-state">
        <AlertState state={a.state} /> {t("alerts.raised")} <Time at={a.raisedAt} how="full" />
        {a.shelvedUntil !== null && (
          <>
            {" "}
            · {t("alerts.shelved-until")} <Time at={a.shelvedUntil} />
          </>
        )}
        {a.occurrences > 1 && <> · {t("console.occurrences", { n: a.occurrences })}</>}
        {a.chattering && <> · {t("console.chattering")}</>}
      </p>
      {silence !== null && (
        <p class="panel-cause" data-testid="panel-silence">
          {t("console.silenced", { who: personName(silence.by), reason: silence.note })} <a href="/alerting">{t("silence.title")}</a>
        </p>
      )}
      {a.cause !== null && (
        <p class="panel-cause">
          <button type="button" class="link" onClick={() => setQuery({ alert: a.cause })}>
            {t("console.behind")}
          </button>
        </p>
      )}
      <ChainPicture alert={a} />
      {possible.length > 0 && (
        <div class="doings">
          {waiting && doing === null && (
            <ActionButton
              action="acknowledge"
              department={a.department}
              own={canOn("acknowledge", a)}
              tone="primary"
              run={() => acknowledgeNow(a)}
              testId="ack-now"
            >
              {t("alerts.ack")}
            </ActionButton>
          )}
          {possible.map((d) => (
            <button type="button" key={d} class="plain" aria-pressed={doing === d} onClick={() => setDoing(doing === d ? null : d)} data-testid={`do-${d}`}>
              {d === "ack" ? t("alerts.ack-with-note") : word("alert-do", d)}
            </button>
          ))}
          {a.kind !== "approval" && (
            <button type="button" class="plain" onClick={() => setSilencing(true)} data-testid="do-silence">
              {t("silence.alike")}…
            </button>
          )}
        </div>
      )}
      {silencing && <SilenceDialog about={a} onClose={() => setSilencing(false)} />}
      {doing !== null && possible.includes(doing) && <Do alert={a} doing={doing} onDone={() => setDoing(null)} />}
      <Evidence alert={a} />
      <h3>{t("alerts.log")}</h3>
      <Timeline alert={a} />
    </>
  );
}

/** `docked`: beside the list, which stays in use; else over it. */
export function AlertPanel({ id, docked, onClose }: { readonly id: string; readonly docked: boolean; readonly onClose: () => void }) {
  const live = alerts.one(id).value;
  const [asked, setAsked] = useState<AlertDto | null>(null);
  useEffect(() => {
    if (live === undefined) void get<AlertDto>(`/alerts/${encodeURIComponent(id)}`).then((answer) => answer.ok && setAsked(answer.data));
  }, [id, live === undefined]);
  const a = live ?? (asked?.id === id ? asked : null);
  if (a === null) return null;
  const title = (
    <>
      <SeverityMark severity={a.severity} /> {alertSentence(a.title, a.evidence)}
    </>
  );
  if (!docked)
    return (
      <Dialog side title={title} onClose={onClose} testId="alert-panel">
        <Detail key={id} alert={a} />
      </Dialog>
    );
  return (
    <aside class="console-panel" aria-labelledby="panel-title" data-testid="alert-panel">
      <header>
        <h2 id="panel-title">{title}</h2>
        <button type="button" class="quiet icon-button" aria-label={t("common.close")} onClick={onClose} data-testid="panel-close">
          <Icon name="close" />
        </button>
      </header>
      <Detail key={id} alert={a} />
    </aside>
  );
}
