/** Who did what to what, as it crosses the border. */
import { z } from "zod";
import { time } from "./fields.ts";

export const auditReportDto = z.object({
  entries: z.number(),
  first: time.nullable(),
  last: time.nullable(),
  head: z.string(),
  headSeq: z.number(),
  broken: z.object({ seq: z.number(), what: z.enum(["altered", "missing", "reordered"]), detail: z.string() }).nullable(),
  known: z.boolean().nullable(),
});
export type AuditReportDto = z.infer<typeof auditReportDto>;

export const auditDto = z.object({
  seq: z.number(),
  hash: z.string().meta({ description: "SHA-256 over this entry and the hash of the one before" }),
  at: time,
  by: z.string(),
  what: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditDto = z.infer<typeof auditDto>;
