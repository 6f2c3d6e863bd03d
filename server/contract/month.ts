/** `/reports/months`: the month's account and its bulletin, each number with what it is made of. */
import { z } from "zod";
import type { Bulletin, Share } from "../core/account/bulletin.ts";
import { EXCEPTIONS } from "../core/account/conduct.ts";
import type { Figure } from "../core/account/figure.ts";
import { FORMULAS } from "../core/account/figure.ts";
import type { Entry, SavingsPart } from "../core/account/settlement.ts";
import type { Item } from "../core/account/tables.ts";
import { CONCEPTS, PERIODS, QUANTITIES } from "../core/account/tables.ts";
import type { Millis } from "../core/reading.ts";
import { time } from "./fields.ts";

const quantity = z.enum(QUANTITIES);
const department = z.string().nullable().meta({ description: "null: nobody's in particular" });
const textDto = z.union([z.string(), z.record(z.string(), z.string())]);
const refusalDto = z.object({ code: z.string(), detail: z.string() });

export const monthStateDto = z.object({
  month: z.string().meta({ description: "YYYY-MM" }),
  state: z.enum(["running", "open", "closed"]),
  closedAt: time.nullable(),
  closedBy: z.string().nullable(),
  digest: z.string().nullable().meta({ description: "SHA-256 of what was closed" }),
  refused: refusalDto.nullable().meta({ description: "Why it cannot be closed now; null where it can" }),
});

export const figureDto = z.object({
  value: z.number().nullable(),
  unit: z.string(),
  why: z
    .enum(["no-tariff", "no-factor", "no-headcount", "no-area", "not-settled", "was-zero", "no-readings"])
    .nullable()
    .meta({ description: "Why there is no value" }),
  from: z
    .object({
      kind: z.enum(FORMULAS),
      formula: z.string(),
      points: z.array(z.string()).meta({ description: "Whose readings are in it, the largest first, at most 50" }),
      pointCount: z.number(),
      from: time,
      to: time,
      rows: z.array(z.string()).meta({ description: "Ids in `rows`" }),
    })
    .meta({ description: "Readings, rows and formula behind it" }),
});

const sourceDto = z.object({ title: z.string(), number: z.string().nullable(), clause: z.string().nullable(), url: z.string().nullable() });
const versionDto = {
  id: z.string(),
  quantity,
  region: z.string(),
  validFrom: z.string(),
  validUntil: z.string().nullable(),
  year: z.number().nullable(),
  source: sourceDto,
  note: z.string().nullable(),
  example: z.boolean(),
  unit: z.string(),
};
const pricingDto = z.union([
  z.object({ kind: z.literal("flat"), price: z.number() }),
  z.object({
    kind: z.literal("time-of-use"),
    prices: z.object({ sharp: z.number(), peak: z.number(), flat: z.number(), valley: z.number() }),
    plans: z.array(z.object({ months: z.array(z.number()), sharp: z.array(z.number()), peak: z.array(z.number()), valley: z.array(z.number()) })),
  }),
  z.object({ kind: z.literal("stepped"), steps: z.array(z.object({ upTo: z.number().nullable(), price: z.number() })) }),
]);
const changesDto = z.object({ month: figureDto, year: figureDto });
const sharesDto = z.array(z.object({ key: z.string().nullable(), amount: figureDto, share: z.number().nullable() }));
const savingsPartDto = z.object({ kwh: z.number(), low: z.number(), high: z.number(), cny: z.number().nullable() }).nullable();

export const entryDto = z.object({
  entry: z.string(),
  is: z.enum(["line", "reversal", "correction"]),
  of: z.string().nullable(),
  at: time,
  by: z.string(),
  reason: z.string().nullable(),
  quantity,
  device: z.string(),
  point: z.string(),
  part: z.enum(["own", "rest"]),
  department,
  amount: z.number(),
  cost: z.number().nullable(),
});

