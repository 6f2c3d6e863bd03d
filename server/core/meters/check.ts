/** What speaks against a reading or an exchange: against what was confirmed before and after it, and against the meter's usual use. Pure. */
import type { PointDefinition } from "../device.ts";
import type { Millis } from "../reading.ts";
import type { MeterDoubt, MeterEntry } from "./entry.ts";

const HOUR = 3_600_000;
const DAY = 86_400_000;
/** So far back the usual use is looked for. */
const LOOKED_BACK_MS = 400 * DAY;
/** Below or above the usual use by more than this factor is doubted. */
export const UNUSUAL = 3;
/** A slip explains a value only where what was meant is this near to the usual use. */
const LIKELY = 1.5;

/** A point on the meter's line: what it showed, or began or ended with. */
interface Mark {
  readonly at: Millis;
  readonly value: number;
}

export type Offered =
  | { readonly kind: "reading"; readonly at: Millis; readonly value: number }
  | { readonly kind: "exchange"; readonly at: Millis; readonly final: number; readonly initial: number };

export interface CheckQuestion {
  readonly offered: Offered;
  readonly definition: PointDefinition;
  /** What is confirmed of the point, in the order of its time, without the offered one. */
  readonly confirmed: readonly MeterEntry[];
  /** What else of the point waits. */
  readonly waiting: readonly MeterEntry[];
  /** What a wire said of it last; null without a wire. */
  readonly heard: Mark | null;
  /** The last month that is closed, `YYYY-MM`; null: none. */
  readonly closedUntil: string | null;
  /** The local date of an instant, `YYYY-MM-DD`. */
  readonly dateOf: (at: Millis) => string;
}

/** The mark before an instant on the line that runs there, and the one after it. */
export function neighboursOf(
  confirmed: readonly MeterEntry[],
  at: Millis,
  heard: Mark | null = null,
): { readonly before: Mark | null; readonly after: Mark | null } {
  let before: Mark | null = null;
  let after: Mark | null = null;
  for (const e of confirmed) {
    if (e.at <= at) before = { at: e.at, value: e.kind === "reading" ? e.value : e.initial };
    else after ??= { at: e.at, value: e.kind === "reading" ? e.value : e.final };
  }
  if (heard !== null && heard.at <= at && heard.at > (before?.at ?? Number.NEGATIVE_INFINITY)) before = heard;
  return { before, after };
}

/** What the meter counts a day, from what was confirmed in the 400 days before; null while less than a day is known. */
export function usualPerDay(confirmed: readonly MeterEntry[], at: Millis): number | null {
  let used = 0;
  let from: Millis | null = null;
  let last: number | null = null;
  let until = 0;
  for (const e of confirmed) {
    if (e.at >= at || e.at < at - LOOKED_BACK_MS) continue;
    from ??= e.at;
    until = e.at;
    const shown = e.kind === "reading" ? e.value : e.final;
    if (last !== null) used += Math.max(0, shown - last);
    last = e.kind === "reading" ? e.value : e.initial;
  }
  return from === null || until - from < DAY ? null : used / ((until - from) / DAY);
}

export function doubtsOf(question: CheckQuestion): MeterDoubt[] {
  const { offered, definition, confirmed, waiting, heard, closedUntil, dateOf } = question;
  const { before, after } = neighboursOf(confirmed, offered.at, heard);
  const shown = offered.kind === "reading" ? offered.value : offered.final;
  const goesOn = offered.kind === "reading" ? offered.value : offered.initial;
  const doubts: MeterDoubt[] = [];
  const add = (kind: MeterDoubt["kind"], stops: boolean, evidence: MeterDoubt["evidence"]) => void doubts.push({ kind, stops, evidence });

  if (before !== null && shown < before.value) add("below-last", true, { last: before.value, lastAt: before.at });
  if (after !== null && goesOn > after.value) add("above-next", true, { next: after.value, nextAt: after.at });
  const usual = usualPerDay(confirmed, offered.at);
  if (before !== null && shown >= before.value) {
    const days = (offered.at - before.at) / DAY;
    const rise = shown - before.value;
    if (rise > (definition.atOnce ?? 0) + ((definition.fastest ?? Number.MAX_VALUE) * (offered.at - before.at)) / HOUR)
      add("too-fast", false, { rise, hours: days * 24, most: definition.fastest ?? 0 });
    if (usual !== null && usual > 0 && days > 0.5) {
      const perDay = rise / days;
      if (perDay > usual * UNUSUAL) add("much-more", false, { perDay, usual, times: perDay / usual });
      else if (perDay < usual / UNUSUAL) add("much-less", false, { perDay, usual, times: perDay / usual });
    }
  }
  const hint = doubts.length === 0 || offered.kind !== "reading" ? null : slipOf(offered.value, offered.at, before, after, usual);
  if (hint !== null) doubts.push(hint);
  const date = dateOf(offered.at);
  const same = [...confirmed, ...waiting].find((e) => e.kind === offered.kind && dateOf(e.at) === date);
  if (same !== undefined) add("same-day", false, { sameAt: same.at, value: same.kind === "reading" ? same.value : same.final, state: same.state });
  if (closedUntil !== null && date.slice(0, 7) <= closedUntil) add("closed-month", false, { month: date.slice(0, 7) });
  return doubts;
}

/** The value that was probably meant, where one slip of the hand explains what does not fit: two digits swapped, a decimal point misplaced, litres for cubic metres. */
function slipOf(value: number, at: Millis, before: Mark | null, after: Mark | null, usual: number | null): MeterDoubt | null {
  if (before === null || usual === null || usual <= 0) return null;
  const days = (at - before.at) / DAY;
  const fits = (v: number) => {
    const perDay = (v - before.value) / Math.max(days, 0.5);
    return v >= before.value && (after === null || v <= after.value) && perDay <= usual * LIKELY && perDay >= usual / LIKELY;
  };
  const shifted = [10, 1000].flatMap((by) => [value / by, value * by]).find(fits);
  if (shifted !== undefined) return { kind: "decimal-point", stops: false, evidence: { maybe: tidy(shifted) } };
  const digits = String(value);
  for (let i = 0; i + 1 < digits.length; i++) {
    const [a, b] = [digits[i]!, digits[i + 1]!];
    if (a === b || a === "." || b === ".") continue;
    const swapped = Number(digits.slice(0, i) + b + a + digits.slice(i + 2));
    if (fits(swapped)) return { kind: "digits-swapped", stops: false, evidence: { maybe: swapped } };
  }
  return null;
}

function tidy(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
