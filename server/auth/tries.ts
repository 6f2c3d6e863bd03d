/** How often somebody may try, per account. */

export interface Tries {
  /** Counts a try before it is judged, so that many at once cannot slip by. Returns null, or for how many ms the account rests. */
  take(account: string): number | null;
  /** The try was right: nothing is held against the account. */
  forgive(account: string): void;
}

interface Count {
  tries: number;
  readonly until: number;
}

/** At most `limit` tries per account in `windowMs` from the first one. Of more than `kept` accounts the longest known are forgotten. */
export function createTries(limit: number, windowMs: number, kept: number, now: () => number): Tries {
  const counts = new Map<string, Count>();
  return {
    take(account) {
      const at = now();
      let count = counts.get(account);
      if (count === undefined || count.until <= at) {
        counts.delete(account);
        // Insertion order is order of ending: the first are over first.
        for (const [oldest, { until }] of counts) {
          if (until > at && counts.size < kept) break;
          counts.delete(oldest);
        }
        counts.set(account, (count = { tries: 0, until: at + windowMs }));
      }
      if (count.tries >= limit) return count.until - at;
      count.tries++;
      return null;
    },
    forgive: (account) => void counts.delete(account),
  };
}
