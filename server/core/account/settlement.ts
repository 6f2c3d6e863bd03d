/** A month's account: a draft at any time, and what it became when somebody closed it. Closed lines stay; a correction takes one back and puts another in its place. */
import type { DeviceId, Millis, PointId } from "../reading.ts";
import type { Bucket } from "./buckets.ts";
import { pricesOf } from "./buckets.ts";
import type { Conduct } from "./conduct.ts";
import type { Line, MainReading } from "./consumption.ts";
import { tidy } from "./consumption.ts";
import type { Account, AccountTables, FactorRow, Period, Quantity, QuotaRow, TariffRow } from "./tables.ts";
import { headcountOn, quotasOn } from "./tables.ts";

/** A part of the month as it was reckoned: which rows held, and what a unit came to. */
export interface SettledBucket {
  readonly from: string;
  readonly until: string;
  readonly period: Period | null;
  /** Ids of rows; null where none held. */
  readonly tariff: string | null;
  readonly coal: string | null;
  readonly co2: string | null;
  /** CNY, kgce and kg CO₂ for a unit. */
  readonly price: number | null;
  readonly coalRate: number | null;
  readonly co2Rate: number | null;
}

export interface QuantityAccount {
  readonly quantity: Quantity;
  readonly buckets: readonly SettledBucket[];
  /** Used since 1 January before this month, where the tariff goes by steps. */
  readonly before: number;
  readonly mains: readonly MainReading[];
}

/** How well a meter was heard. */
export interface Completeness {
  readonly quantity: Quantity;
  readonly device: DeviceId;
  readonly point: PointId;
  readonly days: number;
  readonly of: number;
}

/** How many people and m² a department has; null: nobody wrote it down. The site's own stand under `department: null`. */
export interface Basis {
  readonly department: string | null;
  readonly people: number | null;
  readonly area: number | null;
}

/** What was saved, as the savings' own reckoning states it; each part only where it has one. */
export interface SavingsStatement {
  readonly planned: SavingsPart | null;
  readonly measured: SavingsPart | null;
  /** Only what passed the gates of the baseline model. */
  readonly verified: SavingsPart | null;
  /** What is in the verified ones by somebody's word, kWh in the month; absent in months that were closed before there were any. */
  readonly adjustments?: readonly StatedAdjustment[];
  /** In English, for whoever wants to follow it. */
  readonly method: string;
}

export interface StatedAdjustment {
  readonly building: string;
  readonly kwh: number;
  readonly reason: string;
  readonly source: string;
  readonly by: string;
}

export interface SavingsPart {
  readonly kwh: number;
  /** 95 %. */
  readonly low: number;
  readonly high: number;
  readonly cny: number | null;
}

export interface MonthAccount {
  /** `YYYY-MM` */
  readonly month: string;
  readonly from: Millis;
  readonly to: Millis;
  readonly quantities: readonly QuantityAccount[];
  /** The rows that were used, whole: a later table does not change what they were. */
  readonly rows: AccountTables;
  readonly meters: readonly Completeness[];
  readonly bases: readonly Basis[];
  readonly conduct: Conduct;
  readonly savings: SavingsStatement | null;
}

export interface Settlement extends MonthAccount {
  readonly closedAt: Millis;
  readonly closedBy: string;
  /** SHA-256 (hex) of the canonical JSON of the account and its lines. */
  readonly digest: string;
}

/** A line with what it came to. */
export interface CostedLine extends Line {
  readonly amount: number;
  /** CNY; null where no tariff held. */
  readonly cost: number | null;
  /** kgce, kg. */
  readonly coal: number | null;
  readonly co2: number | null;
}

export interface Entry extends CostedLine {
  readonly entry: string;
  readonly month: string;
  readonly is: "line" | "reversal" | "correction";
  /** The entry that it takes back, or in whose place it stands. */
  readonly of: string | null;
  readonly at: Millis;
  readonly by: string;
  readonly reason: string | null;
}

/** What is computed at any time; closing makes it last. */
export interface MonthDraft {
  readonly account: MonthAccount;
  readonly lines: readonly CostedLine[];
}

