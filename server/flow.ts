/**
 * The spine: bytes on a topic → observation → report → durable, and → step → decisions → records → wire and page.
 * A timer tick and a person's click enter by the same door as a reading. Only the PUBACK waits for the disk.
 */
import type { Outgoing } from "./codecs/codec.ts";
import type { Decoded } from "./codecs/native.ts";
import { decodeNative } from "./codecs/native.ts";
import type { Decision, HouseEvent, PersonRequest } from "./core/event.ts";
import { explain, overviewOf } from "./core/explain.ts";
import { NOT_LEADING } from "./core/alerts/delivery.ts";
import type { Delivered, Notice } from "./core/alerts/notice.ts";
import type { Command } from "./core/finding.ts";
import type { House } from "./core/house.ts";
import type { Mapping } from "./core/mapping.ts";
import { doubtedPoints } from "./core/house.ts";
import { clearAlert, raiseAlert, standingSystemAlert } from "./core/alerts/alarm.ts";
import type { Normalised } from "./core/normalise.ts";
import { normalise } from "./core/normalise.ts";
import type { DeviceId, Fate, Millis, Observation, PointReading, Rejection, Report } from "./core/reading.ts";
import type { Outcome } from "./core/step.ts";
import { step } from "./core/step.ts";
import { createTurn } from "./core/turn.ts";
import { createReview, readHealth } from "./alarm-health.ts";
import { createMeterTeller } from "./meter-teller.ts";
import { createMonths } from "./month.ts";
import { readCommandSavings } from "./savings-past.ts";
import { readSavings, stateSavings } from "./savings.ts";
import type { Citizen } from "./citizen.ts";
import { isServerTopic } from "./contract/offers.ts";
import type { Fact, Sources } from "./sources.ts";
import { UNTAKEN } from "./sources.ts";
import { createLapses } from "./lapses.ts";
import { createMessageBook } from "./message-book.ts";
import { createTrialTopics, TRIAL_MS } from "./trial-topics.ts";
import { seenMessages, suggestionFor, trial, unknownTopic } from "./message-desk.ts";
import type { FollowedClock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Lease, LeaseMessage } from "./scale/lease.ts";
import { LEASE_TOPIC, readLease } from "./scale/lease.ts";
import type { Backtests } from "./ports/backtests.ts";
import type { Calendars, IcsRead } from "./ports/calendars.ts";
import type { Messenger } from "./ports/channels.ts";
import type { Clock } from "./ports/clock.ts";
import type { DeviceWord } from "./ports/device-word.ts";
import type { Forward } from "./ports/forward.ts";
import type { History, OlderReadings } from "./ports/history.ts";
import type { IntakeCounts, Office, Turn } from "./ports/office.ts";
import type { Printers } from "./ports/printers.ts";
import type { Records } from "./ports/records.ts";
import type { IncomingMessage, Transport } from "./ports/transport.ts";

export interface FlowParts {
  readonly house: House;
  readonly clock: Clock;
  /** The clock again, where the topic `jieyue/clock` may wind it; null in production. */
  readonly followed: FollowedClock | null;
  readonly history: History;
  /** What stores readings elsewhere and reads them back, where that is set up. */
  readonly forward?: Forward | null;
  readonly older?: OlderReadings | null;
  readonly records: Records;
  readonly backtests: Backtests;
  readonly calendars: Calendars;
  readonly transport: Transport;
  /** What is not in our own format. */
  readonly sources: Sources;
  /** What we say of ourselves and offer to others; null where a test wants none. */
  readonly citizen?: Citizen | null;
  /** Devices that are asked by us, by no broker; null where there are none. */
  readonly printers?: Printers | null;
  readonly messenger: Messenger;
  readonly log: Log;
  /** The lease on this house; null where nobody else can have it. */
  readonly lease: { readonly lease: Lease; readonly now: () => number } | null;
}

