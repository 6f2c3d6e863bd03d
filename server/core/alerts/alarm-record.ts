/** What is kept of an alert, as far as its health is counted from it. */
import type { Alert } from "../finding.ts";
import type { Evidence, Severity } from "../policy.ts";
import type { DeviceId, Millis } from "../reading.ts";
import { alarmOf } from "./group.ts";

export interface AlarmRecord {
  readonly id: string;
  readonly kind: Alert["kind"];
  readonly title: string;
  readonly device: DeviceId | null;
  readonly severity: Severity;
  readonly evidence: Evidence;
  readonly raisedAt: Millis;
  readonly acknowledgedAt: Millis | null;
  readonly clearedAt: Millis | null;
  /** When its condition was over, before its off-delay ran; null while it stands. */
  readonly overAt: Millis | null;
  /** How it ended: nobody did anything, the house's command was the cure, or somebody had a hand in it; null while it stands. */
  readonly ended: "itself" | "house" | "person" | null;
  readonly occurrences: number;
  readonly chattering: boolean;
  /** Nobody was to hear of it: it stood behind another one, or was out of service, from its beginning to its end. */
  readonly quiet: boolean;
  /** Who heard of it, and when first. */
  readonly heard: readonly { readonly person: string; readonly at: Millis }[];
  /** When the next one above would answer for it; null where nobody would. */
  readonly climbsAt: Millis | null;
}

/** The policy behind an alarm's title; null where it has another cause. */
export function policyOf(title: string): string | null {
  const alarm = alarmOf(title);
  return alarm.startsWith("policy.") ? alarm.slice("policy.".length) : null;
}

/** What an alert says of itself. Versions before messages kept no chain and told nobody but the page: then its assignee saw it there. */
export function alarmRecord(alert: Alert): AlarmRecord {
  const { id, kind, title, device, severity, evidence, raisedAt, acknowledgedAt, clearedAt, assignee, log } = alert;
  const kept: Partial<Alert> = alert;
  const told = kept.told ?? [];
  const chain = kept.chain ?? [];
  const quiet = chain.length === 0 && told.length === 0 && (kept.group ?? "") !== "";
  const heard = new Map<string, Millis>();
  for (const { person, at, state } of told) if (person !== null && state === "sent" && !heard.has(person)) heard.set(person, at);
  // Whoever could not be reached finds it on the page all the same.
  const first = chain[0]?.person ?? assignee;
  if (heard.size === 0 && first !== null && !quiet) heard.set(first, raisedAt);
  return {
    id,
    kind,
    title,
    device,
    severity,
    evidence,
    raisedAt,
    acknowledgedAt,
    clearedAt,
    overAt: clearedAt === null ? (kept.clearsAt == null ? null : awayAt(log, null)) : awayAt(log, clearedAt),
    ended: clearedAt === null ? null : endOf(alert, clearedAt),
    occurrences: kept.occurrences ?? 1,
    chattering: kept.chattering ?? false,
    quiet,
    heard: [...heard].map(([person, at]) => ({ person, at })),
    climbsAt: chain[1]?.at ?? null,
  };
}

/** The last time that the condition went away. */
function awayAt(log: Alert["log"], clearedAt: Millis | null): Millis | null {
  const joined = log.findLast((l) => l.what === "joined")?.at ?? -Infinity;
  return log.findLast((l) => l.what === "away" && l.at >= joined)?.at ?? clearedAt;
}

function endOf({ log }: Alert, clearedAt: Millis): "itself" | "house" | "person" {
  if (log.some((l) => (l.what === "returned" || l.what === "away") && l.note === "corrected")) return "house";
  return log.some((l) => l.by !== null && l.at <= clearedAt) ? "person" : "itself";
}
