/** The life of an alert after ISA-18.2-2016 §5.4: raised, acknowledged, returned, shelved, suppressed, out of service, normal. */
import type { Refusal } from "../answer.ts";
import type { AlertAction } from "../event.ts";
import type { Alert } from "../finding.ts";
import type { House } from "../house.ts";
import { keyOf } from "../key.ts";
import type { Evidence, Severity } from "../policy.ts";
import type { DeviceId } from "../reading.ts";
import type { Turn } from "../turn.ts";
import { schedule } from "../turn.ts";
import { responsibleFor } from "./chain.ts";
import { startClimb } from "./climb.ts";
import { keepAlert } from "./keep.ts";
import { alarmKey, groupOf, resumeGroup } from "./group.ts";
import { putOutOfService, returnToService, serviceOf } from "./service.ts";
import { putOnShelf, silenceOf } from "./silence.ts";
import { causeOf, suppressBehind, watchBehind } from "./suppress.ts";

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

/** The alert of a system fault whose cause still stands, by its title (and, where there are several of a title, by what it is about). */
export function standingSystemAlert(house: House, title: string, about: Evidence = {}): Alert | undefined {
  return [...house.alerts.values()].find((a) => a.kind === "system" && a.title === title && a.clearedAt === null && isAbout(a, about));
}

function isAbout({ evidence }: Alert, about: Evidence): boolean {
  return Object.entries(about).every(([name, value]) => evidence[name] === value);
}

/** Raises an alert and returns its id; the same cause raised again while it stands (or within its off-delay) is the same alert. */
export function raiseAlert(turn: Turn, cause: Cause, about: Evidence = {}): string {
  const { house, now } = turn;
  // A fault of the system may come again another day: that is another alert, and the earlier one keeps its record.
  const again = cause.kind === "system" ? standingSystemAlert(house, cause.title, about) : undefined;
  if (again !== undefined) return again.id;
  const id = cause.kind === "system" ? keyOf("alert", cause.kind, cause.key, now) : keyOf("alert", cause.kind, cause.key);
  if (house.alerts.has(id)) return id;
  const key = alarmKey(cause.title, cause.device);
  // Several faults of one title are told apart by what they are about: three of them at once are no chatter of one.
  const stream = [key, ...Object.values(about)].join("\n");
  const chattering = chatters(turn, stream);
  const lingering = lingeringOf(house, key, about);
  if (lingering !== undefined) return join(turn, lingering, cause, chattering).id;
  const device = cause.device === null ? undefined : house.devices.get(cause.device)?.device;
  const department = cause.department ?? device?.department ?? null;
  const place = { kind: cause.kind, severity: cause.severity, device: cause.device, space: cause.space ?? device?.space ?? null, department };
  const suppressor = causeOf(house, cause.title, cause.device);
  const outOfService = serviceOf(house, key);
  const silence = outOfService !== null || suppressor !== null ? null : silenceOf(house, { ...place, title: cause.title }, now);
  const alert: Alert = {
    ...place,
    id,
    state: outOfService !== null ? "out-of-service" : suppressor !== null ? "suppressed" : silence !== null ? "shelved" : "unacknowledged",
    title: cause.title,
    evidence: cause.evidence,
    finding: cause.finding,
    command: cause.command,
    assignee: responsibleFor(house, place, now),
    raisedAt: now,
    acknowledgedAt: null,
    acknowledgedBy: null,
    clearedAt: null,
    shelvedUntil: silence?.until ?? null,
    group: groupOf(house, cause.title, place, now),
    cause: suppressor,
    chain: [],
    climbed: -1,
    climbsAt: null,
    clockFrom: now,
    clearsAt: null,
    occurrences: 1,
    chattering,
    told: [],
    log: [
      { at: now, by: null, what: "raised", note: null },
      ...(silence === null ? [] : [{ at: now, by: silence.by, what: "silenced", note: silence.reason }]),
    ],
  };
  if (silence !== null) schedule(turn, silence.until, { kind: "shelve", alert: id });
  keepAlert(turn, alert.state === "unacknowledged" ? startClimb(turn, alert) : alert, "raised");
  suppressBehind(turn, alert);
  return id;
}

/** The alert of an alarm whose condition is over but whose off-delay is not. */
function lingeringOf(house: House, key: string, about: Evidence): Alert | undefined {
  for (const id of house.clearing.keys()) {
    const alert = house.alerts.get(id);
    if (alert !== undefined && alert.clearsAt !== null && alarmKey(alert.title, alert.device) === key && isAbout(alert, about)) return alert;
  }
  return undefined;
}

