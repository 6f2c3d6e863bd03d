/**
 * Other ecosystems' wires: what devices say in our own format goes out as theirs would be written, and their commands come back in ours, as behind a
 * gateway. Written from what those ecosystems publish, and never from our codecs: a codec tested against its own words proves nothing.
 */
import type { PointValue } from "../../server/core/reading.ts";
import type { Outgoing } from "../office/speaker.ts";

export interface Wire {
  /** Topics on which it hears commands. */
  readonly subscribe: readonly string[];
  /** What is said after each connection, before any state. */
  introduce(): Outgoing[];
  /** A message in our own format, as this wire says it; what it has no device for goes out as it is. `now`: simulated, ms. */
  say(message: Outgoing, now: number): Outgoing[];
  /** A message that was heard: the commands in our own format that it means, and what is answered at once. */
  hear(topic: string, payload: string, now: number): { readonly commands: readonly Outgoing[]; readonly answers: readonly Outgoing[] };
  /** What is said when it leaves. */
  farewell(): Outgoing[];
}

export type Values = Readonly<Record<string, PointValue>>;
