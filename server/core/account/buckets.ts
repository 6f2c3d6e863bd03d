/** A month cut where a price or a factor changes: every part is reckoned by the rows that held then. */
import type { Zone } from "../zone.ts";
import { civilFromDays, daysFromCivil } from "../zone.ts";
import type { Millis } from "../reading.ts";
import { periodOf, steppedCost } from "./price.ts";
import type { Account, FactorRow, Period, Quantity, TariffRow } from "./tables.ts";
import { factorOn, tariffOn } from "./tables.ts";

/** One part of a month: a stretch of days, and within it the hours of one period of the tariff (null: all of them). */
export interface Bucket {
  /** Local dates, inclusive. */
  readonly from: string;
  readonly until: string;
  readonly period: Period | null;
  readonly tariff: TariffRow | null;
  readonly coal: FactorRow | null;
  readonly co2: FactorRow | null;
}

export interface MonthPlan {
  /** `YYYY-MM` */
  readonly month: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly dates: readonly string[];
}

/** A month of the site's own calendar. */
export function planMonth(zone: Pick<Zone, "fromLocal">, month: string): MonthPlan {
  const next = monthAfter(month);
  const first = daysFromCivil(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 1);
  const last = daysFromCivil(Number(next.slice(0, 4)), Number(next.slice(5, 7)), 1);
  const dates = Array.from({ length: last - first }, (_, i) => dateOf(first + i));
  return { month, from: zone.fromLocal(`${month}-01`, 0), to: zone.fromLocal(`${next}-01`, 0), dates };
}

function dateOf(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** `by` months after (before, where negative). */
export function monthAfter(month: string, by = 1): string {
  const n = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + by;
  return `${String(Math.floor(n / 12)).padStart(4, "0")}-${String((n % 12) + 1).padStart(2, "0")}`;
}

/** The parts of a month for a quantity, in the order of time. */
export function bucketsOf(account: Account, quantity: Quantity, plan: MonthPlan): Bucket[] {
  const stretches: Omit<Bucket, "period">[] = [];
  for (const date of plan.dates) {
    const rows = {
      tariff: tariffOn(account, quantity, date),
      coal: factorOn(account, quantity, "standard-coal", date),
      co2: factorOn(account, quantity, "co2", date),
    };
    const before = stretches.at(-1);
    if (before !== undefined && before.tariff === rows.tariff && before.coal === rows.coal && before.co2 === rows.co2)
      stretches[stretches.length - 1] = { ...before, until: date };
    else stretches.push({ from: date, until: date, ...rows });
  }
  const month = Number(plan.month.slice(5));
  return stretches.flatMap((s): Bucket[] => {
    const pricing = s.tariff?.pricing;
    if (pricing?.kind !== "time-of-use") return [{ ...s, period: null }];
    const used = new Set(Array.from({ length: 24 }, (_, hour) => periodOf(pricing, month, hour)));
    return (["sharp", "peak", "flat", "valley"] as const).filter((p) => used.has(p)).map((period) => ({ ...s, period }));
  });
}

/** Which bucket a window that starts then belongs to: its place in the list. */
export function bucketAt(buckets: readonly Bucket[], zone: Pick<Zone, "date" | "minuteOfDay">, start: Millis): number {
  const date = zone.date(start);
  const hour = Math.floor(zone.minuteOfDay(start) / 60);
  return buckets.findIndex((b) => {
    if (date < b.from || date > b.until) return false;
    const pricing = b.tariff?.pricing;
    return b.period === null || pricing?.kind !== "time-of-use" || periodOf(pricing, Number(date.slice(5, 7)), hour) === b.period;
  });
}

/** Whether the parts are told apart by the hour. */
export function byHour(buckets: readonly Bucket[]): boolean {
  return buckets.some((b) => b.period !== null);
}

/**
 * CNY for a unit in each bucket; null where no tariff holds. Of a stepped tariff it is what the whole site's amounts come to on average,
 * given what was used since 1 January before the month: so that what departments pay adds up to the bill.
 */
export function pricesOf(buckets: readonly Bucket[], totals: readonly number[], before: number): (number | null)[] {
  let used = before;
  return buckets.map((b, i) => {
    const pricing = b.tariff?.pricing;
    const amount = totals[i] ?? 0;
    const start = used;
    used += amount;
    switch (pricing?.kind) {
      case undefined:
        return null;
      case "flat":
        return pricing.price;
      case "time-of-use":
        return pricing.prices[b.period ?? "flat"];
      case "stepped":
        // Of nothing the next one would cost what the step says.
        return amount > 0 ? steppedCost(pricing.steps, start, amount) / amount : steppedCost(pricing.steps, start, 1);
    }
  });
}
