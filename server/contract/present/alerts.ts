/** Alerts and silences as the border shows them. */
import type { Silence } from "../../core/alerts/notice.ts";
import type { Alert } from "../../core/finding.ts";
import type { AlertDto, SilenceDto } from "../alerts.ts";
import type { Eyes } from "./eyes.ts";
import { evidenceDto, orNull } from "./eyes.ts";

export function alertDto(eyes: Eyes, alert: Alert): AlertDto {
  return {
    id: alert.id,
    kind: alert.kind,
    severity: alert.severity,
    state: alert.state,
    title: alert.title,
    evidence: evidenceDto(eyes, alert.evidence, alert.department),
    device: alert.device,
    space: alert.space,
    department: alert.department,
    finding: alert.finding,
    command: alert.command,
    assignee: alert.assignee,
    raisedAt: eyes.iso(alert.raisedAt),
    acknowledgedAt: orNull(eyes, alert.acknowledgedAt),
    acknowledgedBy: alert.acknowledgedBy,
    clearedAt: orNull(eyes, alert.clearedAt),
    shelvedUntil: orNull(eyes, alert.shelvedUntil),
    group: alert.group,
    cause: alert.cause,
    chain: alert.chain.map((c) => ({ ...c, at: eyes.iso(c.at) })),
    climbed: alert.climbed,
    climbsAt: orNull(eyes, alert.climbsAt),
    occurrences: alert.occurrences,
    chattering: alert.chattering,
    told: alert.told.map((t) => ({ ...t, at: eyes.iso(t.at) })),
    log: alert.log.map((l) => ({ at: eyes.iso(l.at), by: l.by, what: l.what, note: l.note })),
  };
}

export function silenceDto(eyes: Eyes, s: Silence): SilenceDto {
  return { ...s, from: eyes.iso(s.from), until: eyes.iso(s.until), endedAt: orNull(eyes, s.endedAt) };
}
