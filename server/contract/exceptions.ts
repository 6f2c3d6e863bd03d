/** Overrides, hands off, exemptions and what they cost, as they cross the border. */
import { z } from "zod";
import { SPACE_CLASSES } from "../core/space.ts";
import { approvalDto } from "./approvals.ts";
import { moment, reason, time, values } from "./fields.ts";

export const overrideDto = z.object({
  id: z.string(),
  device: z.string().nullable(),
  space: z.string().nullable(),
  policy: z.string().nullable(),
  set: values.nullable(),
  reason: z.string(),
  by: z.string(),
  grantedBy: z.string().nullable(),
  cost: z.object({ kwh: z.number(), cny: z.number() }).nullable().meta({ description: "Estimated when it was asked for" }),
  from: time,
  until: time,
  endedAt: time.nullable(),
});
export type OverrideDto = z.infer<typeof overrideDto>;

/** The switch "hands off"; the narrowest part that is named counts, all null = the whole site. */
export const handsOffDto = z.object({
  id: z.string(),
  building: z.string().nullable(),
  floor: z.string().nullable(),
  space: z.string().nullable(),
  device: z.string().nullable(),
  reason: z.string(),
  by: z.string(),
  from: time,
  until: time.nullable(),
  endedAt: time.nullable(),
  endedBy: z.string().nullable(),
});
export type HandsOffDto = z.infer<typeof handsOffDto>;

/** `POST /overrides`: `until`, or `minutes` from now. */
export const overrideRequest = z.strictObject({
  device: z.string().optional(),
  space: z.string().optional(),
  policy: z.string().optional(),
  set: values.optional(),
  reason,
  until: moment.optional(),
  minutes: z
    .number()
    .positive()
    .max(7 * 24 * 60)
    .optional(),
});

/** `POST /hands-off`: nothing named = the whole site. It stands until `until` (or `minutes` from now), else until somebody ends it. */
export const handsOffRequest = z.strictObject({
  building: z.string().optional(),
  floor: z.string().optional(),
  space: z.string().optional(),
  device: z.string().optional(),
  reason,
  until: moment.optional(),
  minutes: z
    .number()
    .positive()
    .max(366 * 24 * 60)
    .optional(),
});

const range = z.object({ value: z.number(), low: z.number(), high: z.number() });

export const estimateDto = z.object({
  kwh: range,
  cny: range,
  basis: z
    .array(z.object({ device: z.string(), watts: z.number(), source: z.enum(["measured", "mean", "nominal"]) }))
    .meta({ description: "measured: now; mean: while running, last 7 days; nominal: usual for its kind" }),
});
export type EstimateDto = z.infer<typeof estimateDto>;

/** Given at once where the asker may, else asked for. */
export const askedDto = z.object({ override: overrideDto.nullable(), approval: approvalDto.nullable() });
export type AskedDto = z.infer<typeof askedDto>;

export const exemptionDto = z.object({
  id: z.string(),
  policy: z.string().nullable(),
  device: z.string().nullable(),
  space: z.string().nullable(),
  spaceClass: z.enum(SPACE_CLASSES).nullable(),
  reason: z.string(),
  by: z.string().meta({ description: "site: the site file" }),
  grantedBy: z.string().nullable(),
  from: time.nullable(),
  until: time.nullable(),
  endedAt: time.nullable(),
});
export type ExemptionDto = z.infer<typeof exemptionDto>;

export const exemptionAskedDto = z.object({ exemption: exemptionDto.nullable(), approval: approvalDto.nullable() });

/** `POST /exemptions` */
export const exemptionRequest = z.strictObject({
  policy: z.string().max(100).optional(),
  device: z.string().max(200).optional(),
  space: z.string().max(200).optional(),
  spaceClass: z.enum(SPACE_CLASSES).optional(),
  reason,
  until: moment.optional(),
});

export const exceptionDto = z.object({
  kind: z.enum(["override", "overtime", "exemption"]),
  id: z.string(),
  device: z.string().nullable(),
  space: z.string().nullable(),
  spaceClass: z.string().nullable(),
  policy: z.string().nullable(),
  department: z.string().nullable(),
  reason: z.string(),
  by: z.string().nullable(),
  grantedBy: z.string().nullable(),
  from: time,
  until: time.nullable(),
  hours: z.number().meta({ description: "Within the month, until now" }),
  estimated: z.object({ kwh: z.number(), cny: z.number() }).nullable(),
  usedKwh: z.number().nullable().meta({ description: "What the devices it covers really used meanwhile, where they are metered" }),
});
export type ExceptionDto = z.infer<typeof exceptionDto>;
