/** The house at a glance: one sentence, figures, what waits for a person, and what happens now. */
import { t } from "../i18n.ts";
import { headline } from "../headline.ts";
import { format } from "../i18n.ts";
import { connection } from "../live.ts";
import { selfMending } from "../needs.ts";
import { dayText } from "../parts/day.ts";
import { Figures } from "../parts/figures.tsx";
import { Icon } from "../parts/icon.tsx";
import { Emphasis } from "../parts/marks.tsx";
import { Exceptions, Forwarding, Missing } from "../parts/overview-side.tsx";
import { waitingApprovals } from "../parts/nav.tsx";
import { waiting } from "../waiting.ts";
import { NeedsYou } from "../parts/needs-you.tsx";
import { Ranking } from "../parts/ranking.tsx";
import { Stream } from "../parts/stream.tsx";
import { clockNow, findings, overview } from "../store.ts";

function Sentence() {
  const known = overview.value;
  if (known === null) return null;
  let mending = 0;
  for (const f of findings.all()) if (selfMending(f)) mending++;
  const { mine, others } = waiting.value;
  const said = headline(
    { overview: known, alerts: mine.length, others: others.length, approvals: waitingApprovals(), mending, connected: connection.value === "connected" },
    t,
    format.value,
  );
  return (
    <header class={`headline tone-${said.tone}`} data-testid="overview-sentence">
      <span class="headline-mark">
        <Icon name={said.tone === "calm" ? "leaf" : said.tone === "needs" ? "alerts" : "link"} size={28} />
      </span>
      <div>
        <h1 tabIndex={-1}>
          <Emphasis of={said.main} />
        </h1>
        <p>
          <Emphasis of={said.rest} />
        </p>
      </div>
    </header>
  );
}

export function Overview() {
  const day = overview.value?.day;
  return (
    <div class="page overview">
      <Sentence />
      <Figures />
      <div class="overview-columns">
        <NeedsYou />
        <Stream />
        <aside class="overview-side">
          <Ranking />
          <Exceptions />
          <Missing />
          <Forwarding />
          {day !== undefined && clockNow.value?.simulated !== true && (
            <section class="panel" aria-labelledby="day-title">
              <h2 id="day-title">{t("overview.day")}</h2>
              <p>{dayText(day)}</p>
            </section>
          )}
        </aside>
      </div>
    </div>
  );
}