/** Notes one more raising of an alarm; whether it came so often that it chatters. */
function chatters(turn: Turn, key: string): boolean {
  const { house, now } = turn;
  const { count, seconds } = house.site.alerting.chatter;
  const lately = (house.raisings.get(key) ?? []).filter((at) => at > now - seconds * 1000);
  lately.push(now);
  house.raisings.set(key, lately.slice(-count));
  if (house.raisings.size > 20_000) house.raisings.delete(house.raisings.keys().next().value!);
  return lately.length >= count;
}

/** The condition came again before its off-delay was over: it never went away. */
function join(turn: Turn, alert: Alert, cause: Cause, chattering: boolean): Alert {
  turn.house.clearing.delete(alert.id);
  const joined: Alert = {
    ...alert,
    finding: cause.finding ?? alert.finding,
    command: cause.command ?? alert.command,
    evidence: cause.evidence,
    clearsAt: null,
    occurrences: alert.occurrences + 1,
    chattering: alert.chattering || chattering,
    log: alert.occurrences > 100 ? alert.log : [...alert.log, { at: turn.now, by: null, what: "joined", note: null }],
  };
  keepAlert(turn, joined, "joined");
  return joined;
}

/**
 * The condition is over. An acknowledged or shelved alert is done; one that nobody acknowledged waits as
 * returned-unacknowledged, unless the house corrected it itself (`corrected`): then no person need do anything. With an off-delay
 * (`offDelay` s; a chattering alarm has one of its own) it first has to stay away for so long.
 */
export function clearAlert(turn: Turn, id: string, note: string, corrected: boolean, offDelay = 0): void {
  const { house, now } = turn;
  const alert = house.alerts.get(id);
  if (alert === undefined || alert.clearedAt !== null || alert.clearsAt !== null) return;
  const seconds = Math.max(offDelay, alert.chattering ? house.site.alerting.chatter.quiet : 0);
  if (seconds > 0) {
    const clearsAt = now + seconds * 1000;
    keepAlert(turn, { ...alert, clearsAt, log: [...alert.log, { at: now, by: null, what: "away", note }] }, "away");
    house.clearing.set(id, { note, corrected });
    schedule(turn, clearsAt, { kind: "clear", alert: id });
    return;
  }
  finishClearing(turn, alert, note, corrected);
}

function finishClearing(turn: Turn, alert: Alert, note: string, corrected: boolean): void {
  const { now } = turn;
  const unanswered = alert.state === "unacknowledged" && !corrected;
  const cleared: Alert = {
    ...alert,
    state: unanswered ? "returned-unacknowledged" : "normal",
    clearedAt: now,
    shelvedUntil: null,
    climbsAt: null,
    clearsAt: null,
    log: [...alert.log, { at: now, by: null, what: "returned", note }],
  };
  keepAlert(turn, cleared, "returned");
  watchBehind(turn, cleared);
}

/** An off-delay is over: where the condition did not come again, the alert is cleared. */
export function clearDue(turn: Turn, id: string): void {
  const { clearing, alerts } = turn.house;
  const alert = alerts.get(id);
  const how = clearing.get(id);
  if (alert === undefined) clearing.delete(id);
  if (alert === undefined || how === undefined || alert.clearsAt === null || alert.clearsAt > turn.now) return;
  const { note, corrected } = how;
  clearing.delete(id);
  finishClearing(turn, alert, note, corrected);
}

/** An alert stands for itself (again): its clock begins, unless a planned silence takes it. */
function stand(turn: Turn, alert: Alert, what: string, note: string | null, by: string | null = null): void {
  const log = [...alert.log, { at: turn.now, by, what, note }];
  const standing: Alert = { ...alert, state: "unacknowledged", shelvedUntil: null, cause: null, log };
  const silence = silenceOf(turn.house, alert, turn.now);
  if (silence !== null) putOnShelf(turn, standing, silence);
  else keepAlert(turn, startClimb(turn, standing), what);
}

/** A shelf's time is up: the alert stands again if its cause does. */
export function unshelve(turn: Turn, id: string): void {
  const alert = turn.house.alerts.get(id);
  if (alert === undefined || alert.state !== "shelved" || alert.shelvedUntil === null || alert.shelvedUntil > turn.now) return;
  stand(turn, alert, "unshelved", null);
}

/** What it stood behind is over for long enough, and it still stands. */
export function unsuppress(turn: Turn, id: string): void {
  const alert = turn.house.alerts.get(id);
  if (alert === undefined || alert.state !== "suppressed") return;
  const cause = alert.cause === null ? undefined : turn.house.alerts.get(alert.cause);
  // Its cause came back meanwhile, as itself or as another alert of the same device.
  if (cause !== undefined && cause.clearedAt === null) return;
  const other = causeOf(turn.house, alert.title, alert.device);
  if (other !== null) keepAlert(turn, { ...alert, cause: other }, "suppressed");
  else stand(turn, alert, "unsuppressed", null);
}

