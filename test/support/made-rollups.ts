/** Roll-ups by a formula: what a history of many days would answer, without its readings. */
import { emptyRollups } from "../../server/history/merge.ts";
import type { History } from "../../server/ports/history.ts";

/** What a window of a point holds; null: nothing was heard in it. */
export type Made = (point: string, start: number) => { readonly mean?: number; readonly total?: number; readonly count?: number } | null;

/** Days begin at `midnight` (ms of any local midnight). */
export function madeRollups(midnight: number, made: Made): History["rollups"] {
  return async ({ points, from, to, step }) => {
    const every = step === "5m" ? 300_000 : step === "hour" ? 3_600_000 : 86_400_000;
    const rows: { readonly point: number; readonly start: number; readonly of: NonNullable<ReturnType<Made>> }[] = [];
    for (let start = midnight + Math.ceil((from - midnight) / every) * every; start < to; start += every)
      points.forEach((name, point) => {
        const of = made(name, start);
        if (of !== null) rows.push({ point, start, of });
      });
    const answer = emptyRollups(rows.length);
    rows.forEach(({ point, start, of }, i) => {
      answer.point[i] = point;
      answer.start[i] = start;
      answer.count[i] = of.count ?? 1;
      answer.mean[i] = of.mean ?? Number.NaN;
      answer.total[i] = of.total ?? Number.NaN;
    });
    return answer;
  };
}
