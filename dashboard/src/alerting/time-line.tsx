/** The picture of "who would hear of this?": one line from the alert down, with people, times and channels. */
import type { HearingDto, HearingStepDto } from "../../../server/contract/hearing.ts";
import { format, t, word } from "../i18n.ts";
import { personName } from "../names.ts";
import { Icon } from "../parts/icon.tsx";
import { channelIcon, channelName } from "./channel-name.ts";

type Hearing = HearingStepDto["told"][number];
const MINUTE = 60_000;

/** Messages that leave within a minute of their step leave "then"; later ones say when. */
function Late({ step, hearing }: { readonly step: HearingStepDto; readonly hearing: Hearing }) {
  if (hearing.at === null || Date.parse(hearing.at) - Date.parse(step.at) < MINUTE) return null;
  return <small> {t("alerting.held", { at: when(hearing.at, step.at) })}</small>;
}

/** The time of day, with its date where that is another than before. */
function when(at: string, before: string): string {
  const [date, time] = format.value.dateTime(at).split(" ");
  return date === format.value.dateTime(before).slice(0, 10) ? (time ?? "") : `${date} ${time}`;
}

function Channel({ step, hearing }: { readonly step: HearingStepDto; readonly hearing: Hearing }) {
  const { channel, kind, person, miss, insteadOf } = hearing;
  const to = person === null ? t("alerting.group") : person === step.person ? null : personName(person);
  const why = miss === null ? (insteadOf === null ? null : t("alerting.instead", { channel: channelName(insteadOf) })) : word("alerting.miss", miss);
  return (
    <li class={miss === "no-channel" || miss === "no-address" ? "missed" : miss === "down" ? "down" : ""} data-testid="hearing">
      <Icon name={channelIcon(kind)} size={16} />
      <span>
        <span class="name">{channelName(channel)}</span>
        {to !== null && (
          <>
            {" → "}
            <b>{to}</b>
          </>
        )}
        {why !== null && <small> {why}</small>}
        {kind === "page" && <small> {t("alerting.if-open")}</small>}
        <Late step={step} hearing={hearing} />
      </span>
    </li>
  );
}

function Step({ step, before, raised }: { readonly step: HearingStepDto; readonly before: string; readonly raised: string }) {
  const silent = step.why === "known" || step.why === "nobody";
  const after = format.value.duration(Date.parse(step.at) - Date.parse(raised));
  const reached = step.told.filter((h) => h.miss !== "no-address" && h.miss !== "no-channel");
  const row = [...new Set(step.told.map((h) => h.route).filter((r) => r !== null))];
  const said = { person: step.absent === null ? null : personName(step.absent), now: step.person === null ? null : personName(step.person) };
  return (
    <li class={silent ? "passed" : "told"} data-testid="hearing-step" data-why={step.why}>
      <p class="at">
        <b class="figures">{when(step.at, before)}</b>
        <small>{t("alerting.after", { after })}</small>
      </p>
      <div>
        <p class="answerer">
          <span class="tag">{word("console-level", step.level)}</span> {silent ? null : <b>{step.person === null ? "—" : personName(step.person)}</b>}{" "}
          <span class="muted">{step.why === "own" || step.why === "duty" ? null : t(`alerting.why.${step.why}`, said)}</span>
        </p>
        {!silent && reached.length === 0 && <p class="problem">{t("alerting.unreached")}</p>}
        {step.told.length > 0 && (
          <ul class="hearings">
            {step.told.map((h) => (
              <Channel key={`${h.channel} ${h.person}`} step={step} hearing={h} />
            ))}
          </ul>
        )}
        {row.length > 0 && (
          <p class="row-name">
            <small>{t("alerting.by-row", { rows: row.join(t("why.comma")) })}</small>
          </p>
        )}
      </div>
    </li>
  );
}

export function TimeLine({ hearing }: { readonly hearing: HearingDto }) {
  const { steps, begins, because, severity, at, workingNow } = hearing;
  const note =
    begins === "told"
      ? workingNow
        ? null
        : t("alerting.off-hours")
      : t(`alerting.begins.${begins}`, { because: begins === "silenced" || begins === "out-of-service" ? because : null });
  return (
    <ol class="time-line" data-testid="time-line">
      <li class="raised">
        <p class="at">
          <b class="figures">{when(at, at)}</b>
          <small>{format.value.dateTime(at).slice(0, 10)}</small>
        </p>
        <div>
          <p class="answerer">
            <b>{t("alerting.raised", { severity: word("severity", severity) })}</b>
          </p>
          {note !== null && <p class="muted">{note}</p>}
        </div>
      </li>
      {steps.map((step, i) => (
        <Step key={`${step.at} ${step.level}`} step={step} before={i === 0 ? at : steps[i - 1]!.at} raised={at} />
      ))}
      <li class="end">
        <p class="at" />
        <p class="muted">{t(steps.length === 0 ? "alerting.nobody-hears" : "alerting.chain-ends")}</p>
      </li>
    </ol>
  );
}
