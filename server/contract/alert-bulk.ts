/** One action on many alerts at once: what the console sends for a selection. */
import { z } from "zod";
import { BULK_MOST } from "../core/alerts/alerting.ts";
import { ackRequest, commentRequest, shelveRequest } from "./alerts.ts";
import { moment } from "./fields.ts";
import { problemDto } from "./problem.ts";

export const bulkRequest = z.strictObject({
  ids: z.array(z.string().min(1).max(100)).min(1).max(BULK_MOST),
  action: z.discriminatedUnion("kind", [
    ackRequest.extend({ kind: z.literal("ack") }),
    shelveRequest.extend({ kind: z.literal("shelve") }),
    commentRequest.extend({ kind: z.literal("comment") }),
    z
      .strictObject({
        kind: z.literal("out-of-service"),
        note: shelveRequest.shape.note,
        until: moment.optional(),
        minutes: z.number().positive().max(527_040).optional(),
      })
      .meta({ description: "Without `until` and `minutes`: until somebody returns it to service" }),
    ackRequest.extend({ kind: z.literal("return-to-service") }),
  ]),
});
export type BulkAction = z.input<typeof bulkRequest>["action"];

/** Each id once, in the order asked; `problem` null: done. */
export const bulkDto = z.object({ items: z.array(z.object({ id: z.string(), problem: problemDto.nullable() })) });
export type BulkDto = z.infer<typeof bulkDto>;
