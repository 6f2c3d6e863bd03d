/** Violations as they cross the border. */
import { z } from "zod";
import { ALERT_STATES, COMMAND_STATES } from "../core/finding.ts";
import { MODES } from "../core/policy.ts";
import { evidence, severity, time, values } from "./fields.ts";

export const findingDto = z.object({
  id: z.string(),
  policy: z.string(),
  severity,
  mode: z.enum(MODES),
  subject: z.object({ device: z.string(), space: z.string().nullable(), department: z.string().nullable(), job: z.string().nullable() }),
  state: z.enum(["open", "closed"]),
  since: time,
  openedAt: time,
  closedAt: time.nullable(),
  reason: z.string(),
  evidence,
  closeReason: z.string().nullable(),
  actAt: time.nullable(),
  wasted: z.object({ kwh: z.number(), m3: z.number(), cny: z.number() }).nullable(),
  would: z
    .object({ set: values, at: time, held: z.string().nullable() })
    .nullable()
    .meta({ description: "Shadow: what would have been sent, and what would have held it back" }),
  command: z.object({ id: z.string(), state: z.enum(COMMAND_STATES) }).nullable(),
  alert: z.object({ id: z.string(), state: z.enum(ALERT_STATES) }).nullable(),
});
export type FindingDto = z.infer<typeof findingDto>;

/** An item of `GET /reports/findings`. */
export const summaryDto = z.object({
  policy: z.string(),
  findings: z.number(),
  open: z.number(),
  hours: z.number(),
  kwh: z.number(),
  m3: z.number(),
  cny: z.number(),
});
export type SummaryDto = z.infer<typeof summaryDto>;