export const monthDto = monthStateDto.extend({
  from: time,
  to: time,
  whole: z.boolean().nullable().meta({ description: "Whether what is kept is still what was hashed; null for a draft" }),
  quantities: z.array(
    z.object({
      quantity,
      unit: z.string(),
      amount: figureDto,
      cost: figureDto,
      perHead: figureDto,
      perArea: figureDto,
      coal: figureDto,
      co2: figureDto,
      change: changesDto,
      quotas: z.array(z.object({ row: z.string(), quota: z.number(), unit: z.string(), used: figureDto })),
      departments: z.array(z.object({ department, amount: figureDto, cost: figureDto, perHead: figureDto, rank: z.number().nullable(), change: changesDto })),
      items: sharesDto,
      kinds: sharesDto,
      floors: sharesDto,
      buildings: sharesDto,
      mains: z.array(z.object({ quantity, meter: z.string(), measured: z.number(), behind: z.number(), rest: z.number(), excess: z.number() })),
      unmetered: figureDto,
      heard: z.number().nullable().meta({ description: "% of days on which the meters were heard" }),
      buckets: z
        .array(
          z.object({ from: z.string(), until: z.string(), period: z.enum(PERIODS).nullable(), tariff: z.string().nullable(), price: z.number().nullable() }),
        )
        .meta({ description: "The parts of the month that were reckoned on their own" }),
    }),
  ),
  total: z.object({ cost: figureDto, coal: figureDto, co2: figureDto }),
  rows: z.object({
    factors: z.array(z.object({ ...versionDto, concept: z.enum(CONCEPTS), variant: z.string().nullable(), value: z.number() })),
    tariffs: z.array(z.object({ ...versionDto, pricing: pricingDto })),
    quotas: z.array(z.object({ ...versionDto, basis: z.enum(["site", "person", "area"]), per: z.enum(["month", "year"]), value: z.number() })),
  }),
  bases: z.array(z.object({ department, people: z.number().nullable(), area: z.number().nullable() })),
  meters: z
    .array(z.object({ quantity, device: z.string(), point: z.string(), days: z.number(), of: z.number() }))
    .meta({ description: "Those that were not heard every day, the worst first, at most 200" }),
  metersHeard: z.number().meta({ description: "All meters that were heard" }),
  violations: z.array(
    z.object({
      department,
      findings: z.number(),
      open: z.number(),
      hours: z.number(),
      kwh: z.number(),
      m3: z.number(),
      cny: z.number(),
      policies: z.array(z.object({ policy: z.string(), findings: z.number() })),
      alerts: z.number(),
      acknowledged: z.number(),
      median: z.number().nullable().meta({ description: "s until somebody acknowledged" }),
      answered: z.array(z.object({ person: z.string(), alerts: z.number() })),
    }),
  ),
  faults: z.number().meta({ description: "Findings that something is broken; they accuse nobody" }),
  exceptions: z.array(
    z.object({ kind: z.enum(EXCEPTIONS), department, count: z.number(), hours: z.number(), kwh: z.number().nullable(), cny: z.number().nullable() }),
  ),
  alarms: z
    .object({
      raised: z.number(),
      quiet: z.number(),
      figures: z.array(z.object({ key: z.string(), value: z.number(), verdict: z.string().nullable() })),
    })
    .nullable(),
  savings: z
    .object({
      planned: savingsPartDto,
      measured: savingsPartDto,
      verified: savingsPartDto,
      adjustments: z
        .array(z.object({ building: z.string(), kwh: z.number(), reason: z.string(), source: z.string(), by: z.string() }))
        .meta({ description: "What is in the verified ones by somebody's word, kWh in the month" }),
      method: z.string(),
    })
    .nullable()
    .meta({ description: "null: nothing is stated yet" }),
  items: z.array(z.object({ code: z.string(), name: textDto })).meta({ description: "Names of the item codes" }),
  corrections: z.array(entryDto).meta({ description: "What was taken back and what stands in its place, since it was closed" }),
});
export const formDto = z.object({
  id: z.string(),
  name: textDto,
  source: sourceDto,
  period: z.enum(["month", "quarter"]),
});
export type FormDto = z.infer<typeof formDto>;
export type MonthDto = z.infer<typeof monthDto>;
export type MonthStateDto = z.infer<typeof monthStateDto>;
export type FigureDto = z.infer<typeof figureDto>;
export type EntryDto = z.infer<typeof entryDto>;

export const correctionRequest = z.strictObject({
  entry: z.string().min(1).max(300),
  amount: z.number().min(0).max(1e12).meta({ description: "What it ought to have been, in the quantity's unit" }),
  reason: z.string().trim().min(1, "say why it is corrected").max(500),
});

