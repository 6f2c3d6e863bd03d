/** What waits for somebody's word is kept, and its alert stands and falls with it. */
import { clearAlert, raiseAlert } from "./alerts/alarm.ts";
import type { Refusal } from "./answer.ts";
import type { Approval } from "./finding.ts";
import type { House } from "./house.ts";
import { keyOf } from "./key.ts";
import type { Turn } from "./turn.ts";

/** The alert of a request, by the request's id. */
export function alertOf(approval: string): string {
  return keyOf("alert", "approval", approval);
}

/** What one person may have waiting for an answer at a time. */
const MOST_WAITING = 20;

/** Why a person may not ask for this now: it waits already, or too much of theirs does. Print jobs do not count: they come from a copier. */
export function askedAlready(house: House, by: string, same: (waiting: Approval) => boolean): Refusal | null {
  const own = [...house.approvals.values()].filter((a) => a.state === "pending" && a.kind !== "print-job" && a.requestedBy === by);
  if (own.some(same)) return { code: "asked-already", detail: "You have asked for that already; it waits for an answer." };
  if (own.length < MOST_WAITING) return null;
  return { code: "asked-already", detail: `${own.length} requests of yours wait for an answer; withdraw some before you ask for more.` };
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
