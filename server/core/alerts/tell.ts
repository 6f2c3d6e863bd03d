/**
 * From "this person is to be told" to messages that leave: gathered by listener (a person or a group on one channel), never faster than
 * the channel takes them, a flood as one summary. What waits is memory only: an alert says what it was told by, so a restart knows
 * what is left to tell.
 */
import type { Decision } from "../event.ts";
import type { Alert } from "../finding.ts";
import type { House, Waiting } from "../house.ts";
import { keyOf } from "../key.ts";
import type { Severity } from "../policy.ts";
import type { Millis } from "../reading.ts";
import type { Turn } from "../turn.ts";
import { schedule } from "../turn.ts";
import type { Level } from "./alerting.ts";
import { levelOf } from "./chain.ts";
import { keepAlert } from "./keep.ts";
import type { Notice, NoticeKind, Told } from "./notice.ts";
import { detours, pathsFor } from "./routes.ts";

const MINUTE = 60_000;
/** In a flood something severe still gets through this often. */
const URGENT_MS = MINUTE;
/** Another server that took over tells what was due within this. */
export const ELSEWHERE_MS = MINUTE;

const RANK: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2 };

export function listenerKey(channel: string, person: string | null): string {
  return `${channel}\n${person ?? ""}`;
}

/** A person answers for an alert now and is to hear of it, by every channel that the routing table names; a group that heard of it is not told that it changed hands. */
export function tellOf(turn: Turn, alert: Alert, person: string, level: Level | "duty", how: NoticeKind, handed = false): void {
  for (const path of pathsFor(turn.house, alert, person, level, turn.now)) {
    if (handed && path.person === null) continue;
    // A channel cannot tell of its own failure.
    if (alert.title === "system.channel-down" && alert.evidence["channel"] === path.channel) continue;
    wait(turn, path.channel, path.person, alert, how);
    const channel = turn.house.channels.get(path.channel)!;
    if (path.person !== null && channel.downSince !== null)
      for (const detour of detours(turn.house, path.person, new Set([path.channel]))) wait(turn, detour, path.person, alert, how);
  }
}

/** Puts an alert among what waits for a listener; `again`: it was on its way already, and waits for no digest. */
export function wait(turn: Turn, channel: string, person: string | null, alert: Alert, how: NoticeKind, again = false): void {
  const { house, now } = turn;
  const { every, groupEvery } = house.site.alerting;
  const key = listenerKey(channel, person);
  const listener = house.listeners.get(key);
  const since = (seconds: number, at: Millis | undefined) => (at === undefined ? now : Math.max(now, at + seconds * 1000));
  // Nobody waits for an alert to climb to them, nor for something more severe than what they heard.
  const dueAt =
    again || how === "climbed" ? now : Math.max(since(every[alert.severity], listener?.lastAt), since(groupEvery, listener?.groups.get(alert.group)));
  const known = house.waiting.get(key);
  if (known === undefined)
    house.waiting.set(key, { channel, person, how, severity: alert.severity, alerts: new Set([alert.id]), dueAt, notBefore: 0, attempts: 0 });
  else {
    known.alerts.add(alert.id);
    known.dueAt = Math.min(known.dueAt, dueAt);
    if (RANK[alert.severity] > RANK[known.severity]) known.severity = alert.severity;
    if (how === "climbed") known.how = "climbed";
  }
  schedule(turn, Math.max(dueAt, known?.notBefore ?? 0), { kind: "tell", channel });
}

/** What may leave by a channel now leaves: the most severe first, within the channel's rate. */
export function tellDue(turn: Turn, id: string): void {
  const { house, now } = turn;
  const channel = house.channels.get(id);
  if (channel === undefined) return;
  const due = [...house.waiting.values()]
    .filter((w) => w.channel === id && Math.max(w.dueAt, w.notBefore) <= now)
    .sort((a, b) => RANK[b.severity] - RANK[a.severity] || a.dueAt - b.dueAt);
  for (const waiting of due) {
    const alerts = standing(house, waiting);
    if (alerts.length === 0) {
      house.waiting.delete(listenerKey(id, waiting.person));
      continue;
    }
    while (channel.left.length > 0 && channel.left[0]! <= now - MINUTE) channel.left.shift();
    if (channel.left.length >= channel.definition.perMinute) {
      schedule(turn, channel.left[0]! + MINUTE, { kind: "tell", channel: id });
      return;
    }
    leave(turn, waiting, alerts);
  }
}

/** Of what waits, the alerts that still ask for somebody, the most severe and then the oldest first. */
function standing(house: House, waiting: Waiting): Alert[] {
  return [...waiting.alerts]
    .flatMap((id) => house.alerts.get(id) ?? [])
    .filter((a) => a.state === "unacknowledged" && a.clearedAt === null)
    .sort((a, b) => RANK[b.severity] - RANK[a.severity] || a.raisedAt - b.raisedAt);
}

