/**
 * What a codec is. It turns bytes on a topic into what a device said, and a command into bytes; it speaks of devices by their own address and knows
 * nothing of the house. It may remember what devices described of themselves, but has no clock, no chance and no I/O: the same messages in the same
 * order give the same words. It never throws, whatever the bytes; it bounds sizes before it reads; it says what is wrong and how to mend it; and it passes
 * on what it does not know under the device's own name. Whether a value can be believed is judged by `core/normalise`, for every codec alike.
 */
import type { CodecId } from "../contract/sources.ts";
import type { DeviceKind } from "../core/device.ts";
import type { Fate, Millis, PointValue } from "../core/reading.ts";
import type { DeviceWord } from "../ports/device-word.ts";

export interface Arrived {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** True where the broker had kept it: it may be hours old. */
  readonly retained: boolean;
  readonly now: Millis;
  /** Who published it, where our own broker knows: the user name, else the client id. */
  readonly from?: string | null | undefined;
}

export interface Outgoing {
  readonly topic: string;
  readonly payload: string | Uint8Array;
}

export type Heard =
  | DeviceWord
  /** Its source knows it no longer. */
  | { readonly kind: "gone"; readonly address: string }
  /** To be sent at once: an answer that the device waits for, or a question. Never retained. */
  | { readonly kind: "reply"; readonly message: Outgoing }
  /** Topics that this codec wants to hear from now on, beside its own. */
  | { readonly kind: "listen"; readonly filters: readonly string[] }
  | { readonly kind: "rejected"; readonly fate: Fate; readonly detail: string };

/** The device that a command is for. */
export interface Addressed {
  readonly address: string;
  readonly kind: DeviceKind | null;
  /** What it last said of a point; undefined where it never did. Whole states (infrared) are made of these. */
  value(point: string): PointValue | undefined;
}

export type Encoded =
  | { readonly kind: "messages"; readonly messages: readonly Outgoing[] }
  /** The device cannot be asked this: why, in a sentence for people. */
  | { readonly kind: "cannot"; readonly why: string };

export interface Codec {
  readonly id: CodecId;
  /** Topic filters to hear at a broker. */
  readonly filters: readonly string[];
  /** First levels of its topics, where these are fixed; a message is offered to the codecs of its first level, then to those without any. */
  readonly heads: readonly string[];
  /** The largest payload it takes, bytes; 64 kB where it says nothing. */
  readonly maxPayload?: number;
  /** Null: not mine, ask the next. */
  decode(message: Arrived): readonly Heard[] | null;
  /** A command's messages; `id` is the command's, for an answer to name. It may be asked again with the same id. */
  encode(device: Addressed, set: Readonly<Record<string, PointValue>>, id: string, now: Millis): Encoded;
  /** The hardware that an address names by itself, as its descriptions write it: so devices are told apart before they describe themselves again. */
  hardware?(address: string): readonly string[];
  /** What to say after each connection, so that everything is described anew. */
  greet?(): readonly Outgoing[];
}

/** Seconds between the words of whoever sleeps, or tells only what changes: a lamp that burns all day is not missed before three of these (25 h). */
export const EVENT_SECONDS = 30_000;

export const MAX_PAYLOAD_BYTES = 64 * 1024;

const decoder = new TextDecoder("utf-8", { fatal: true });

export function rejected(fate: Fate, detail: string): readonly Heard[] {
  return [{ kind: "rejected", fate, detail }];
}

/** The payload as text; null where it is no UTF-8. */
export function textOf(payload: Uint8Array): string | null {
  try {
    return decoder.decode(payload);
  } catch {
    return null;
  }
}

/** The payload (or its text) as JSON, or the sentence that says what is wrong with it. */
export function jsonOf(payload: Uint8Array | string): { readonly value: unknown } | { readonly wrong: string } {
  try {
    return { value: JSON.parse(typeof payload === "string" ? payload : decoder.decode(payload)) as unknown };
  } catch (error) {
    return { wrong: `Not JSON in UTF-8: ${error instanceof Error ? error.message.slice(0, 200) : "unreadable"}` };
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A key's own value; undefined also for what only the prototype has (`__proto__`, `constructor`). */
export function own(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A text of at most `max` characters, trimmed; null for everything else. */
export function shortText(value: unknown, max = 200): string | null {
  if (typeof value !== "string") return null;
  const text = value.trim();
  return text === "" || text.length > max ? null : text;
}

/** Whatever it is, in a few characters, for a sentence. */
export function shown(value: unknown): string {
  return (typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing")).slice(0, 40);
}

/** Remembers something under a key, at most so much at once: what was kept longest ago is forgotten. */
export function keep<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  if (!map.has(key) && map.size >= most) map.delete(map.keys().next().value!);
  map.set(key, value);
}

/** `find`, remembered for at most so many keys: the same ones come again and again. Strangers' keys make it forget, not grow. */
export function remembered<V>(most: number, find: (key: string) => V): (key: string) => V {
  const found = new Map<string, V>();
  return (key) => {
    const before = found.get(key);
    if (before !== undefined) return before;
    const value = find(key);
    if (found.size >= most) found.clear();
    found.set(key, value);
    return value;
  };
}
