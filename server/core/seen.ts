/** Messages beside what was made of them. Pure data; payloads and topics are somebody else's word. */
import type { MappingWrong } from "./mapping.ts";
import type { Doubt, Fate, Millis, PointValue, Quality } from "./reading.ts";

/** What was made of one value of a message: taken with this quality, or not, by this fate. */
export interface SeenValue {
  readonly name: string;
  /** The office's value; what the device wrote where it was not taken. */
  readonly value: PointValue | null;
  readonly quality: Quality | null;
  readonly doubt: Doubt | null;
  readonly fate: Fate;
  /** The source's own reason, where it says that it cannot be believed. */
  readonly reason: string | null;
}

/** What else a message said. */
export interface SeenFact {
  readonly kind: "described" | "online" | "offline" | "accepted" | "refused" | "job" | "rejected";
  readonly detail: string | null;
}

/** A payload's beginning as text, or as hexadecimal digits (`binary`); `size` is its bytes as a whole. */
export interface SeenPayload {
  readonly payload: string;
  readonly binary: boolean;
  readonly size: number;
  readonly cut: boolean;
}

/** A message beside what was understood of it. */
export interface SeenMessage extends SeenPayload {
  readonly at: Millis;
  readonly topic: string;
  readonly retained: boolean;
  readonly values: readonly SeenValue[];
  readonly facts: readonly SeenFact[];
}

export interface UnknownTopic extends SeenPayload {
  readonly topic: string;
  readonly at: Millis;
}

export interface MappingTrial {
  readonly filter: string;
  /** Whether messages have to be waited for: this broker tells only what it is asked for. */
  readonly listening: boolean;
  readonly messages: readonly (UnknownTopic & {
    readonly device: string | null;
    readonly ts: Millis | null;
    /** Why the message as a whole cannot be read. */
    readonly wrong: string | null;
    readonly points: readonly {
      readonly point: string;
      readonly raw: string;
      readonly value: PointValue | null;
      /** The office's, else the mapping's; "" where neither says one. */
      readonly unit: string;
      readonly wrong: string | null;
      readonly why: MappingWrong | null;
    }[];
  })[];
}
