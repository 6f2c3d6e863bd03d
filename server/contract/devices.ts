/** Devices, their points and readings, and print jobs, as they cross the border. */
import { z } from "zod";
import { DEVICE_KINDS } from "../core/device.ts";
import { quality, text, time, value } from "./fields.ts";

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

export const adoptRequest = z.strictObject({
  kind: z.enum(DEVICE_KINDS),
  space: z.string().nullable(),
  name: z.string().trim().min(1).max(100).optional(),
  interval: z.number().positive().max(86_400).optional(),
  standby: z.number().min(0).max(10_000).optional(),
  meter: z.string().nullable().optional().meta({ description: "The device whose power measures it; null: none. As it was, if absent" }),
  openLoop: z.boolean().optional().meta({
    description: "It tells back what it was told (an infrared sender): only a measured effect proves a command. As it was, if absent",
  }),
});

/** An item of `GET /points`. */
export const pointListDto = pointDto.extend({ id: z.string().meta({ description: "<building>/<device>/<point>" }), device: z.string() });
export type PointListDto = z.infer<typeof pointListDto>;

/** An item of `GET /readings`: raw (with `quality`), or a window `[at, at+every)` (with `count`). */
export const readingDto = z.union([z.object({ at: time, value, quality }), z.object({ at: time, value: z.number().nullable(), count: z.number() })]);
export type ReadingDto = z.infer<typeof readingDto>;

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
