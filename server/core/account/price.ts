/** Prices: of the moment, for what a finding costs while it lasts; of a month's parts, for the settlement. */
import type { Calendar } from "../calendar.ts";
import type { Millis } from "../reading.ts";
import type { Site } from "../space.ts";
import type { Period, Pricing, Quantity } from "./tables.ts";
import { tariffOn } from "./tables.ts";

/** The period of an hour (0–23) in a month (1–12). */
export function periodOf(pricing: Extract<Pricing, { kind: "time-of-use" }>, month: number, hour: number): Period {
  const plan = pricing.plans.find((p) => p.months.includes(month));
  if (plan === undefined) return "flat";
  for (const period of ["sharp", "peak", "valley"] as const) if (plan[period].includes(hour)) return period;
  return "flat";
}

/**
 * CNY for one more kWh, m³ or sheet now; 0 where no tariff is known. Of a stepped tariff it is the first step: what the year comes to is not
 * known while it runs.
 */
export function priceNow({ site, calendar }: { readonly site: Site; readonly calendar: Calendar }, quantity: Quantity, now: Millis): number {
  const { date } = calendar.day(now);
  const pricing = tariffOn(site.account, quantity, date)?.pricing;
  switch (pricing?.kind) {
    case undefined:
      return 0;
    case "flat":
      return pricing.price;
    case "time-of-use":
      return pricing.prices[periodOf(pricing, Number(date.slice(5, 7)), Math.floor(calendar.minuteOfDay(now) / 60))];
    case "stepped":
      return pricing.steps[0]?.price ?? 0;
  }
}

/** CNY of `amount` more after `before` since 1 January, by steps. Negative amounts (a correction) give back what they cost. */
export function steppedCost(steps: readonly { readonly upTo: number | null; readonly price: number }[], before: number, amount: number): number {
  const upTo = (total: number): number => {
    let cost = 0;
    let from = 0;
    for (const step of steps) {
      const to = Math.min(total, step.upTo ?? Infinity);
      if (to > from) cost += (to - from) * step.price;
      from = Math.max(from, step.upTo ?? Infinity);
    }
    return cost;
  };
  return upTo(Math.max(0, before + amount)) - upTo(Math.max(0, before));
}
