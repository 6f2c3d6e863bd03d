/** Tells those who hear the page, politely, of alerts that are new since it was opened. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n.ts";
import { alertSentence } from "../names.ts";
import { needsPerson } from "../needs.ts";
import { alerts, findings } from "../store.ts";

export function Announcer() {
  const known = useRef<Set<string> | null>(null);
  const [said, setSaid] = useState("");
  const version = alerts.version.value;
  useEffect(() => {
    const waiting = [...alerts.peekAll()].filter((a) => needsPerson(a, a.finding === null ? undefined : findings.peek(a.finding)));
    const fresh = known.current === null ? [] : waiting.filter((a) => !known.current!.has(a.id));
    known.current = new Set(waiting.map((a) => a.id));
    if (fresh.length > 0) setSaid(t("alerts.new", { n: fresh.length, first: alertSentence(fresh[0]!.title, fresh[0]!.evidence) }));
  }, [version]);
  return (
    <p class="sr-only" role="status" aria-live="polite">
      {said}
    </p>
  );
}
