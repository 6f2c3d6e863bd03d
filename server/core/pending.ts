/** What waits for somebody's word is kept, and its alert stands and falls with it. */
import { clearAlert, raiseAlert } from "./alerts/alarm.ts";
import type { Approval } from "./finding.ts";
import { keyOf } from "./key.ts";
import type { Turn } from "./turn.ts";

/** The alert of a request, by the request's id. */
export function alertOf(approval: string): string {
  return keyOf("alert", "approval", approval);
}

/** Keeps a request as it now stands, and tells of it. */
export function keepApproval(turn: Turn, approval: Approval, why: string): void {
  const { house } = turn;
  const stands = approval.state === "pending" || (approval.state === "granted" && approval.kind === "overtime");
  if (stands) house.approvals.set(approval.id, approval);
  else house.approvals.delete(approval.id);
  turn.decisions.push({ kind: "approval", approval, why });
  if (approval.state === "pending") {
    raiseAlert(turn, {
      kind: "approval",
      key: approval.id,
      severity: "medium",
      title: `approval.${approval.kind}`,
      evidence: {
        sheets: approval.sheets,
        requestedBy: approval.requestedBy,
        document: approval.document,
        reason: approval.reason,
        fromAt: approval.from,
        untilAt: approval.until,
        ...(approval.policy == null ? {} : { policy: approval.policy }),
        ...(approval.cost == null ? {} : { kwh: approval.cost.kwh, cny: approval.cost.cny }),
      },
      device: approval.device,
      finding: null,
      command: null,
      department: approval.department,
      space: approval.space,
    });
  } else clearAlert(turn, alertOf(approval.id), approval.state, true);
}
