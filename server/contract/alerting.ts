/** The site file's `alerting`: the chain's clock, the routing table, and how much one person is told. */
import { z } from "zod";
import { DEFAULT_ALERTING, LEVELS } from "../core/alerts/alerting.ts";
import { SPACE_CLASSES } from "../core/space.ts";

export const SEVERITIES = ["low", "medium", "high"] as const;

const id = z.string().min(1).max(64);
const seconds = z.number().int().min(0).max(2_592_000);
const bySeverity = <T extends z.ZodType>(schema: T, defaults: Readonly<Record<(typeof SEVERITIES)[number], z.input<T>>>) =>
  z
    .strictObject({
      high: schema.prefault(defaults.high as never),
      medium: schema.prefault(defaults.medium as never),
      low: schema.prefault(defaults.low as never),
    })
    .prefault({} as never);

const climb = z
  .array(z.strictObject({ level: z.enum(LEVELS), after: seconds }))
  .min(1)
  .max(LEVELS.length);

const when = z.strictObject({
  severities: z.array(z.enum(SEVERITIES)).min(1).optional(),
  kinds: z
    .array(z.enum(["finding", "command", "approval", "device", "system"]))
    .min(1)
    .optional(),
  policies: z.array(id).min(1).optional(),
  departments: z.array(id).min(1).optional(),
  buildings: z.array(id).min(1).optional(),
  classes: z.array(z.enum(SPACE_CLASSES)).min(1).optional(),
  levels: z.array(z.enum(LEVELS)).min(1).optional(),
  offHours: z.boolean().optional(),
});

const D = DEFAULT_ALERTING;

export const alertingSchema = z.strictObject({
  climb: bySeverity(climb, D.climb as never),
  offHours: z.array(z.enum(SEVERITIES)).default([...D.offHours]),
  every: bySeverity(seconds, D.every),
  groupEvery: seconds.default(D.groupEvery),
  flood: z.strictObject({ count: z.number().int().min(1).max(1000).default(D.flood.count), seconds: seconds.min(60).default(D.flood.seconds) }).prefault({}),
  chatter: z
    .strictObject({
      count: z.number().int().min(2).max(100).default(D.chatter.count),
      seconds: seconds.min(1).default(D.chatter.seconds),
      quiet: seconds.min(1).default(D.chatter.quiet),
    })
    .prefault({}),
  stale: seconds.min(60).default(D.stale),
  /** Absent: everything goes to the page and to every channel that reaches the person, robots only hear what is severe. */
  routes: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100),
        when: when.default({}),
        channels: z.array(id).min(1).max(50),
        people: z.array(id).max(50).default([]),
        goOn: z.boolean().default(false),
      }),
    )
    .max(100)
    .default([]),
});