/** An alarm is in service again: its alert stands for itself if its condition does. */
export function serviceDue(turn: Turn, service: string, by: string | null = null, note: string | null = null): boolean {
  const ended = returnToService(turn, service, by);
  if (ended === null) return false;
  for (const alert of turn.house.alerts.values())
    if (alert.state === "out-of-service" && alarmKey(alert.title, alert.device) === alarmKey(ended.alarm, ended.device))
      stand(turn, alert, "returned-to-service", note, by);
  return true;
}

/** What a person does to an alert; a refusal says why it cannot be done. */
export function actOnAlert(turn: Turn, id: string, by: string, action: AlertAction): Refusal | null {
  const { house, now } = turn;
  const alert = house.alerts.get(id);
  if (alert === undefined) return { code: "alert-not-active", detail: "The alert is not active (any more); nothing is left to do." };
  const entry = (what: string, note: string | null) => [...alert.log, { at: now, by, what, note }];
  switch (action.kind) {
    case "comment":
      keepAlert(turn, { ...alert, log: entry("comment", action.note) }, "commented");
      return null;
    case "assign":
      if (!house.site.people.some((p) => p.id === action.to)) return { code: "unknown-person", detail: `There is no person '${action.to}' on this site.` };
      keepAlert(turn, assigned(turn, { ...alert, assignee: action.to, log: entry("assigned", action.note ?? action.to) }), "assigned");
      return null;
    case "shelve":
      if (action.until <= now) return { code: "in-the-past", detail: "A shelf must end in the future." };
      if (alert.clearedAt !== null) return { code: "alert-returned", detail: "The cause is over; acknowledge it instead of shelving it." };
      keepAlert(turn, { ...alert, state: "shelved", shelvedUntil: action.until, climbsAt: null, log: entry("shelved", action.note) }, "shelved");
      schedule(turn, action.until, { kind: "shelve", alert: id });
      return null;
    case "ack": {
      if (alert.state === "acknowledged") return null;
      const state = alert.clearedAt !== null ? "normal" : "acknowledged";
      const answered = { acknowledgedAt: now, acknowledgedBy: by, shelvedUntil: null, climbsAt: null, log: entry("acknowledged", action.note) };
      keepAlert(turn, { ...alert, ...answered, state }, "acknowledged");
      return null;
    }
    case "out-of-service":
      if (action.until !== null && action.until <= now)
        return { code: "in-the-past", detail: "It must return to service in the future, or when somebody says so." };
      if (alert.kind === "approval") return { code: "no-alarm", detail: "A request is no alarm; grant or refuse it." };
      if (alert.clearedAt !== null) return { code: "alert-returned", detail: "The cause is over; acknowledge it instead." };
      putOutOfService(turn, alert, by, action.until, action.note);
      keepAlert(turn, { ...alert, state: "out-of-service", climbsAt: null, shelvedUntil: null, log: entry("out-of-service", action.note) }, "out-of-service");
      return null;
    case "return-to-service": {
      const service = serviceOf(house, alarmKey(alert.title, alert.device));
      return service !== null && serviceDue(turn, service.id, by, action.note) ? null : { code: "not-active", detail: "The alarm is in service." };
    }
    case "resolve":
      if (alert.finding !== null && house.findings.has(alert.finding)) {
        return { code: "cause-stands", detail: "The finding behind it is still open; mend the cause, override it with a reason, or shelve the alert." };
      }
      if (alert.kind === "approval" && [...house.approvals.values()].some((a) => a.state === "pending" && keyOf("alert", "approval", a.id) === id)) {
        return { code: "cause-stands", detail: "Grant or refuse the request; that ends the alert." };
      }
      keepAlert(
        turn,
        {
          ...alert,
          state: "normal",
          clearedAt: alert.clearedAt ?? now,
          clearsAt: null,
          shelvedUntil: null,
          climbsAt: null,
          log: entry("resolved", action.note),
        },
        "resolved",
      );
      return null;
  }
}

/** Who was given an alert by hand is told of it, and has the time that the one before had. */
function assigned(turn: Turn, alert: Alert): Alert {
  return alert.state === "unacknowledged" && alert.clearedAt === null ? startClimb(turn, alert) : alert;
}

/** Takes a restored alert up again where it stood. */
export function resumeAlert(house: House, alert: Alert): void {
  resumeGroup(house, alert);
  if (alert.shelvedUntil !== null) house.timers.add(alert.shelvedUntil, { kind: "shelve", alert: alert.id });
  if (alert.climbsAt !== null) house.timers.add(alert.climbsAt, { kind: "climb", alert: alert.id });
  if (alert.clearsAt !== null) {
    house.clearing.set(alert.id, { note: "quiet", corrected: false });
    house.timers.add(alert.clearsAt, { kind: "clear", alert: alert.id });
  }
}
