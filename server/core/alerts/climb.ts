/** An unanswered alert climbs: at each step of its chain another person answers and is told. */
import type { Alert } from "../finding.ts";
import type { Turn } from "../turn.ts";
import { schedule } from "../turn.ts";
import { answererAt, chainOf } from "./chain.ts";
import { keepAlert } from "./keep.ts";
import { tellOf } from "./tell.ts";

/** Alerts of one group whose next step is due within this are told with the first of them, so that one cause arrives as one. */
const TOGETHER_MS = 60_000;

/** The clock begins (again): nobody was told since. */
export function startClimb(turn: Turn, alert: Alert): Alert {
  const chain = chainOf(turn.house, alert, turn.now);
  const climbing: Alert = { ...alert, chain, climbed: -1, climbsAt: chain[0]?.at ?? null, clockFrom: turn.now };
  if (climbing.climbsAt !== null) schedule(turn, climbing.climbsAt, { kind: "climb", alert: alert.id });
  return climbing;
}

/** An alert's time is up: the next of its chain who is there and was not told yet answers from now on. */
export function climb(turn: Turn, id: string): void {
  const alert = turn.house.alerts.get(id);
  if (alert === undefined || !isDue(alert, turn.now)) return;
  const { house } = turn;
  const together = [...house.alerts.values()].filter(
    (a) => a.id !== id && a.group === alert.group && a.climbed === alert.climbed && a.assignee === alert.assignee && isDue(a, turn.now + TOGETHER_MS),
  );
  for (const each of [alert, ...together]) takeStep(turn, each);
}

function isDue(alert: Alert, now: number): boolean {
  return alert.state === "unacknowledged" && alert.clearedAt === null && alert.climbsAt !== null && alert.climbsAt <= now;
}

function takeStep(turn: Turn, alert: Alert): void {
  const { house, now } = turn;
  const next = alert.climbed + 1;
  const step = alert.chain[next];
  if (step === undefined) return;
  // The first to be told is the one who answers, also where somebody gave it to them by hand.
  const person = next === 0 ? alert.assignee : answererAt(house, alert, step.level, now);
  const after = alert.chain[next + 1]?.at ?? null;
  const told = alert.log.filter((l) => l.at >= alert.clockFrom && (l.what === "told" || l.what === "climbed")).map((l) => l.note);
  const moved: Alert = { ...alert, climbed: next, climbsAt: after };
  if (after !== null) schedule(turn, after, { kind: "climb", alert: alert.id });
  if (person === null || told.includes(person)) {
    // Nobody is there at this level, or it is somebody who knows already: the one who answers stays, and the next level's time comes.
    keepAlert(turn, moved, "nobody-there");
    return;
  }
  const kept: Alert = { ...moved, assignee: person, log: [...alert.log, { at: now, by: null, what: next === 0 ? "told" : "climbed", note: person }] };
  keepAlert(turn, kept, next === 0 ? "told" : "climbed");
  tellOf(turn, kept, person, step.level, next === 0 ? "raised" : "climbed");
}
