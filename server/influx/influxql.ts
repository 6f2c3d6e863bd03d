/** InfluxQL that InfluxDB 1.8, 2 and 3 all answer, put together so that no name can step out of its quotes. Pure. */
import { z } from "zod";
import type { Millis, PointId } from "../core/reading.ts";
import type { PointTags } from "./line.ts";
import { tagsOf } from "./line.ts";

/** Times that InfluxDB knows, ms: it counts ns in 64 bits. */
const MOST_MS = 9_223_372_036_854;

/** A tag's text in quotes; tags hold no line ends and no control characters (`line.ts` writes those as `%0A`). */
function quotedText(text: string): string {
  return `'${text.replaceAll(/['\\]/g, "\\$&")}'`;
}

function isPoint(tags: PointTags): string {
  return Object.entries(tags)
    .map(([key, value]) => `"${key}" = ${quotedText(value)}`)
    .join(" AND ");
}

function within(from: Millis, to: Millis): string {
  return `time >= ${bound(from)}ms AND time < ${bound(to)}ms`;
}

/** `WHERE` that names one point within [from, to); null for an id that cannot be there. */
export function whereOf(point: PointId, from: Millis, to: Millis): string | null {
  const tags = tagsOf(point);
  return tags === null ? null : `WHERE ${isPoint(tags)} AND ${within(from, to)}`;
}

/** `WHERE` that names the roll-ups of any of these points that begin within [from, to). */
export function whereRolled(points: readonly PointTags[], step: "hour" | "day", from: Millis, to: Millis): string {
  return `WHERE (${points.map((tags) => `(${isPoint(tags)})`).join(" OR ")}) AND "step" = '${step}' AND ${within(from, to)}`;
}

function bound(at: Millis): number {
  if (Number.isNaN(at)) throw new RangeError("a time must be a number of ms");
  return Math.min(Math.max(Math.ceil(at), -MOST_MS), MOST_MS);
}

const answer = z.object({
  results: z
    .array(
      z.object({
        error: z.string().optional(),
        partial: z.boolean().optional(),
        series: z
          .array(z.object({ columns: z.array(z.string()), values: z.array(z.array(z.unknown())).default([]), partial: z.boolean().optional() }))
          .default([]),
      }),
    )
    .default([]),
  error: z.string().optional(),
});

/** The rows of the one series that was asked for. Throws with what the server said, or where it is no answer of InfluxDB's. */
export function rowsOf(said: unknown): readonly Readonly<Record<string, unknown>>[] {
  const parsed = answer.safeParse(said);
  if (!parsed.success) throw new Error("the answer is none of InfluxDB's");
  const [result] = parsed.data.results;
  const error = parsed.data.error ?? result?.error;
  if (error !== undefined) throw new Error(error.slice(0, 500));
  if (result === undefined) throw new Error("the answer is none of InfluxDB's");
  const { series, partial } = result;
  if (partial === true || series.some((s) => s.partial === true)) throw new Error("the server cuts its answers short (max-row-limit)");
  return series.flatMap(({ columns, values }) => values.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]]))));
}
