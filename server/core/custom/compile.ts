/** From data to a policy: the condition is walked over at every judgement, in three values (true, false, not known: Kleene 1938). */
import type { DeviceKind } from "../device.ts";
import type { Evidence, Judgement, ParamDefinition, PolicyDefinition, View } from "../policy.ts";
import type { Millis, PointValue } from "../reading.ts";
import type { Amount, CalendarWord, Condition, CustomPolicy, PointCondition } from "./document.ts";
import { isPointCondition, leavesOf } from "./document.ts";

/** What depends on time alone is looked at again by the minute. */
const AGAIN_MS = 60_000;
/** Any wait may be set up to a day; the document gives its default. */
const LONGEST_SECONDS = 86_400;

type Truth = boolean | null;

interface Walk {
  readonly view: View;
  readonly evidence: Record<string, PointValue | null>;
  /** When something that waits comes true, at the earliest. */
  due: Millis;
}

/** The policy that a document describes. The document has been checked. */
export function compileCustom(policy: CustomPolicy): PolicyDefinition {
  const timed = [...leavesOf(policy.when)].some(({ leaf }) => !isPointCondition(leaf) || leaf.absent !== undefined || leaf.for !== undefined);
  const seconds = (name: string, value: Amount): ParamDefinition[] =>
    typeof value === "number" ? [{ name, unit: "s", default: value, min: 0, max: Math.max(LONGEST_SECONDS, value) }] : [];
  const params = [
    ...Object.entries(policy.params).map(([name, p]) => ({ name, ...p })),
    ...seconds("hold", policy.hold),
    ...(policy.set === undefined ? [] : seconds("warn", policy.warn)),
  ];
  return {
    id: policy.id,
    severity: policy.severity,
    defaultMode: policy.mode,
    priority: policy.priority,
    kinds: policy.kinds,
    subject: "device",
    params,
    watches: watchesOf(policy),
    custom: policy,
    swing: swingOf(policy),
    ...(policy.set === undefined ? { tellsOnly: true, beganUnseen: true } : {}),
    judge(view): Judgement {
      const walk: Walk = { view, evidence: {}, due: Infinity };
      const truth = judge(walk, policy.when, "when");
      const evidence: Evidence = walk.evidence;
      const next = timed ? Math.min(view.now + AGAIN_MS, walk.due) : walk.due;
      const recheckAt = next === Infinity ? undefined : Math.max(next, view.now + 1);
      if (truth === null) return { state: "unknown", reason: "custom-unknown", evidence, recheckAt };
      if (!truth) return { state: "fine", reason: "custom-kept", evidence, recheckAt };
      const want = policy.set === undefined ? null : { set: policy.set };
      const hold = amountOf(view, typeof policy.hold === "number" ? "$hold" : policy.hold);
      const warn = policy.set === undefined ? 0 : amountOf(view, typeof policy.warn === "number" ? "$warn" : policy.warn);
      return { state: "breach", reason: "custom-broken", evidence, hold, want, warn, wasteShare: policy.waste, recheckAt };
    },
  };
}

/** Of a policy with one limit that a parameter `limit` gives: what swings about it. */
function swingOf({ when }: CustomPolicy): NonNullable<PolicyDefinition["swing"]> {
  const limited = [...leavesOf(when)].flatMap(({ leaf }) => (isPointCondition(leaf) && (leaf.above === "$limit" || leaf.below === "$limit") ? [leaf] : []));
  const leaf = limited.length === 1 ? limited[0]! : null;
  return (params, evidence) => {
    if (leaf === null) return null;
    const value = evidence[leaf.of === undefined ? leaf.point : `${leaf.of}-${leaf.point}`];
    const limit = params["limit"];
    if (typeof value !== "number" || limit === undefined) return null;
    return { value, breach: leaf.above === undefined ? "below" : "above", point: leaf.point, of: leaf.of ?? "subject", at: limit, scale: 1 };
  };
}

function watchesOf(policy: CustomPolicy): PolicyDefinition["watches"] {
  const own = new Set<string>();
  const around = new Map<DeviceKind, Set<string>>();
  const outdoor = new Set<string>();
  for (const { leaf } of leavesOf(policy.when)) {
    if ("room" in leaf) around.set("presence", new Set([...(around.get("presence") ?? []), "occupied", "count"]));
    if (!isPointCondition(leaf)) continue;
    if (leaf.of === undefined) own.add(leaf.point);
    else if (leaf.of === "outdoor") outdoor.add(leaf.point);
    else around.set(leaf.of, new Set([...(around.get(leaf.of) ?? []), leaf.point]));
  }
  const neighbours = Object.fromEntries([...around].map(([kind, points]) => [kind, [...points]]));
  return { own: [...own], neighbours, outdoor: [...outdoor] };
}

function amountOf(view: View, amount: Amount): number {
  return typeof amount === "number" ? amount : view.params[amount.slice(1)]!;
}

function judge(walk: Walk, c: Condition, path: string): Truth {
  if ("and" in c) return c.and.map((part, i) => judge(walk, part, `${path}.${i}`)).reduce(and, true);
  if ("or" in c) return not(c.or.map((part, i) => not(judge(walk, part, `${path}.${i}`))).reduce(and, true));
  if ("not" in c) return not(judge(walk, c.not, `${path}.not`));
  if ("calendar" in c) return calendarWord(walk, c.calendar);
  if ("clock" in c) return withinClock(walk, c.clock.from, c.clock.until);
  if ("room" in c) return room(walk, c.room, c.for);
  return lasting(walk, path, c.for, point(walk, c, path));
}

