/** The bulletin (月通报) of a month: what was used, by whom, against when, and who answered for it. Every number says where it comes from. */
import type { MainReading } from "./consumption.ts";
import type { Figure } from "./figure.ts";
import { amountFigure, changeFigure, co2Figure, coalFigure, costFigure, quotaFigure, sharedFigure, totalFigure } from "./figure.ts";
import type { CostedLine, Entry, MonthAccount, QuantityAccount } from "./settlement.ts";
import { amountBy, standing } from "./settlement.ts";
import type { Quantity } from "./tables.ts";
import { UNITS } from "./tables.ts";

/** What departments used in a month, for comparing: by quantity, and within it by department (`*`: the whole site). */
export interface MonthTotals {
  readonly month: string;
  readonly amounts: ReadonlyMap<Quantity, ReadonlyMap<string, number>>;
}

export const WHOLE = "*";
const keyOfDepartment = (department: string | null) => department ?? "";

export function totalsOf(month: string, lines: readonly CostedLine[]): MonthTotals {
  const amounts = new Map<Quantity, Map<string, number>>();
  for (const { quantity, department, amount } of lines) {
    const of = amounts.get(quantity) ?? new Map<string, number>();
    amounts.set(quantity, of);
    for (const key of [WHOLE, keyOfDepartment(department)]) of.set(key, (of.get(key) ?? 0) + amount);
  }
  return { month, amounts };
}

export interface Changes {
  /** Against the month before, and the same month of the year before. */
  readonly month: Figure;
  readonly year: Figure;
}

export interface DepartmentUse {
  readonly department: string | null;
  readonly amount: Figure;
  readonly cost: Figure;
  readonly perHead: Figure;
  /** By use per head, the most thrifty first; null where nobody counted the heads. */
  readonly rank: number | null;
  readonly change: Changes;
}

/** A part of the whole, by item code, kind, floor or building. */
export interface Share {
  readonly key: string | null;
  readonly amount: Figure;
  /** % of the whole. */
  readonly share: number | null;
}

export interface QuotaUse {
  readonly row: string;
  readonly quota: number;
  readonly unit: string;
  readonly used: Figure;
}

export interface QuantityUse {
  readonly quantity: Quantity;
  readonly unit: string;
  readonly amount: Figure;
  readonly cost: Figure;
  readonly perHead: Figure;
  readonly perArea: Figure;
  readonly coal: Figure;
  readonly co2: Figure;
  readonly change: Changes;
  readonly quotas: readonly QuotaUse[];
  readonly departments: readonly DepartmentUse[];
  readonly items: readonly Share[];
  readonly kinds: readonly Share[];
  readonly floors: readonly Share[];
  readonly buildings: readonly Share[];
  readonly mains: readonly MainReading[];
  /** What meters counted beyond the meters behind them. */
  readonly unmetered: Figure;
  /** % of the days on which the meters were heard, their mean; null without meters. */
  readonly heard: number | null;
}

export interface Bulletin {
  readonly account: MonthAccount;
  readonly quantities: readonly QuantityUse[];
  readonly cost: Figure;
  readonly coal: Figure;
  readonly co2: Figure;
}

export interface BulletinQuestion {
  readonly account: MonthAccount;
  /** Lines of a draft, or the standing entries of a closed month. */
  readonly lines: readonly CostedLine[];
  readonly before: { readonly month: MonthTotals | null; readonly year: MonthTotals | null };
}

/** The lines that count of a closed month's entries. */
export function linesOf(entries: readonly Entry[]): readonly Entry[] {
  return standing(entries);
}

export function bulletinOf({ account, lines, before }: BulletinQuestion): Bulletin {
  const of = amountBy(lines, (l) => l.quantity);
  const quantities = account.quantities.map((q) => useOf(account, q, of.get(q.quantity) ?? [], before));
  return {
    account,
    quantities,
    cost: totalFigure(
      account,
      quantities.map((q) => q.cost),
      "CNY",
    ),
    coal: totalFigure(
      account,
      quantities.map((q) => q.coal),
      "kgce",
    ),
    co2: totalFigure(
      account,
      quantities.map((q) => q.co2),
      "kg",
    ),
  };
}

