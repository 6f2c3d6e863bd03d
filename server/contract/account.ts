/** Factors, tariffs, quotas and how a site reckons its month, as files write them. */
import { z } from "zod";
import { DEVICE_KINDS } from "../core/device.ts";
import type { FactorRow, Quantity, QuotaRow, TariffRow } from "../core/account/tables.ts";
import { CONCEPTS, QUANTITIES, SITE_REGION, UNITS } from "../core/account/tables.ts";
import { SPACE_CLASSES } from "../core/space.ts";

const rowId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "an id has only letters, digits, _ . - and begins with a letter or digit");
const region = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "a region is named with letters, digits, _ . and -");
const date = z.iso.date("must be a date in quotes or not, such as 2026-10-01");
const line = z.string().min(1).max(500);
const title = z.union([z.string().min(1).max(200), z.record(z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/), z.string().min(1).max(200))]);

const source = z.union([
  line.transform((text) => ({ title: text, number: null, clause: null, url: null })),
  z.strictObject({
    title: line,
    number: line.nullable().default(null),
    clause: line.nullable().default(null),
    url: z
      .url({ protocol: /^https?$/, error: "must be an http or https address" })
      .max(500)
      .nullable()
      .default(null),
  }),
]);

const version = {
  id: rowId,
  quantity: z.enum(QUANTITIES),
  region: region.default(SITE_REGION),
  validFrom: date.default("0001-01-01"),
  validUntil: date.nullable().default(null),
  year: z.number().int().min(1949).max(2200).nullable().default(null),
  source,
  note: line.nullable().default(null),
  example: z.boolean().default(false),
};
const value = z.number().min(0).max(1_000_000);
const price = z.number().min(0).max(10_000);
const hours = z.array(z.number().int().min(0).max(23)).max(24).default([]);

const pricing = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("flat"), price }),
  z.strictObject({
    kind: z.literal("time-of-use"),
    prices: z.strictObject({ sharp: price.optional(), peak: price, flat: price, valley: price }).transform((p) => ({ ...p, sharp: p.sharp ?? p.peak })),
    plans: z
      .array(z.strictObject({ months: z.array(z.number().int().min(1).max(12)).min(1), sharp: hours, peak: hours, valley: hours }))
      .min(1)
      .max(12),
  }),
  z.strictObject({
    kind: z.literal("stepped"),
    steps: z
      .array(z.strictObject({ upTo: z.number().positive().max(1e9).nullable(), price }))
      .min(1)
      .max(20),
  }),
]);

const factor = z.strictObject({ ...version, concept: z.enum(CONCEPTS), variant: rowId.nullable().default(null), value, unit: line });
const tariff = z.strictObject({ ...version, pricing, unit: line });
const quota = z.strictObject({ ...version, basis: z.enum(["site", "person", "area"]), per: z.enum(["month", "year"]), value, unit: line });
const item = z.strictObject({
  code: z.string().regex(/^[A-Z]\d?$/, "must be an item code such as A1 or D"),
  name: title,
  kinds: z.array(z.enum(DEVICE_KINDS)).default([]),
  classes: z.array(z.enum(SPACE_CLASSES)).default([]),
});

interface Problem {
  readonly path: string;
  readonly message: string;
}

const tables = {
  factors: z.array(factor).max(1000).default([]),
  tariffs: z.array(tariff).max(1000).default([]),
  quotas: z.array(quota).max(1000).default([]),
  items: z.array(item).max(50).default([]),
};

/** The file that ships. */
export const accountFileSchema = z.strictObject(tables);

/** The site file's part. */
export const accountSchema = z.strictObject({
  ...tables,
  regions: z.array(region).max(20).default([]),
  variants: z.partialRecord(z.enum(QUANTITIES), rowId).default({}),
  headcounts: z
    .array(
      z.strictObject({
        department: z.string().max(64).nullable().default(null),
        from: date.default("0001-01-01"),
        people: z.number().min(0).max(1_000_000),
        source: line,
      }),
    )
    .max(5000)
    .default([]),
  mains: z
    .array(
      z.strictObject({
        meter: z.string().min(1).max(130),
        building: z.string().max(64).optional(),
        floor: z.string().min(1).max(20).nullable().default(null),
        space: z.string().min(1).max(130).nullable().default(null),
      }),
    )
    .max(2000)
    .default([]),
});

/** Every row that makes no sense: a unit that is not the quantity's, an end before its beginning, an hour that is two things at once. */
export function accountProblems(of: {
  readonly factors: readonly FactorRow[];
  readonly tariffs: readonly TariffRow[];
  readonly quotas: readonly QuotaRow[];
}): Problem[] {
  const problems: Problem[] = [];
  const wrong = (path: string, message: string) => void problems.push({ path, message });
  const measured = (at: string, quantity: Quantity, unit: string, wanted: string) => {
    if (unit !== wanted) wrong(`${at}.unit`, `must be "${wanted}" for ${quantity}, not "${unit}": the value would be read wrongly`);
  };
  for (const table of ["factors", "tariffs", "quotas"] as const) {
    const seen = new Map<string, number>();
    of[table].forEach((row, i) => {
      const before = seen.get(row.id);
      if (before === undefined) seen.set(row.id, i);
      else wrong(`${table}[${i}]`, `"${row.id}" is used twice (first in ${table}[${before}])`);
      if (row.validUntil !== null && row.validUntil < row.validFrom) wrong(`${table}[${i}].validUntil`, "must not be before validFrom");
    });
  }
  of.factors.forEach((f, i) => measured(`factors[${i}]`, f.quantity, f.unit, `${f.concept === "co2" ? "kg" : "kgce"}/${UNITS[f.quantity]}`));
  of.quotas.forEach((q, i) => {
    const per = q.basis === "site" ? "" : q.basis === "person" ? "/person" : "/m²";
    measured(`quotas[${i}]`, q.quantity, q.unit, `${UNITS[q.quantity]}${per}`);
  });
  of.tariffs.forEach((t, i) => {
    measured(`tariffs[${i}]`, t.quantity, t.unit, `CNY/${UNITS[t.quantity]}`);
    const at = `tariffs[${i}].pricing`;
    if (t.pricing.kind === "stepped") {
      const { steps } = t.pricing;
      steps.forEach((s, n) => {
        if ((s.upTo === null) !== (n === steps.length - 1)) wrong(`${at}.steps[${n}].upTo`, "only the last step has no end (null), and it has none");
        else if (s.upTo !== null && n > 0 && s.upTo <= (steps[n - 1]!.upTo ?? 0)) wrong(`${at}.steps[${n}].upTo`, "must be above the step before");
      });
    }
    if (t.pricing.kind !== "time-of-use") return;
    const months = new Set<number>();
    t.pricing.plans.forEach((plan, n) => {
      for (const month of plan.months) {
        if (months.has(month)) wrong(`${at}.plans[${n}].months`, `month ${month} stands in two plans`);
        months.add(month);
      }
      const taken = new Set<number>();
      for (const period of ["sharp", "peak", "valley"] as const)
        for (const hour of plan[period]) {
          if (taken.has(hour)) wrong(`${at}.plans[${n}].${period}`, `hour ${hour} is named twice`);
          taken.add(hour);
        }
    });
    const missing = Array.from({ length: 12 }, (_, m) => m + 1).filter((m) => !months.has(m));
    if (missing.length > 0) wrong(`${at}.plans`, `no plan has month ${missing.join(", ")}; an empty plan makes a month flat`);
  });
  return problems;
}