function leave(turn: Turn, waiting: Waiting, alerts: readonly Alert[]): void {
  const { house, now } = turn;
  const { channel: id, person } = waiting;
  const key = listenerKey(id, person);
  if (!house.pulse.leads) {
    house.waiting.delete(key);
    house.elsewhere.push({ at: now, waiting });
    return;
  }
  const { flood } = house.site.alerting;
  let listener = house.listeners.get(key);
  if (listener === undefined) house.listeners.set(key, (listener = { heard: [], groups: new Map(), lastAt: -Infinity, summaryAt: -Infinity }));
  while (listener.heard.length > 0 && listener.heard[0]!.at <= now - flood.seconds * 1000) listener.heard.shift();
  const groups = new Set(alerts.map((a) => a.group));
  const heard = listener.heard.reduce((sum, h) => sum + h.alerts, 0);
  const flooded = heard + groups.size > flood.count;
  if (flooded) {
    const next = listener.summaryAt + (alerts[0]!.severity === "high" ? URGENT_MS : flood.seconds * 1000);
    if (now < next) {
      waiting.dueAt = next;
      schedule(turn, next, { kind: "tell", channel: id });
      return;
    }
    listener.summaryAt = now;
  }
  house.waiting.delete(key);
  const ids = alerts.map((a) => a.id);
  const how = flooded ? "summary" : waiting.how;
  const notice: Notice = {
    // The same alerts at the same step are the same message, however often it is tried and whoever tries.
    id: keyOf("notice", id, person, how, ...alerts.map((a) => `${a.id}@${a.clockFrom}+${a.climbed}`)),
    channel: id,
    person,
    how,
    state: "sending",
    alerts: ids,
    severity: alerts[0]!.severity,
    plannedAt: now,
    dueAt: waiting.dueAt,
    attempts: waiting.attempts + 1,
    endedAt: null,
    error: null,
  };
  listener.lastAt = now;
  // A summary is one thing to read, however much it sums up.
  listener.heard.push({ at: now, alerts: flooded ? 0 : groups.size });
  for (const group of groups) listener.groups.set(group, now);
  if (listener.groups.size > 1000)
    for (const [group, at] of listener.groups) if (at < now - house.site.alerting.groupEvery * 1000) listener.groups.delete(group);
  put(turn, notice);
}

/** Records a notice and hands it to its channel. */
export function put(turn: Turn, notice: Notice): void {
  turn.house.channels.get(notice.channel)?.left.push(turn.now);
  turn.house.notices.set(notice.id, notice);
  turn.decisions.push({ kind: "notice", notice, why: "sending" }, { kind: "tell", notice });
}

/** Notes at each alert that somebody was told of it, or could not be. */
export function noteTold(turn: Turn, notice: Pick<Notice, "id" | "alerts" | "person" | "channel" | "how">, state: Told["state"], error: string | null): void {
  for (const id of notice.alerts) {
    const alert = turn.house.alerts.get(id);
    if (alert === undefined) continue;
    const told: Told = { at: turn.now, person: notice.person, channel: notice.channel, how: notice.how, notice: notice.id, state, error };
    keepAlert(turn, { ...alert, told: [...alert.told, told].slice(-100) }, "told");
  }
}

/** Another server had the house: what it was to tell for longer than a take-over lasts is told by now. */
export function settleElsewhere(turn: Turn): void {
  const { house, now } = turn;
  while (house.elsewhere.length > 0 && house.elsewhere[0]!.at <= now - ELSEWHERE_MS) {
    const { waiting } = house.elsewhere.shift()!;
    noteTold(turn, { id: "", alerts: [...waiting.alerts], person: waiting.person, channel: waiting.channel, how: waiting.how }, "elsewhere", null);
  }
}

/** This server has the house now: what was due in the last moments may have been told by nobody. */
export function tellAfterTakeOver(turn: Turn): void {
  const { house } = turn;
  settleElsewhere(turn);
  for (const { waiting } of house.elsewhere.splice(0)) {
    for (const id of waiting.alerts) {
      const alert = house.alerts.get(id);
      if (alert !== undefined) wait(turn, waiting.channel, waiting.person, alert, waiting.how, true);
    }
  }
}

/** After a restart: whoever was to be told at the alert's present step and has not been is told now. */
export function resumeTelling(turn: Turn, alert: Alert): void {
  if (alert.state !== "unacknowledged" || alert.climbed < 0 || alert.assignee === null) return;
  const since = alert.log.findLast((l) => l.what === "told" || l.what === "climbed")?.at ?? alert.clockFrom;
  for (const path of pathsFor(turn.house, alert, alert.assignee, levelOf(alert), turn.now)) {
    const told = alert.told.some((t) => t.at >= since && t.channel === path.channel && t.person === path.person);
    if (!told) wait(turn, path.channel, path.person, alert, alert.climbed > 0 ? "climbed" : "raised", true);
  }
}

/** What left in the last minutes counts against each channel's rate and each listener's flood also after a restart. */
export function recallNotices(house: House, notices: readonly Notice[], now: Millis): void {
  for (const notice of [...notices].sort((a, b) => a.plannedAt - b.plannedAt)) {
    if (notice.plannedAt > now - MINUTE) house.channels.get(notice.channel)?.left.push(notice.plannedAt);
    if (notice.how === "test") continue;
    const key = listenerKey(notice.channel, notice.person);
    const listener = house.listeners.get(key) ?? { heard: [], groups: new Map<string, Millis>(), lastAt: -Infinity, summaryAt: -Infinity };
    house.listeners.set(key, listener);
    listener.lastAt = notice.plannedAt;
    if (notice.how === "summary") listener.summaryAt = notice.plannedAt;
    const groups = new Set(notice.alerts.flatMap((id) => house.alerts.get(id)?.group ?? []));
    for (const group of groups) listener.groups.set(group, notice.plannedAt);
    listener.heard.push({ at: notice.plannedAt, alerts: notice.how === "summary" ? 0 : Math.max(1, groups.size) });
  }
}

/** What was with its channel when the server stopped: nobody knows whether it arrived, so it is told again, once. */
export function interrupted(notices: readonly Notice[], now: Millis): Decision[] {
  return notices
    .filter((n) => n.endedAt === null)
    .map((notice) => ({ kind: "notice", notice: { ...notice, state: "failed", error: "interrupted", endedAt: now }, why: "interrupted" }));
}
