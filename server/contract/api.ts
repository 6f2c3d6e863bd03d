/** What crosses the HTTP and live border: one Zod schema each; types, OpenAPI and checks come from it. Times are ISO 8601 with offset. */
import { z } from "zod";
import { DEVICE_KINDS } from "../core/device.ts";
import { LEVELS } from "../core/alerts/alerting.ts";
import { NOTICE_KINDS } from "../core/alerts/notice.ts";
import { ALERT_STATES, COMMAND_SOURCES, COMMAND_STATES } from "../core/finding.ts";
import { MODES } from "../core/policy.ts";
import { ACTIONS, ROLES } from "../core/roles.ts";
import { SPACE_CLASSES } from "../core/space.ts";

const time = z.string().meta({ description: "ISO 8601 with offset" });
const text = z.union([z.string(), z.record(z.string(), z.string())]).meta({ description: "One text, or one per locale" });
const value = z.union([z.number(), z.boolean(), z.string()]);
const values = z.record(z.string(), value);
const evidence = z.record(z.string(), value.nullable());
const quality = z.enum(["good", "suspect", "bad"]);
const severity = z.enum(["low", "medium", "high"]);

export const pointDto = z.object({
  name: z.string(),
  unit: z.string(),
  value: value.nullable(),
  at: time.nullable(),
  quality: quality.nullable(),
  writable: z.boolean(),
});
export type PointDto = z.infer<typeof pointDto>;

export const deviceDto = z.object({
  id: z.string(),
  name: text,
  kind: z.enum(DEVICE_KINDS).nullable(),
  building: z.string(),
  space: z.string().nullable(),
  department: z.string().nullable(),
  codec: z.string(),
  topic: z.string(),
  status: z.enum(["online", "offline", "silent", "manual", "discovered"]),
  protection: z.string().nullable(),
  tags: z.array(z.string()),
  seenAt: time.nullable(),
  points: z.array(pointDto),
  ignored: z.boolean().optional().meta({ description: "A stranger that somebody put out of sight" }),
});
export type DeviceDto = z.infer<typeof deviceDto>;

export const spaceDto = z.object({
  id: z.string(),
  building: z.string(),
  floor: z.string(),
  name: text,
  class: z.enum(SPACE_CLASSES),
  department: z.string().nullable(),
  area: z.number(),
});
export type SpaceDto = z.infer<typeof spaceDto>;

export const siteDto = z.object({
  id: z.string(),
  name: text,
  timezone: z.string(),
  buildings: z.array(z.object({ id: z.string(), name: text, floors: z.array(z.string()) })),
  departments: z.array(z.object({ id: z.string(), name: text, chief: z.string().nullable(), deputy: z.string().nullable() })),
  people: z.array(z.object({ id: z.string(), name: text, role: z.enum(ROLES), department: z.string().nullable() })),
});
export type SiteDto = z.infer<typeof siteDto>;

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

