/** Policies as they cross the border. */
import { z } from "zod";
import { DEVICE_KINDS } from "../core/device.ts";
import { MODES } from "../core/policy.ts";
import { SPACE_CLASSES } from "../core/space.ts";
import { severity, text } from "./fields.ts";

export const scopeSchema = z.strictObject({
  buildings: z.array(z.string()).optional(),
  floors: z.array(z.string()).optional(),
  spaces: z.array(z.string()).optional(),
  classes: z.array(z.enum(SPACE_CLASSES)).optional(),
  kinds: z.array(z.enum(DEVICE_KINDS)).optional(),
  tags: z.array(z.string()).optional(),
});

export const policyDto = z.object({
  id: z.string(),
  enabled: z.boolean(),
  mode: z.enum(MODES),
  severity,
  priority: z.number(),
  kinds: z.array(z.enum(DEVICE_KINDS)),
  subject: z.enum(["device", "job"]),
  owner: z.string().nullable(),
  scope: scopeSchema,
  canary: z.array(z.string()),
  custom: z
    .object({ name: text, rule: text, document: z.record(z.string(), z.unknown()), source: z.enum(["site-file", "page"]) })
    .nullable()
    .meta({ description: "Policies written as data: their texts and their document" }),
  params: z.array(z.object({ name: z.string(), value: z.number(), unit: z.string(), default: z.number(), min: z.number(), max: z.number() })),
  open: z.number().meta({ description: "Open findings now" }),
});
export type PolicyDto = z.infer<typeof policyDto>;

/** `PUT /policies/:id` */
export const policyChange = z.strictObject({
  mode: z.enum(MODES).optional(),
  enabled: z.boolean().optional(),
  params: z.record(z.string(), z.number()).optional(),
  scope: scopeSchema.optional(),
  owner: z.string().max(100).optional(),
  canary: z.array(z.string()).max(1000).optional().meta({ description: "Spaces in which mode canary enforces" }),
});
