/** What waits for somebody's word, as it crosses the border. */
import { z } from "zod";
import { moment, note, reason, time, values } from "./fields.ts";

export const approvalDto = z.object({
  id: z.string(),
  kind: z.enum(["print-job", "overtime", "override", "exemption"]),
  device: z.string().nullable(),
  space: z.string().nullable(),
  department: z.string().nullable(),
  job: z.string().nullable(),
  sheets: z.number().nullable(),
  document: z.string().nullable(),
  requestedBy: z.string().nullable(),
  reason: z.string(),
  from: time.nullable(),
  until: time.nullable(),
  state: z.enum(["pending", "granted", "refused", "withdrawn"]),
  requestedAt: time,
  policy: z.string().nullable().meta({ description: "Overrides and exemptions: for which policy; null = every one" }),
  spaceClass: z.string().nullable(),
  set: values.nullable(),
  cost: z.object({ kwh: z.number(), cny: z.number() }).nullable().meta({ description: "Estimated when it was asked for" }),
  decidedAt: time.nullable(),
  decidedBy: z.string().nullable(),
  note: z.string().nullable(),
});
export type ApprovalDto = z.infer<typeof approvalDto>;

export const approvalRequest = z.strictObject({ kind: z.literal("overtime"), space: z.string(), from: moment, until: moment, reason });

export const decisionRequest = z.strictObject({ note: note.optional() });
