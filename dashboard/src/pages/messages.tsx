/** How messages reach me: on this and my other devices, and aloud on the open page. */
import { useEffect, useState } from "preact/hooks";
import type { PushDto } from "../../../server/contract/push-desk.ts";
import type { Answer } from "../api.ts";
import { get, post } from "../api.ts";
import { lang, t } from "../i18n.ts";
import { Empty } from "../parts/marks.tsx";
import { tellDone, tellProblem } from "../parts/notice.tsx";
import { Time } from "../parts/time.tsx";
import type { PushAbility } from "../push.ts";
import { pushAbility, subscribe, thisDevice, unsubscribe } from "../push.ts";
import { canSpeak, say, setSpeaking, speaking } from "../spoken.ts";

function Devices({ push, own, onChange }: { readonly push: PushDto; readonly own: string | null; readonly onChange: (push: PushDto) => void }) {
  const remove = async (endpoint: string) => {
    const answer = await unsubscribe(endpoint);
    if (answer.ok) onChange(answer.data);
    else tellProblem(answer.problem);
  };
  const test = async () => {
    const answer = await post("/push/test");
    if (answer.ok) tellDone(t("messages.test-sent"));
    else tellProblem(answer.problem);
  };
  if (push.subscriptions.length === 0) return <Empty text={t("messages.no-devices")} />;
  return (
    <>
      <ul class="plain-list" data-testid="push-devices">
        {push.subscriptions.map((s) => (
          <li key={s.endpoint} class="device-row">
            <span>
              {s.endpoint === own ? <b>{t("messages.this-device")}</b> : t("messages.other-device", { service: new URL(s.endpoint).hostname })}
              <small class="muted">
                {" "}
                {t("messages.added")} <Time at={s.at} how="full" />
              </small>
            </span>
            <button type="button" class="plain small" onClick={() => void remove(s.endpoint)} data-testid="push-remove">
              {t("messages.remove")}
            </button>
          </li>
        ))}
      </ul>
      <p>
        <button type="button" onClick={() => void test()} data-testid="push-test">
          {t("messages.test")}
        </button>
      </p>
    </>
  );
}

/** Why it does not work here, and what to do about it. */
function hindrance(ability: PushAbility, push: PushDto | null): string | null {
  if (push !== null && push.key === null) return t("messages.no-channel");
  return ability === "able" ? null : t(`messages.${ability}`);
}

function Push() {
  const [push, setPush] = useState<PushDto | null>(null);
  const [own, setOwn] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const look = async (answer: Answer<PushDto>) => {
    if (answer.ok) setPush(answer.data);
    else tellProblem(answer.problem);
    setOwn(await thisDevice());
  };
  useEffect(() => void get<PushDto>("/push").then(look), []);
  const why = hindrance(pushAbility(), push);
  const on = push !== null && own !== null && push.subscriptions.some((s) => s.endpoint === own);
  const turnOn = async () => {
    if (push?.key == null || busy) return;
    setBusy(true);
    const answer = await subscribe(push.key);
    setBusy(false);
    if (!answer.ok && "why" in answer) {
      setTrouble(answer.why === "no-permission" ? t("messages.refused") : t("messages.no-service", { detail: answer.detail }));
      return;
    }
    setTrouble(null);
    await look(answer);
  };
  return (
    <section class="panel narrow-panel messages-panel" aria-labelledby="messages-push">
      <h2 id="messages-push">{t("messages.push")}</h2>
      <p class="muted">{t("messages.push-explained")}</p>
      {why !== null ? (
        <p class="problem" role="alert" data-testid="push-hindrance">
          {why}
        </p>
      ) : on ? (
        <p data-testid="push-on">{t("messages.on")}</p>
      ) : (
        <p>
          <button type="button" class="primary" aria-busy={busy} disabled={push === null} onClick={() => void turnOn()} data-testid="push-subscribe">
            {t("messages.turn-on")}
          </button>
        </p>
      )}
      {trouble !== null && (
        <p class="problem" role="alert" data-testid="push-trouble">
          {trouble}
        </p>
      )}
      {push !== null && push.key !== null && <Devices push={push} own={own} onChange={(next) => void look({ ok: true, data: next })} />}
    </section>
  );
}

function Aloud() {
  return (
    <section class="panel narrow-panel messages-panel" aria-labelledby="messages-aloud">
      <h2 id="messages-aloud">{t("messages.aloud")}</h2>
      <p class="muted">{t(canSpeak ? "messages.aloud-explained" : "messages.aloud-unsupported")}</p>
      {canSpeak && (
        <label class="check">
          <input
            type="checkbox"
            checked={speaking.value}
            data-testid="speak-toggle"
            onChange={(event) => {
              setSpeaking(event.currentTarget.checked);
              // A browser speaks only after it was asked to by a hand: this is the hand.
              if (event.currentTarget.checked) say(t("messages.aloud-sample"), lang.value);
            }}
          />
          <span>{t("messages.aloud-on")}</span>
        </label>
      )}
    </section>
  );
}

export function MessagesPage() {
  return (
    <div class="page">
      <header class="page-head">
        <h1 tabIndex={-1}>{t("nav.messages")}</h1>
      </header>
      <p class="lead">{t("messages.explained")}</p>
      <Push />
      <Aloud />
    </div>
  );
}