export interface Flow extends Office {
  start(): Promise<void>;
  /** Takes a message in as the transport would; tests use it to play a day without a wire. */
  take(message: IncomingMessage): void;
  /** Counts and shows what the transport refused before it became a message. */
  refused(message: { readonly fate: Fate; readonly topic: string; readonly detail: string }): void;
  /** Lets time pass: due timers ring. */
  tick(): void;
  /** When something is due next; Infinity where nothing is. */
  next(): Millis;
  /** Another calendar's bookings, whole. */
  takeBookings(source: string, read: IcsRead): void;
  /** A person can be reached by channels of a kind from now on, or not any more. */
  reach(kind: string, person: string, reachable: boolean): void;
  /** A fault of the system itself begins, or (null) ends. */
  fault(key: string, title: string, error: Error | null): void;
  /** Resolves when every decision made so far is recorded, sent and told. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const REJECTIONS_KEPT = 200;
/** Readings are told to listeners this often (ms, real); decisions at once. */
const TELL_EVERY_MS = 40;
const TODAY_EVERY_MS = 2000;
const LEASE_EVERY_MS = 250;
const OFFER_EVERY_MS = 1000;
const UNHELD_MS = 30_000;
/** How long a device of our own format is listened to closely after somebody looked (ms, real). */
const WATCHED_MS = 600_000;

export function createFlow(parts: FlowParts): Flow {
  const { house, clock, followed, history, records, backtests, calendars, transport, sources, messenger, log, lease } = parts;
  const book = createMessageBook();
  const topics = createTrialTopics(transport);
  const lapses = createLapses();
  const printers = parts.printers ?? null;
  const counts = { messages: 0, readings: 0, decisions: 0, commands: 0, fates: {} as Partial<Record<Fate, number>> };
  const rejections: Rejection[] = [];
  const listeners = new Set<(turn: Turn) => void>();
  let changed = new Map<DeviceId, Set<string>>();
  let rejected: Rejection[] = [];
  let pending: Decision[] = [];
  let afterCommit: (() => void)[] = [];
  let flushing: Promise<void> | null = null;
  let timers: NodeJS.Timeout[] = [];
  let today = { findings: 0, proven: 0, wastedKwh: 0, wastedM3: 0, wastedCny: 0 };
  let accepting = false;
  let unheldSince = 0;
  let unheldTold = false;

  function enter(event: HouseEvent): Outcome {
    const outcome = step(house, event, clock.now());
    if (outcome.touched.size > 0) for (const id of outcome.touched) touch(id);
    if (outcome.decisions.length > 0) decide(outcome.decisions);
    return outcome;
  }

  function decide(decisions: readonly Decision[]): void {
    for (const d of decisions) pending.push(d);
    counts.decisions += decisions.length;
    flushing ??= new Promise((resolve) => setImmediate(() => void flush().then(resolve)));
  }

  /** Records first, then the wire and the page: what was sent is always known to have been sent. */
  function mapped(id: string, mapping: Mapping | null): void {
    const { hear, leave } = sources.map(id, mapping);
    topics.hear(hear);
    if (leave.length > 0) transport.unlisten(leave);
  }

  async function flush(): Promise<void> {
    while (pending.length > 0 || afterCommit.length > 0) {
      const batch = pending;
      const settles = afterCommit;
      pending = [];
      afterCommit = [];
      await commit(batch);
      for (const settle of settles) settle();
      for (const d of batch) {
        if (d.kind === "send") void send(d.command);
        else if (d.kind === "tell") void hand(d.notice);
        else if (d.kind === "meter-entry" && d.why === "confirmed") meters.tell(d.entry);
        else if (d.kind === "mapping") mapped(d.id, d.mapping);
      }
      tell(batch);
    }
    flushing = null;
  }

  /** The records must not lose a batch: a failed commit is said and tried again until it holds. */
  async function commit(batch: readonly Decision[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await records.commit(batch);
        return;
      } catch (error) {
        log.error({ err: error, decisions: batch.length, attempt }, "the records could not be written; trying again");
        if (!accepting) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** attempt, 5000)));
      }
    }
  }

  async function send(command: Command): Promise<void> {
    const state = house.devices.get(command.device);
    if (state === undefined || house.commands.get(command.id) === undefined) return;
    // The lease may have ended since this was planned: a process that was paused wakes up here.
    const mayCommand = () => lease === null || lease.lease.leads(lease.now());
    if (!mayCommand()) {
      enter({ kind: "sent", command: command.id, ok: false, error: "another server commands this house" });
      return;
    }
    counts.commands++;
    if (printers !== null && state.device.codec === "printer") return handToPrinter(printers, state.device.address ?? "", command);
    const encoded = sources.encode(state, command.set, command.id, clock.now());
    if (encoded.kind === "cannot") {
      enter({ kind: "ack", device: command.device, command: command.id, accepted: false, error: encoded.why });
      return;
    }
    try {
      // While it waits for the broker the lease may end, a hand may come on the switch, or the wish may go.
      for (const { topic, payload } of encoded.messages)
        await transport.publish(topic, payload, { wanted: () => mayCommand() && house.commands.has(command.id) });
      enter({ kind: "sent", command: command.id, ok: true, error: null });
    } catch (error) {
      enter({ kind: "sent", command: command.id, ok: false, error: error instanceof Error ? error.message : String(error) });
    }
  }

  async function handToPrinter(port: Printers, address: string, command: Command): Promise<void> {
    try {
      await port.send(address, command.set, command.id);
      if (accepting) enter({ kind: "sent", command: command.id, ok: true, error: null });
    } catch (error) {
      if (accepting) enter({ kind: "sent", command: command.id, ok: false, error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** What was heard of a device that is asked by us: the same door as for a message. */
  function hear(word: DeviceWord): void {
    if (!accepting) return;
    const from: IncomingMessage = { topic: "", payload: new Uint8Array(), qos: 0, retained: false, settle: undefined };
    try {
      for (const fact of sources.facts("printer", word)) takeFact(fact, from, undefined);
    } catch (error) {
      notTaken(from, error);
    }
  }

  /** Hands a message to its channel; what the channel says of it comes back through the door. */
  async function hand(notice: Notice): Promise<void> {
    // The lease may have ended since this was decided; whoever has it tells.
    if (lease !== null && !lease.lease.leads(lease.now())) {
      enter({ kind: "told", notice: notice.id, delivered: { ok: false, retry: true, error: NOT_LEADING } });
      return;
    }
    const delivered = await messenger
      .send(notice)
      .catch((error: unknown): Delivered => ({ ok: false, retry: true, error: error instanceof Error ? error.message : String(error) }));
    if (accepting) enter({ kind: "told", notice: notice.id, delivered });
  }

  function touch(id: DeviceId, readings?: readonly PointReading[]): void {
    if (listeners.size === 0) return;
    let points = changed.get(id);
    if (points === undefined) changed.set(id, (points = new Set()));
    if (readings === undefined) points.add("");
    else for (const r of readings) points.add(r.name);
  }

  function tell(decisions: readonly Decision[]): void {
    if (listeners.size === 0 || (changed.size === 0 && decisions.length === 0 && rejected.length === 0)) return;
    const turn: Turn = { devices: changed, decisions, rejections: rejected };
    changed = new Map();
    rejected = [];
    for (const listener of listeners) listener(turn);
  }

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

  const meters = createMeterTeller({ house, history, records, now: () => clock.now(), take: (report, durable) => store(report, "", "manual", durable), log });

  const savingsParts = { house, history, records, now: () => clock.now() };

  /** Says what the lease has to say, and tells the house whether it may command. */
  function lead(messages: readonly LeaseMessage[]): void {
    for (const message of messages)
      transport.publish(LEASE_TOPIC, JSON.stringify(message), { retain: true }).catch((err: unknown) => log.debug({ err }, "the lease could not be said"));
    const now = lease!.now();
    const leads = lease!.lease.leads(now);
    // Nobody holds the house and our own word does not come back: the broker does not let us speak or hear there.
    if (leads || lease!.lease.holder !== null || !transport.connected()) unheldSince = now;
    if (now - unheldSince > UNHELD_MS !== unheldTold) {
      unheldTold = !unheldTold;
      systemAlert("lease", "system.lease", unheldTold ? new Error(`nothing published on ${LEASE_TOPIC} comes back`) : null);
    }
    if (leads !== house.pulse.leads) {
      log.warn({ leads, holder: lease!.lease.holder }, leads ? "this server commands the house" : "another server commands the house");
      enter({ kind: "lead", leads, holder: lease!.lease.holder });
      if (leads) sources.greetings().forEach(say);
    }
  }

  function take(message: IncomingMessage): void {
    if (message.topic === LEASE_TOPIC) {
      const said = lease === null ? null : readLease(message.payload);
      if (said !== null) lead(lease!.lease.heard(said, lease!.now(), message.retained));
      message.settle?.();
      return;
    }
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

  /** What a message led to is acknowledged after it is recorded. */
  function acknowledge(settle: (() => void) | undefined): void {
    if (settle === undefined) return;
    if (pending.length === 0) settle();
    else afterCommit.push(settle);
  }

  /** A wish on one of our own topics: a person's request like any other, or a refusal that is counted. Whoever does not lead leaves it to who does. */
  function takeAsked(message: IncomingMessage): void {
    const asked = house.pulse.leads ? parts.citizen?.asked(message) : undefined;
    if (asked?.kind === "refused") reject(message, "forbidden", asked.why);
    if (asked?.kind === "asked") {
      for (const request of asked.requests) {
        const { answer } = enter({ kind: "person", by: asked.by, request });
        if (answer?.ok === false) reject(message, "forbidden", answer.refusal.detail);
      }
    }
    parts.citizen?.look();
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
        topics.hear(fact.filters);
        break;
      case "rejected":
        reject(message, fact.fate, fact.detail);
        break;
    }
    return null;
  }

  /** Says something that is no command of ours. Whoever does not lead the house says nothing: the other server answers. */
  function say({ topic, payload }: Outgoing): void {
    if (lease !== null && !lease.lease.leads(lease.now())) return;
    transport.publish(topic, payload).catch((err: unknown) => log.debug({ err, topic }, "an answer could not be sent"));
  }

  /** A fault of the system itself is an alert like any other. */
  function systemAlert(key: string, title: string, error: Error | null): void {
    const turn = createTurn(house, clock.now());
    if (error !== null)
      raiseAlert(turn, { kind: "system", key, severity: "high", title, evidence: { error: error.message }, device: null, finding: null, command: null });
    else {
      const standing = standingSystemAlert(house, title);
      if (standing !== undefined) clearAlert(turn, standing.id, "well-again", false);
    }
    decide(turn.decisions);
  }

  async function refreshToday(): Promise<void> {
    const now = clock.now();
    const rows = await records.summary(house.calendar.midnight(now), now + 1);
    const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
    today = {
      findings: sum((r) => r.findings),
      proven: await records.provenSince(house.calendar.midnight(now)),
      wastedKwh: sum((r) => r.kwh),
      wastedM3: sum((r) => r.m3),
      wastedCny: sum((r) => r.cny),
    };
  }

  async function settled(): Promise<void> {
    for (;;) {
      while (flushing !== null) await flushing;
      // A publish that was just acknowledged comes back through the door in a later turn of the loop.
      await new Promise((resolve) => setImmediate(resolve));
      if (flushing === null && pending.length === 0) return;
    }
  }

  async function request(by: string, asked: PersonRequest): ReturnType<Office["request"]> {
    const { answer } = enter({ kind: "person", by, request: asked });
    if (pending.length > 0) await new Promise<void>((resolve) => void afterCommit.push(resolve));
    return answer!;
  }

  return {
    house,
    clock,
    history,
    older: parts.older ?? null,
    records,
    backtests,
    calendars,
    months: createMonths({
      house,
      history,
      records,
      now: () => clock.now(),
      request,
      savings: (from, to) => stateSavings(savingsParts, from, to),
    }),
    take,
    takeBookings: (source, { bookings }) => void enter({ kind: "bookings", source, bookings }),
    fault: systemAlert,
    reach(kind, person, reachable) {
      for (const { definition } of house.channels.values()) if (definition.kind === kind) enter({ kind: "reach", channel: definition.id, person, reachable });
    },
    settled,
    async start() {
      accepting = true;
      history.onFailure((error) => systemAlert("history", "system.history", error));
      await meters.resume();
      // Before the first message can be heard it is settled that nothing is commanded without the lease.
      if (lease !== null) lead([]);
      topics.hear(sources.filters);
      transport.onConnected(() => sources.greetings().forEach(say));
      const { citizen } = parts;
      if (citizen != null) {
        topics.hear(citizen.filters);
        transport.onConnected(() => citizen.born());
      }
      await transport.open(take);
      printers?.start(hear);
      const ticking = setInterval(() => next() <= clock.now() && tick(), clock.simulated ? 20 : 100);
      const telling = setInterval(() => tell([]), TELL_EVERY_MS);
      const letting = setInterval(() => topics.sweep(performance.now()), TRIAL_MS / 2);
      const todaying = setInterval(() => void refreshToday().catch((err) => log.error({ err }, "today's sums could not be read")), TODAY_EVERY_MS);
      const review = createReview(
        { house, records, history },
        () => clock.now(),
        (found) => accepting && enter({ kind: "bad-rules", found }),
      );
      const reviewing = setInterval(() => void review().catch((err) => log.error({ err }, "the rules' own figures could not be read")), TODAY_EVERY_MS);
      timers = [ticking, telling, letting, todaying, reviewing];
      if (citizen != null) timers.push(setInterval(() => citizen.look(), OFFER_EVERY_MS));
      if (lease !== null) timers.push(setInterval(() => lead(lease.lease.tick(lease.now(), transport.connected())), LEASE_EVERY_MS));
    },
    refused({ fate, topic, detail }) {
      counts.messages++;
      reject({ topic, payload: new Uint8Array() }, fate, detail);
    },
    tick,
    next,
    request,
    why(device) {
      const why = explain(house, device, clock.now());
      if (why === null) throw new Error(`There is no device '${device}'.`);
      return why;
    },
    alarmHealth: (from, to, person) => readHealth({ house, records, history }, from, to, person),
    savings: (building, from, to) => readSavings(savingsParts, building, from, to),
    commandSavings: (command) => readCommandSavings(savingsParts, command),
    overview: () => overviewOf(house, clock.now(), today),
    counts: (): IntakeCounts => ({ ...counts, fates: { ...counts.fates }, backlog: history.backlog }),
    source: (device) => sources.view(device),
    suggestion: (device) => suggestionFor(house, device, sources.view(device), book.gaps(device)),
    messages(device) {
      const state = house.devices.get(device);
      if (state?.device.codec === "native") book.watch(device, clock.now() + WATCHED_MS * Math.max(1, clock.speed));
      return seenMessages(device, state?.device.kind ?? null, book.of(device));
    },
    tryMapping(mapping) {
      const { filters, tried } = trial(mapping, book);
      topics.try(filters, performance.now());
      return { ...tried, listening: transport.port === null };
    },
    unknownTopics: () => book.strays().map(unknownTopic),
    forwarded: () => parts.forward?.status() ?? null,
    rejections: () => rejections,
    onTurn(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    readiness() {
      const missing: string[] = [];
      if (!transport.connected()) missing.push("mqtt");
      if (!accepting) missing.push("flow");
      return { ready: missing.length === 0, missing };
    },
    async close() {
      await parts.citizen?.close();
      if (lease !== null)
        await Promise.all(lease.lease.release().map((m) => transport.publish(LEASE_TOPIC, JSON.stringify(m), { retain: true }).catch(() => undefined)));
      await printers?.close();
      await transport.close();
      for (const timer of timers) clearInterval(timer);
      meters.close();
      await settled();
      accepting = false;
    },
  };
}
