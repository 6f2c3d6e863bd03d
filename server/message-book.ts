/**
 * The last messages of each device beside what was made of them, and the newest of topics that nobody understood: for whoever looks. Foreign devices are
 * noted always (in a flood in part), our own format only while somebody looks, for it is the hot path. Bounded as a whole; nothing of it outlives the server.
 */
import type { Level } from "./core/mapping.ts";
import { matchTopic } from "./core/mapping.ts";
import type { Normalised } from "./core/normalise.ts";
import type { DeviceId, Millis } from "./core/reading.ts";
import type { IncomingMessage } from "./ports/transport.ts";
import type { Fact } from "./sources.ts";

/** One message: its beginning, and the facts that were read out of it, each with what became of it where it was an observation. */
export interface NotedMessage {
  readonly at: Millis;
  readonly topic: string;
  /** The first bytes, one character each (`bytesOf`); `size` is how many there were. */
  readonly payload: string;
  readonly size: number;
  readonly retained: boolean;
  readonly facts: readonly Fact[];
  readonly outcomes: readonly (Normalised | null)[];
}

export interface StrayTopic {
  readonly topic: string;
  readonly at: Millis;
  readonly payload: string;
  readonly size: number;
}

export interface MessageBook {
  /** Notes a message for each device that it is about. */
  note(message: Pick<IncomingMessage, "topic" | "payload" | "retained">, facts: readonly Fact[], outcomes: readonly (Normalised | null)[], now: Millis): void;
  /** Notes a message that no codec took. */
  stray(message: Pick<IncomingMessage, "topic" | "payload">, now: Millis): void;
  /** How many of our own devices somebody looks at. */
  readonly watched: number;
  watches(device: DeviceId, now: Millis): boolean;
  watch(device: DeviceId, until: Millis): void;
  /** Newest first, at most three. */
  of(device: DeviceId): readonly NotedMessage[];
  /** Ms between the last messages of a device that told anything, at most eight. */
  gaps(device: DeviceId): readonly Millis[];
  /** Topics that nobody understood, newest first. */
  strays(): readonly StrayTopic[];
  /** The newest messages on topics that fit, newest first. */
  on(levels: readonly Level[], most: number): readonly StrayTopic[];
}

const KEPT = 3;
const FLOOD_MS = 1000;
/** First bytes that are kept of a device's message, and of one that nobody took (a mapping is tried against it). */
const EXCERPT = 2048;
const STRAY_EXCERPT = 8192;
const MOST_STRAYS = 300;
/** Messages a second that are all noted; of more than that one in so many: a prime, so that no device is always the one left out. */
const MOST_NOTED = 500;
const PART_NOTED = 61;
const LONGEST_TOPIC = 500;
const MOST_GAPS = 8;
const MOST_WATCHED = 200;
const MOST_SPEAKERS = 20_000;
/** What all messages may weigh: each its payload, several times over for what was read out of it. */
const MOST_WEIGHT = 24 * 1024 * 1024;

interface Shelf {
  messages: NotedMessage[];
  lastAt: Millis;
  gaps: Millis[];
}

/** A copy as a string of bytes: a view would keep the broker's whole buffer, and an array of its own costs more than all the rest here. */
function excerpt(payload: Uint8Array, most: number): string {
  return Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, most)).toString("latin1");
}

/** The bytes of what was noted. */
export function bytesOf(noted: string): Uint8Array {
  return Buffer.from(noted, "latin1");
}

const weightOf = (m: NotedMessage) => 600 + 4 * m.size;

