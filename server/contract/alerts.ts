/** Alerts, what people do with them, and silences, as they cross the border. */
import { z } from "zod";
import { LEVELS } from "../core/alerts/alerting.ts";
import { NOTICE_KINDS } from "../core/alerts/notice.ts";
import { ALERT_STATES } from "../core/finding.ts";
import { evidence, moment, note, reason, severity, time } from "./fields.ts";

export const alertDto = z.object({
  id: z.string(),
  kind: z.enum(["finding", "command", "approval", "device", "system"]),
  severity,
  state: z.enum(ALERT_STATES),
  title: z.string(),
  evidence,
  device: z.string().nullable(),
  space: z.string().nullable(),
  department: z.string().nullable(),
  finding: z.string().nullable(),
  command: z.string().nullable(),
  assignee: z.string().nullable(),
  raisedAt: time,
  acknowledgedAt: time.nullable(),
  acknowledgedBy: z.string().nullable(),
  clearedAt: time.nullable(),
  shelvedUntil: time.nullable(),
  group: z.string(),
  cause: z.string().nullable(),
  /** Who answers from when on, unless somebody answered before; `climbed` is the step that was taken last, -1 before the first. */
  chain: z.array(z.object({ level: z.enum(["duty", ...LEVELS]), person: z.string().nullable(), at: time })),
  climbed: z.number(),
  climbsAt: time.nullable(),
  occurrences: z.number(),
  chattering: z.boolean(),
  told: z.array(
    z.object({
      at: time,
      person: z.string().nullable(),
      channel: z.string(),
      how: z.enum(NOTICE_KINDS),
      notice: z.string(),
      state: z.enum(["sent", "failed", "elsewhere"]),
      error: z.string().nullable(),
    }),
  ),
  log: z.array(z.object({ at: time, by: z.string().nullable(), what: z.string(), note: z.string().nullable() })),
});
export type AlertDto = z.infer<typeof alertDto>;

export const silenceDto = z.object({
  id: z.string(),
  building: z.string().nullable(),
  floor: z.string().nullable(),
  space: z.string().nullable(),
  device: z.string().nullable(),
  department: z.string().nullable(),
  alarm: z.string().nullable(),
  severity: severity.nullable(),
  reason: z.string(),
  by: z.string(),
  from: time,
  until: time,
  endedAt: time.nullable(),
});
export type SilenceDto = z.infer<typeof silenceDto>;

/** `POST /silences`: every part that is named must fit; at least one must be. It begins at `from` (absent: now) and ends at `until` or after `minutes`. */
export const silenceRequest = z.strictObject({
  building: z.string().optional(),
  floor: z.string().optional(),
  space: z.string().optional(),
  device: z.string().optional(),
  department: z.string().optional(),
  alarm: z.string().max(100).optional(),
  severity: severity.optional(),
  reason,
  from: moment.optional(),
  until: moment.optional(),
  minutes: z
    .number()
    .positive()
    .max(90 * 24 * 60)
    .optional(),
});

export const ackRequest = z.strictObject({ note: note.optional() });

export const shelveRequest = z.strictObject({
  note: note.min(2),
  until: moment.optional(),
  minutes: z
    .number()
    .positive()
    .max(7 * 24 * 60)
    .optional(),
});

export const commentRequest = z.strictObject({ note: note.min(1) });

export const assignRequest = z.strictObject({ to: z.string(), note: note.optional() });
