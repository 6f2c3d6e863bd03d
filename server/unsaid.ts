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
  /** By what it says: asked twice it is said once. */
  const kept = new Map<string, { readonly message: Outgoing; readonly at: number }>();
  return {
    keep(message, now) {
      const { topic, payload } = message;
      const key = `${topic}\n${typeof payload === "string" ? payload : Buffer.from(payload).toString("base64")}`;
      kept.delete(key);
      if (kept.size === MOST) kept.delete(kept.keys().next().value!);
      kept.set(key, { message, at: now });
    },
    take(now) {
      const young = [...kept.values()].filter(({ at }) => now - at <= KEPT_MS).map(({ message }) => message);
      kept.clear();
      return young;
    },
  };
}
