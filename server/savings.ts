/** Savings as the API, the page and the month ask for them: roll-ups and records in, reckoned in the core a few milliseconds at a time. */
import { readModelled } from "./building-model.ts";
import type { Estimate } from "./core/backtest-tally.ts";
import { priceNow } from "./core/account/price.ts";
import type { SavingsStatement } from "./core/account/settlement.ts";
import type { Millis } from "./core/reading.ts";
import { plannedOf } from "./core/savings/planned.ts";
import type { Savings } from "./ports/savings.ts";
import type { SavingsParts } from "./savings-past.ts";
import { readPast, reckon } from "./savings-past.ts";

export async function readSavings(parts: SavingsParts, building: string, from: Millis, to: Millis): Promise<Savings> {
  const past = await readPast(parts, building, null, from, to);
  const books = parts.house.savings;
  return {
    building,
    from,
    to,
    planned: plannedOf(
      past.findings.filter((f) => f.openedAt >= from),
      Math.min(to, parts.now()),
    ),
    measured: await reckon(past, `${building} ${from} ${to}`),
    ...(await readModelled(parts, building, from, to)),
    adjustments: [...books.adjustments.values()]
      .filter((a) => a.building === building)
      .toReversed()
      .map((adjustment) => ({ adjustment, withdrawal: books.withdrawals.get(adjustment.id) ?? null })),
  };
}

/** What the month's account states: the sum over all buildings, each kind of saving by itself. */
export async function stateSavings(parts: SavingsParts, from: Millis, to: Millis): Promise<SavingsStatement> {
  const price = priceNow(parts.house, "electricity", to - 1);
  const all: Savings[] = [];
  for (const { id } of parts.house.site.buildings) all.push(await readSavings(parts, id, from, to));
  const verified = all.flatMap(({ modelled: m }) => (m.kind === "verified" ? [m.modelled] : []));
  const part = (amounts: readonly Estimate[]) => {
    if (amounts.length === 0) return null;
    const sum = (of: (e: Estimate) => number) => amounts.reduce((total, e) => total + of(e), 0);
    const kwh = sum((e) => e.value);
    // What buildings err by is taken to be shared: bounds add up.
    return { kwh, low: sum((e) => e.low), high: sum((e) => e.high), cny: price > 0 ? kwh * price : null };
  };
  return {
    planned: part(all.filter((s) => s.planned.findings > 0).map((s) => s.planned.amount)),
    measured: part(all.filter((s) => s.measured.commands.length > 0).map((s) => s.measured.total.kwh)),
    verified: part(verified.map((m) => m.amount)),
    adjustments: verified.flatMap((m) => m.adjustments.map(({ adjustment: { building, reason, source, by }, kwh }) => ({ building, kwh, reason, source, by }))),
    method:
      "Decision 16: avoided load by each device's own past (Kaplan-Meier, 95 %); the whole building by IPMVP option C with gates after ASHRAE Guideline 14.",
  };
}
