/** What `shadow` would have commanded and `advise` asked people for: what was wasted from then on. A plan, no saving. */
import type { Finding } from "../finding.ts";
import type { Planned } from "./verify.ts";

/** The low bound is nothing: whoever stands by may switch it on again. The high one is all that was wasted from the plan on. */
export function plannedOf(findings: readonly Finding[], now: number): Planned {
  let [kwh, count] = [0, 0];
  for (const { mode, command, would, wasted, openedAt, closedAt } of findings) {
    if (command !== null || wasted === null) continue;
    const at = mode === "shadow" ? (would === null || would.held !== null ? null : would.at) : mode === "advise" ? openedAt : null;
    const until = closedAt ?? now;
    if (at === null || until <= openedAt) continue;
    kwh += wasted.kwh * Math.min(1, Math.max(0, (until - at) / (until - openedAt)));
    count++;
  }
  return { kind: "planned", amount: { value: kwh, low: 0, high: kwh }, findings: count };
}
