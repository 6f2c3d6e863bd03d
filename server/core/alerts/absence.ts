/** Who is away, and who stands in: so that every alert has somebody who is there. */
import type { PersonRequest } from "../event.ts";
import type { House } from "../house.ts";
import { keyOf } from "../key.ts";
import type { Answer } from "../answer.ts";
import { refuse } from "../answer.ts";
import type { Millis } from "../reading.ts";
import type { Turn } from "../turn.ts";
import { levelOf, responsibleFor, standInFor } from "./chain.ts";
import { keepAlert } from "./keep.ts";
import type { Absence } from "./notice.ts";
import { tellOf } from "./tell.ts";

const LONGEST_MS = 400 * 86_400_000;

export function addAbsence(turn: Turn, request: Extract<PersonRequest, { kind: "add-absence" }>): Answer {
  const { house, now } = turn;
  const { person, from, until, standIn, note } = request;
  for (const id of [person, standIn])
    if (id !== null && !house.site.people.some((p) => p.id === id)) return refuse("unknown-person", `There is no person '${id}' on this site.`);
  if (standIn === person) return refuse("own-stand-in", "Nobody stands in for themselves; leave it open, and the next in the chain answers.");
  if (until <= from || until <= now) return refuse("bad-period", "An absence must end after it begins, and in the future.");
  if (until - from > LONGEST_MS) return refuse("bad-period", "An absence lasts at most 400 days; a person who left is changed in the site file.");
  const absence: Absence = { id: keyOf("absence", person, from, until, standIn, now), person, from, until, standIn, note, by: turn.by, endedAt: null };
  keep(turn, absence, "added");
  return { ok: true, subject: absence.id };
}

export function endAbsence(turn: Turn, id: string): Answer {
  const known = turn.house.absences.get(id);
  if (known === undefined) return refuse("not-active", "The absence is over already.");
  end(turn, known);
  return { ok: true, subject: id };
}

function keep(turn: Turn, absence: Absence, why: string): void {
  resumeAbsence(turn.house, absence);
  turn.decisions.push({ kind: "absence", absence, why });
}

function end(turn: Turn, absence: Absence): void {
  turn.house.absences.delete(absence.id);
  turn.decisions.push({ kind: "absence", absence: { ...absence, endedAt: turn.now }, why: "ended" });
}

/** Takes one up (again). */
export function resumeAbsence(house: House, absence: Absence): void {
  house.absences.set(absence.id, absence);
  house.timers.add(absence.from, { kind: "absence", absence: absence.id });
  house.timers.add(absence.until, { kind: "absence", absence: absence.id });
}

/** Somebody is away from now on, or back. What they answer for goes to the one who stands in. */
export function absenceDue(turn: Turn, id: string): void {
  const absence = turn.house.absences.get(id);
  if (absence === undefined) return;
  if (absence.until <= turn.now) end(turn, absence);
  else if (absence.from <= turn.now) handOver(turn, absence.person, turn.now);
}

function handOver(turn: Turn, person: string, at: Millis): void {
  const { house } = turn;
  for (const alert of house.alerts.values()) {
    if (alert.assignee !== person || alert.clearedAt !== null) continue;
    const to = standInFor(house, person, at) ?? responsibleFor(house, alert, at);
    if (to === null || to === person) continue;
    const handed = { ...alert, assignee: to, log: [...alert.log, { at, by: null, what: "handed-over", note: to }] };
    keepAlert(turn, handed, "handed-over");
    // Whoever was told is away: the one who stands in has heard nothing yet.
    if (alert.state === "unacknowledged" && alert.climbed >= 0) tellOf(turn, handed, to, levelOf(alert), "raised", true);
  }
}
