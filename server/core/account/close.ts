/** Closing a month, and correcting what was closed: by request, through the same door as everything. */
import type { PersonRequest } from "../event.ts";
import { keyOf } from "../key.ts";
import type { Answer, Refusal } from "../answer.ts";
import { refuse } from "../answer.ts";
import type { Millis } from "../reading.ts";
import type { Turn } from "../turn.ts";
import { monthAfter } from "./buckets.ts";
import type { Entry, Settlement } from "./settlement.ts";
import { costed } from "./settlement.ts";
import { tidy } from "./consumption.ts";
import type { ClosedMonth } from "./settlement.ts";

/** Why a month cannot be closed now: it runs, it is closed, one before it is open, nothing is stored of it. Null: it can. */
export function closingRefused(
  months: ReadonlyMap<string, ClosedMonth>,
  { month, to }: { readonly month: string; readonly to: Millis },
  first: string | null,
  now: Millis,
): Refusal | null {
  const no = (code: string, detail: string): Refusal => ({ code, detail });
  if (months.has(month)) return no("closed-already", `${month} is closed already and stays as it is; correct a line of it instead, with the reason.`);
  if (to > now) return no("month-not-over", `${month} is not over yet; it can be closed from the first day of ${monthAfter(month)} on.`);
  const from = [first, ...months.keys()].filter((m) => m !== null).toSorted()[0];
  if (from === undefined || month < from)
    return no("no-history", `Nothing is stored of ${month}${from === undefined ? "" : `; the first month with readings is ${from}`}.`);
  for (let earlier = from; earlier < month; earlier = monthAfter(earlier))
    if (!months.has(earlier)) return no("earlier-month-open", `${earlier} is still open; months are closed in their order.`);
  return null;
}

/** Writes the month's lines for good. */
export function closeMonth(turn: Turn, { draft, first, digest }: Extract<PersonRequest, { kind: "close-month" }>): Answer {
  const { house, now, by } = turn;
  const { month } = draft.account;
  const refused = closingRefused(house.months, draft.account, first, now);
  if (refused !== null) return { ok: false, refusal: refused };
  const settlement: Settlement = { ...draft.account, closedAt: now, closedBy: by, digest };
  const entries = draft.lines.map((line): Entry => ({ ...line, entry: `${month} ${line.id}`, month, is: "line", of: null, at: now, by, reason: null }));
  house.months.set(month, { month, digest, reversed: new Set() });
  turn.decisions.push({ kind: "settlement", month, settlement, entries, why: "closed" });
  return { ok: true, subject: month };
}

/** Takes an entry back and writes another in its place. */
export function correctMonth(turn: Turn, { entry, quantity, amount, reason }: Extract<PersonRequest, { kind: "correct-month" }>): Answer {
  const { house, now, by } = turn;
  const known = house.months.get(entry.month);
  if (known === undefined) return refuse("month-open", `${entry.month} is open: what is wrong in it is mended at its source until it is closed.`);
  if (entry.is === "reversal" || known.reversed.has(entry.entry))
    return refuse("reversed-already", "This entry was taken back already; correct the one that stands in its place.");
  if (reason.trim() === "") return refuse("no-reason", "Say why it is corrected.");
  if (!Number.isFinite(amount) || amount < 0) return refuse("bad-values", "The amount must be a number from 0 on.");
  if (amount === entry.amount) return refuse("no-change", "The amount is what it was.");
  const base = { month: entry.month, at: now, by, reason };
  const negative = (value: number | null) => (value === null ? null : tidy(-value));
  const reversal: Entry = {
    ...entry,
    ...base,
    entry: `${entry.entry} reversed`,
    is: "reversal",
    of: entry.entry,
    amounts: entry.amounts.map((a) => tidy(-a)),
    amount: tidy(-entry.amount),
    cost: negative(entry.cost),
    coal: negative(entry.coal),
    co2: negative(entry.co2),
  };
  // In proportion to what stood there; where nothing stood, nobody knows in which hours it was used, and it counts over the month's days.
  const amounts = entry.amount > 0 ? entry.amounts.map((a) => tidy((a / entry.amount) * amount)) : spread(amount, quantity.buckets);
  const correction: Entry = {
    ...costed({ ...entry, amounts }, quantity),
    ...base,
    amount,
    entry: `${entry.month} ${keyOf("correction", entry.entry, now)}`,
    is: "correction",
    of: entry.entry,
  };
  house.months.set(entry.month, { ...known, reversed: new Set([...known.reversed, entry.entry]) });
  turn.decisions.push({ kind: "settlement", month: entry.month, settlement: null, entries: [reversal, correction], why: "corrected" });
  return { ok: true, subject: correction.entry };
}

/** By the flat period where there is one, in proportion to days. */
function spread(amount: number, buckets: readonly { readonly from: string; readonly until: string; readonly period: string | null }[]): number[] {
  const days = buckets.map((b) => (b.period === null || b.period === "flat" ? Number(b.until.slice(8)) - Number(b.from.slice(8)) + 1 : 0));
  const all = days.reduce((sum, d) => sum + d, 0);
  return days.map((d, i) => tidy(all === 0 ? (i === 0 ? amount : 0) : (amount * d) / all));
}

/** What the audit keeps of a request: the lines themselves stand in the records. */
export function auditedAs(request: PersonRequest): Readonly<Record<string, unknown>> {
  if (request.kind === "close-month") {
    const { draft, digest } = request;
    return { kind: request.kind, month: draft.account.month, digest, lines: draft.lines.length };
  }
  if (request.kind === "correct-month") {
    const { entry, amount, reason } = request;
    return { kind: request.kind, month: entry.month, entry: entry.entry, before: entry.amount, amount, reason };
  }
  return { ...request };
}
