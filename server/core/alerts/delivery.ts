/** What becomes of a message: it arrived, is tried again, goes another way; and a channel that is down is an alert through the others. */
import { clearAlert, raiseAlert, standingSystemAlert } from "./alarm.ts";
import type { House } from "../house.ts";
import { keyOf } from "../key.ts";
import type { Answer } from "../answer.ts";
import { refuse } from "../answer.ts";
import type { Turn } from "../turn.ts";
import { schedule } from "../turn.ts";
import type { Delivered, Notice, NoticeState } from "./notice.ts";
import { detours } from "./routes.ts";
import { listenerKey, noteTold, put, wait } from "./tell.ts";

/** Tries before a message goes another way, and the pauses between them, s. */
const PAUSES = [15, 60, 300];
/** Messages in a row that fail through the channel's own fault before it is down. */
const DOWN_AFTER = 3;
/** Failures that say nothing of the channel: there is no way to this person, or it was not ours to tell. */
export const NOT_LEADING = "not-leading";
const PERSONAL: ReadonlySet<string> = new Set(["no-address", "no-page-open", "no-subscription", NOT_LEADING]);

/** A channel's word about a notice. */
export function noticeTold(turn: Turn, id: string, delivered: Delivered): void {
  const { house } = turn;
  const notice = house.notices.get(id);
  if (notice === undefined) return;
  house.notices.delete(id);
  if (delivered.ok) {
    end(turn, notice, "sent", null);
    noteTold(turn, notice, "sent", null);
    works(turn, notice.channel);
    return;
  }
  const { error } = delivered;
  const personal = PERSONAL.has(error);
  if (!personal) fails(turn, notice.channel, error);
  const pause = PAUSES[notice.attempts - 1];
  if (delivered.retry && pause !== undefined && notice.alerts.length > 0) {
    const kept: Notice = { ...notice, state: "waiting", error };
    turn.decisions.push({ kind: "notice", notice: kept, why: "retry" });
    tryAgain(turn, kept, delivered.after ?? pause * 1000);
    return;
  }
  end(turn, notice, "failed", error);
  noteTold(turn, notice, "failed", error);
  if (!personal) reroute(turn, notice);
}

function end(turn: Turn, notice: Notice, state: NoticeState, error: string | null): void {
  turn.decisions.push({ kind: "notice", notice: { ...notice, state, error, endedAt: turn.now }, why: state });
}

/** What could not be told joins what waits for the same listener by now. */
function tryAgain(turn: Turn, notice: Notice, after: number): void {
  const { house, now } = turn;
  for (const id of notice.alerts) {
    const alert = house.alerts.get(id);
    if (alert !== undefined) wait(turn, notice.channel, notice.person, alert, notice.how);
  }
  const waiting = house.waiting.get(listenerKey(notice.channel, notice.person));
  if (waiting === undefined) return;
  waiting.attempts = notice.attempts;
  waiting.dueAt = Math.min(waiting.dueAt, now);
  waiting.notBefore = now + after;
  schedule(turn, waiting.notBefore, { kind: "tell", channel: notice.channel });
}

/** A message that could not be delivered goes to its person by every other channel that they were not told by. */
function reroute(turn: Turn, notice: Notice): void {
  const { house } = turn;
  if (notice.person === null) return;
  for (const id of notice.alerts) {
    const alert = house.alerts.get(id);
    if (alert === undefined) continue;
    const tried = new Set([notice.channel, ...alert.told.filter((t) => t.person === notice.person && t.at >= alert.clockFrom).map((t) => t.channel)]);
    for (const detour of detours(house, notice.person, tried)) wait(turn, detour, notice.person, alert, notice.how);
  }
}

function works(turn: Turn, id: string): void {
  const channel = turn.house.channels.get(id);
  if (channel === undefined) return;
  channel.failures = 0;
  channel.downSince = null;
  const standing = standingSystemAlert(turn.house, "system.channel-down", { channel: id });
  if (standing !== undefined) clearAlert(turn, standing.id, "well-again", true);
}

function fails(turn: Turn, id: string, error: string): void {
  const channel = turn.house.channels.get(id);
  if (channel === undefined) return;
  channel.failures++;
  channel.lastError = { at: turn.now, error };
  if (channel.failures < DOWN_AFTER) return;
  channel.downSince ??= turn.now;
  raiseAlert(
    turn,
    {
      kind: "system",
      key: `channel-${id}`,
      severity: "high",
      title: "system.channel-down",
      evidence: { channel: id, error, sinceAt: channel.downSince },
      device: null,
      finding: null,
      command: null,
    },
    { channel: id },
  );
}

/** A person can be reached by a channel from now on, or not any more. */
export function takeReach(house: House, id: string, person: string, reachable: boolean): void {
  const reaches = house.channels.get(id)?.reaches;
  if (reachable) reaches?.add(person);
  else reaches?.delete(person);
}

/** A message that says nothing but that it came. */
export function tryChannel(turn: Turn, id: string, person: string | null): Answer {
  const { house, now } = turn;
  const channel = house.channels.get(id);
  if (channel === undefined) return refuse("unknown-channel", `There is no channel '${id}'; there are ${[...house.channels.keys()].join(", ")}.`);
  if (person !== null && !house.site.people.some((p) => p.id === person)) return refuse("unknown-person", `There is no person '${person}' on this site.`);
  if (channel.definition.personal && person === null) return refuse("no-person", `'${id}' reaches people one by one; name the person.`);
  const to = channel.definition.personal ? person : null;
  if (to !== null && channel.reaches !== null && !channel.reaches.has(to)) return refuse("no-address", `'${id}' does not reach ${to}: no address is known.`);
  const recent = channel.left.filter((at) => at > now - 60_000);
  if (recent.length >= channel.definition.perMinute)
    return refuse("too-often", `'${id}' takes ${channel.definition.perMinute} messages a minute; try again in a minute.`);
  const notice: Notice = {
    id: keyOf("notice", "test", id, to, now),
    channel: id,
    person: to,
    how: "test",
    state: "sending",
    alerts: [],
    severity: "low",
    plannedAt: now,
    dueAt: now,
    attempts: 1,
    endedAt: null,
    error: null,
  };
  put(turn, notice);
  return { ok: true, subject: notice.id };
}
