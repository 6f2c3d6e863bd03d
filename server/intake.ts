/** What comes in: a message is read, judged, counted, noted, made durable, and what it says enters the house. Nothing here throws, whatever comes. */
import type { Outgoing } from "./codecs/codec.ts";
import type { Decoded } from "./codecs/native.ts";
import { decodeNative } from "./codecs/native.ts";
import type { HouseEvent } from "./core/event.ts";
import type { House } from "./core/house.ts";
import { doubtedPoints } from "./core/house.ts";
import type { Normalised } from "./core/normalise.ts";
import { normalise } from "./core/normalise.ts";
import type { DeviceId, Fate, Millis, Observation, PointReading, Rejection, Report } from "./core/reading.ts";
import type { Outcome } from "./core/step.ts";
import type { Citizen } from "./citizen.ts";
import type { FollowedClock } from "./clock.ts";
import { isServerTopic } from "./contract/offers.ts";
import { createLapses } from "./lapses.ts";
import type { Log } from "./log.ts";
import type { MessageBook } from "./message-book.ts";
import type { Clock } from "./ports/clock.ts";
import type { DeviceWord } from "./ports/device-word.ts";
import type { History } from "./ports/history.ts";
import type { IncomingMessage } from "./ports/transport.ts";
import type { Fact, Sources } from "./sources.ts";
import { UNTAKEN } from "./sources.ts";

export interface IntakeParts {
  readonly house: House;
  readonly clock: Clock;
  readonly followed: FollowedClock | null;
  readonly history: History;
  readonly sources: Sources;
  readonly citizen: Citizen | null;
  readonly book: MessageBook;
  readonly log: Log;
  /** The one door into the house. */
  enter(event: HouseEvent): Outcome;
  /** What a message led to is acknowledged after it is recorded. */
  acknowledge(settle: (() => void) | undefined): void;
  touch(device: DeviceId, readings: readonly PointReading[]): void;
  say(message: Outgoing): void;
  listen(filters: readonly string[]): void;
}

export interface Intake {
  readonly counts: { readonly messages: number; readonly readings: number; readonly fates: Readonly<Partial<Record<Fate, number>>> };
  /** What was kept out, newest first. */
  readonly rejections: readonly Rejection[];
  take(message: IncomingMessage): void;
  /** What was heard of a device that is asked by us, by no broker. */
  hear(word: DeviceWord): void;
  /** Counts and shows what the transport refused before it became a message. */
  refused(message: { readonly fate: Fate; readonly topic: string; readonly detail: string }): void;
  store(report: Report, topic: string, codec: string, durable: (() => void) | undefined): void;
  /** Lets time pass: what ends by itself has ended, and due timers ring. */
  tick(): void;
  /** When something is due next; Infinity where nothing is. */
  next(): Millis;
  /** What was kept out since this was last asked. */
  takeRejections(): readonly Rejection[];
}

const REJECTIONS_KEPT = 200;

