/** Points and what was read of them. */
import { z } from "zod";
import { COMPARISONS, SERIES_FUNCTIONS, SERIES_STEPS } from "../../core/series.ts";
import { pointListDto, readingDto } from "../devices.ts";
import { SERIES_GROUPS, SERIES_QUANTITIES, seriesDto, seriesPoints } from "../series.ts";
import { LANGS } from "../words/languages.ts";
import { id, list, moment, paging, route } from "./route.ts";

const WINDOW = /^[1-9]\d{0,3}[smhd]$/;

const seriesQuery = {
  points: seriesPoints.optional(),
  by: z.enum(SERIES_GROUPS).optional().meta({ description: "Instead of points: sums over devices, each use counted once; needs `quantity`" }),
  quantity: z.enum(SERIES_QUANTITIES).optional(),
  per: z.enum(["head"]).optional().meta({ description: "With by=department: over the heads that the account knows of" }),
  from: moment.optional().meta({ description: "24 h before `to` if absent" }),
  to: moment.optional().meta({ description: "Now if absent" }),
  step: z
    .enum(["auto", ...SERIES_STEPS])
    .default("auto")
    .meta({ description: "auto: the server chooses, and says why" }),
  fn: z
    .enum(SERIES_FUNCTIONS)
    .optional()
    .meta({ description: "Absent: counters by what they rose, all else by its mean. night: of each night the least hour between 02:00 and 05:00" }),
  compare: z.enum(COMPARISONS).optional().meta({ description: "Beside it the same span a day, a week or a year before, by the local calendar" }),
  weather: z.enum(["0", "1"]).optional().meta({ description: "1: the outdoor temperature beside it" }),
};

export const readingRoutes = {
  points: route({
    method: "get",
    path: "/points",
    summary: "Points with their units and newest values",
    action: "view",
    query: z.strictObject({ device: id.optional(), ...paging(1000, 5000) }),
    body: null,
    status: 200,
    response: list(pointListDto),
  }),
  readings: route({
    method: "get",
    path: "/readings",
    summary: "A point's history: raw, or in windows [t, t+every)",
    action: "view",
    query: z.strictObject({
      point: id.meta({ description: "<building>/<device>/<point>" }),
      from: moment.optional().meta({ description: "24 h before `to` if absent" }),
      to: moment.optional().meta({ description: "Now if absent" }),
      every: z
        .string()
        .regex(WINDOW, "must be a number and s, m, h or d, such as 5m, 1h or 1d")
        .optional()
        .meta({ description: "Window, e.g. 5m, 1h, 1d; absent = raw readings" }),
      fn: z.enum(["mean", "min", "max", "last", "sum"]).optional().meta({ description: "With `every`; mean if absent" }),
      ...paging(1000, 10_000),
    }),
    body: null,
    status: 200,
    response: list(readingDto),
  }),
  series: route({
    method: "get",
    path: "/series",
    summary: "Numbers over time for a chart: of points, or summed by department, floor, item and so on; with what happened meanwhile",
    action: "view",
    query: z.strictObject(seriesQuery),
    body: null,
    status: 200,
    response: seriesDto,
  }),
  seriesCsv: route({
    method: "get",
    path: "/series.csv",
    summary: "The same as CSV; each column says its unit, each row its time with offset",
    action: "view",
    query: z.strictObject({ ...seriesQuery, lang: z.enum(LANGS).default("zh-CN").meta({ description: "Of the names" }) }),
    body: null,
    status: 200,
    response: z.unknown(),
  }),
} as const;
