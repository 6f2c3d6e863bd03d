/** Alerts and notices as tests of messages need them; `over` replaces what matters. */
import type { Notice } from "../../server/core/alerts/notice.ts";
import type { Alert } from "../../server/core/finding.ts";
import { T0 } from "./played-house.ts";

export function alert(over: Partial<Alert> = {}): Alert {
  return {
    id: "a1",
    kind: "finding",
    severity: "high",
    state: "unacknowledged",
    title: "policy.cooling-floor.below",
    evidence: { mode: "cool", setpoint: 22, limit: 26, temperature: 27.1 },
    device: "hall/ac-301",
    space: "hall/301",
    department: "general",
    finding: null,
    command: null,
    assignee: "chief",
    raisedAt: T0,
    acknowledgedAt: null,
    acknowledgedBy: null,
    clearedAt: null,
    shelvedUntil: null,
    group: "",
    cause: null,
    chain: [],
    clockFrom: T0,
    climbed: 0,
    climbsAt: null,
    clearsAt: null,
    occurrences: 1,
    chattering: false,
    told: [],
    log: [],
    ...over,
  };
}

export function notice(over: Partial<Notice> = {}): Notice {
  return {
    id: "n1",
    channel: "mail",
    person: "chief",
    how: "raised",
    state: "sending",
    alerts: ["a1"],
    severity: "high",
    plannedAt: T0,
    dueAt: T0,
    attempts: 1,
    endedAt: null,
    error: null,
    ...over,
  };
}
