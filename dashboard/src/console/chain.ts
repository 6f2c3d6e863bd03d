/** Who answers for an alert along the office's chain: who had it, who has it, who is next and when. Pure. */
import type { AlertDto, SiteDto } from "../../../server/contract/api.ts";
import { isWaiting } from "../needs.ts";
import type { Level } from "../../../server/core/alerts/alerting.ts";

export interface ChainStep {
  readonly level: Level;
  /** null: the office has nobody there. */
  readonly person: string | null;
  /** passed: had it and did not answer in time. now: answers. next: gets it at `at`. later: after that. spared: it was answered before. */
  readonly state: "passed" | "now" | "next" | "later" | "spared";
  /** When it came or comes there; null where that is not known yet. */
  readonly at: string | null;
  /** Seconds of working time unanswered after which it comes there. */
  readonly after: number;
}

function personAt(level: Level, department: string | null, site: SiteDto): string | null {
  const section = site.departments.find((d) => d.id === department);
  if (level === "director") return site.people.find((p) => p.role === "director")?.id ?? null;
  return (level === "chief" ? section?.chief : section?.deputy) ?? null;
}

/** When a step of the chain was taken: the first message about it, else its line in the log. */
function reachedAt(alert: AlertDto, index: number): string | null {
  if (index === 0) return alert.told.find((t) => t.how === "raised")?.at ?? alert.raisedAt;
  const climbs = alert.log.filter((l) => l.what === "climbed" || l.what === "escalated");
  return climbs[index - 1]?.at ?? alert.told.filter((t) => t.how === "climbed")[index - 1]?.at ?? null;
}

export function chainOf(alert: AlertDto, site: SiteDto): readonly ChainStep[] {
  return site.climb[alert.severity].map((step, i) => {
    const has = Math.max(0, alert.climbed);
    const known = personAt(step.level, alert.department, site);
    const state =
      i < has ? "passed" : i === has ? "now" : !isWaiting(alert) ? "spared" : i === has + 1 && alert.climbsAt !== null && alert.climbed >= 0 ? "next" : "later";
    // Whoever answers now may stand in for the one who is away.
    const person = state === "now" ? (alert.assignee ?? known) : known;
    const at = i <= alert.climbed ? reachedAt(alert, i) : state === "next" || (i === 0 && alert.climbed < 0) ? alert.climbsAt : null;
    return { level: step.level, person, state, at, after: step.after };
  });
}
