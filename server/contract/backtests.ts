/** Policies tried on the past, as they cross the border. */
import { z } from "zod";
import { time } from "./fields.ts";
import { scopeSchema } from "./policies.ts";

/** `POST /policies/:id/backtest`: what is not given is as it is set now. */
export const backtestRequest = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional().meta({ description: "30 days before `to` if absent; never before the oldest stored reading" }),
  to: z.iso.datetime({ offset: true }).optional().meta({ description: "Now if absent" }),
  params: z.record(z.string(), z.number()).optional(),
  scope: scopeSchema.optional(),
});

const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });
const energyAndWater = { kwh: z.number(), m3: z.number() };

export const backtestDto = z.object({
  id: z.string(),
  policy: z.string(),
  by: z.string(),
  askedAt: time,
  from: time,
  to: time,
  params: z.record(z.string(), z.number()),
  scope: scopeSchema,
  state: z.enum(["queued", "running", "done", "canceled", "failed"]),
  progress: z.number().meta({ description: "0 to 1" }),
  readings: z.number().meta({ description: "Stored readings gone through" }),
  seconds: z.number().meta({ description: "How long it took" }),
  error: z.string().nullable(),
  result: z
    .object({
      findings: z.number(),
      commands: z.number().meta({ description: "That would have been sent" }),
      held: z.number().meta({ description: "That something would have held back; counted as saving nothing" }),
      hours: z.number(),
      wasted: z.object({ ...energyAndWater, cny: z.number() }).meta({ description: "As it was, while the findings lasted" }),
      saved: z.object({ kwh: estimate, m3: estimate, cny: estimate }).meta({ description: "The part of it after the commands, with its bounds" }),
      unmeteredHours: z.number(),
      sheets: z.number(),
      comfort: z.object({ returns: z.number(), occupiedHours: z.number(), degreeHours: z.number(), unknown: z.number() }),
      byDay: z.array(z.object({ date: z.string(), findings: z.number(), commands: z.number(), ...energyAndWater })),
      byDevice: z.array(z.object({ device: z.string(), findings: z.number(), hours: z.number(), ...energyAndWater })),
      devices: z.number(),
      gaps: z.number().meta({ description: "Share of the devices' time without a word, 0 to 1" }),
      readings: z.number(),
    })
    .nullable(),
});
export type BacktestDto = z.infer<typeof backtestDto>;
