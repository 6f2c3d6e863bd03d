/** What a person has to do, as against what the house is doing by itself. Pure. */
import type { AlertDto } from "../../server/contract/alerts.ts";
import type { FindingDto } from "../../server/contract/findings.ts";

const WAITING: ReadonlySet<AlertDto["state"]> = new Set(["unacknowledged", "returned-unacknowledged"]);
const UNDER_WAY: ReadonlySet<string> = new Set(["planned", "sent", "accepted", "reported", "proven"]);

/** Whether somebody should acknowledge it. */
export function isWaiting(alert: Pick<AlertDto, "state">): boolean {
  return WAITING.has(alert.state);
}

/** Whether the house is mending a finding by itself: its command is under way, or about to go after its warning. */
export function selfMending(finding: FindingDto | undefined): boolean {
  if (finding === undefined || finding.state !== "open" || finding.mode !== "enforce") return false;
  return finding.command === null ? finding.actAt !== null : UNDER_WAY.has(finding.command.state);
}

/** Whether an alert waits for a person. Approvals have their own list, and what the house mends by itself needs nobody. */
export function needsPerson(alert: AlertDto, finding: FindingDto | undefined): boolean {
  return isWaiting(alert) && alert.kind !== "approval" && !selfMending(finding);
}

const RANK = { high: 0, medium: 1, low: 2 } as const;

/** The gravest first, then the oldest: it has waited longest. */
export function byUrgency(a: AlertDto, b: AlertDto): number {
  return RANK[a.severity] - RANK[b.severity] || Date.parse(a.raisedAt) - Date.parse(b.raisedAt);
}

/** Departments with open findings, most first. */
export function ranking(findings: Iterable<FindingDto>): { readonly department: string | null; readonly open: number; readonly kwh: number }[] {
  const rows = new Map<string | null, { department: string | null; open: number; kwh: number }>();
  for (const f of findings) {
    if (f.state !== "open") continue;
    const { department } = f.subject;
    const row = rows.get(department) ?? { department, open: 0, kwh: 0 };
    row.open++;
    row.kwh += f.wasted?.kwh ?? 0;
    rows.set(department, row);
  }
  return [...rows.values()].sort((a, b) => b.open - a.open || b.kwh - a.kwh || String(a.department).localeCompare(String(b.department)));
}
