/** Violations as the border shows them. */
import type { AlertState, CommandState, Finding } from "../../core/finding.ts";
import type { FindingDto } from "../findings.ts";
import type { Eyes } from "./eyes.ts";
import { evidenceDto, orNull } from "./eyes.ts";

/** Where a finding's command and alert stand now; null when they are not known any more. */
export interface Lookups {
  readonly command: (id: string) => CommandState | null;
  readonly alert: (id: string) => AlertState | null;
}

export function findingDto(eyes: Eyes, finding: Finding, lookups: Lookups): FindingDto {
  const command = finding.command === null ? null : lookups.command(finding.command);
  const alert = finding.alert === null ? null : lookups.alert(finding.alert);
  return {
    id: finding.id,
    policy: finding.policy,
    severity: finding.severity,
    mode: finding.mode,
    subject: { ...finding.subject },
    state: finding.state,
    since: eyes.iso(finding.since),
    openedAt: eyes.iso(finding.openedAt),
    closedAt: orNull(eyes, finding.closedAt),
    reason: finding.reason,
    evidence: evidenceDto(eyes, finding.evidence, finding.subject.department),
    closeReason: finding.closeReason,
    actAt: orNull(eyes, finding.actAt),
    wasted: finding.wasted === null ? null : { ...finding.wasted },
    // Findings of earlier versions know no shadow.
    would: finding.would == null ? null : { set: { ...finding.would.set }, at: eyes.iso(finding.would.at), held: finding.would.held },
    command: finding.command === null || command === null ? null : { id: finding.command, state: command },
    alert: finding.alert === null || alert === null ? null : { id: finding.alert, state: alert },
  };
}
