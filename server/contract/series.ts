/** `GET /series`: numbers over time as a chart wants them, in columns; each says what it is made of. */
import { z } from "zod";
import { COMPARISONS, SERIES_FUNCTIONS, SERIES_STEPS } from "../core/series.ts";
import { time, text } from "./fields.ts";

const times = z.array(z.number()).meta({ description: "ms since 1970" });
const numbers = z.array(z.number().nullable()).meta({ description: "null: nothing is known" });

export const SERIES_GROUPS = ["department", "floor", "building", "item", "kind", "space"] as const;
export type SeriesGroup = (typeof SERIES_GROUPS)[number];
/** What is summed over devices, by the name of its counter. */
export const SERIES_QUANTITIES = ["energy", "volume", "gas", "heat", "pages"] as const;
export type SeriesQuantity = (typeof SERIES_QUANTITIES)[number];
export const MOST_POINTS = 50;

/** The points of a question: repeated, or divided by commas. */
export const seriesPoints = z
  .union([z.string().max(20_000), z.array(z.string().max(20_000)).max(1000)])
  .transform((given, context) => {
    const points = [
      ...new Set(
        (typeof given === "string" ? [given] : given)
          .flatMap((g) => g.split(","))
          .map((p) => p.trim())
          .filter((p) => p !== ""),
      ),
    ];
    if (points.length <= MOST_POINTS) return points;
    context.addIssue(`at most ${MOST_POINTS}; these are ${points.length}`);
    return z.NEVER;
  })
  .meta({ description: `<building>/<device>/<point>, repeated or divided by commas, at most ${MOST_POINTS}` });

export const markDto = z.object({
  kind: z.enum(["finding", "override", "exemption", "command"]),
  id: z.string(),
  device: z.string().nullable(),
  space: z.string().nullable(),
  policy: z.string().nullable(),
  from: time.nullable().meta({ description: "null: since ever (the site file)" }),
  until: time.nullable().meta({ description: "null: it still lasts; of a command when it ended" }),
  state: z.string().nullable().meta({ description: "Of a finding and a command" }),
  reason: z.string(),
  set: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).nullable(),
});
export type MarkDto = z.infer<typeof markDto>;

const columns = z.object({
  at: times.nullable().meta({ description: "Of raw readings their own times; null: those of the answer" }),
  values: numbers,
});

export const seriesItem = columns.extend({
  id: z.string().meta({ description: "The point's id, or `<by>:<key>`" }),
  device: z.string().nullable(),
  point: z.string().nullable(),
  group: z
    .object({ by: z.enum(SERIES_GROUPS), key: z.string().nullable(), rest: z.boolean().meta({ description: "All the smaller ones together" }) })
    .nullable()
    .meta({ description: "key null: what belongs to none" }),
  name: text,
  unit: z.string(),
  fn: z.enum([...SERIES_FUNCTIONS, "raw"]),
  counts: z.array(z.number()).nullable().meta({ description: "Readings behind each number; null: each is one" }),
  compared: columns.nullable().meta({ description: "The same span of the other day, week or year; raw ones with their times moved over this span" }),
  source: z.object({
    kind: z.enum(["readings", "roll-up", "account"]).meta({ description: "account: sums as the month's account reckons them, each use counted once" }),
    step: z.enum(["5m", "hour", "day"]).nullable().meta({ description: "The roll-ups that the numbers are put together from" }),
    readings: z.number(),
    points: z.array(z.object({ point: z.string(), part: z.enum(["own", "rest"]).meta({ description: "rest: what a meter counted beyond those behind it" }) })),
    more: z.number().meta({ description: "Points that are not listed" }),
  }),
});
export type SeriesItem = z.infer<typeof seriesItem>;

export const seriesDto = z.object({
  from: time,
  to: time,
  step: z.enum(SERIES_STEPS),
  why: z.enum(["asked", "short", "fits", "night", "many", "gone"]).meta({
    description:
      "asked; short: every reading is told; fits: the finest of not too many windows; night: one a day; many: finer were too many readings; gone: finer is not kept so long",
  }),
  at: times.nullable().meta({ description: "When each window begins (ms since 1970); null for raw readings" }),
  end: time.nullable().meta({ description: "When the last window ends" }),
  compare: z.object({ with: z.enum(COMPARISONS), from: time, to: time, at: z.array(z.number().nullable()).nullable() }).nullable(),
  series: z.array(seriesItem),
  weather: columns.extend({ point: z.string(), unit: z.string() }).nullable(),
  marks: z.array(markDto).meta({
    description: "Of points all that happened to their devices; of sums violations and overrides of all devices that tell the quantity, up to 40 days",
  }),
  marksLeft: z.number().meta({ description: "Marks that are not listed; the newest are" }),
});
export type SeriesDto = z.infer<typeof seriesDto>;
