/** Alerts that wait for somebody: found once for everything on the page that asks. */
import { computed } from "@preact/signals";
import type { AlertDto } from "../../server/contract/alerts.ts";
import { canOn } from "./me.ts";
import { needsPerson } from "./needs.ts";
import { alerts, findings, site } from "./store.ts";

export const waiting = computed<{
  /** False before the house was heard. */
  readonly known: boolean;
  /** Those that the reader may acknowledge. */
  readonly mine: readonly AlertDto[];
  readonly others: readonly AlertDto[];
}>(() => {
  const mine: AlertDto[] = [];
  const others: AlertDto[] = [];
  void findings.version.value;
  for (const a of alerts.all()) {
    if (needsPerson(a, a.finding === null ? undefined : findings.peek(a.finding))) (canOn("acknowledge", a) ? mine : others).push(a);
  }
  return { known: site.value !== null, mine, others };
});
