/** Factors, tariffs and quotas as tables of versions: each row says from when until when it holds, where, and by which document. */
import type { Text } from "../device.ts";

/** What a month is reckoned in. Fuels come from their ledgers, not from a device of ours. */
export const QUANTITIES = ["electricity", "water", "gas", "paper", "heat", "petrol", "diesel"] as const;
export type Quantity = (typeof QUANTITIES)[number];

export const UNITS: Readonly<Record<Quantity, string>> = {
  electricity: "kWh",
  water: "m³",
  gas: "m³",
  paper: "sheets",
  heat: "MJ",
  petrol: "kg",
  diesel: "kg",
};

/** The document that a number is taken from. */
export interface Source {
  readonly title: string;
  readonly number: string | null;
  readonly clause: string | null;
  readonly url: string | null;
}

interface Version {
  readonly id: string;
  readonly quantity: Quantity;
  /** Where it holds: one of the account's regions, the site's own rows under `site`. */
  readonly region: string;
  /** Local dates `YYYY-MM-DD`, both inclusive; null: until another row takes its place. */
  readonly validFrom: string;
  readonly validUntil: string | null;
  /** The year whose figures it tells, where that is not when it holds. */
  readonly year: number | null;
  readonly source: Source;
  readonly note: string | null;
  /** Stands here to show the form: whoever uses it puts the own numbers in its place. */
  readonly example: boolean;
}

export const CONCEPTS = ["standard-coal", "co2"] as const;
export type Concept = (typeof CONCEPTS)[number];

/** What one unit of a quantity counts for: kgce (standard coal) or kg (CO₂). */
export interface FactorRow extends Version {
  readonly concept: Concept;
  /** One of several that are in use at the same time (gas of a gas field, of an oil field); null where there is one. */
  readonly variant: string | null;
  readonly value: number;
  readonly unit: string;
}

export const PERIODS = ["sharp", "peak", "flat", "valley"] as const;
export type Period = (typeof PERIODS)[number];

/** Hours of the day (0–23, each from its full hour) by period, in these months (1–12); what is not named is flat. */
export interface DayPlan {
  readonly months: readonly number[];
  readonly sharp: readonly number[];
  readonly peak: readonly number[];
  readonly valley: readonly number[];
}

export type Pricing =
  | { readonly kind: "flat"; readonly price: number }
  | { readonly kind: "time-of-use"; readonly prices: Readonly<Record<Period, number>>; readonly plans: readonly DayPlan[] }
  /** By what was used since 1 January; the last step has no end. */
  | { readonly kind: "stepped"; readonly steps: readonly { readonly upTo: number | null; readonly price: number }[] };

/** What one unit of a quantity costs, CNY. */
export interface TariffRow extends Version {
  readonly pricing: Pricing;
  readonly unit: string;
}

/** What may be used: by the whole site, a person or a square metre, in a month or a year. */
export interface QuotaRow extends Version {
  readonly basis: "site" | "person" | "area";
  readonly per: "month" | "year";
  readonly value: number;
  readonly unit: string;
}

export interface AccountTables {
  readonly factors: readonly FactorRow[];
  readonly tariffs: readonly TariffRow[];
  readonly quotas: readonly QuotaRow[];
}

/** How many work in a department (null: in the whole site) from a day on. */
export interface Headcount {
  readonly department: string | null;
  readonly from: string;
  readonly people: number;
  readonly source: string;
}

/** A meter that counts all that stands in a space, on a floor or in a building and is behind no narrower meter. */
export interface Main {
  readonly meter: string;
  readonly building: string;
  readonly floor: string | null;
  readonly space: string | null;
}

/** An item of sub-metering (A1 … D), and which devices are of it unless a tag says otherwise. */
export interface Item {
  readonly code: string;
  readonly name: Text;
  readonly kinds: readonly string[];
  readonly classes: readonly string[];
}

/** How a site reckons its month. */
export interface Account extends AccountTables {
  /** Whose rows hold here, the narrowest first. The site's own (`site`) come before all. */
  readonly regions: readonly string[];
  /** Which of several factors is used, by quantity. */
  readonly variants: Readonly<Partial<Record<Quantity, string>>>;
  readonly headcounts: readonly Headcount[];
  readonly mains: readonly Main[];
  readonly items: readonly Item[];
}

export const SITE_REGION = "site";

export const EMPTY_ACCOUNT: Account = { factors: [], tariffs: [], quotas: [], regions: [], variants: {}, headcounts: [], mains: [], items: [] };

/** The row that holds on a date: of the narrowest region that has one the newest, and of two as new the later in the table. Null: none. */
export function rowOn<R extends Version>(rows: readonly R[], regions: readonly string[], date: string): R | null {
  for (const region of [SITE_REGION, ...regions]) {
    let found: R | null = null;
    for (const row of rows) {
      if (row.region !== region || row.validFrom > date || (row.validUntil !== null && row.validUntil < date)) continue;
      if (found === null || row.validFrom >= found.validFrom) found = row;
    }
    if (found !== null) return found;
  }
  return null;
}

export function tariffOn(account: Account, quantity: Quantity, date: string): TariffRow | null {
  return rowOn(
    account.tariffs.filter((t) => t.quantity === quantity),
    account.regions,
    date,
  );
}

export function factorOn(account: Account, quantity: Quantity, concept: Concept, date: string): FactorRow | null {
  const variant = account.variants[quantity];
  return rowOn(
    account.factors.filter((f) => f.quantity === quantity && f.concept === concept && (variant === undefined || f.variant === null || f.variant === variant)),
    account.regions,
    date,
  );
}

export function quotasOn(account: Account, quantity: Quantity, date: string): readonly QuotaRow[] {
  return (["site", "person", "area"] as const).flatMap((basis) => {
    const row = rowOn(
      account.quotas.filter((q) => q.quantity === quantity && q.basis === basis),
      account.regions,
      date,
    );
    return row === null ? [] : [row];
  });
}

/** How many worked there on a date; null where nobody wrote it down. Without a number of its own the site has its departments' sum. */
export function headcountOn(account: Account, department: string | null, date: string): number | null {
  const newest = (of: string | null) => {
    let found: Headcount | null = null;
    for (const h of account.headcounts) if (h.department === of && h.from <= date && (found === null || h.from >= found.from)) found = h;
    return found?.people ?? null;
  };
  const own = newest(department);
  if (own !== null || department !== null) return own;
  const named = [...new Set(account.headcounts.flatMap((h) => (h.department === null ? [] : [h.department])))].map(newest);
  return named.some((n) => n !== null) ? named.reduce<number>((sum, n) => sum + (n ?? 0), 0) : null;
}
