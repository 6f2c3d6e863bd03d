/**
 * What people say of a building's savings: adjustments for what is no saving (IPMVP: non-routine adjustments), their withdrawal, and
 * which days its baseline is made of. Each is written once and never changed.
 */
import type { PersonRequest } from "../event.ts";
import { keyOf } from "../key.ts";
import type { Answer } from "../answer.ts";
import { refuse } from "../answer.ts";
import type { Turn } from "../turn.ts";
import type { EnergyDay } from "./shape.ts";
import { dayNumber, isDate } from "./shape.ts";
import type { Adjustment, SavingsBooks, SavingsEntry } from "./entry.ts";
import { keepSavingsEntry } from "./entry.ts";

const MOST_DAYS = 1096;
/** kWh: more than any building uses in such a time. */
const MOST_KWH = 1e9;

/** The adjustments of a building that count. */
export function standingAdjustments(books: SavingsBooks, building: string): Adjustment[] {
  return [...books.adjustments.values()].filter((a) => a.building === building && !books.withdrawals.has(a.id));
}

/** kWh that the building uses more on a date for these. */
export function adjustedOn(adjustments: readonly Adjustment[], date: string): number {
  let sum = 0;
  for (const { from, until, kwh, per } of adjustments) {
    if (date < from || (until !== null && until < date)) continue;
    sum += per === "day" || until === null ? kwh : kwh / (dayNumber(until) - dayNumber(from) + 1);
  }
  return sum;
}

/** The days as they would have been without what the adjustments stand for: a baseline is made of these. */
export function withoutAdjusted(days: readonly EnergyDay[], adjustments: readonly Adjustment[]): EnergyDay[] {
  return days.map((d) => (d.kwh === null ? d : { ...d, kwh: d.kwh - adjustedOn(adjustments, d.date) }));
}

/** What is wrong with dates; null: nothing. */
function wrongDates(from: string, until: string | null): Answer | null {
  for (const date of [from, ...(until === null ? [] : [until])]) {
    if (!isDate(date) || date < "2000-01-01") return refuse("bad-period", `'${date.slice(0, 20)}' is no date from 2000 on, such as 2026-07-01.`);
  }
  if (until === null) return null;
  if (until < from) return refuse("bad-period", `It ends on ${until} and begins on ${from}, which is later; swap the two.`);
  return dayNumber(until) - dayNumber(from) >= MOST_DAYS ? refuse("too-long", `At most ${MOST_DAYS} days (three years) at once.`) : null;
}

function wrongReason(reason: string): Answer | null {
  return reason.trim() === "" ? refuse("no-reason", "Say why, so that whoever reads the report can follow it.") : null;
}

function wrongBuilding({ house }: Turn, building: string): Answer | null {
  const { buildings } = house.site;
  if (buildings.some((b) => b.id === building)) return null;
  return refuse("unknown-building", `There is no building '${building.slice(0, 100)}' on this site; it has ${buildings.map((b) => b.id).join(", ")}.`);
}

function keep({ house, decisions }: Turn, entry: SavingsEntry, why: "entered" | "withdrawn" | "chosen"): Answer {
  keepSavingsEntry(house.savings, entry);
  decisions.push({ kind: "savings-entry", entry, why });
  return { ok: true, subject: entry.id };
}

export function addAdjustment(turn: Turn, request: Extract<PersonRequest, { kind: "add-adjustment" }>): Answer {
  const { now, by } = turn;
  const { building, from, until, kwh, per, reason, source } = request;
  const wrong = wrongBuilding(turn, building) ?? wrongDates(from, until) ?? wrongReason(reason);
  if (wrong !== null) return wrong;
  if (source.trim() === "") return refuse("no-reason", "Say where the figure comes from: a meter, a nameplate, a document.");
  if (!Number.isFinite(kwh) || kwh === 0 || Math.abs(kwh) > MOST_KWH)
    return refuse("bad-values", `kwh: how much more the building uses for it, or less (negative); ${kwh} is not such a number.`);
  if (per === "period" && until === null) return refuse("bad-period", "A total needs its last day; say kWh a day for what goes on.");
  const id = keyOf("adjustment", building, from, until ?? "", kwh, per, by, now);
  return keep(turn, { kind: "adjustment", id, building, from, until, kwh, per, reason, source, by, at: now }, "entered");
}

export function withdrawAdjustment(turn: Turn, { adjustment, reason }: Extract<PersonRequest, { kind: "withdraw-adjustment" }>): Answer {
  const { house, now, by } = turn;
  const known = house.savings.adjustments.get(adjustment);
  if (known === undefined) return refuse("unknown-entry", `There is no adjustment '${adjustment.slice(0, 100)}'; see /api/v1/reports/savings.`);
  if (house.savings.withdrawals.has(adjustment)) return refuse("not-active", "It was withdrawn already.");
  const wrong = wrongReason(reason);
  if (wrong !== null) return wrong;
  return keep(turn, { kind: "withdrawal", id: keyOf("withdrawal", adjustment), building: known.building, of: adjustment, reason, by, at: now }, "withdrawn");
}

export function chooseBaseline(turn: Turn, { building, days, reason, first }: Extract<PersonRequest, { kind: "choose-baseline" }>): Answer {
  const { house, now, by } = turn;
  const wrong = wrongBuilding(turn, building) ?? (days === null ? null : wrongDates(days.from, days.until)) ?? wrongReason(reason);
  if (wrong !== null) return wrong;
  if (days !== null) {
    const today = house.calendar.day(now).date;
    if (days.until >= today) return refuse("in-the-future", `A baseline's last day is over; ${days.until} is not (today is ${today}).`);
    const enforced = first === null ? null : house.calendar.day(first).date;
    if (enforced !== null && days.until >= enforced)
      return refuse(
        "overlaps-enforcement",
        `The house commanded first on ${enforced}. A baseline is what the building used before anything was enforced: end it before that day.`,
      );
  }
  return keep(turn, { kind: "baseline", id: keyOf("baseline", building, now, by), building, days, reason, by, at: now }, "chosen");
}
