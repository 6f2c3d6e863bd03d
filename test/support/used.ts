/** A history that was used: what every point's counter rose by, when. */
import { emptyRollups } from "../../server/history/merge.ts";
import type { History } from "../../server/ports.ts";

export interface Use {
  readonly point: string;
  /** ms: the start of its hour and its day alike, so that any step finds it. */
  readonly at: number;
  readonly total: number;
}

/** Roll-ups that tell these uses, each a window of its own. */
export function rolledFrom(uses: readonly Use[]): History["rollups"] {
  return async ({ points, from, to }) => {
    const places = new Map(points.map((p, i) => [p, i]));
    const found = uses.filter((u) => places.has(u.point) && u.at >= from && u.at < to).toSorted((a, b) => a.at - b.at);
    const rollups = emptyRollups(found.length);
    for (const [i, use] of found.entries()) {
      rollups.point[i] = places.get(use.point)!;
      rollups.start[i] = use.at;
      rollups.count[i] = 1;
      rollups.total[i] = use.total;
    }
    return rollups;
  };
}