export function createMessageBook(): MessageBook {
  const shelves = new Map<DeviceId, Shelf>();
  const strays = new Map<string, StrayTopic>();
  const watching = new Map<DeviceId, Millis>();
  /** Who spoke on a topic last: what cannot be read there is most likely its. */
  const speakers = new Map<string, DeviceId>();
  let weight = 0;
  let since = 0;
  let heard = 0;
  /** Goes on from one second to the next: whose turn it is moves. */
  let beyond = 0;
  /** When a message was last left out: what is measured between two notes across it is no gap of any device. */
  let leftOutAt = -Infinity;

  /** In a flood of all devices together a part of it is noted. */
  function isLeftOut(now: Millis): boolean {
    if (now - since >= FLOOD_MS || now < since) [since, heard] = [now, 0];
    const leftOut = ++heard > MOST_NOTED && ++beyond % PART_NOTED !== 0;
    if (leftOut) leftOutAt = now;
    return leftOut;
  }

  function put(device: DeviceId, message: NotedMessage, told: boolean): void {
    const shelf = shelves.get(device) ?? { messages: [], lastAt: 0, gaps: [] };
    // The longest unheard come first, to be forgotten first.
    shelves.delete(device);
    shelves.set(device, shelf);
    shelf.messages.unshift(message);
    weight += weightOf(message);
    if (shelf.messages.length > KEPT) weight -= weightOf(shelf.messages.pop()!);
    if (told && !message.retained) {
      if (shelf.lastAt > Math.max(0, leftOutAt) && message.at > shelf.lastAt) {
        shelf.gaps.unshift(message.at - shelf.lastAt);
        if (shelf.gaps.length > MOST_GAPS) shelf.gaps.pop();
      }
      shelf.lastAt = message.at;
    }
    if (weight <= MOST_WEIGHT) return;
    for (const [id, old] of shelves) {
      if (weight <= MOST_WEIGHT || id === device) break;
      for (const m of old.messages) weight -= weightOf(m);
      shelves.delete(id);
    }
  }

  /** Nobody reads more than so many messages of one device within a second; but what it says counts more than how it described itself just before. */
  function isFlood(device: DeviceId, now: Millis, fact: Fact): boolean {
    const oldest = shelves.get(device)?.messages[KEPT - 1];
    if (oldest === undefined || now - oldest.at >= FLOOD_MS) return false;
    return fact.kind !== "observation" || oldest.facts.length !== 1 || oldest.facts[0]?.kind !== "described";
  }

  function spoke(topic: string, device: DeviceId): void {
    if (speakers.get(topic) === device) return;
    if (speakers.size >= MOST_SPEAKERS) speakers.delete(speakers.keys().next().value!);
    speakers.set(topic, device);
  }

  return {
    note({ topic, payload, retained }, facts, outcomes, now) {
      if (isLeftOut(now)) return;
      const only = facts.length === 1 ? facts[0]! : null;
      const single = only === null ? null : deviceOf(only);
      if (only !== null && single !== null && isFlood(single, now, only)) return;
      const message: NotedMessage = { at: now, topic, payload: excerpt(payload, EXCERPT), size: payload.length, retained, facts, outcomes };
      if (only !== null && single !== null) {
        put(single, message, only.kind === "observation");
        spoke(topic, single);
        return;
      }
      const told = new Map<DeviceId, boolean>();
      for (const fact of facts) {
        const device = deviceOf(fact);
        if (device !== null) told.set(device, fact.kind === "observation" || told.get(device) === true);
      }
      for (const [device, values] of told) put(device, message, values);
      const [first] = told.keys();
      if (first === undefined) {
        const speaker = speakers.get(topic);
        if (speaker !== undefined && facts.some((f) => f.kind === "rejected")) put(speaker, message, false);
      } else if (told.size === 1) spoke(topic, first);
    },
    stray({ topic, payload }, now) {
      if (topic.length > LONGEST_TOPIC || topic.startsWith("$")) return;
      strays.delete(topic);
      if (strays.size >= MOST_STRAYS) strays.delete(strays.keys().next().value!);
      strays.set(topic, { topic, at: now, payload: excerpt(payload, STRAY_EXCERPT), size: payload.length });
    },
    get watched() {
      return watching.size;
    },
    watches(device, now) {
      const until = watching.get(device);
      if (until === undefined) return false;
      if (until > now) return true;
      watching.delete(device);
      return false;
    },
    watch(device, until) {
      watching.delete(device);
      if (watching.size >= MOST_WATCHED) watching.delete(watching.keys().next().value!);
      watching.set(device, until);
    },
    of: (device) => shelves.get(device)?.messages ?? [],
    gaps: (device) => shelves.get(device)?.gaps ?? [],
    strays: () => [...strays.values()].toReversed(),
    on(levels, most) {
      const newest = new Map<string, StrayTopic>();
      const offer = ({ topic, at, payload, size }: StrayTopic) => {
        if (matchTopic(levels, topic) !== null && (newest.get(topic)?.at ?? -1) < at) newest.set(topic, { topic, at, payload, size });
      };
      for (const s of strays.values()) offer(s);
      for (const { messages } of shelves.values()) for (const m of messages) offer(m);
      return [...newest.values()].toSorted((a, b) => b.at - a.at).slice(0, most);
    },
  };
}

/** Which device a fact is about. */
export function deviceOf(fact: Fact): DeviceId | null {
  if (fact.kind === "observation") return fact.observation.device;
  return "device" in fact ? fact.device : null;
}
