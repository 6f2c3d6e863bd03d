/** One alert from a message, on a phone, without signing in: what, where, since when, and one big button. */
import { useEffect, useState } from "preact/hooks";
import type { ActDto } from "../../../server/contract/act.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { DeviceKind } from "../../../server/core/device.ts";
import { sayAlert } from "../../../server/contract/words/evidence.ts";
import type { Answer } from "../api.ts";
import { get, post } from "../api.ts";
import { format, lang, lookup, t, text, timezone, useLanguage, word } from "../i18n.ts";
import { noteInWords } from "../names.ts";
import { Icon } from "../parts/icon.tsx";
import { AlertState } from "../parts/marks.tsx";
import { Problem } from "../parts/notice.tsx";
import { Preferences } from "../parts/preferences.tsx";
import { recall } from "../remember.ts";

function sentenceOf(act: ActDto): string {
  const now = Date.parse(act.now);
  return sayAlert(act.alert.title, act.alert.evidence, {
    format: format.value,
    lookup,
    now,
    policy: () => (act.policy === null ? undefined : { kinds: act.policy.kinds as DeviceKind[], params: act.policy.params }),
    nameOf: (id) => (act.names[id] === undefined ? undefined : text(act.names[id])),
  });
}

function nameIn(act: ActDto, id: string | null): string {
  if (id === null) return t("common.the-house");
  const name = act.names[id];
  return name === undefined ? id : text(name);
}

