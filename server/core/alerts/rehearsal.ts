/**
 * "Who would hear of this?": a hypothetical alert played by the same functions as a real one, in a copy of all that alerts change. What
 * the answer cannot know is that others come meanwhile, that somebody answers, or that a channel fails or works again.
 */
import { onDuty, rollRoster } from "../bookings.ts";
import type { Alert } from "../finding.ts";
import type { ChannelState, House, Listener, Timer, Waiting } from "../house.ts";
import type { Severity } from "../policy.ts";
import type { Millis } from "../reading.ts";
import { TimerQueue } from "../timers.ts";
import type { Turn } from "../turn.ts";
import { createTurn } from "../turn.ts";
import { raiseAlert } from "./alarm.ts";
import type { Level } from "./alerting.ts";
import { absenceOf, answererAt, levelOf, personAt } from "./chain.ts";
import { alarmKey, alarmOf } from "./group.ts";
import type { Notice, NoticeKind } from "./notice.ts";
import type { AlertTimer } from "./ring.ts";
import { ringAlert } from "./ring.ts";
import type { Routing } from "./routes.ts";
import { detours, routingOf } from "./routes.ts";

/** The alert that is not there. */
export interface Probe {
  readonly kind: Alert["kind"];
  readonly severity: Severity;
  /** As an alert has it: `policy.<id>.<reason>`, `command.ignored`, `system.history`. */
  readonly title: string;
  readonly device: string | null;
  readonly space: string | null;
  readonly department: string | null;
}

/** One message of a step: by which channel, to whom, and when it leaves. */
export interface Hearing {
  readonly channel: string;
  /** null: a robot's group. */
  readonly person: string | null;
  /** The routing table's row; null: the rule without one, or a detour. */
  readonly route: string | null;
  /** When it leaves: later than the step where a digest, a flood or the channel's rate holds it back. null: nothing leaves, for `miss`. */
  readonly at: Millis | null;
  readonly how: NoticeKind | null;
  /** down: it is tried all the same, and `insteadOf` names the ways around it. */
  readonly miss: Routing["miss"] | "down" | null;
  /** The channel that is down, where this one tells in its place. */
  readonly insteadOf: string | null;
}

/**
 * own: the level's own person. stand-in: for `absent`. duty: whoever has duty. next: the first of the chain who is there. hand-over: `absent`
 * leaves, and it is theirs from now on. known: the level's person was told already. nobody: the level is not there.
 */
export type Why = "own" | "stand-in" | "duty" | "next" | "hand-over" | "known" | "nobody";

export interface HearingStep {
  readonly at: Millis;
  readonly level: Level | "duty";
  /** Who answers from now on. */
  readonly person: string | null;
  readonly why: Why;
  readonly absent: string | null;
  readonly told: readonly Hearing[];
}

export interface WhoHears {
  /** told: at its steps. suppressed: it stands behind another alert. out-of-service: its alarm is. silenced: planned. joins: it is one that is known already. */
  readonly begins: "told" | "suppressed" | "out-of-service" | "silenced" | "joins";
  /** The alert that it stands behind or joins, or why its alarm is out of service or silenced. */
  readonly because: string | null;
  readonly steps: readonly HearingStep[];
}

/** No chain lasts for longer, with the longest holidays in it. */
const FURTHEST_MS = 60 * 86_400_000;
/** Whoever answered last may still leave and hand over. */
const AFTER_MS = 86_400_000;
const MOST_TURNS = 5000;

