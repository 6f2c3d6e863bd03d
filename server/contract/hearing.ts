/** Who is told: the table, the channels, notices, absences, and "who would hear of this?" as they cross the HTTP border. */
import { z } from "zod";
import { LEVELS } from "../core/alerts/alerting.ts";
import { NOTICE_KINDS, NOTICE_STATES } from "../core/alerts/notice.ts";
import { alertingSchema, SEVERITIES } from "./alerting.ts";
import { moment, time } from "./fields.ts";

const note = z.string().trim().max(500);
const id = z.string().min(1).max(200);
const level = z.enum(["duty", ...LEVELS]);
const minutes = z
  .number()
  .positive()
  .max(366 * 24 * 60)
  .optional();

export const alertingDto = z.object(alertingSchema.shape);
export type AlertingDto = z.infer<typeof alertingDto>;

export const channelDto = z.object({
  id: z.string(),
  kind: z.string(),
  personal: z.boolean().meta({ description: "false: a group's robot" }),
  perMinute: z.number(),
  reaches: z.object({
    everybody: z.boolean(),
    people: z.number().meta({ description: "How many; 0 for robots" }),
    me: z.boolean().meta({ description: "Whether it reaches who asks" }),
  }),
  state: z.enum(["works", "down"]),
  downSince: time.nullable(),
  lastError: z
    .object({ at: time, error: z.string() })
    .nullable()
    .meta({ description: "The last failure since the server's start, without addresses and keys" }),
  lastMinute: z.number().meta({ description: "Messages that left within the last 60 s" }),
});
export type ChannelDto = z.infer<typeof channelDto>;

/** `POST /channels/:id/try`: who asks, where nobody is named. */
export const tryChannelRequest = z.strictObject({ person: id.optional() });

export const noticeDto = z.object({
  id: z.string(),
  channel: z.string(),
  person: z.string().nullable().meta({ description: "null: a robot's group" }),
  how: z.enum(NOTICE_KINDS),
  state: z.enum(NOTICE_STATES),
  alerts: z.array(z.string()),
  severity: z.enum(SEVERITIES),
  plannedAt: time,
  attempts: z.number(),
  endedAt: time.nullable(),
  error: z.string().nullable(),
});
export type NoticeDto = z.infer<typeof noticeDto>;

export const absenceDto = z.object({
  id: z.string(),
  person: z.string(),
  from: time,
  until: time,
  standIn: z.string().nullable().meta({ description: "null: the next in the chain" }),
  note: z.string().nullable().meta({ description: "Only for the person, and who may enter their absences" }),
  by: z.string(),
  endedAt: time.nullable(),
  mine: z.boolean().meta({ description: "Whether who asks may end it" }),
});
export type AbsenceDto = z.infer<typeof absenceDto>;

/** `POST /absences`: of who asks, and from now on, where nothing else is said. */
export const absenceRequest = z.strictObject({
  person: id.optional(),
  from: moment.optional(),
  until: moment,
  standIn: id.nullable().default(null),
  note: note.default(""),
});

export const outOfServiceDto = z.object({
  id: z.string(),
  alarm: z.string().meta({ description: "The title without its reason, e.g. policy.vacant-ac-off" }),
  device: z.string().nullable(),
  department: z.string().nullable(),
  reason: z.string(),
  by: z.string(),
  from: time,
  until: time.nullable().meta({ description: "null: until somebody returns it" }),
  endedAt: time.nullable(),
  alert: z.string().nullable().meta({ description: "The alert that stands behind it" }),
});
export type OutOfServiceDto = z.infer<typeof outOfServiceDto>;

/** `POST /alerts/:id/out-of-service`: without an end until somebody returns it. */
export const outOfServiceRequest = z.strictObject({ note: note.min(2), until: moment.optional(), minutes });

/** `POST /alerting/try` */
export const hearingRequest = z.strictObject({
  kind: z.enum(["finding", "command", "approval", "device", "system"]).default("finding"),
  policy: id.optional().meta({ description: "Whose finding it is; its severity counts where none is given" }),
  title: id.optional().meta({ description: "The whole title, where it is no policy's" }),
  severity: z.enum(SEVERITIES).optional(),
  device: id.optional(),
  space: id.optional(),
  department: id.optional(),
  at: moment.optional().meta({ description: "Now, if absent; at most 30 days ahead" }),
});

const hearing = z.object({
  channel: z.string(),
  kind: z.string().nullable().meta({ description: "null: the settings have no such channel" }),
  person: z.string().nullable().meta({ description: "null: a robot's group" }),
  route: z.string().nullable().meta({ description: "The routing table's row; null: the rule without one" }),
  at: time.nullable().meta({ description: "When it leaves; null: it does not" }),
  how: z.enum(NOTICE_KINDS).nullable(),
  miss: z.enum(["no-channel", "no-address", "down"]).nullable(),
  insteadOf: z.string().nullable().meta({ description: "The channel that is down, where this one tells in its place" }),
});

export const hearingDto = z.object({
  at: time,
  severity: z.enum(SEVERITIES),
  department: z.string().nullable(),
  workingNow: z.boolean().meta({ description: "Whether it is working time there then" }),
  begins: z.enum(["told", "suppressed", "out-of-service", "silenced", "joins"]),
  because: z.string().nullable().meta({ description: "The alert that it stands behind or joins, or why its alarm is out of service or silenced" }),
  steps: z.array(
    z.object({
      at: time,
      level,
      person: z.string().nullable(),
      why: z.enum(["own", "stand-in", "duty", "next", "hand-over", "known", "nobody"]),
      absent: z.string().nullable(),
      told: z.array(hearing),
    }),
  ),
});
export type HearingDto = z.infer<typeof hearingDto>;
export type HearingStepDto = HearingDto["steps"][number];
