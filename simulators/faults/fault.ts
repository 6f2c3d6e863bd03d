/** How a device may behave badly for a while. One file per fault; `duplicate.ts` is the shortest to copy. */
import type { DeviceKind } from "../../server/core/device.ts";
import type { PointValue } from "../../server/core/reading.ts";
import type { Random } from "../random.ts";

/** How a device is about to answer a command: ms until its ack and until it does it; null = never. */
export interface Answer {
  readonly ackAfter: number | null;
  readonly applyAfter: number | null;
  /** Why it refuses; null = it accepts. */
  readonly error: string | null;
}

/** A state message that is about to be published. */
export interface Draft {
  readonly values: Readonly<Record<string, PointValue>>;
  /** Its time: ms as the device believes, rendered with the site's offset; a text as it stands; null = none. */
  readonly ts: number | string | null;
  /** Bytes instead of all that. */
  readonly raw?: string | undefined;
}

export interface ActiveFault {
  answer?(answer: Answer, set: Readonly<Record<string, unknown>>): Answer;
  report?(draft: Draft): readonly Draft[];
  /** Whether it says now that it is off and is not. */
  lying?(): boolean;
  /** Neither hears nor speaks; its availability says so. */
  readonly offline?: boolean;
}

export interface Fault {
  readonly name: string;
  readonly about: string;
  /** Probability that it befalls a device on a day. */
  readonly perDay: number;
  /** Shortest and longest time it lasts, in minutes. */
  readonly minutes: readonly [number, number];
  /** Kinds that it befalls; null = all. */
  readonly kinds: readonly DeviceKind[] | null;
  begin(random: Random): ActiveFault;
}

/** Kinds that take commands. */
export const COMMANDED: readonly DeviceKind[] = ["ac", "light", "plug", "copier", "water", "boiler"];
