/** Topics that are heard only because a mapping is tried on them: at a broker where one has to subscribe they are let go when nobody tries any more. */
import type { Millis } from "./core/reading.ts";
import type { Transport } from "./ports/transport.ts";

export interface TrialTopics {
  /** Hears topics that are wanted for good. */
  hear(filters: readonly string[]): void;
  /** Hears topics for a trial, for `TRIAL_MS` from `now` on. */
  try(filters: readonly string[], now: Millis): void;
  /** Lets go what nobody tries any more. */
  sweep(now: Millis): void;
}

/** The page asks again every few seconds while somebody writes. */
export const TRIAL_MS = 60_000;

export function createTrialTopics(transport: Pick<Transport, "listen" | "unlisten">): TrialTopics {
  /** Only what nothing else had asked for. */
  const tried = new Map<string, Millis>();
  return {
    hear(filters) {
      for (const f of filters) tried.delete(f);
      transport.listen(filters);
    },
    try(filters, now) {
      for (const f of transport.listen(filters)) tried.set(f, now);
      for (const f of filters) if (tried.has(f)) tried.set(f, now + TRIAL_MS);
    },
    sweep(now) {
      const over = [...tried].flatMap(([filter, until]) => (until <= now ? [filter] : []));
      for (const filter of over) tried.delete(filter);
      if (over.length > 0) transport.unlisten(over);
    },
  };
}
