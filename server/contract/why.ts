/** The answers to "why is it so?" and "why was it so?". */
import { z } from "zod";
import { COMMAND_SOURCES } from "../core/finding.ts";
import { MODES } from "../core/policy.ts";
import { approvalDto } from "./approvals.ts";
import { dayDto } from "./calendar.ts";
import { commandDto } from "./commands.ts";
import { handsOffDto, overrideDto } from "./exceptions.ts";
import { evidence, quality, time, value, values } from "./fields.ts";
import { findingDto } from "./findings.ts";

/** `GET /devices/:id/why`: the answer to "why is it so?". */
export const whyDto = z.object({
  device: z.string(),
  protection: z.string().nullable(),
  day: dayDto,
  overrides: z.array(overrideDto),
  judgements: z.array(
    z.object({
      policy: z.string(),
      mode: z.enum(MODES),
      applies: z.boolean(),
      why: z.string().meta({ description: "applies, disabled, out-of-scope, exempt, overridden" }),
      state: z.enum(["fine", "unknown", "breach"]).nullable(),
      reason: z.string().nullable(),
      evidence: evidence.nullable(),
      since: time.nullable(),
      due: time.nullable(),
      exemption: z.string().nullable(),
      finding: z.string().nullable(),
      wants: values.nullable(),
    }),
  ),
  arbitration: z.array(
    z.object({ point: z.string(), wanted: value, by: z.string(), source: z.enum(COMMAND_SOURCES), beats: z.array(z.string()), reported: value.nullable() }),
  ),
  holding: z.array(z.object({ why: z.string(), until: time.nullable() })).meta({ description: "What keeps a wanted command from being sent now" }),
});
export type WhyDto = z.infer<typeof whyDto>;

/** `GET /findings/:id/why`, `GET /commands/:id/why`: what was known then, who had allowed or changed what, and what followed. */
export const caseDto = z.object({
  at: time,
  device: z.string(),
  policy: z.string().nullable(),
  finding: findingDto.nullable(),
  commands: z.array(commandDto).meta({ description: "Oldest first; each with what was there before and what proved it" }),
  day: dayDto,
  inputs: z
    .array(z.object({ point: z.string(), unit: z.string(), value, at: time, quality }))
    .meta({ description: "What the policy looks at, as it stood at that instant" }),
  overrides: z.array(overrideDto),
  approvals: z.array(approvalDto),
  handsOff: z.array(handsOffDto),
  exemption: z.string().nullable(),
  changes: z
    .array(z.object({ at: time, by: z.string(), what: z.string(), detail: z.record(z.string(), z.unknown()) }))
    .meta({ description: "Changes of the policy before it, newest first" }),
  effect: z
    .object({
      point: z.string(),
      unit: z.string(),
      before: z.number().nullable(),
      after: z.number().nullable(),
      series: z.array(z.object({ at: time, value: z.number().nullable() })),
    })
    .nullable()
    .meta({ description: "The measured load half an hour before and after" }),
});
export type CaseDto = z.infer<typeof caseDto>;
