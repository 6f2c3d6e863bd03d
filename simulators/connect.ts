/** Runs a hall and a fleet against a broker: the only place where simulated time meets the wall's. */
import type { Site } from "../server/core/space.ts";
import type { Connection } from "./connection.ts";
import { openConnection } from "./connection.ts";
import type { Fleet } from "./fleet.ts";
import { createFleet } from "./fleet.ts";
import type { Hall } from "./office/hall.ts";
import { createHall } from "./office/hall.ts";
import type { Outgoing } from "./office/speaker.ts";
import type { TruthRecord } from "./record.ts";
import type { Story } from "./stories/story.ts";
import type { WireName } from "./wires/all.ts";
import type { Wire } from "./wires/wire.ts";
import { createWire } from "./wires/all.ts";

export interface SimulationOptions {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** The hall to play, null = none (only the fleet). */
  readonly site: Site | null;
  readonly story?: Story | undefined;
  readonly seed: number;
  /** Simulated instant at the first connect (ms); null = the wall's time, and then no clock is published at speed 1. */
  readonly start: number | null;
  /** Simulated seconds per second. */
  readonly speed: number;
  readonly faults?: number | undefined;
  /** Plain devices, and messages per real second for all of them together. */
  readonly fleet?: { readonly count: number; readonly rate: number } | undefined;
  readonly qos?: 0 | 1 | undefined;
  /** true: every device of the hall has a line of its own, with its will; else all share one, as behind a gateway, without. */
  readonly lines?: boolean | undefined;
  /** Speaks as another ecosystem where it can; by default in our own format. */
  readonly wire?: WireName | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export interface Simulation {
  /** What truly happened in the hall; null without one. */
  readonly record: TruthRecord | null;
  /** Messages handed to the broker so far. */
  readonly sent: () => number;
  /** Simulated time now (ms). */
  readonly now: () => number;
  /** Says `offline` for every device and closes the line. */
  close(): Promise<void>;
}

/** Real ms between turns; a fleet's burst is what its rate makes of it. */
const TURN = 25;
const CLOCK_EVERY = 500;
const PREFIX = "jieyue/";
/** Messages under way beyond which the fleet waits for the broker. */
const UNDERWAY = 2000;

/** Connects and runs until `close`. Rejects as `openConnection` does. */
export async function startSimulation(options: SimulationOptions, signal?: AbortSignal): Promise<Simulation> {
  const winds = options.start !== null || options.speed !== 1;
  const building = options.site?.buildings[0]?.id ?? "fleet";
  const fleet: Fleet | null = options.fleet === undefined ? null : createFleet({ building, count: options.fleet.count, seed: options.seed });
  const rate = options.fleet?.rate ?? 0;
  let hall: Hall | null = null;
  let connection: Connection | null = null;
  let sent = 0;
  let anchor = { real: 0, simulated: 0 };
  let clockAt = -Infinity;
  let dealt = 0;
  let since = 0;
  let turn = 0;
  let timer: NodeJS.Timeout | null = null;
  const simulated = (): number => anchor.simulated + (performance.now() - anchor.real) * options.speed;

  const wire: Wire | null = options.wire === undefined || options.site === null ? null : createWire(options.wire, options.site.devices);
  const lines = new Map<string, Connection>();
  const lineOf = (topic: string): Connection | null => (lines.size === 0 ? null : lines.get(topic.slice(PREFIX.length, topic.lastIndexOf("/")))) ?? connection;

  function send(messages: readonly Outgoing[]): void {
    for (const message of messages) lineOf(message.topic)?.publish(message);
    sent += messages.length;
  }

  /** What the hall says, as it goes over the wire. */
  function sendHall(messages: readonly Outgoing[]): void {
    const now = Math.round(simulated());
    send(wire === null ? messages : messages.flatMap((message) => wire.say(message, now)));
  }

  function tellClock(speed = options.speed): void {
    if (!winds) return;
    clockAt = performance.now();
    send([{ topic: "jieyue/clock", payload: JSON.stringify({ now: Math.round(simulated()), speed }), retain: true }]);
  }

  function dealFleet(): void {
    if (fleet === null || connection === null || fleet.topics.length === 0) return;
    const due = Math.min(((performance.now() - since) * rate) / 1000 - dealt, rate);
    const now = simulated();
    for (let n = 0; n < due && connection.pending < UNDERWAY; n++) {
      connection.publish({ topic: fleet.topics[turn] ?? "", payload: fleet.message(turn, now) });
      turn = (turn + 1) % fleet.topics.length;
      dealt += 1;
      sent += 1;
    }
  }

  function beat(): void {
    if (connection?.connected === true && performance.now() - clockAt >= CLOCK_EVERY) tellClock();
    if (hall !== null) sendHall(hall.advance(Math.round(simulated()) - hall.now()));
    dealFleet();
    // An answer to a command that is due before the next turn is not kept waiting.
    const soon = hall === null ? TURN : (hall.next() - simulated()) / options.speed;
    timer = setTimeout(beat, Math.min(TURN, Math.max(5, soon)));
  }

  function onMessage(topic: string, payload: Uint8Array): void {
    const now = simulated();
    const foreign = wire === null || topic.startsWith(PREFIX) ? null : wire.hear(topic, new TextDecoder().decode(payload), Math.round(now));
    if (foreign !== null) send(foreign.answers);
    for (const command of foreign?.commands ?? [{ topic, payload }]) hall?.command(command.topic, command.payload, Math.round(now));
    if (fleet !== null) send(fleet.command(topic, payload, now));
    if (timer !== null) {
      clearTimeout(timer);
      timer = setTimeout(beat, 1);
    }
  }

  const buildings = new Set([building, ...(options.site?.buildings.map((b) => b.id) ?? [])]);
  connection = await openConnection(
    {
      url: options.url,
      username: options.username,
      password: options.password,
      qos: options.qos ?? 1,
      log: options.log ?? (() => {}),
      subscribe: [...[...buildings].map((id) => `jieyue/${id}/+/set`), ...(wire?.subscribe ?? [])],
      onMessage,
      onConnect: () => {
        if (connection === null) return;
        tellClock();
        send(wire?.introduce() ?? []);
        if (hall !== null) sendHall(hall.announce());
      },
    },
    signal,
  );

  async function openLine(device: string): Promise<void> {
    const own = `${PREFIX}${device}/`;
    const line = await openConnection(
      {
        url: options.url,
        username: options.username,
        password: options.password,
        qos: options.qos ?? 1,
        log: () => {},
        subscribe: [],
        onMessage: () => {},
        will: { topic: `${own}availability`, payload: "offline" },
        onConnect: () => {
          if (hall !== null && lines.has(device)) send(hall.announce(device));
        },
      },
      signal,
    );
    lines.set(device, line);
  }
  try {
    if (options.lines === true) await Promise.all((options.site?.devices ?? []).filter((device) => device.manual == null).map((device) => openLine(device.id)));
  } catch (error) {
    await Promise.all([connection, ...lines.values()].map((line) => line.close()));
    throw error;
  }

  const start = options.start ?? Date.now();
  if (options.site !== null) hall = createHall({ site: options.site, seed: options.seed, start, story: options.story, faults: options.faults });
  anchor = { real: performance.now(), simulated: start };
  since = performance.now();
  tellClock();
  send(wire?.introduce() ?? []);
  beat();

  return {
    record: hall?.record ?? null,
    sent: () => sent,
    now: simulated,
    async close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      if (hall !== null && connection?.connected === true) sendHall(hall.farewell());
      if (wire !== null && connection?.connected === true) send(wire.farewell());
      // The time that it wound stands still with it, instead of running on for whoever follows.
      tellClock(0);
      await Promise.all([...lines.values()].map((line) => line.close()));
      await connection?.close();
    },
  };
}