/** As the port tells of it. */
export interface MonthShown {
  readonly month: string;
  readonly state: "running" | "open" | "closed";
  readonly closedAt: Millis | null;
  readonly closedBy: string | null;
  readonly digest: string | null;
  readonly refused: { readonly code: string; readonly detail: string } | null;
}

/** Meters that are named one by one. */
const SHOWN_METERS = 200;

export function presentMonthState(shown: MonthShown, iso: (at: Millis) => string): z.input<typeof monthStateDto> {
  const { month, state, closedAt, closedBy, digest, refused } = shown;
  return { month, state, closedAt: closedAt === null ? null : iso(closedAt), closedBy, digest, refused };
}

export function presentEntry(e: Entry, iso: (at: Millis) => string): z.input<typeof entryDto> {
  const { entry, is, of, at, by, reason, quantity: q, device, point, part, department: d, amount, cost } = e;
  return { entry, is, of, at: iso(at), by, reason, quantity: q, device, point, part, department: d, amount, cost };
}

export function presentMonth(
  shown: MonthShown & { readonly bulletin: Bulletin; readonly entries: readonly Entry[]; readonly whole: boolean | null },
  items: readonly Item[],
  iso: (at: Millis) => string,
): z.input<typeof monthDto> {
  const { bulletin, entries } = shown;
  const { account } = bulletin;
  const figure = (f: Figure): z.input<typeof figureDto> => ({
    ...f,
    from: { ...f.from, points: [...f.from.points], rows: [...f.from.rows], from: iso(f.from.from), to: iso(f.from.to) },
  });
  const shares = (list: readonly Share[]) => list.map((s) => ({ ...s, amount: figure(s.amount) }));
  const changes = (c: { readonly month: Figure; readonly year: Figure }) => ({ month: figure(c.month), year: figure(c.year) });
  const saved = (part: SavingsPart | null) => (part === null ? null : { ...part });
  const { alarms, violations, exceptions } = account.conduct;
  return {
    ...presentMonthState(shown, iso),
    from: iso(account.from),
    to: iso(account.to),
    whole: shown.whole,
    quantities: bulletin.quantities.map((q, i) => ({
      quantity: q.quantity,
      unit: q.unit,
      amount: figure(q.amount),
      cost: figure(q.cost),
      perHead: figure(q.perHead),
      perArea: figure(q.perArea),
      coal: figure(q.coal),
      co2: figure(q.co2),
      change: changes(q.change),
      quotas: q.quotas.map((u) => ({ ...u, used: figure(u.used) })),
      departments: q.departments.map((d) => ({
        department: d.department,
        amount: figure(d.amount),
        cost: figure(d.cost),
        perHead: figure(d.perHead),
        rank: d.rank,
        change: changes(d.change),
      })),
      items: shares(q.items),
      kinds: shares(q.kinds),
      floors: shares(q.floors),
      buildings: shares(q.buildings),
      mains: [...q.mains],
      unmetered: figure(q.unmetered),
      heard: q.heard,
      buckets: account.quantities[i]!.buckets.map(({ from, until, period, tariff, price }) => ({ from, until, period, tariff, price })),
    })),
    total: { cost: figure(bulletin.cost), coal: figure(bulletin.coal), co2: figure(bulletin.co2) },
    rows: account.rows as z.input<typeof monthDto>["rows"],
    bases: [...account.bases],
    meters: account.meters
      .filter((m) => m.days < m.of)
      .toSorted((a, b) => a.days / a.of - b.days / b.of)
      .slice(0, SHOWN_METERS),
    metersHeard: account.meters.length,
    violations: violations as z.input<typeof monthDto>["violations"],
    faults: account.conduct.faults,
    exceptions: [...exceptions],
    alarms: alarms as z.input<typeof monthDto>["alarms"],
    savings:
      account.savings === null
        ? null
        : {
            method: account.savings.method,
            planned: saved(account.savings.planned),
            measured: saved(account.savings.measured),
            verified: saved(account.savings.verified),
            adjustments: [...(account.savings.adjustments ?? [])],
          },
    items: items.map(({ code, name }) => ({ code, name })),
    corrections: entries.filter((e) => e.is !== "line").map((e) => presentEntry(e, iso)),
  };
}
