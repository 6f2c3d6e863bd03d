/** Planned silence: what is raised in a part of the house for a while (painters on the third floor) goes to the shelf at once. */
import type { PersonRequest } from "../event.ts";
import type { Alert } from "../finding.ts";
import type { House } from "../house.ts";
import { keyOf } from "../key.ts";
import type { Answer } from "../answer.ts";
import { refuse } from "../answer.ts";
import type { Turn } from "../turn.ts";
import { schedule } from "../turn.ts";
import { buildingOf } from "./chain.ts";
import { alarmOf } from "./group.ts";
import { keepAlert } from "./keep.ts";
import type { Silence } from "./notice.ts";

const LONGEST_MS = 90 * 86_400_000;
const PARTS = ["building", "floor", "space", "device", "department", "alarm", "severity"] as const;

export function addSilence(turn: Turn, request: Extract<PersonRequest, { kind: "add-silence" }>): Answer {
  const { house, now } = turn;
  const { kind: _, ...asked } = request;
  if (PARTS.every((part) => asked[part] === null)) return refuse("too-wide", "Name a part of the house, an alarm or a severity; nobody silences everything.");
  if (asked.space !== null && !house.spaces.has(asked.space)) return refuse("unknown-space", `There is no space '${asked.space}'.`);
  if (asked.device !== null && !house.devices.has(asked.device)) return refuse("unknown-device", `There is no device '${asked.device}'.`);
  if (asked.building !== null && !house.site.buildings.some((b) => b.id === asked.building))
    return refuse("unknown-building", `There is no building '${asked.building}'.`);
  if (asked.department !== null && !house.site.departments.some((d) => d.id === asked.department))
    return refuse("unknown-department", `There is no department '${asked.department}'.`);
  if (asked.until <= asked.from || asked.until <= now) return refuse("bad-period", "A silence must end after it begins, and in the future.");
  if (asked.until - asked.from > LONGEST_MS) return refuse("bad-period", "A silence lasts at most 90 days; a rule that is not wanted is switched off.");
  const silence: Silence = { id: keyOf("silence", ...PARTS.map((p) => asked[p]), asked.from, asked.until, now), ...asked, by: turn.by, endedAt: null };
  resumeSilence(house, silence);
  turn.decisions.push({ kind: "silence", silence, why: "added" });
  return { ok: true, subject: silence.id };
}

/** Ends it before its time: what lies on the shelf by it stands again. */
export function endSilence(turn: Turn, id: string): Answer {
  const silence = turn.house.silences.get(id);
  if (silence === undefined) return refuse("not-active", "The silence is over already.");
  end(turn, silence);
  for (const alert of turn.house.alerts.values()) {
    if (alert.state !== "shelved" || alert.shelvedUntil !== silence.until || !matches(turn.house, silence, alert)) continue;
    keepAlert(turn, { ...alert, shelvedUntil: turn.now }, "shelved");
    schedule(turn, turn.now, { kind: "shelve", alert: alert.id });
  }
  return { ok: true, subject: id };
}

function end(turn: Turn, silence: Silence): void {
  turn.house.silences.delete(silence.id);
  turn.decisions.push({ kind: "silence", silence: { ...silence, endedAt: turn.now }, why: "ended" });
}

/** Takes one up (again). */
export function resumeSilence(house: House, silence: Silence): void {
  house.silences.set(silence.id, silence);
  house.timers.add(silence.from, { kind: "silenced", silence: silence.id });
  house.timers.add(silence.until, { kind: "silenced", silence: silence.id });
}

/** A silence begins: what stands goes to the shelf. Or it is over. */
export function silenceDue(turn: Turn, id: string): void {
  const { house, now } = turn;
  const silence = house.silences.get(id);
  if (silence === undefined) return;
  if (silence.until <= now) end(turn, silence);
  else if (silence.from <= now) {
    for (const alert of house.alerts.values()) {
      if (alert.state !== "unacknowledged" || alert.clearedAt !== null || !matches(house, silence, alert)) continue;
      putOnShelf(turn, alert, silence);
    }
  }
}

/** An alert that a silence takes lies on the shelf until its end. */
export function putOnShelf(turn: Turn, alert: Alert, silence: Silence): void {
  const log = [...alert.log, { at: turn.now, by: silence.by, what: "silenced", note: silence.reason }];
  keepAlert(turn, { ...alert, state: "shelved", shelvedUntil: silence.until, climbsAt: null, log }, "shelved");
  schedule(turn, silence.until, { kind: "shelve", alert: alert.id });
}

export type SilenceOf = Pick<Alert, "title" | "severity" | "department" | "device" | "space" | "kind">;

/** The silence that takes an alert now, the longest first; null where none does. Requests are never silenced: somebody waits for them. */
export function silenceOf(house: House, alert: SilenceOf, now: number): Silence | null {
  let found: Silence | null = null;
  for (const silence of house.silences.values())
    if (silence.from <= now && now < silence.until && matches(house, silence, alert) && (found === null || silence.until > found.until)) found = silence;
  return found;
}

function matches(house: House, silence: Silence, alert: SilenceOf): boolean {
  if (alert.kind === "approval") return false;
  const floor = alert.space === null ? null : (house.spaces.get(alert.space)?.floor ?? null);
  return (
    (silence.building === null || silence.building === buildingOf(house, alert)) &&
    (silence.floor === null || silence.floor === floor) &&
    (silence.space === null || silence.space === alert.space) &&
    (silence.device === null || silence.device === alert.device) &&
    (silence.department === null || silence.department === alert.department) &&
    (silence.alarm === null || silence.alarm === alarmOf(alert.title)) &&
    (silence.severity === null || silence.severity === alert.severity)
  );
}
