/**
 * What would have been said to devices, beside commands, by a server that does not lead the house yet. A broker hands over what it kept at once, and what that makes a codec ask
 * (who does not tell by itself is asked once) must not be lost because the lease comes some seconds later. Whoever leads soon says it; whoever waits for long says only what is young.
 */
import type { Outgoing } from "./codecs/codec.ts";

const KEPT_MS = 60_000;
const MOST = 2_000;

export interface Unsaid {
  /** `now`: ms of a clock that never stands still. */
  keep(message: Outgoing, now: number): void;
  /** What is still worth saying; nothing of it is kept any longer. */
  take(now: number): readonly Outgoing[];
}

export function createUnsaid(): Unsaid {
  let kept: { readonly message: Outgoing; readonly at: number }[] = [];
  return {
    keep(message, now) {
      if (kept.length === MOST) kept = kept.slice(MOST / 2);
      kept.push({ message, at: now });
    },
    take(now) {
      const young = kept.filter(({ at }) => now - at <= KEPT_MS).map(({ message }) => message);
      kept = [];
      return young;
    },
  };
}