const note = z.string().trim().max(1000);
const reason = z.string().trim().min(2).max(500);
/** A moment to come: ISO 8601 with offset, or milliseconds. */
export const moment = z.union([z.iso.datetime({ offset: true }).transform((s) => Date.parse(s)), z.number().int().positive()]);

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
export const approvalRequest = z.strictObject({ kind: z.literal("overtime"), space: z.string(), from: moment, until: moment, reason });
export const decisionRequest = z.strictObject({ note: note.optional() });
export const commandRequest = z.strictObject({ set: values, reason });
export const adoptRequest = z.strictObject({
  kind: z.enum(DEVICE_KINDS),
  space: z.string().nullable(),
  name: z.string().trim().min(1).max(100).optional(),
  interval: z.number().positive().max(86_400).optional(),
  standby: z.number().min(0).max(10_000).optional(),
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

/** `GET /devices/:id/why`: the answer to "why is it so?". */
export const whyDto = z.object({
  device: z.string(),
  protection: z.string().nullable(),
  day: z.object({
    date: z.string(),
    working: z.boolean(),
    why: z.string(),
    holiday: z.string().nullable(),
    event: z.string().nullable(),
    season: z.string(),
    workingNow: z.boolean(),
  }),
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

export const meDto = z.object({
  person: z.object({ id: z.string(), name: text, role: z.enum(ROLES), department: z.string().nullable() }).nullable(),
  mode: z.enum(["open", "password"]),
  may: z.record(z.enum(ACTIONS), z.enum(["all", "own"]).nullable()),
  departments: z.array(z.string()),
});
export type MeDto = z.infer<typeof meDto>;

export const rejectionDto = z.object({ fate: z.string(), topic: z.string(), detail: z.string(), excerpt: z.string(), at: time });
export type RejectionDto = z.infer<typeof rejectionDto>;

export const clockDto = z.object({ now: time, speed: z.number(), simulated: z.boolean() });
export type ClockDto = z.infer<typeof clockDto>;

/** Figures of the whole house that the overview shows; each with its unit in its name. */
export const overviewDto = z.object({
  devices: z.object({ total: z.number(), online: z.number(), offline: z.number(), silent: z.number(), manual: z.number(), discovered: z.number() }),
  powerW: z.object({ total: z.number(), ac: z.number(), light: z.number(), plug: z.number(), copier: z.number(), other: z.number() }),
  flowLpm: z.number(),
  occupiedSpaces: z.number(),
  knownSpaces: z.number(),
  outdoorC: z.number().nullable(),
  openFindings: z.number(),
  pendingCommands: z.number(),
  unacknowledged: z.number(),
  pendingApprovals: z.number(),
  leads: z.boolean().meta({ description: "Whether this server commands the house; false while another one does" }),
  deaf: z.boolean().meta({ description: "Nobody was heard for so long that no policy commands anything" }),
  today: z.object({ findings: z.number(), proven: z.number(), wastedKwh: z.number(), wastedM3: z.number(), wastedCny: z.number() }),
  intake: z.object({ messages: z.number(), readings: z.number(), rejected: z.number(), backlog: z.number(), fates: z.record(z.string(), z.number()) }),
  forward: z
    .object({ failing: z.boolean(), behind: z.number(), behindSeconds: z.number(), rejected: z.number() })
    .nullable()
    .meta({ description: "How the forward to InfluxDB does: readings that wait, the age of the oldest, readings that were refused; null where there is none" }),
  day: z.object({
    date: z.string(),
    working: z.boolean(),
    why: z.string(),
    holiday: z.string().nullable(),
    event: z.string().nullable(),
    season: z.string(),
    workingNow: z.boolean(),
  }),
});
export type OverviewDto = z.infer<typeof overviewDto>;

/** An item of `GET /points`. */
export const pointListDto = pointDto.extend({ id: z.string().meta({ description: "<building>/<device>/<point>" }), device: z.string() });
export type PointListDto = z.infer<typeof pointListDto>;

/** An item of `GET /readings`: raw (with `quality`), or a window `[at, at+every)` (with `count`). */
export const readingDto = z.union([z.object({ at: time, value, quality }), z.object({ at: time, value: z.number().nullable(), count: z.number() })]);
export type ReadingDto = z.infer<typeof readingDto>;

/** `GET /calendar?date=`: what kind of day it is, and which fact makes it so. */
export const calendarDto = z.object({
  date: z.string(),
  working: z.boolean(),
  why: z.string(),
  holiday: z.string().nullable(),
  event: z.string().nullable(),
  season: z.string(),
  heating: z.boolean(),
  begins: time,
  bookings: z.array(z.object({ kind: z.enum(["meeting", "duty", "overtime"]), space: z.string().nullable(), from: time, until: time, note: z.string() })),
});
export type CalendarDto = z.infer<typeof calendarDto>;

export const jobDto = z.object({
  device: z.string(),
  job: z.string(),
  user: z.string().nullable(),
  document: z.string().nullable(),
  pages: z.number(),
  copies: z.number(),
  sheets: z.number(),
  uncounted: z.boolean().meta({ description: "Nobody counted it: `pages` and `sheets` are 0 and say nothing" }),
  duplex: z.boolean(),
  reused: z.boolean().nullable().meta({ description: "On once-used paper; null where the copier does not say" }),
  color: z.boolean(),
  state: z.enum(["held", "completed", "canceled"]),
  at: time,
});
export type JobDto = z.infer<typeof jobDto>;

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

/** `GET /findings/:id/why`, `GET /commands/:id/why`: what was known then, who had allowed or changed what, and what followed. */
export const caseDto = z.object({
  at: time,
  device: z.string(),
  policy: z.string().nullable(),
  finding: findingDto.nullable(),
  commands: z.array(commandDto).meta({ description: "Oldest first; each with what was there before and what proved it" }),
  day: whyDto.shape.day,
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

const noteText = z.string().trim().min(1).max(200);
export const bookingDto = z.object({
  id: z.string(),
  kind: z.enum(["meeting", "duty", "overtime"]),
  space: z.string().nullable().meta({ description: "null = the whole site" }),
  from: time,
  until: time,
  note: z.string(),
  source: z.string().meta({ description: "page, import, roster, site, approval, or feed:<id>" }),
  by: z.string().nullable(),
  canceledAt: time.nullable(),
});
export type BookingDto = z.infer<typeof bookingDto>;
/** `POST /bookings` */
export const bookingRequest = z.strictObject({
  kind: z.enum(["meeting", "duty"]).default("meeting"),
  space: z.string().min(1).max(200),
  from: moment,
  until: moment,
  note: noteText,
});
/** `PUT /bookings/:id` */
export const bookingChange = z.strictObject({
  space: z.string().min(1).max(200).optional(),
  from: moment.optional(),
  until: moment.optional(),
  note: noteText.optional(),
});
const icsTrouble = z.object({
  code: z.string(),
  about: z.string().nullable().meta({ description: "The name, number or host that it is about" }),
  why: z.string().meta({ description: "Both in English" }),
});
export type IcsTroubleDto = z.infer<typeof icsTrouble>;
const skipped = z.array(icsTrouble.extend({ what: z.string() }));
export const importDto = z.object({
  imported: z.boolean().meta({ description: "false: a rehearsal" }),
  items: z.array(z.object({ note: z.string(), space: z.string().nullable(), from: time, until: time, known: z.boolean() })),
  skipped,
});
export type ImportDto = z.infer<typeof importDto>;
export const calendarDayDto = z.object({
  date: z.string(),
  working: z.boolean(),
  why: z.string().meta({ description: "weekday, weekend, holiday, make-up, no-data-weekday, no-data-weekend" }),
  holiday: z.string().nullable(),
  event: z.string().nullable(),
  season: z.string(),
  heating: z.boolean(),
  hours: z.array(z.object({ from: time, until: time })),
});
export type CalendarDayDto = z.infer<typeof calendarDayDto>;
export const feedDto = z.object({
  id: z.string(),
  every: z.number().meta({ description: "Seconds" }),
  readAt: time.nullable(),
  bookings: z.number(),
  skipped,
  error: icsTrouble.nullable(),
  failingSince: time.nullable(),
});
export type FeedDto = z.infer<typeof feedDto>;
export const eventDto = z.object({
  id: z.string(),
  name: text,
  from: z.string(),
  until: z.string(),
  by: z.string().nullable().meta({ description: "null: the site file" }),
});
export type EventDto = z.infer<typeof eventDto>;
/** `POST /calendar/events` */
export const eventRequest = z.strictObject({ name: noteText, from: z.iso.date(), until: z.iso.date() });

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

/** RFC 9457 problem details; `code` is stable. */
export const problemDto = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  trouble: icsTrouble.optional(),
});
export type ProblemDto = z.infer<typeof problemDto>;