/** A house that shares what alerts only read, and has its own of all that they change. */
function rehearsalOf(house: House, now: Millis): House {
  const channels = new Map<string, ChannelState>();
  for (const [id, c] of house.channels) channels.set(id, { ...c, left: [...c.left] });
  const listeners = new Map<string, Listener>();
  for (const [key, l] of house.listeners) listeners.set(key, { ...l, heard: [...l.heard], groups: new Map(l.groups) });
  const waiting = new Map<string, Waiting>();
  for (const [key, w] of house.waiting) waiting.set(key, { ...w, alerts: new Set(w.alerts) });
  const raisings = new Map<string, Millis[]>();
  for (const [key, at] of house.raisings) raisings.set(key, [...at]);
  const timers = new TimerQueue<Timer>();
  for (const a of house.absences.values()) for (const at of [a.from, a.until]) if (at > now) timers.add(at, { kind: "absence", absence: a.id });
  for (const s of house.silences.values()) for (const at of [s.from, s.until]) if (at > now) timers.add(at, { kind: "silenced", silence: s.id });
  for (const s of house.outOfService.values()) if (s.until !== null) timers.add(s.until, { kind: "service", service: s.id });
  for (const w of waiting.values()) timers.add(Math.max(w.dueAt, w.notBefore), { kind: "tell", channel: w.channel });
  return {
    ...house,
    alerts: new Map(house.alerts),
    bookings: new Map([...house.bookings].filter(([, b]) => b.source === "roster")),
    bookingsBySpace: new Map(),
    channels,
    listeners,
    waiting,
    raisings,
    timers,
    notices: new Map(),
    elsewhere: [],
    groups: new Map(house.groups),
    clearing: new Map(house.clearing),
    absences: new Map(house.absences),
    silences: new Map(house.silences),
    outOfService: new Map(house.outOfService),
    // Whoever leads tells: asked of a server that waits, the answer is the other one's.
    pulse: { ...house.pulse, leads: true },
  };
}

const RINGS: ReadonlySet<Timer["kind"]> = new Set<AlertTimer["kind"]>(["shelve", "climb", "clear", "unsuppress", "service", "silenced", "absence", "tell"]);

/** The next instant's turn, with everything that rings at it; null when nothing rings before `until`. */
function nextTurn(house: House, until: Millis): Turn | null {
  const at = house.timers.next;
  if (at === null || at > until) return null;
  const turn = createTurn(house, at);
  for (let timer = house.timers.take(at); timer !== undefined; timer = house.timers.take(at))
    if (RINGS.has(timer.what.kind)) ringAlert(turn, timer.what as AlertTimer);
  return turn;
}

/** A step whose messages have not left yet. */
type Step = Omit<HearingStep, "told"> & { readonly told: { -readonly [K in keyof Hearing]: Hearing[K] }[] };

/** Who would hear of an alert raised at `at` (ms, not before `now`), when and by what, if nobody answered. Changes nothing in the house. */
export function whoHears(house: House, probe: Probe, now: Millis, at: Millis): WhoHears {
  const stage = rehearsalOf(house, now);
  // Alerts of one group climb together: those that are there already may take it along. How others climb is left out; people answer them.
  for (const a of stage.alerts.values()) {
    if (alarmOf(a.title) !== alarmOf(probe.title)) continue;
    if (a.climbsAt !== null) stage.timers.add(a.climbsAt, { kind: "climb", alert: a.id });
    if (a.shelvedUntil !== null) stage.timers.add(a.shelvedUntil, { kind: "shelve", alert: a.id });
    if (a.clearsAt !== null) stage.timers.add(a.clearsAt, { kind: "clear", alert: a.id });
  }
  for (let n = 0; n < MOST_TURNS && nextTurn(stage, at) !== null; n++);
  const turn = createTurn(stage, at);
  rollRoster(turn);
  const known = new Set(stage.alerts.keys());
  const id = raiseAlert(turn, { ...probe, key: `rehearsal\n${at}`, evidence: {}, finding: null, command: null });
  const joined = turn.decisions.find((d) => d.kind === "alert" && d.alert.id === id && d.why === "joined");
  if (known.has(id) || joined !== undefined) return { begins: "joins", because: id, steps: [] };
  const alert = stage.alerts.get(id)!;
  const steps: Step[] = [];
  for (let n = 0; n < MOST_TURNS; n++) {
    const until = settled(stage, id) ? (steps.at(-1)?.at ?? at) + AFTER_MS : at + FURTHEST_MS;
    const next = nextTurn(stage, until);
    if (next === null) break;
    for (const d of next.decisions) {
      if (d.kind === "alert" && d.alert.id === id) {
        const made = stepOf(stage, d.alert, d.why, next.now);
        if (made !== null) steps.push(made);
      } else if (d.kind === "tell" && d.notice.alerts.includes(id)) note(steps, d.notice);
    }
  }
  if (alert.state === "suppressed") return { begins: "suppressed", because: alert.cause, steps };
  if (alert.state === "shelved") return { begins: "silenced", because: alert.log.at(-1)?.note ?? null, steps };
  const service = alert.state === "out-of-service" ? house.outOfService.get(alarmKey(alert.title, alert.device)) : undefined;
  return { begins: service === undefined ? "told" : "out-of-service", because: service?.reason ?? null, steps };
}

