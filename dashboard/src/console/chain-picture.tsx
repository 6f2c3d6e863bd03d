/** The office's chain for one alert: who had it, who answers now, who comes next and when. */
import type { AlertDto } from "../../../server/contract/api.ts";
import { format, t, word } from "../i18n.ts";
import { personName } from "../names.ts";
import { isWaiting } from "../needs.ts";
import { Time } from "../parts/time.tsx";
import { site } from "../store.ts";
import type { ChainStep } from "./chain.ts";
import { chainOf } from "./chain.ts";
import { Countdown } from "./line.tsx";

function When({ step }: { readonly step: ChainStep }) {
  if (step.at !== null && step.state !== "next")
    return (
      <>
        <Time at={step.at} /> <Countdown at={step.at} text={(left) => t("console.in", { left })} />
      </>
    );
  if (step.at !== null)
    return (
      <>
        <Time at={step.at} /> · <Countdown at={step.at} text={(left) => t("console.in", { left })} />
      </>
    );
  return <>{step.state === "spared" ? t("console.spared") : t("console.after", { time: format.value.duration(step.after * 1000) })}</>;
}

export function ChainPicture({ alert }: { readonly alert: AlertDto }) {
  const known = site.value;
  if (known === null || alert.state === "normal") return null;
  const steps = chainOf(alert, known);
  return (
    <section class="chain-box" aria-labelledby="chain-title">
      <h3 id="chain-title">
        {isWaiting(alert)
          ? t("console.answers-now", { person: alert.assignee === null ? null : personName(alert.assignee) })
          : alert.acknowledgedBy === null
            ? t("console.chain")
            : t("console.answered-by", { person: personName(alert.acknowledgedBy) })}
      </h3>
      <ol class="chain" data-testid="chain">
        {steps.map((step) => (
          <li key={step.level} class={step.state} aria-current={step.state === "now" ? "step" : undefined} data-state={step.state}>
            <i aria-hidden="true" />
            <small>{word("console-level", step.level)}</small>
            <b>{step.person === null ? "—" : personName(step.person)}</b>
            <small>
              <When step={step} />
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}
