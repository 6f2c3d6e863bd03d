/** The life of an alert after ISA-18.2-2016 §5.4: raised, acknowledged, returned, shelved, normal. */
import type { AlertAction, Refusal } from "../event.ts";
import type { Alert } from "../finding.ts";
import type { House } from "../house.ts";
import { keyOf } from "../key.ts";
import type { Evidence, Severity } from "../policy.ts";
import type { DeviceId } from "../reading.ts";
import type { Turn } from "../turn.ts";
import { schedule } from "../turn.ts";

export interface Cause {
  readonly kind: Alert["kind"];
  /** What makes it the same alert: a second raising while it stands changes nothing. */
  readonly key: string;
  readonly severity: Severity;
  readonly title: string;
  readonly evidence: Evidence;
  readonly device: DeviceId | null;
  readonly finding: string | null;
  readonly command: string | null;
  /** Department that it concerns, where there is no device to tell. */
  readonly department?: string | null;
  readonly space?: string | null;
}

/** The one who answers: the section chief, else the deputy in charge, else the director. */
export function responsibleFor(house: House, department: string | null): string | null {
  const section = house.site.departments.find((d) => d.id === department);
  return section?.chief ?? section?.deputy ?? house.site.people.find((p) => p.role === "director")?.id ?? null;
}

/** The alert of a system fault whose cause still stands, by its title. */
export function standingSystemAlert(house: House, title: string): Alert | undefined {
  return [...house.alerts.values()].find((a) => a.kind === "system" && a.title === title && a.clearedAt === null);
}

/** Raises an alert and returns its id; the same cause raised again while it stands is the same alert. */
export function raiseAlert(turn: Turn, cause: Cause): string {
  const { house, now } = turn;
  // A fault of the system may come again another day: that is another alert, and the earlier one keeps its record.
  const again = cause.kind === "system" ? standingSystemAlert(house, cause.title) : undefined;
  if (again !== undefined) return again.id;
  const id = cause.kind === "system" ? keyOf("alert", cause.kind, cause.key, now) : keyOf("alert", cause.kind, cause.key);
  if (house.alerts.has(id)) return id;
  const device = cause.device === null ? undefined : house.devices.get(cause.device)?.device;
  const department = cause.department ?? device?.department ?? null;
  keep(
    turn,
    {
      id,
      kind: cause.kind,
      severity: cause.severity,
      state: "unacknowledged",
      title: cause.title,
      evidence: cause.evidence,
      device: cause.device,
      space: cause.space ?? device?.space ?? null,
      department,
      finding: cause.finding,
      command: cause.command,
      assignee: responsibleFor(house, department),
      raisedAt: now,
      acknowledgedAt: null,
      acknowledgedBy: null,
      clearedAt: null,
      shelvedUntil: null,
      group: "",
      cause: null,
      climbed: -1,
      climbsAt: null,
      clearsAt: null,
      occurrences: 1,
      chattering: false,
      told: [],
      log: [{ at: now, by: null, what: "raised", note: null }],
    },
    "raised",
  );
  return id;
}

/**
 * The condition is over. An acknowledged or shelved alert is done; one that nobody acknowledged waits as
 * returned-unacknowledged, unless the house corrected it itself (`corrected`): then no person need do anything.
 */
export function clearAlert(turn: Turn, id: string, note: string, corrected: boolean): void {
  const alert = turn.house.alerts.get(id);
  if (alert === undefined || alert.clearedAt !== null) return;
  const state = alert.state === "unacknowledged" && !corrected ? "returned-unacknowledged" : "normal";
  keep(turn, { ...alert, state, clearedAt: turn.now, shelvedUntil: null, log: [...alert.log, { at: turn.now, by: null, what: "returned", note }] }, "returned");
}

/** A shelf's time is up: the alert stands again if its cause does. */
export function unshelve(turn: Turn, id: string): void {
  const alert = turn.house.alerts.get(id);
  if (alert === undefined || alert.state !== "shelved" || alert.shelvedUntil === null || alert.shelvedUntil > turn.now) return;
  keep(
    turn,
    { ...alert, state: "unacknowledged", shelvedUntil: null, log: [...alert.log, { at: turn.now, by: null, what: "unshelved", note: null }] },
    "unshelved",
  );
}

/** What a person does to an alert; a refusal says why it cannot be done. */
export function actOnAlert(turn: Turn, id: string, by: string, action: AlertAction): Refusal | null {
  const { house, now } = turn;
  const alert = house.alerts.get(id);
  if (alert === undefined) return { code: "alert-not-active", detail: "The alert is not active (any more); nothing is left to do." };
  const entry = (what: string, note: string | null) => [...alert.log, { at: now, by, what, note }];
  if (action.kind === "comment") keep(turn, { ...alert, log: entry("comment", action.note) }, "commented");
  else if (action.kind === "assign") {
    if (!house.site.people.some((p) => p.id === action.to)) return { code: "unknown-person", detail: `There is no person '${action.to}' on this site.` };
    keep(turn, { ...alert, assignee: action.to, log: entry("assigned", action.note ?? action.to) }, "assigned");
  } else if (action.kind === "shelve") {
    if (action.until <= now) return { code: "in-the-past", detail: "A shelf must end in the future." };
    if (alert.clearedAt !== null) return { code: "alert-returned", detail: "The cause is over; acknowledge it instead of shelving it." };
    keep(turn, { ...alert, state: "shelved", shelvedUntil: action.until, log: entry("shelved", action.note) }, "shelved");
    schedule(turn, action.until, { kind: "shelve", alert: id });
  } else if (action.kind === "ack") {
    if (alert.state === "acknowledged") return null;
    const state = alert.clearedAt !== null ? "normal" : "acknowledged";
    keep(turn, { ...alert, state, acknowledgedAt: now, acknowledgedBy: by, shelvedUntil: null, log: entry("acknowledged", action.note) }, "acknowledged");
  } else if (action.kind === "out-of-service" || action.kind === "return-to-service") {
    return { code: "not-yet", detail: "Not built yet." };
  } else {
    if (alert.finding !== null && house.findings.has(alert.finding)) {
      return { code: "cause-stands", detail: "The finding behind it is still open; mend the cause, override it with a reason, or shelve the alert." };
    }
    if (alert.kind === "approval" && [...house.approvals.values()].some((a) => a.state === "pending" && keyOf("alert", "approval", a.id) === id)) {
      return { code: "cause-stands", detail: "Grant or refuse the request; that ends the alert." };
    }
    keep(turn, { ...alert, state: "normal", clearedAt: alert.clearedAt ?? now, shelvedUntil: null, log: entry("resolved", action.note) }, "resolved");
  }
  return null;
}

function keep(turn: Turn, alert: Alert, why: string): void {
  if (alert.state === "normal") turn.house.alerts.delete(alert.id);
  else turn.house.alerts.set(alert.id, alert);
  turn.decisions.push({ kind: "alert", alert, why });
}
