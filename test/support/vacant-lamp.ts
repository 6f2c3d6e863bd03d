/** A lamp that burned in an empty room, and the command that put it out, as tests of savings need them; `more` replaces what matters. */
import type { Command, Finding } from "../../server/core/finding.ts";
import type { Millis } from "../../server/core/reading.ts";

export const LAMP = "hall/light-301";

/** Closed; where a command answered it, it was enforced, else only watched. */
export function lampFinding(id: string, since: Millis, until: Millis, command: string | null, more: Partial<Finding> = {}): Finding {
  return {
    id,
    policy: "vacant-lights-off",
    severity: "low",
    mode: command === null ? "observe" : "enforce",
    subject: { device: LAMP, space: "hall/301", department: null, job: null },
    state: "closed",
    since,
    openedAt: since,
    closedAt: until,
    reason: "empty",
    evidence: {},
    closeReason: "off",
    actAt: null,
    wasted: null,
    command,
    alert: null,
    would: null,
    ...more,
  };
}

/** Proven at once. */
export function lampCommand(id: string, at: Millis, more: Partial<Command> = {}): Command {
  return {
    id,
    device: LAMP,
    set: { on: false },
    source: "policy",
    by: "vacant-lights-off",
    finding: `f-${id}`,
    state: "proven",
    reason: "empty",
    attempts: 1,
    plannedAt: at,
    endedAt: at,
    before: {},
    proof: null,
    error: null,
    steps: [{ state: "reported", at, note: null }],
    ...more,
  };
}
