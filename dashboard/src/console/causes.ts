/** Which alerts are worth a sound: the first of a cause, and the first that makes it graver. Pure. */
import type { AlertDto } from "../../../server/contract/alerts.ts";

export interface NewCause {
  readonly cause: string;
  readonly severity: AlertDto["severity"];
}

const RANK = { low: 0, medium: 1, high: 2 } as const;

/** What makes alerts one cause. */
export function causeOf(alert: Pick<AlertDto, "id" | "group">): string {
  return alert.group === "" ? alert.id : `group ${alert.group}`;
}

/**
 * Compares the alerts that wait for the reader with those that waited before. `standing`: the gravest severity by cause before;
 * null at the first look, which finds nothing new. The gravest new one comes first.
 */
export function newCauses(
  waiting: Iterable<AlertDto>,
  standing: ReadonlyMap<string, AlertDto["severity"]> | null,
): { readonly standing: ReadonlyMap<string, AlertDto["severity"]>; readonly fresh: readonly NewCause[] } {
  const now = new Map<string, AlertDto["severity"]>();
  for (const a of waiting) {
    const cause = causeOf(a);
    const known = now.get(cause);
    if (known === undefined || RANK[a.severity] > RANK[known]) now.set(cause, a.severity);
  }
  const fresh: NewCause[] = [];
  if (standing !== null) {
    for (const [cause, severity] of now) {
      const before = standing.get(cause);
      if (before === undefined || RANK[severity] > RANK[before]) fresh.push({ cause, severity });
    }
  }
  return { standing: now, fresh: fresh.sort((a, b) => RANK[b.severity] - RANK[a.severity]) };
}
