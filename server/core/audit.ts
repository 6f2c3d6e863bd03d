/** What of the house's decisions belongs in the audit: every command and its end, and every change that no person asked for. */
import type { AuditEntry, Decision } from "./event.ts";
import { keyOf } from "./key.ts";
import type { Millis } from "./reading.ts";

type Line = Omit<AuditEntry, "id" | "at">;

/** The line that a decision leaves, or null. What a person asked for is written where it was asked. */
function lineOf(decision: Decision, by: string): Line | null {
  switch (decision.kind) {
    case "command": {
      const { command: c, why } = decision;
      const { id, device, set, source, finding, reason, before } = c;
      if (why === "planned") return { by: c.by, what: "command-planned", subject: device, detail: { command: id, set, source, finding, reason, before } };
      if (c.endedAt === null) return null;
      const { state, attempts, proof, error, stayed, short } = c;
      return {
        by: c.by,
        what: "command-ended",
        subject: device,
        detail: { command: id, set, state, attempts, proof, error, ...(stayed == null ? {} : { stayed }), ...(short == null ? {} : { short }) },
      };
    }
    case "override": {
      const { override: o, why } = decision;
      if (why !== "ended" || by !== "system") return null;
      return { by, what: "override-ended", subject: o.id, detail: { device: o.device, space: o.space, until: o.until } };
    }
    case "exemption": {
      const { exemption: e, why } = decision;
      if (why !== "ended" || by !== "system") return null;
      return { by, what: "exemption-ended", subject: e.id, detail: { device: e.device, space: e.space, spaceClass: e.spaceClass, until: e.until } };
    }
    case "hands-off": {
      const { handsOff: h, why } = decision;
      return why !== "ended" || by !== "system" ? null : { by, what: "hands-off-ended", subject: h.id, detail: { until: h.until } };
    }
    case "approval": {
      const { approval: a, why } = decision;
      if (by !== "system" && why !== "withdrawn") return null;
      const { kind, device, space, sheets, state, note } = a;
      return { by, what: `approval-${why}`, subject: a.id, detail: { kind, device, space, sheets, state, note } };
    }
    case "device":
      return decision.why === "discovered" ? { by, what: "device-discovered", subject: decision.device.id, detail: { topic: decision.device.topic } } : null;
    default:
      return null;
  }
}

/** The audit's lines for the decisions of one turn, in their order; each has a name that a second recording has again. */
export function auditOf(decisions: readonly Decision[], by: string, at: Millis): Decision[] {
  const lines: Decision[] = [];
  for (const decision of decisions) {
    const line = lineOf(decision, by);
    if (line !== null) lines.push({ kind: "audit", entry: auditEntry(line, at, lines.length) });
  }
  return lines;
}

/** An entry with its deterministic id: `n` tells apart what one instant has twice. */
export function auditEntry(line: Line, at: Millis, n = 0): AuditEntry {
  return { id: keyOf("audit", line.what, line.subject, at, n, JSON.stringify(line.detail)), at, ...line };
}
