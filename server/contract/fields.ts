/** Fields that many schemas of the border share. */
import { z } from "zod";

export const time = z.string().meta({ description: "ISO 8601 with offset" });
export const text = z.union([z.string(), z.record(z.string(), z.string())]).meta({ description: "One text, or one per locale" });
export const value = z.union([z.number(), z.boolean(), z.string()]);
export const values = z.record(z.string(), value);
export const evidence = z.record(z.string(), value.nullable());
export const quality = z.enum(["good", "suspect", "bad"]);
export const severity = z.enum(["low", "medium", "high"]);
export const note = z.string().trim().max(1000);
export const reason = z.string().trim().min(2).max(500);

/** A moment to come: ISO 8601 with offset, or milliseconds. */
export const moment = z.union([z.iso.datetime({ offset: true }).transform((s) => Date.parse(s)), z.number().int().positive()]);
