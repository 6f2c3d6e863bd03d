/** Commands as they cross the border. */
import { z } from "zod";
import { COMMAND_SOURCES, COMMAND_STATES } from "../core/finding.ts";
import { reason, time, value, values } from "./fields.ts";

const measured = z.object({ point: z.string(), value, at: time, device: z.string().optional() });

export const commandDto = z.object({
  id: z.string(),
  device: z.string(),
  set: values,
  source: z.enum(COMMAND_SOURCES),
  by: z.string(),
  finding: z.string().nullable(),
  state: z.enum(COMMAND_STATES),
  reason: z.string(),
  attempts: z.number(),
  plannedAt: time,
  endedAt: time.nullable(),
  before: z.record(z.string(), value.nullable()),
  proof: measured.nullable(),
  stayed: measured.nullable().meta({ description: "What stayed beside it as it had to: light without the lamp" }),
  short: measured
    .extend({ gives: values, until: time })
    .nullable()
    .meta({ description: "What did not stay as it had to, what is given back for it, and until when its policy leaves the device alone" }),
  error: z.string().nullable(),
  steps: z.array(z.object({ state: z.enum(COMMAND_STATES), at: time, note: z.string().nullable() })),
});
export type CommandDto = z.infer<typeof commandDto>;

export const commandRequest = z.strictObject({ set: values, reason });