export function createIntake(parts: IntakeParts): Intake {
  const { house, clock, followed, history, sources, citizen, book, log, enter, acknowledge, touch, say, listen } = parts;
  const lapses = createLapses();
  const counts = { messages: 0, readings: 0, fates: {} as Partial<Record<Fate, number>> };
  const rejections: Rejection[] = [];
  let rejected: Rejection[] = [];

  function count(fate: Fate, by = 1): void {
    counts.fates[fate] = (counts.fates[fate] ?? 0) + by;
  }

  function reject({ topic, payload }: { readonly topic: string; readonly payload: Uint8Array }, fate: Fate, detail: string): void {
    count(fate);
    const excerpt = Buffer.from(payload.subarray(0, 200)).toString("utf8");
    const rejection = { fate, topic: topic.slice(0, 200), detail, excerpt, at: clock.now() };
    rejections.unshift(rejection);
    if (rejections.length > REJECTIONS_KEPT) rejections.pop();
    rejected.push(rejection);
  }

  function takeObservation(o: Observation, topic: string, codec: string, retained: boolean, durable: (() => void) | undefined): Normalised {
    const id = o.device;
    const state = house.devices.get(id);
    const normalised = normalise(o, { kind: state?.device.kind ?? null, points: state?.points ?? null, doubted: doubtedPoints(state) }, clock.now(), retained);
    const { report, fates } = normalised;
    for (const fate of fates) count(fate);
    if (report === null) {
      // A duplicate may be a redelivery of what is not durable yet: its acknowledgement waits for the same commit.
      if (durable !== undefined) history.append({ device: id, at: 0, received: 0, late: true, readings: [] }, durable);
    } else {
      if (!report.late) lapses.heard(id, o.values, report.received);
      store(report, topic, codec, durable);
    }
    return normalised;
  }

  const next = () => Math.min(house.timers.next ?? Infinity, lapses.next ?? Infinity);

  /** Lets time pass: what ends by itself has ended, and due timers ring. */
  function tick(): void {
    for (const report of lapses.due(clock.now(), (id) => house.devices.get(id)?.points)) store(report, "", "", undefined);
    enter({ kind: "tick" });
  }

  function store(report: Report, topic: string, codec: string, durable: (() => void) | undefined): void {
    counts.readings += report.readings.length;
    history.append(report, durable);
    touch(report.device, report.readings);
    enter({ kind: "report", report, topic, codec });
  }

  function take(message: IncomingMessage): void {
    counts.messages++;
    const { settle } = message;
    if (!message.topic.startsWith("jieyue/")) return takeForeign(message);
    if (isServerTopic(message.topic)) return takeAsked(message);
    let decoded: Decoded;
    try {
      decoded = decodeNative(message.topic, message.payload);
      switch (decoded.kind) {
        case "observations": {
          const list = decoded.observations;
          let left = list.length;
          if (left === 0) settle?.();
          const durable = settle === undefined ? undefined : left === 1 ? settle : () => void (--left === 0 && settle());
          for (const o of list) {
            const normalised = takeObservation(o, message.topic, "native", message.retained, durable);
            if (book.watched > 0) noteNative(message, o.device, { kind: "observation", observation: o, codec: "native" }, normalised);
          }
          return;
        }
        case "availability":
          enter({ kind: "availability", device: decoded.device, online: decoded.online });
          break;
        case "ack":
          enter({ kind: "ack", device: decoded.device, command: decoded.id, accepted: decoded.accepted, error: decoded.error });
          break;
        case "job": {
          const job = decoded.job.at > 0 ? decoded.job : { ...decoded.job, at: clock.now() };
          enter({ kind: "job", device: decoded.device, job });
          if (book.watched > 0) noteNative(message, decoded.device, { kind: "job", device: decoded.device, job });
          break;
        }
        case "clock":
          if (followed !== null && followed.wind(decoded.now, decoded.speed) === "behind")
            reject(message, "clock-absurd", "The clock was wound back by more than an hour; time only runs forward. Use a fresh data folder.");
          if (followed !== null) tick();
          break;
        case "rejected":
          reject(message, decoded.fate, decoded.detail);
          break;
        case "ignored":
          break;
      }
    } catch (error) {
      notTaken(message, error);
    }
    acknowledge(settle);
  }

  function notTaken(message: IncomingMessage, error: unknown): void {
    log.error({ err: error, topic: message.topic }, "a message could not be taken in");
    reject(message, "malformed", "This message met a fault of ours; it was kept out. Please report it with this excerpt.");
  }

  /** Our own format is the hot path: it is noted only for devices that somebody looks at. */
  function noteNative(message: IncomingMessage, device: DeviceId, fact: Fact, normalised: Normalised | null = null): void {
    if (book.watches(device, clock.now())) book.note(message, [fact], [normalised], clock.now());
  }

  /** A wish on one of our own topics: a person's request like any other, or a refusal that is counted. Whoever does not lead leaves it to who does. */
  function takeAsked(message: IncomingMessage): void {
    const asked = house.pulse.leads ? citizen?.asked(message) : undefined;
    if (asked?.kind === "refused") reject(message, "forbidden", asked.why);
    if (asked?.kind === "asked") {
      for (const request of asked.requests) {
        const { answer } = enter({ kind: "person", by: asked.by, request });
        if (answer?.ok === false) reject(message, "forbidden", answer.refusal.detail);
      }
    }
    citizen?.look();
    acknowledge(message.settle);
  }

  /** A message of another ecosystem: what its codec makes of it, piece by piece. */
  function takeForeign(message: IncomingMessage): void {
    const { settle } = message;
    let facts: readonly Fact[] = [];
    try {
      facts = sources.read(message, clock.now());
    } catch (error) {
      notTaken(message, error);
    }
    if (facts === UNTAKEN) book.stray(message, clock.now());
    if (facts.length === 1 && facts[0]!.kind === "observation") return takeOne(facts[0]!, message);
    const outcomes: (Normalised | null)[] = [];
    let left = facts.reduce((n, f) => n + Number(f.kind === "observation"), 0);
    const stored = left > 0;
    const durable = settle === undefined ? undefined : () => void (--left === 0 && acknowledge(settle));
    for (const fact of facts) {
      try {
        outcomes.push(takeFact(fact, message, durable));
      } catch (error) {
        notTaken(message, error);
        outcomes.push(null);
        if (fact.kind === "observation") durable?.();
      }
    }
    if (facts.length > 0) book.note(message, facts, outcomes, clock.now());
    if (!stored) acknowledge(settle);
  }

  /** Nearly every message is one device's word. */
  function takeOne(fact: Fact & { readonly kind: "observation" }, message: IncomingMessage): void {
    let outcome: Normalised | null = null;
    try {
      outcome = takeObservation(fact.observation, message.topic, fact.codec, message.retained, message.settle);
    } catch (error) {
      notTaken(message, error);
      acknowledge(message.settle);
    }
    book.note(message, [fact], [outcome], clock.now());
  }

  function takeFact(fact: Fact, message: IncomingMessage, durable: (() => void) | undefined): Normalised | null {
    switch (fact.kind) {
      case "observation":
        return takeObservation(fact.observation, message.topic, fact.codec, message.retained, durable);
      case "described":
        enter(fact);
        lapses.learn(fact.device, fact.lapses ?? [], house.devices.get(fact.device)?.points, clock.now());
        break;
      case "availability":
      case "ack":
        enter(fact);
        break;
      case "job":
        enter({ ...fact, job: fact.job.at > 0 ? fact.job : { ...fact.job, at: clock.now() } });
        break;
      case "reply":
        say(fact.message);
        break;
      case "listen":
        listen(fact.filters);
        break;
      case "rejected":
        reject(message, fact.fate, fact.detail);
        break;
    }
    return null;
  }

  /** What was heard of a device that is asked by us: the same door as for a message. */
  function hear(word: DeviceWord): void {
    const from: IncomingMessage = { topic: "", payload: new Uint8Array(), qos: 0, retained: false, settle: undefined };
    try {
      for (const fact of sources.facts("printer", word)) takeFact(fact, from, undefined);
    } catch (error) {
      notTaken(from, error);
    }
  }

  return {
    counts,
    rejections,
    take,
    hear,
    refused({ fate, topic, detail }) {
      counts.messages++;
      reject({ topic, payload: new Uint8Array() }, fate, detail);
    },
    store,
    tick,
    next,
    takeRejections() {
      const taken = rejected;
      if (taken.length > 0) rejected = [];
      return taken;
    },
  };
}
