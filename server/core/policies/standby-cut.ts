/** 减少待机: what only waits outside working hours (computers, copiers, dispensers) is cut off. What is really in use is after-hours-shutoff's business. */
import type { PolicyDefinition } from "../policy.ts";
import { deadband } from "../policy.ts";
import { fine, loadLooks, numberOf, running, unknown } from "./inputs.ts";

export const standbyCut: PolicyDefinition = {
  id: "standby-cut",
  severity: "low",
  defaultMode: "enforce",
  priority: 25,
  kinds: ["plug", "copier"],
  subject: "device",
  params: [
    { name: "limit", unit: "W", default: 2, min: 0, max: 100 },
    { name: "standby", unit: "W", default: 50, min: 1, max: 500 },
    { name: "hold", unit: "s", default: 1800, min: 0, max: 14_400 },
    deadband("W", 50),
  ],
  swing: ({ limit }, { power }) => (typeof power === "number" ? { value: power, breach: "above", point: "power", of: "subject", at: limit!, scale: 1 } : null),
  watches: { own: ["on"], neighbours: { presence: ["occupied", "count"] } },
  judge(view) {
    const { calendar, now } = view;
    if (view.device.tags.includes("always-on")) return fine("not-governed");
    const power = numberOf(view, "power");
    const copier = view.device.kind === "copier" && view.point("on") === undefined;
    const state = copier ? { on: true } : running(view);
    if (state === null || !view.fresh(view.device.id)) return unknown("no-state");
    if (!state.on) return fine("off");
    const limit = view.params["limit"]!;
    const evidence = { power, limit, date: calendar.day(now).date };
    const next = calendar.nextChange(now);
    if (calendar.working(now)) return fine("working-hours", evidence, next);
    const day = calendar.day(now);
    if (day.working && calendar.day(next).date === day.date && calendar.offSince(now) > calendar.midnight(now)) return fine("midday-break", evidence, next);
    const margin = view.standing() === "waits" ? view.params["deadband"]! : 0;
    const [least, most] = [Math.max(0, limit - margin), view.params["standby"]! + margin];
    const looks = loadLooks(least, most);
    if (power === null) return unknown("no-power", {}, next, looks);
    if (power <= least) return fine("no-standby", evidence, next, looks);
    if (power > most) return fine("in-use", evidence, next, looks);
    const booking = view.booking();
    if (booking !== null) return fine("booked", { ...evidence, booking: booking.note, untilAt: booking.until }, Math.min(next, booking.until), looks);
    const recheckAt = Math.min(next, view.nextBooking());
    if (view.occupancy()?.occupied === true) return fine("occupied", evidence, recheckAt, looks);
    return { state: "breach", reason: "waits", evidence, hold: view.params["hold"]!, want: { set: { on: false } }, recheckAt, looks };
  },
};
