/**
 * The spine: bytes on a topic → observation → report → durable, and → step → decisions → records → wire and page.
 * A timer tick and a person's click enter by the same door as a reading. Only the PUBACK waits for the disk.
 */
import type { Decision, HouseEvent, PersonRequest } from "./core/event.ts";
import { explain, overviewOf } from "./core/explain.ts";
import type { House } from "./core/house.ts";
import type { Mapping } from "./core/mapping.ts";
import { clearAlert, raiseAlert, standingSystemAlert } from "./core/alerts/alarm.ts";
import type { DeviceId, Fate, Millis, PointReading } from "./core/reading.ts";
import type { Outcome } from "./core/step.ts";
import { step } from "./core/step.ts";
import { createTurn } from "./core/turn.ts";
import { createReview, readHealth } from "./alarm-health.ts";
import { createMeterTeller } from "./meter-teller.ts";
import { createMonths } from "./month.ts";
import { readCommandSavings } from "./savings-past.ts";
import { readSavings, stateSavings } from "./savings.ts";
import type { Citizen } from "./citizen.ts";
import { createIntake } from "./intake.ts";
import { createOutbox } from "./outbox.ts";
import type { Sources } from "./sources.ts";
import { createMessageBook } from "./message-book.ts";
import { createTrialTopics, TRIAL_MS } from "./trial-topics.ts";
import { seenMessages, suggestionFor, trial, unknownTopics } from "./message-desk.ts";
import type { FollowedClock } from "./clock.ts";
import type { Log } from "./log.ts";
import type { Lease, LeaseMessage } from "./scale/lease.ts";
import { LEASE_TOPIC, readLease } from "./scale/lease.ts";
import type { Backtests } from "./ports/backtests.ts";
import type { Calendars, IcsRead } from "./ports/calendars.ts";
import type { Messenger } from "./ports/channels.ts";
import type { Clock } from "./ports/clock.ts";
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
  const printers = parts.printers ?? null;
  let decisionsMade = 0;
  const listeners = new Set<(turn: Turn) => void>();
  let changed = new Map<DeviceId, Set<string>>();
  let pending: Decision[] = [];
  let afterCommit: (() => void)[] = [];
  let flushing: Promise<void> | null = null;
  let timers: NodeJS.Timeout[] = [];
  let today = { findings: 0, proven: 0, wastedKwh: 0, wastedM3: 0, wastedCny: 0 };
  let accepting = false;
  let ended = false;
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
    decisionsMade += decisions.length;
    flushing ??= new Promise((resolve) => setImmediate(() => void flush().then(resolve)));
  }

  function mapped(id: string, mapping: Mapping | null): void {
    const { hear, leave } = sources.map(id, mapping);
    topics.hear(hear);
    if (leave.length > 0) transport.unlisten(leave);
  }

  /** Records first, then the wire and the page: what was sent is always known to have been sent. */
  async function flush(): Promise<void> {
    while (pending.length > 0 || afterCommit.length > 0) {
      const batch = pending;
      const settles = afterCommit;
      pending = [];
      afterCommit = [];
      await commit(batch);
      for (const settle of settles) settle();
      for (const d of batch) {
        if (d.kind === "send") void outbox.send(d.command);
        else if (d.kind === "tell") void outbox.hand(d.notice);
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

  function touch(id: DeviceId, readings?: readonly PointReading[]): void {
    if (listeners.size === 0) return;
    let points = changed.get(id);
    if (points === undefined) changed.set(id, (points = new Set()));
    if (readings === undefined) points.add("");
    else for (const r of readings) points.add(r.name);
  }

  function tell(decisions: readonly Decision[]): void {
    const rejections = intake.takeRejections();
    if (listeners.size === 0) return;
    if (changed.size === 0 && decisions.length === 0 && rejections.length === 0) return;
    const turn: Turn = { devices: changed, decisions, rejections };
    changed = new Map();
    for (const listener of listeners) listener(turn);
  }

  /** What a message led to is acknowledged after it is recorded. */
  function acknowledge(settle: (() => void) | undefined): void {
    if (settle === undefined) return;
    if (pending.length === 0) settle();
    else afterCommit.push(settle);
  }

  const outbox = createOutbox({
    house,
    clock,
    transport,
    sources,
    printers,
    messenger,
    log,
    leads: () => lease === null || lease.lease.leads(lease.now()),
    now: () => lease?.now() ?? 0,
    enter: (event) => void (ended || enter(event)),
  });
  const { say } = outbox;
  const intake = createIntake({
    house,
    clock,
    followed,
    history,
    sources,
    citizen: parts.citizen ?? null,
    book,
    log,
    enter,
    acknowledge,
    touch,
    say,
    listen: (filters) => topics.hear(filters),
  });
  const meters = createMeterTeller({
    house,
    history,
    records,
    now: () => clock.now(),
    take: (report, durable) => intake.store(report, "", "manual", durable),
    log,
  });

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
      if (leads) outbox.lead();
    }
  }

  function take(message: IncomingMessage): void {
    if (message.topic === LEASE_TOPIC) {
      const said = lease === null ? null : readLease(message.payload);
      if (said !== null) lead(lease!.lease.heard(said, lease!.now(), message.retained));
      message.settle?.();
      return;
    }
    intake.take(message);
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
      printers?.start((word) => void (accepting && intake.hear(word)));
      const ticking = setInterval(() => intake.next() <= clock.now() && intake.tick(), clock.simulated ? 20 : 100);
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
    refused: (message) => intake.refused(message),
    tick: () => intake.tick(),
    next: () => intake.next(),
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
    counts: (): IntakeCounts => ({
      ...intake.counts,
      fates: { ...intake.counts.fates },
      decisions: decisionsMade,
      commands: outbox.commands,
      backlog: history.backlog,
    }),
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
    unknownTopics: () => unknownTopics(book.strays(), [...(house.site.mappings ?? []), ...house.mappings.values()]),
    forwarded: () => parts.forward?.status() ?? null,
    rejections: () => intake.rejections,
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
      ended = true;
    },
  };
}