/** Whether its chain is at its end and nothing waits to be told. */
function settled(stage: House, id: string): boolean {
  const alert = stage.alerts.get(id);
  return (
    alert === undefined ||
    (!["out-of-service", "shelved"].includes(alert.state) && alert.climbsAt === null && ![...stage.waiting.values()].some((w) => w.alerts.has(id)))
  );
}

const MADE: ReadonlySet<string> = new Set(["told", "climbed", "nobody-there", "handed-over"]);

/** What a step of the chain came to. */
function stepOf(house: House, alert: Alert, decided: string, at: Millis): Step | null {
  if (!MADE.has(decided)) return null;
  const level = levelOf(alert);
  const none = { at, level, absent: null, told: [] };
  const { assignee } = alert;
  if (decided === "nobody-there" || assignee === null) {
    const owns = own(house, alert, level, at);
    const told = alert.log.some((l) => (l.what === "told" || l.what === "climbed") && l.note === answererAt(house, alert, level, at));
    return { ...none, person: assignee, why: told ? "known" : "nobody", absent: owns.find((person) => absenceOf(house, person, at) !== null) ?? null };
  }
  if (decided === "handed-over") {
    const left = [...house.absences.values()].find((a) => a.from === at)?.person ?? null;
    return { ...none, person: assignee, why: "hand-over", absent: left, told: alert.climbed < 0 ? [] : hearings(house, alert, assignee, level, at) };
  }
  const told = hearings(house, alert, assignee, level, at);
  const owns = own(house, alert, level, at);
  if (owns.includes(assignee)) return { ...none, person: assignee, why: level === "duty" ? "duty" : "own", told };
  const absent = owns.find((person) => standsIn(house, person, assignee, at));
  if (absent !== undefined) return { ...none, person: assignee, why: "stand-in", absent, told };
  return { ...none, person: assignee, why: "next", absent: owns.find((person) => absenceOf(house, person, at) !== null) ?? null, told };
}

/** The level's own person (of duty, whoever has it), there or not. */
function own(house: House, alert: Alert, level: HearingStep["level"], at: Millis): string[] {
  if (level === "duty") return onDuty(house, at).map((d) => d.person);
  const person = personAt(house, alert.department, level);
  return person === null ? [] : [person];
}

function standsIn(house: House, absent: string, person: string, at: Millis): boolean {
  const asked = new Set<string>();
  for (let who: string | null = absent; who !== null && !asked.has(who); who = absenceOf(house, who, at)?.standIn ?? null) {
    if (who === person) return true;
    asked.add(who);
  }
  return false;
}

/** What the table says of a step, before anything has left. */
function hearings(house: House, alert: Alert, person: string, level: HearingStep["level"], at: Millis): Step["told"] {
  const told: Step["told"] = [];
  const add = (more: Pick<Hearing, "channel" | "person" | "route"> & Partial<Hearing>) => {
    if (!told.some((t) => t.channel === more.channel && t.person === more.person)) told.push({ at: null, how: null, miss: null, insteadOf: null, ...more });
  };
  const routing = routingOf(house, alert, person, level, at).filter((r) => alert.title !== "system.channel-down" || alert.evidence["channel"] !== r.channel);
  for (const { channel, person: to, route, miss } of routing) {
    const down = miss === null && house.channels.get(channel)!.downSince !== null;
    add({ channel, person: to, route, miss: down ? "down" : miss });
  }
  for (const { channel, person: to, miss } of told)
    if (miss === "down" && to !== null)
      for (const detour of detours(house, to, new Set([channel]))) add({ channel: detour, person: to, route: null, insteadOf: channel });
  return told;
}

/** A message leaves: it is the answer to every step that waits for it. */
function note(steps: readonly Step[], notice: Notice): void {
  for (const { told } of steps)
    for (const hearing of told)
      if (hearing.at === null && (hearing.miss === null || hearing.miss === "down") && hearing.channel === notice.channel && hearing.person === notice.person) {
        hearing.at = notice.plannedAt;
        hearing.how = notice.how;
      }
}
