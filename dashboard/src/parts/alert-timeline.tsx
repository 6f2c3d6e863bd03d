/** Everything that happened to one alert, in words. */
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { policyOf } from "../console/filter.ts";
import { timelineOf } from "../console/timeline.ts";
import { lookup, t, word } from "../i18n.ts";
import { closeSentence, noteInWords, personName } from "../names.ts";
import { Time } from "./time.tsx";

function noteText(entry: AlertDto["log"][number], policy: string | null): string {
  const note = entry.note ?? "";
  if (entry.what === "returned" && policy !== null && lookup(`log-note.${note}`) === undefined) return closeSentence(policy, note);
  return entry.by === null ? word("log-note", note) : noteInWords(note);
}

/** Log lines whose note is the id of a person. */
const TO_PERSON: ReadonlySet<string> = new Set(["assigned", "climbed", "escalated", "handed-over"]);

function Done({ entry, policy }: { readonly entry: AlertDto["log"][number]; readonly policy: string | null }) {
  const toPerson = TO_PERSON.has(entry.what) && entry.note !== null;
  return (
    <>
      <p>
        <b>{entry.by === null ? t("common.the-house") : personName(entry.by)}</b> {word("log", entry.what)} {toPerson && <b>{personName(entry.note)}</b>}
      </p>
      {!toPerson && entry.note !== null && entry.note !== "" && <p class="note">{noteText(entry, policy)}</p>}
    </>
  );
}

function Heard({ told }: { readonly told: AlertDto["told"][number] }) {
  return (
    <>
      <p>
        {t("console.told", {
          person: told.person === null ? t("console.group") : personName(told.person),
          channel: word("channel", told.channel),
        })}{" "}
        <span class={told.state === "failed" ? "problem" : "arrived"}>{t(told.state === "failed" ? "console.failed" : "console.arrived")}</span>
      </p>
      {told.error !== null && <p class="note">{told.error}</p>}
    </>
  );
}

export function Timeline({ alert: a }: { readonly alert: AlertDto }) {
  const policy = policyOf(a);
  const moments = timelineOf(a);
  return (
    <ol class="timeline" data-testid="alert-timeline">
      {moments.map((m, i) => (
        <li key={moments.length - i} class={m.kind === "told" ? `told ${m.told.state}` : m.entry.what}>
          <Time at={m.at} how="full" />
          {m.kind === "told" ? <Heard told={m.told} /> : <Done entry={m.entry} policy={policy} />}
        </li>
      ))}
    </ol>
  );
}
