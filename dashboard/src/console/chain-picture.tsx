/** The office's chain for one alert: who had it, who answers now, who comes next and when. */
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { t, word } from "../i18n.ts";
import { personName } from "../names.ts";
import { isWaiting } from "../needs.ts";
import { Time } from "../parts/time.tsx";
import type { ChainLink } from "./chain.ts";
import { chainOf } from "./chain.ts";
import { Countdown } from "./line.tsx";

function When({ link }: { readonly link: ChainLink }) {
  if (link.state === "spared") return <>{t("console.spared")}</>;
  return (
    <>
      <Time at={link.at} /> {link.state !== "later" && <Countdown at={link.at} text={(left) => t("console.in", { left })} />}
    </>
  );
}

export function ChainPicture({ alert }: { readonly alert: AlertDto }) {
  const links = chainOf(alert);
  if (links.length === 0 || alert.state === "normal") return null;
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
        {links.map((link) => (
          <li key={link.level} class={link.state} aria-current={link.state === "now" ? "step" : undefined} data-state={link.state}>
            <i aria-hidden="true" />
            <small>{word("console-level", link.level)}</small>
            <b>{link.person === null ? "—" : personName(link.person)}</b>
            <small>
              <When link={link} />
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}
