/** 下班前要关闭电源: outside working hours, after a grace, what nobody has leave to use is switched off. */
import type { Calendar } from "../calendar.ts";
import type { PolicyDefinition, View } from "../policy.ts";
import type { Millis } from "../reading.ts";
import { fine, loadLooks, numberOf, running, unknown } from "./inputs.ts";

/** Whether the subject is in use, and how it is switched off. A valve is shut only where the site says so by the tag `after-hours`. */
function use(view: View): { readonly on: boolean; readonly since: Millis; readonly set: Readonly<Record<string, boolean | string>> } | null | "not-governed" {
  const { kind, tags } = view.device;
  if (kind === "water") {
    if (!tags.includes("after-hours")) return "not-governed";
    const valve = view.point("valve");
    return valve === undefined || !view.fresh(view.device.id) ? null : { on: valve.value === "open", since: valve.changed, set: { valve: "closed" } };
  }
  // Decorative lights have a rule of their own; what must run day and night is tagged so.
  if (tags.includes("decorative") || tags.includes("always-on")) return "not-governed";
  if (kind === "copier" && view.point("on") === undefined) {
    const power = view.point("power");
    if (power === undefined || typeof power.value !== "number" || !view.fresh(view.device.id)) return null;
    return { on: power.value > view.device.standby, since: power.changed, set: { on: false } };
  }
  const state = running(view);
  return state === null ? null : { ...state, set: { on: false } };
}

/** When the last working time ended, at most two weeks ago. Friday's evening goes on after midnight: a new day is no new grace. */
function workEnded(calendar: Calendar, now: Millis): Millis {
  let since = calendar.offSince(now);
  for (let days = 0; days < 14 && since === calendar.midnight(since) && !calendar.working(since - 1); days++) since = calendar.offSince(since - 1);
  return since;
}

export const afterHoursShutoff: PolicyDefinition = {
  id: "after-hours-shutoff",
  severity: "medium",
  defaultMode: "enforce",
  priority: 70,
  kinds: ["ac", "light", "plug", "copier", "water"],
  subject: "device",
  params: [
    { name: "grace", unit: "s", default: 1800, min: 0, max: 14_400 },
    { name: "warn", unit: "s", default: 600, min: 0, max: 3600 },
    { name: "spare-occupied", unit: "", default: 1, min: 0, max: 1 },
    { name: "early", unit: "s", default: 7200, min: 0, max: 21_600 },
    { name: "standby", unit: "W", default: 50, min: 0, max: 500 },
  ],
  watches: { own: ["on", "mode", "valve"], ownOf: { copier: ["power"] }, neighbours: { presence: ["occupied", "count"] } },
  judge(view) {
    const using = use(view);
    if (using === "not-governed") return fine("not-governed");
    const { calendar, now } = view;
    if (using === null) return unknown("no-state");
    if (!using.on) return fine("off");
    const power = numberOf(view, "power");
    // Sockets and copiers that only wait are standby-cut's.
    const lively = view.device.kind === "plug" || view.device.kind === "copier";
    const looks = lively ? loadLooks(view.params["standby"]!) : undefined;
    const waits = lively && power !== null && power <= view.params["standby"]!;
    const day = calendar.day(now);
    const evidence = { on: true, power, date: day.date, day: day.why, holiday: day.holiday };
    if (calendar.working(now)) return fine("working-hours", evidence, calendar.nextChange(now));
    // Between the office's own hours on a working day (the noon break) people come straight back.
    const next = calendar.nextChange(now);
    if (day.working && calendar.day(next).date === day.date && calendar.offSince(now) > calendar.midnight(now)) return fine("midday-break", evidence, next);
    const offSince = workEnded(calendar, now);
    const due = offSince + view.params["grace"]! * 1000;
    if (now < due) return fine("grace", { ...evidence, dueAt: due }, due);
    if (waits) return fine("standby", evidence, next, looks);
    // One whose load cannot be believed just now may be waiting; one that never measured any cannot.
    if (lively && power === null && view.raw("power") !== undefined) return unknown("no-power", evidence, next, looks);
    if (day.event !== null) return fine("event", { ...evidence, event: day.event }, calendar.midnight(now + DAY), looks);
    const booking = view.booking();
    if (booking !== null) return fine("booked", { ...evidence, booking: booking.note, untilAt: booking.until }, booking.until, looks);
    const people = view.occupancy();
    // Before the first working period of the day: who comes or switches on shortly before work begins starts early, and so does what draws then; what ran all night does not.
    const early = next - view.params["early"]! * 1000;
    if (now >= early && (lively || Math.max(using.since, people?.since ?? 0) >= early)) return fine("early", evidence, next, looks);
    const spared = view.params["spare-occupied"]! >= 1;
    if (spared && people?.occupied === true) return fine("occupied", { ...evidence, occupiedAt: people.since }, next, looks);
    const since = Math.max(due, using.since, spared ? (people?.since ?? 0) : 0);
    return {
      state: "breach",
      reason: "left-on",
      evidence: { ...evidence, offSinceAt: offSince, occupied: people?.occupied ?? null },
      // A load that was just left falls with its next reports; who leaves switches off in the next moment.
      hold: lively ? 2 * view.device.interval : spared && since === people?.since ? LEAVING_SECONDS : 0,
      since,
      want: { set: using.set },
      warn: view.params["warn"]!,
      recheckAt: Math.min(next, calendar.midnight(now + DAY), view.nextBooking(), lively && early > now ? early : Infinity),
      looks,
    };
  },
};

const DAY = 86_400_000;
const LEAVING_SECONDS = 10;