function and(a: Truth, b: Truth): Truth {
  return a === false || b === false ? false : a === null || b === null ? null : true;
}

function not(a: Truth): Truth {
  return a === null ? null : !a;
}

/** Whether something has been true for so many seconds without a break. */
function lasting(walk: Walk, path: string, seconds: Amount | undefined, holds: Truth): Truth {
  if (seconds === undefined) return holds;
  const since = walk.view.since(path, holds);
  if (holds !== true || since === null) return holds;
  return past(walk, since.at + amountOf(walk.view, seconds) * 1000, since.sure);
}

/** Whether an instant has come. Where nobody saw the beginning (after a restart), it may have come before: then "not yet" is not known. */
function past(walk: Walk, due: Millis, sure = true): Truth {
  if (walk.view.now >= due) return true;
  walk.due = Math.min(walk.due, due);
  return sure ? false : null;
}

/** Whether a value is past its limit (`by` > 0), or was at the last look and is not yet back by the deadband. */
function beyond({ view }: Walk, path: string, by: number, deadband: Amount | undefined): boolean {
  if (deadband === undefined) return by > 0;
  const key = `${path}.deadband`;
  // After a restart nobody remembers the last look; a finding that is still open was opened past the limit.
  const held = view.held(key) ?? view.standing() !== null;
  const holds = by > 0 || (held && by > -amountOf(view, deadband));
  view.since(key, holds);
  return holds;
}

function calendarWord(walk: Walk, word: CalendarWord): Truth {
  const { view, evidence } = walk;
  const { calendar, now } = view;
  const day = calendar.day(now);
  evidence["date"] = day.date;
  evidence["day"] = day.why;
  switch (word) {
    case "working-hours":
      return inHours(view);
    case "after-hours":
      return !inHours(view);
    case "working-day":
      return day.working;
    case "day-off":
      return !day.working;
    case "holiday":
      return day.why === "holiday";
    case "make-up-day":
      return day.why === "make-up";
    case "weekend":
      return day.why === "weekend" || day.why === "no-data-weekend";
    case "major-event":
      return day.event !== null;
    case "summer":
    case "winter":
      return calendar.season(now) === word;
    case "heating-season":
      return calendar.heating(now);
    case "booked":
      return view.booking() !== null;
  }
}

/** Working hours with the breaks between them. */
function inHours(view: View): boolean {
  const { calendar, now } = view;
  if (calendar.working(now)) return true;
  const day = calendar.day(now);
  return day.working && calendar.day(calendar.nextChange(now)).date === day.date && calendar.offSince(now) > calendar.midnight(now);
}

function withinClock(walk: Walk, from: number, until: number): boolean {
  const minute = walk.view.calendar.minuteOfDay(walk.view.now);
  return from < until ? from <= minute && minute < until : minute >= from || minute < until;
}

function room(walk: Walk, wanted: "empty" | "occupied", seconds: Amount | undefined): Truth {
  const { view, evidence } = walk;
  const people = view.occupancy();
  if (people === null) return null;
  evidence["occupied"] = people.occupied;
  evidence["sinceAt"] = people.since;
  if (people.occupied !== (wanted === "occupied")) return false;
  return past(walk, people.since + (seconds === undefined ? 0 : amountOf(view, seconds) * 1000));
}

function point(walk: Walk, c: PointCondition, path: string): Truth {
  const { view, evidence } = walk;
  if (c.of === undefined) return compare(walk, c, view.device.id, c.point, path);
  const others = c.of === "outdoor" ? view.outdoor() : view.neighbours(c.of);
  // One that fulfils it is enough; one that is not known leaves it open.
  let truth: Truth = others.length === 0 ? null : false;
  for (const other of others) {
    // Every one is looked at, for each has its own time that it is missed.
    const one = compare(walk, c, other.id, `${c.of}-${c.point}`, `${path}.${other.id}`);
    if (truth === true) continue;
    if (one === true) evidence["device"] = other.id;
    if (one !== false) truth = one;
  }
  return truth;
}

function compare(walk: Walk, c: PointCondition, device: string, name: string, path: string): Truth {
  const { view, evidence } = walk;
  const own = device === view.device.id;
  const state = view.point(c.point, own ? undefined : device);
  if (c.absent !== undefined) {
    evidence[name] = state?.value ?? null;
    const missed = view.since(`${path}.absent`, state === undefined);
    const since = state === undefined ? missed! : { at: state.received, sure: true };
    return past(walk, since.at + amountOf(view, c.absent) * 1000, since.sure);
  }
  if (state === undefined || !view.fresh(device)) return null;
  const { value } = state;
  evidence[name] = value;
  if (c.is !== undefined) return value === c.is;
  if (c.isNot !== undefined) return value !== c.isNot;
  if (typeof value !== "number") return null;
  if (c.above !== undefined) return beyond(walk, path, value - amountOf(view, c.above), c.deadband);
  if (c.below !== undefined) return beyond(walk, path, amountOf(view, c.below) - value, c.deadband);
  const [low, high] = c.between!;
  return value >= amountOf(view, low) && value <= amountOf(view, high);
}
