/** Who answers for an alert along the office's chain: who had it, who has it, who is next and when. Pure. */
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { isWaiting } from "../needs.ts";

export interface ChainLink {
  readonly level: AlertDto["chain"][number]["level"];
  /** null: the office has nobody there. */
  readonly person: string | null;
  /** passed: had it and did not answer in time. now: answers. next: is the next to answer. later: after that. spared: it was answered before. */
  readonly state: "passed" | "now" | "next" | "later" | "spared";
  /** From when that one answers. */
  readonly at: string;
}

export function chainOf(alert: AlertDto): readonly ChainLink[] {
  const has = Math.max(0, alert.climbed);
  return alert.chain.map(({ level, person, at }, i) => {
    if (i < has) return { level, person, at, state: "passed" };
    // Whoever answers now may stand in for the one who is away, or have it by assignment.
    if (i === has) return { level, person: alert.assignee ?? person, at, state: "now" };
    if (!isWaiting(alert) || alert.climbsAt === null) return { level, person, at, state: "spared" };
    return i === has + 1 && alert.climbed >= 0 ? { level, person, at: alert.climbsAt, state: "next" } : { level, person, at, state: "later" };
  });
}