function Told({ act }: { readonly act: ActDto }) {
  const { told, log } = act.alert;
  return (
    <details>
      <summary>{t("act.story")}</summary>
      <ol class="timeline">
        {log.map((entry, i) => (
          <li key={`log ${i}`}>
            <time dateTime={entry.at}>{format.value.dateTime(entry.at)}</time>
            <p>
              <b>{nameIn(act, entry.by)}</b> {word("log", entry.what)}
            </p>
            {entry.note !== null && entry.note !== "" && (
              <p class="note">{act.names[entry.note] === undefined ? noteInWords(entry.note) : nameIn(act, entry.note)}</p>
            )}
          </li>
        ))}
        {told.map((entry, i) => (
          <li key={`told ${i}`}>
            <time dateTime={entry.at}>{format.value.dateTime(entry.at)}</time>
            <p>
              {t(entry.state === "sent" ? "act.told" : "act.not-told", {
                who: entry.person === null ? t("act.group") : nameIn(act, entry.person),
                channel: word("channel", entry.channel),
              })}
            </p>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** What became of it, where there is nothing to press any more. */
function outcome(act: ActDto): string {
  const { state, acknowledgedBy, acknowledgedAt } = act.alert;
  if (acknowledgedBy !== null && acknowledgedAt !== null)
    return t("act.acknowledged", { who: nameIn(act, acknowledgedBy), at: format.value.time(acknowledgedAt, Date.parse(act.now)) });
  if (state === "normal") return t("act.over");
  return t(act.used ? "act.used" : "act.not-yours");
}

function Answered({ act }: { readonly act: ActDto }) {
  const done = act.alert.acknowledgedBy !== null;
  return (
    <div class={`act-end ${done ? "done" : ""}`} role="status" data-testid="act-outcome">
      {done && (
        <span class="act-check" aria-hidden="true">
          ✓
        </span>
      )}
      <p>{outcome(act)}</p>
      {done && <p class="muted">{t("act.done-rest")}</p>}
    </div>
  );
}

function Acknowledge({ token, onAnswer }: { readonly token: string; readonly onAnswer: (answer: Answer<ActDto>) => void }) {
  const [note, setNote] = useState("");
  const [noting, setNoting] = useState(false);
  const [busy, setBusy] = useState(false);
  const send = async () => {
    if (busy) return;
    setBusy(true);
    const answer = await post<ActDto>(`/act/${token}/ack`, note.trim() === "" ? {} : { note: note.trim() });
    setBusy(false);
    onAnswer(answer);
  };
  return (
    <div class="act-end">
      {noting ? (
        <label class="field">
          <span class="label">{t("alerts.note-optional")}</span>
          <textarea rows={2} maxLength={500} value={note} onInput={(event) => setNote(event.currentTarget.value)} data-testid="act-note" />
        </label>
      ) : (
        <button type="button" class="quiet" onClick={() => setNoting(true)} data-testid="act-add-note">
          {t("act.add-note")}
        </button>
      )}
      <button type="button" class="primary act-button" aria-busy={busy} onClick={() => void send()} data-testid="act-ack">
        {busy ? t("common.sending") : t("act.ack")}
      </button>
    </div>
  );
}

function Shown({ act }: { readonly act: ActDto }) {
  const { alert: a, where } = act;
  const place = [where.space, where.device].filter((name) => name !== null).map(text);
  return (
    <>
      <p class="act-marks">
        <span class={`act-severity ${a.severity}`} data-testid="act-severity">
          {word("severity", a.severity)}
        </span>
        <AlertState state={a.state} />
      </p>
      <h1 tabIndex={-1} data-testid="act-sentence">
        {sentenceOf(act)}
      </h1>
      <dl class="facts">
        {place.length > 0 && (
          <div>
            <dt>{t("act.where")}</dt>
            <dd data-testid="act-where">{place.join(" · ")}</dd>
          </div>
        )}
        <div>
          <dt>{t("act.since")}</dt>
          <dd>
            <time dateTime={a.raisedAt}>{format.value.time(a.raisedAt, Date.parse(act.now))}</time> · {format.value.ago(a.raisedAt, Date.parse(act.now))}
          </dd>
        </div>
        <div>
          <dt>{t("table.assignee")}</dt>
          <dd>
            {[a.assignee === null ? "—" : nameIn(act, a.assignee), where.department === null ? "" : text(where.department)].filter((s) => s !== "").join(" · ")}
          </dd>
        </div>
      </dl>
      <Told act={act} />
    </>
  );
}

export function ActPage({ token }: { readonly token: string }) {
  const [act, setAct] = useState<ActDto | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const path = `/act/${encodeURIComponent(token)}`;
  const take = async (answer: Answer<ActDto>) => {
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    timezone.value = answer.data.site.timezone;
    // Whoever never chose a language here reads it in that of their messages.
    if (recall("lang") === null && lang.value !== answer.data.language) await useLanguage(answer.data.language);
    setAct(answer.data);
  };
  const look = async () => take(await get<ActDto>(path));
  useEffect(() => void look(), [token]);
  const acted = async (answer: Answer<ActDto>) => {
    await take(answer);
    // Somebody was faster: what is shown is looked at again, beside the reason.
    if (!answer.ok && answer.problem.status === 409) {
      const now = await get<ActDto>(path);
      if (now.ok) setAct(now.data);
    }
  };
  return (
    <main class="act" id="main">
      <section class="panel act-panel">
        <p class="brand">
          <span class="brand-mark">
            <Icon name="leaf" size={20} />
          </span>
          <b>{act === null ? t("brand.name") : text(act.site.name)}</b>
        </p>
        {act === null ? (
          problem === null ? (
            <h1 tabIndex={-1}>{t("loading.title")}</h1>
          ) : (
            <Problem problem={problem} />
          )
        ) : (
          <>
            <Shown act={act} />
            {act.open ? (
              <>
                <Problem problem={problem} />
                <Acknowledge token={encodeURIComponent(token)} onAnswer={(answer) => void acted(answer)} />
              </>
            ) : (
              <Answered act={act} />
            )}
          </>
        )}
        <p class="act-console">
          <a href="/alerts" target="_self">
            {/* Loaded anew: this page listens to nobody, the console does. */}
            {t("act.console")}
          </a>
        </p>
      </section>
      <Preferences who={false} />
    </main>
  );
}
