/** `/exports`: readings and roll-ups as files. */
import { z } from "zod";
import { DEVICE_KINDS } from "../core/device.ts";
import { ROLLUP_STEPS } from "../core/rollup.ts";
import { EXPORT_FAILURES, EXPORT_FORMATS } from "./export-formats.ts";
import { time } from "./fields.ts";

const step = z.enum(["raw", ...ROLLUP_STEPS]);

const some = z.array(z.string().min(1).max(300)).min(1).max(1000);

export const exportRequest = z.strictObject({
  points: z
    .array(z.string().min(1).max(400))
    .min(1)
    .max(5000)
    .optional()
    .meta({ description: "Ids of points; absent = those of `devices`, and of all where that is absent too" }),
  devices: z.array(z.string().min(1).max(300)).min(1).max(5000).optional().meta({ description: "Ids of devices: all of their points" }),
  kinds: z.array(z.enum(DEVICE_KINDS)).min(1).optional().meta({ description: "Without `points`: only devices of these kinds" }),
  spaces: some.optional().meta({ description: "Without `points`: only devices in these spaces" }),
  departments: some.optional().meta({ description: "Without `points`: only devices of these departments" }),
  names: some.optional().meta({ description: "Without `points`: only points of these names, such as energy" }),
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  step: step.default("raw").meta({ description: "raw: readings as they are stored; 5m, hour, day: roll-ups of the windows that are over" }),
  format: z.enum(EXPORT_FORMATS).default("csv"),
});

export const exportDto = z.object({
  id: z.string(),
  by: z.string(),
  askedAt: time,
  endedAt: time.nullable(),
  state: z.enum(["waiting", "running", "done", "failed", "canceled"]),
  points: z.number().meta({ description: "How many" }),
  from: time,
  to: time,
  step,
  format: z.enum(EXPORT_FORMATS),
  progress: z.number().meta({ description: "0 to 1" }),
  rows: z.number(),
  bytes: z.number().nullable(),
  error: z.string().nullable(),
  code: z.enum(EXPORT_FAILURES).nullable().meta({ description: "What kind of failure `error` is" }),
  file: z.string().nullable().meta({ description: "Where it is fetched; null until it is done" }),
});
export type ExportDto = z.infer<typeof exportDto>;
