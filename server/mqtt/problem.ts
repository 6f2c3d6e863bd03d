/** What can be wrong with the way to the broker, with a code that stays and a sentence that says how to mend it. */
import type { Fate } from "../core/reading.ts";

export type MqttProblemCode =
  | "users-missing"
  | "address-in-use"
  | "cannot-listen"
  | "bad-url"
  | "bad-ca"
  | "wrong-credentials"
  | "refused-by-broker"
  | "tls"
  | "not-connected"
  | "not-delivered";

export class MqttProblem extends Error {
  readonly code: MqttProblemCode;

  constructor(code: MqttProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "MqttProblem";
    this.code = code;
  }
}

/** A message that never reached `onMessage`: what became of it, and what was wrong, in words. */
export interface RefusedMessage {
  readonly fate: Extract<Fate, "oversized" | "forbidden">;
  readonly topic: string;
  readonly detail: string;
}

/** Calls `say` at once, then at most once every `everyMs`, with how many were kept back in between: hostile clients must not fill the log. */
export function occasionally(everyMs: number, say: (keptBack: number, about: object, message: string) => void): (about: object, message: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  let keptBack = 0;
  return (about, message) => {
    const now = performance.now();
    if (now - last < everyMs) {
      keptBack++;
      return;
    }
    last = now;
    say(keptBack, about, message);
    keptBack = 0;
  };
}
