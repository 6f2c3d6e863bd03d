/** What went wrong, as it crosses the border. */
import { z } from "zod";
import { icsTrouble } from "./calendar.ts";

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
