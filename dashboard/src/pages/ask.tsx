/** What the code on a device leads to: one screen on a phone, to ask for leave with its cost before one's eyes. */
import { useEffect, useState } from "preact/hooks";
import type { AskedDto, EstimateDto, ProblemDto, WhyDto } from "../../../server/contract/api.ts";
import { deviceApi, get, post } from "../api.ts";
import { format, t, word } from "../i18n.ts";
import { can } from "../me.ts";
import { deviceName, policyName, pointText, reasonSentence, spaceName, spaceOf } from "../names.ts";
import { Empty } from "../parts/marks.tsx";
import { Problem } from "../parts/notice.tsx";
import { query } from "../router.ts";
import { devices, devicesBySpace } from "../store.ts";

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

function Cost({ of }: { readonly of: EstimateDto | null }) {
  if (of === null) return <p class="ask-cost muted">…</p>;
  const { kwh, cny, basis } = of;
  const worst = basis.some((b) => b.source === "nominal") ? "nominal" : basis.some((b) => b.source === "mean") ? "mean" : "measured";
  if (basis.length === 0) return <p class="ask-cost">{t("ask.no-cost")}</p>;
  return (
    <p class="ask-cost" data-testid="ask-cost">
      <b>{t("ask.cost", { kwh: format.value.quantity(kwh.value, "kWh"), cny: format.value.money(cny.value) })}</b>
      <small class="muted">
        {t("ask.cost-range", { low: format.value.quantity(kwh.low, "kWh"), high: format.value.quantity(kwh.high, "kWh"), basis: t(`ask.basis.${worst}`) })}
      </small>
    </p>
  );
}

export function AskPage() {
  const device = query.value.get("device");
  const space = query.value.get("space");
  const known = device !== null ? devices.one(device).value !== undefined : space !== null && spaceOf(space) !== undefined;
  const [minutes, setMinutes] = useState<number>(60);
  const [reason, setReason] = useState("");
  const [cost, setCost] = useState<EstimateDto | null>(null);
  const [problem, setProblem] = useState<ProblemDto | null>(null);
  const [asked, setAsked] = useState<AskedDto | null>(null);
  const [busy, setBusy] = useState(false);
  const subject = device !== null ? { device } : { space: space ?? "" };
  const search = new URLSearchParams(subject as Record<string, string>).toString();
  useEffect(() => {
    if (!known) return;
    let gone = false;
    void get<EstimateDto>(`/estimate?${search}&minutes=${minutes}`).then((answer) => !gone && answer.ok && setCost(answer.data));
    return () => {
      gone = true;
    };
  }, [search, minutes, known]);
  if (!known) return <Empty text={t("ask.unknown")} />;
  const department = device !== null ? (devices.peek(device)?.department ?? null) : (spaceOf(space)?.department ?? null);
  const own = can("override", department);
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
      {asked !== null ? (
        <section class="panel ask-done" role="status" data-testid="ask-done">
          <p>
            <b>
              {asked.override !== null ? t("ask.given", { until: format.value.time(asked.override.until, Date.parse(asked.override.from)) }) : t("ask.sent")}
            </b>
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
          <Cost of={cost} />
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