/** What lines of one quantity came to, by the rates of their buckets. */
export function costed(line: Line, { buckets }: Pick<QuantityAccount, "buckets">): CostedLine {
  const sum = (rate: (b: SettledBucket) => number | null): number | null => {
    let total = 0;
    for (const [i, amount] of line.amounts.entries()) {
      if (amount === 0) continue;
      const r = rate(buckets[i]!);
      if (r === null) return null;
      total += amount * r;
    }
    return buckets.some((b) => rate(b) !== null) ? tidy(total) : null;
  };
  return {
    ...line,
    amount: tidy(line.amounts.reduce((s, a) => s + a, 0)),
    cost: sum((b) => b.price),
    coal: sum((b) => b.coalRate),
    co2: sum((b) => b.co2Rate),
  };
}

/** A quantity's account from its lines. `before`: what the site used since 1 January. */
export function quantityAccount(
  quantity: Quantity,
  buckets: readonly Bucket[],
  lines: readonly Line[],
  mains: readonly MainReading[],
  before: number,
): { readonly account: QuantityAccount; readonly lines: readonly CostedLine[] } {
  const totals = buckets.map((_, i) => lines.reduce((sum, l) => sum + (l.amounts[i] ?? 0), 0));
  const prices = pricesOf(buckets, totals, before);
  const settled = buckets.map((b, i): SettledBucket => ({
    from: b.from,
    until: b.until,
    period: b.period,
    tariff: b.tariff?.id ?? null,
    coal: b.coal?.id ?? null,
    co2: b.co2?.id ?? null,
    price: prices[i] === null ? null : Math.round(prices[i]! * 1e8) / 1e8,
    coalRate: b.coal?.value ?? null,
    co2Rate: b.co2?.value ?? null,
  }));
  const account = { quantity, buckets: settled, before: tidy(before), mains };
  return { account, lines: lines.map((l) => costed(l, account)) };
}

/** The rows that these buckets were reckoned by, with the quotas that held at the month's end; each once. */
export function rowsUsed(
  account: Account,
  of: readonly { readonly quantity: Quantity; readonly buckets: readonly Bucket[] }[],
  lastDay: string,
): AccountTables {
  const factors = new Map<string, FactorRow>();
  const tariffs = new Map<string, TariffRow>();
  const quotas = new Map<string, QuotaRow>();
  for (const { quantity, buckets } of of) {
    for (const b of buckets) {
      for (const f of [b.coal, b.co2]) if (f !== null) factors.set(f.id, f);
      if (b.tariff !== null) tariffs.set(b.tariff.id, b.tariff);
    }
    for (const q of quotasOn(account, quantity, lastDay)) quotas.set(q.id, q);
  }
  return { factors: [...factors.values()], tariffs: [...tariffs.values()], quotas: [...quotas.values()] };
}

/** People and m² by department on the month's last day, the whole site first. */
export function basesOf(
  account: Account,
  departments: readonly string[],
  spaces: readonly { readonly department: string | null; readonly area: number }[],
  lastDay: string,
): Basis[] {
  const area = (of: string | null) => spaces.filter((s) => of === null || s.department === of).reduce((sum, s) => sum + s.area, 0);
  return [null, ...departments].map((d) => ({ department: d, people: headcountOn(account, d, lastDay), area: area(d) === 0 ? null : area(d) }));
}

/** What stands now: every entry that no other took back. */
export function standing(entries: readonly Entry[]): Entry[] {
  const reversed = new Set(entries.flatMap((e) => (e.is === "reversal" && e.of !== null ? [e.of] : [])));
  return entries.filter((e) => e.is !== "reversal" && !reversed.has(e.entry));
}

/** Sums by a key: how much of what. */
export function amountBy<T extends CostedLine>(lines: readonly T[], key: (line: T) => string | null): Map<string | null, T[]> {
  const groups = new Map<string | null, T[]>();
  for (const line of lines) {
    const k = key(line);
    const group = groups.get(k);
    if (group === undefined) groups.set(k, [line]);
    else group.push(line);
  }
  return groups;
}

/** What the house remembers of a closed month. */
export interface ClosedMonth {
  readonly month: string;
  readonly digest: string;
  /** Entries that were taken back. */
  readonly reversed: ReadonlySet<string>;
}
