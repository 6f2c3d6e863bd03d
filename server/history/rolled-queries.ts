/** How roll-ups are made of finer ones, in the database's words. */
import type { Millis } from "../core/reading.ts";
import { FIVE_MINUTES } from "../core/rollup.ts";
import type { Zone } from "../core/zone.ts";

const HOUR = 3_600_000;

/** The newest row of each point, with its state. */
export function statesQuery(from: string, point: string): string {
  const of = point === "" ? "five.point" : point;
  return `
    SELECT newest.point, newest.start::DOUBLE, newest.last, newest.state_at::DOUBLE, o.text
    FROM (SELECT ${of} AS point, max(five.start) AS start, arg_max(five.last, five.start) AS last, arg_max(five.state_at, five.start) AS state_at FROM ${from} GROUP BY 1) newest
    LEFT JOIN oddities o ON o.point = newest.point AND o.start = newest.start`;
}

/** Local hours that begin within [from, to), from their five minutes and from what later ones carry into them. */
export function hoursQuery(zone: Zone, from: Millis, to: Millis, where: string): string {
  // A zone's offset within the hour changes nowhere but on Lord Howe Island.
  return spreadQuery(HOUR, zone.offset(from) * 60_000, from, to, where);
}

/** The same for five minutes: each with what later ones carry into it. */
export function fivesQuery(from: Millis, to: Millis, where: string): string {
  return spreadQuery(FIVE_MINUTES, 0, from, to, where);
}

function spreadQuery(every: Millis, shift: Millis, from: Millis, to: Millis, where: string): string {
  const windowOf = (at: string) => `(${at} - ((${at} + ${shift}) % ${every}))`;
  return `
    WITH rows AS (SELECT * FROM five WHERE start >= ${from} AND carried_from < ${to}),
    pieces AS (
      SELECT point, ${windowOf("start")} AS h, count, sum, min, max, last, start, total FROM rows WHERE start < ${to}
      UNION ALL
      SELECT point, u.h, 0, 0, NULL, NULL, NULL, NULL, carried * (least(carried_to, u.h + ${every}) - greatest(carried_from, u.h)) / (carried_to - carried_from)
      FROM rows, unnest(generate_series(${windowOf("carried_from")}, carried_to - 1, ${every})) AS u(h) WHERE carried <> 0)
    SELECT point, h AS start, sum(count)::INTEGER AS count, sum(sum) AS sum, min(min) FILTER (count > 0) AS min, max(max) FILTER (count > 0) AS max,
      arg_max(last, start) FILTER (count > 0) AS last, sum(total) AS total
    FROM pieces ${where === "" ? "WHERE" : `${where} AND`} h >= ${from} AND h < ${to} GROUP BY point, h HAVING sum(count) > 0 OR sum(total) <> 0`;
}

export function daysQuery(from: Millis, to: Millis, and: string): string {
  return `
    SELECT point, ${from}, sum(count)::INTEGER, sum(sum), min(min) FILTER (count > 0), max(max) FILTER (count > 0), arg_max(last, start) FILTER (count > 0), sum(total)
    FROM hours WHERE start >= ${from} AND start < ${to} ${and} GROUP BY point`;
}
