/** Where a row belongs in the console's order. Pure. */
import type { AlertDto } from "../../../server/contract/alerts.ts";
import { isWaiting } from "../needs.ts";

export const SORTS = ["urgency", "newest", "oldest", "climbing"] as const;
export type Sort = (typeof SORTS)[number];

/** Smaller is higher up. */
export interface Place {
  readonly rank: number;
  readonly at: number;
}

const RANK = { high: 0, medium: 1, low: 2 } as const;

export function gravest(alerts: readonly AlertDto[]): AlertDto["severity"] {
  let most: AlertDto["severity"] = "low";
  for (const a of alerts) if (RANK[a.severity] < RANK[most]) most = a.severity;
  return most;
}

/**
 * The place of a row of alerts of one cause. urgency: what waits for somebody first, the gravest first, and of these the one that has
 * waited longest. climbing: what goes to the next person soonest.
 */
export function placeOf(alerts: readonly AlertDto[], sort: Sort): Place {
  const waiting = alerts.filter(isWaiting);
  const raised = alerts.map((a) => Date.parse(a.raisedAt));
  switch (sort) {
    case "urgency": {
      const asks = waiting.length > 0;
      const counted = asks ? waiting : alerts;
      return { rank: (asks ? 0 : 10) + RANK[gravest(counted)], at: Math.min(...counted.map((a) => Date.parse(a.raisedAt))) };
    }
    case "newest":
      return { rank: 0, at: -Math.max(...raised) };
    case "oldest":
      return { rank: 0, at: Math.min(...raised) };
    case "climbing": {
      const next = alerts.flatMap((a) => (a.climbsAt === null ? [] : [Date.parse(a.climbsAt)]));
      return next.length === 0 ? { rank: 1, at: Math.min(...raised) } : { rank: 0, at: Math.min(...next) };
    }
  }
}

export function byPlace(a: { readonly place: Place; readonly key: string }, b: { readonly place: Place; readonly key: string }): number {
  return a.place.rank - b.place.rank || a.place.at - b.place.at || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

export function samePlace(a: Place, b: Place): boolean {
  return a.rank === b.rank && a.at === b.at;
}
