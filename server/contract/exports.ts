/** `/exports`: readings and roll-ups as files. */
import { z } from "zod";
import { ROLLUP_STEPS } from "../core/rollup.ts";

const time = z.string().meta({ description: "ISO 8601 with offset" });

export const EXPORT_FORMATS = ["parquet", "csv", "xlsx"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
const step = z.enum(["raw", ...ROLLUP_STEPS]);

export const exportRequest = z.strictObject({
  points: z
    .array(z.string().min(1).max(400))
    .min(1)
    .max(5000)
    .optional()
    .meta({ description: "Ids of points; absent = those of `devices`, and of all where that is absent too" }),
  devices: z.array(z.string().min(1).max(300)).min(1).max(5000).optional().meta({ description: "Ids of devices: all of their points" }),
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
  file: z.string().nullable().meta({ description: "Where it is fetched; null until it is done" }),
});
