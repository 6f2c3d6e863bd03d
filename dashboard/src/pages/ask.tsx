/** What the code on a device leads to: one screen on a phone, to ask for leave with its cost before one's eyes. */
import { useEffect, useState } from "preact/hooks";
import type { ApprovalDto } from "../../../server/contract/approvals.ts";
import type { AskedDto } from "../../../server/contract/exceptions.ts";
import type { ProblemDto } from "../../../server/contract/problem.ts";
import type { WhyDto } from "../../../server/contract/why.ts";
import { deviceApi, get, post } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { can } from "../me.ts";
import { deviceName, policyName, pointText, reasonSentence, spaceName, spaceOf } from "../names.ts";
import { Cost } from "../parts/cost.tsx";
import { Empty } from "../parts/marks.tsx";
import { Problem } from "../parts/notice.tsx";
import { query } from "../router.ts";
import { approvals, devices, devicesBySpace } from "../store.ts";

const MINUTES = [30, 60, 120, 240] as const;
const REASONS = ["ask.reason.guests", "ask.reason.overtime", "ask.reason.unwell", "ask.reason.works"] as const;

/** What the house wants of the device now, in one sentence. */
function Now({ device }: { readonly device: string }) {
  const [why, setWhy] = useState<WhyDto | null>(null);
  useEffect(() => {
    void get<WhyDto>(deviceApi(device, "/why")).then((answer) => answer.ok && setWhy(answer.data));
  }, [device]);
  const state = devices.one(device).value;
  const shown = state?.points.filter((p) => ["on", "setpoint", "temperature", "power"].includes(p.name)) ?? [];
  const breach = why?.judgements.find((j) => j.state === "breach") ?? why?.judgements.find((j) => j.applies && j.reason !== null);
  return (
    <>
      <p class="ask-points">
        {shown.map((p) => (
          <span key={p.name}>
            <small class="muted">{word("point", p.name)}</small> {pointText(p.name, p.value, p.unit)}
          </span>
        ))}
      </p>
      {breach !== undefined && breach.reason !== null && (
        <p class="muted">
          {policyName(breach.policy)}
          {t("why.colon")}
          {reasonSentence(breach.policy, breach.reason, breach.evidence ?? {})}
        </p>
      )}
    </>
  );
}

/** What became of a request that somebody else decides: it changes before one's eyes. */
function Waiting({ approval }: { readonly approval: ApprovalDto }) {
  const now = approvals.one(approval.id).value ?? approval;
  const until = now.until === null ? null : format.value.time(now.until, Date.parse(now.requestedAt));
  if (now.state === "granted") return <b>{t("ask.given", { until })}</b>;
  if (now.state === "refused") return <b>{t("ask.refused", { note: now.note })}</b>;
  if (now.state === "withdrawn") return <b>{t("ask.over")}</b>;
  return <b>{t("ask.sent")}</b>;
}

export function AskPage() {
  const device = query.value.get("device");
  const space = query.value.get("space");
  const known = device !== null ? devices.one(device).value !== undefined : space !== null && spaceOf(space) !== undefined;
  const [minutes, setMinutes] = useState<number>(60);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const [asked, setAsked] = useState<AskedDto | null>(null);
  const [busy, setBusy] = useState(false);
  const subject = device !== null ? { device } : { space: space ?? "" };
  if (!known) return <Empty text={t("ask.unknown")} />;
  const department = device !== null ? (devices.peek(device)?.department ?? null) : (spaceOf(space)?.department ?? null);
  const own = can("override", department);
  const protection = device === null ? null : (devices.peek(device)?.protection ?? null);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || reason.trim().length < 2) return;
    setBusy(true);
    const answer = await post<AskedDto>("/overrides/request", { ...subject, minutes, reason: reason.trim() });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) setAsked(answer.data);
  };
  return (
    <div class="page ask" data-testid="ask-page">
      <h1 tabIndex={-1}>{device !== null ? deviceName(device) : spaceName(space)}</h1>
      {device !== null ? <Now device={device} /> : <p class="muted">{t("ask.room", { n: devicesBySpace.value.get(space ?? "")?.length ?? 0 })}</p>}
      {protection !== null ? (
        <p class="banner exception">{t("device.protected", { why: word("protection", protection) })}</p>
      ) : asked !== null ? (
        <section class="panel ask-done" role="status" data-testid="ask-done">
          <p>
            {asked.approval !== null ? (
              <Waiting approval={asked.approval} />
            ) : (
              <b>{asked.override !== null && t("ask.given", { until: format.value.time(asked.override.until, Date.parse(asked.override.from)) })}</b>
            )}
          </p>
          <button type="button" class="plain" onClick={() => setAsked(null)}>
            {t("ask.again")}
          </button>
        </section>
      ) : (
        <form class="ask-form" onSubmit={(e) => void send(e)}>
          <fieldset>
            <legend>{t("override.how-long")}</legend>
            <div class="chips big" role="group">
              {MINUTES.map((m) => (
                <button type="button" key={m} aria-pressed={minutes === m} onClick={() => setMinutes(m)} data-testid={`ask-${m}`}>
                  {format.value.duration(m * 60_000)}
                </button>
              ))}
            </div>
          </fieldset>
          <fieldset>
            <legend>{t("override.reason")}</legend>
            <div class="chips big" role="group">
              {REASONS.map((key) => (
                <button type="button" key={key} aria-pressed={reason === t(key)} onClick={() => setReason(t(key))}>
                  {t(key)}
                </button>
              ))}
            </div>
            <input
              name="reason"
              value={reason}
              onInput={(e) => setReason(e.currentTarget.value)}
              minLength={2}
              maxLength={500}
              required
              aria-label={t("override.reason")}
              placeholder={t("ask.reason.other")}
            />
          </fieldset>
          <Cost subject={subject} minutes={minutes} />
          <Problem problem={problem} />
          <button type="submit" class="primary big" aria-disabled={busy || reason.trim().length < 2} data-testid="ask-send">
            {t(own ? "override.make" : "ask.send")}
          </button>
          <p class="muted">{t(own ? "override.explained" : "ask.explained")}</p>
        </form>
      )}
    </div>
  );
}
