/** Tells those who hear the page, politely, of alerts that are new since it was opened. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n.ts";
import { alertSentence } from "../names.ts";
import { waiting } from "../waiting.ts";

export function Announcer() {
  const known = useRef<Set<string> | null>(null);
  const [said, setSaid] = useState("");
  const now = waiting.value;
  useEffect(() => {
    const all = [...now.mine, ...now.others];
    const fresh = known.current === null ? [] : all.filter((a) => !known.current!.has(a.id));
    if (now.known) known.current = new Set(all.map((a) => a.id));
    if (fresh.length > 0) setSaid(t("alerts.new", { n: fresh.length, first: alertSentence(fresh[0]!.title, fresh[0]!.evidence) }));
  }, [now]);
  return (
    <p class="sr-only" role="status" aria-live="polite">
      {said}
    </p>
  );
}