function useOf(account: MonthAccount, q: QuantityAccount, lines: readonly CostedLine[], before: BulletinQuestion["before"]): QuantityUse {
  const unit = UNITS[q.quantity];
  const site = account.bases.find((b) => b.department === null);
  const amount = amountFigure(account, lines, unit);
  const perHead = sharedFigure(amount, site?.people ?? null, "head");
  const perArea = sharedFigure(amount, site?.area ?? null, "area");
  const was = (totals: MonthTotals | null, department: string) => (totals === null ? null : (totals.amounts.get(q.quantity)?.get(department) ?? 0));
  const changes = (figure: Figure, department: string): Changes => ({
    month: changeFigure(figure, was(before.month, department)),
    year: changeFigure(figure, was(before.year, department)),
  });
  const shares = (key: (line: CostedLine) => string | null) => sharesOf(account, lines, amount.value ?? 0, unit, key);
  const heard = account.meters.filter((m) => m.quantity === q.quantity);
  return {
    quantity: q.quantity,
    unit,
    amount,
    cost: costFigure(account, lines, q, unit),
    perHead,
    perArea,
    coal: coalFigure(account, lines, q, unit),
    co2: co2Figure(account, lines, q, unit),
    change: changes(amount, WHOLE),
    quotas: account.rows.quotas
      .filter((row) => row.quantity === q.quantity)
      .map((row) => {
        const quota = row.per === "year" ? row.value / 12 : row.value;
        const used = row.basis === "site" ? amount : row.basis === "person" ? perHead : perArea;
        return { row: row.id, quota, unit: used.unit, used: quotaFigure(used, quota, row.id) };
      }),
    departments: ranked(
      [...amountBy(lines, (l) => l.department)].map(([department, own]) => {
        const used = amountFigure(account, own, unit);
        const people = department === null ? null : (account.bases.find((b) => b.department === department)?.people ?? null);
        return {
          department,
          amount: used,
          cost: costFigure(account, own, q, unit),
          perHead: sharedFigure(used, people, "head"),
          change: changes(used, keyOfDepartment(department)),
        };
      }),
    ),
    items: shares((l) => l.item),
    kinds: shares((l) => l.kind),
    floors: shares((l) => (l.floor === null ? null : `${l.building}/${l.floor}`)),
    buildings: shares((l) => l.building),
    mains: q.mains,
    unmetered: amountFigure(
      account,
      lines.filter((l) => l.part === "rest"),
      unit,
    ),
    heard: heard.length === 0 ? null : Math.round((heard.reduce((sum, m) => sum + m.days / m.of, 0) / heard.length) * 1000) / 10,
  };
}

function ranked(departments: readonly Omit<DepartmentUse, "rank">[]): DepartmentUse[] {
  const known = departments.filter((d) => d.perHead.value !== null).toSorted((a, b) => a.perHead.value! - b.perHead.value!);
  // Who used as much per head shares the place.
  const rank = (d: Omit<DepartmentUse, "rank">) => (d.perHead.value === null ? null : known.findIndex((k) => k.perHead.value === d.perHead.value) + 1);
  return departments
    .map((d): DepartmentUse => ({ ...d, rank: rank(d) }))
    .toSorted((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || (b.amount.value ?? 0) - (a.amount.value ?? 0));
}

function sharesOf(account: MonthAccount, lines: readonly CostedLine[], whole: number, unit: string, key: (line: CostedLine) => string | null): Share[] {
  return [...amountBy(lines, key)]
    .map(([k, own]): Share => {
      const amount = amountFigure(account, own, unit);
      return { key: k, amount, share: whole > 0 ? Math.round(((amount.value ?? 0) / whole) * 1000) / 10 : null };
    })
    .toSorted((a, b) => (b.amount.value ?? 0) - (a.amount.value ?? 0));
}
