/** What people say of a building's savings: adjustments, their withdrawal, and the days of its baseline. */
import { z } from "zod";
import type { Adjustment, BaselineChoice, Withdrawal } from "../core/savings/entry.ts";
import type { Millis } from "../core/reading.ts";
import { time } from "./fields.ts";

const date = z.iso.date().meta({ description: "Local date, YYYY-MM-DD" });
const words = z.string().trim().min(1).max(500);
const building = z.string().min(1).max(300);

export const adjustmentDto = z.object({
  id: z.string(),
  building: z.string(),
  from: z.string(),
  until: z.string().nullable().meta({ description: "The last day; null: it goes on" }),
  kwh: z.number().meta({ description: "More (or less) than without it" }),
  per: z.enum(["day", "period"]),
  reason: z.string(),
  source: z.string(),
  by: z.string(),
  at: time,
  withdrawn: z.object({ by: z.string(), at: time, reason: z.string() }).nullable(),
});
export type AdjustmentDto = z.infer<typeof adjustmentDto>;

export const adjustmentRequest = z.strictObject({
  building,
  from: date,
  until: date.nullable().default(null),
  kwh: z.number().meta({ description: "How much more the building uses for it; negative: less" }),
  per: z.enum(["day", "period"]).default("day").meta({ description: "kWh a day, or of the whole time together" }),
  reason: words,
  source: words.meta({ description: "Where the figure comes from: a meter, a nameplate, a document" }),
});
export const withdrawalRequest = z.strictObject({ reason: words });

export const baselineChoiceDto = z.object({
  building: z.string(),
  from: z.string().nullable(),
  until: z.string().nullable(),
  reason: z.string(),
  by: z.string(),
  at: time,
});
export const baselineRequest = z
  .strictObject({ building, from: date.nullable(), until: date.nullable(), reason: words })
  .refine(({ from, until }) => (from === null) === (until === null), "Give both the first and the last day, or neither: then it is as where nobody chooses.");

export function presentAdjustment(
  { id, building: of, from, until, kwh, per, reason, source, by, at }: Adjustment,
  withdrawal: Withdrawal | null,
  iso: (at: Millis) => string,
): z.input<typeof adjustmentDto> {
  const withdrawn = withdrawal === null ? null : { by: withdrawal.by, at: iso(withdrawal.at), reason: withdrawal.reason };
  return { id, building: of, from, until, kwh, per, reason, source, by, at: iso(at), withdrawn };
}

export function presentBaselineChoice({ building: of, days, reason, by, at }: BaselineChoice, iso: (at: Millis) => string): z.input<typeof baselineChoiceDto> {
  return { building: of, from: days?.from ?? null, until: days?.until ?? null, reason, by, at: iso(at) };
}
