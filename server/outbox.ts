/** What goes out: commands in their devices' own words, notices by their channels, answers. Whoever does not lead the house says nothing (yet). */
import type { Outgoing } from "./codecs/codec.ts";
import type { Delivered, Notice } from "./core/alerts/notice.ts";
import { NOT_LEADING } from "./core/alerts/delivery.ts";
import type { HouseEvent } from "./core/event.ts";
import type { Command } from "./core/finding.ts";
import type { House } from "./core/house.ts";
import type { Log } from "./log.ts";
import type { Messenger } from "./ports/channels.ts";
import type { Clock } from "./ports/clock.ts";
import type { Printers } from "./ports/printers.ts";
import type { Transport } from "./ports/transport.ts";
import type { Sources } from "./sources.ts";
import { createUnsaid } from "./unsaid.ts";

export interface OutboxParts {
  readonly house: House;
  readonly clock: Clock;
  readonly transport: Transport;
  readonly sources: Sources;
  readonly printers: Printers | null;
  readonly messenger: Messenger;
  readonly log: Log;
  /** Whether this server may command now; asked again at every step. */
  leads(): boolean;
  /** ms of a clock that never stands still. */
  now(): number;
  /** What became of it, by the one door into the house; nothing after the end. */
  enter(event: HouseEvent): void;
}

export interface Outbox {
  /** Commands that were handed out so far. */
  readonly commands: number;
  send(command: Command): Promise<void>;
  /** Hands a message to its channel; what the channel says of it comes back through the door. */
  hand(notice: Notice): Promise<void>;
  /** Says something that is no command of ours. */
  say(message: Outgoing): void;
  /** This server leads the house from now on: it greets, and says what it could not say yet. */
  lead(): void;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

export function createOutbox({ house, clock, transport, sources, printers, messenger, log, leads, now, enter }: OutboxParts): Outbox {
  let commands = 0;
  const unsaid = createUnsaid();

  async function send(command: Command): Promise<void> {
    const state = house.devices.get(command.device);
    if (state === undefined || house.commands.get(command.id) === undefined) return;
    // The lease may have ended since this was planned: a process that was paused wakes up here.
    if (!leads()) {
      enter({ kind: "sent", command: command.id, ok: false, error: "another server commands this house" });
      return;
    }
    commands++;
    if (printers !== null && state.device.codec === "printer") return handToPrinter(printers, state.device.address ?? "", command);
    const encoded = sources.encode(state, command.set, command.id, clock.now());
    if (encoded.kind === "cannot") {
      enter({ kind: "ack", device: command.device, command: command.id, accepted: false, error: encoded.why });
      return;
    }
    try {
      // While it waits for the broker the lease may end, a hand may come on the switch, or the wish may go.
      for (const { topic, payload } of encoded.messages) await transport.publish(topic, payload, { wanted: () => leads() && house.commands.has(command.id) });
      enter({ kind: "sent", command: command.id, ok: true, error: null });
    } catch (error) {
      enter({ kind: "sent", command: command.id, ok: false, error: messageOf(error) });
    }
  }

  async function handToPrinter(port: Printers, address: string, command: Command): Promise<void> {
    try {
      await port.send(address, command.set, command.id);
      enter({ kind: "sent", command: command.id, ok: true, error: null });
    } catch (error) {
      enter({ kind: "sent", command: command.id, ok: false, error: messageOf(error) });
    }
  }

  async function hand(notice: Notice): Promise<void> {
    // The lease may have ended since this was decided; whoever has it tells.
    if (!leads()) {
      enter({ kind: "told", notice: notice.id, delivered: { ok: false, retry: true, error: NOT_LEADING } });
      return;
    }
    const delivered = await messenger.send(notice).catch((error: unknown): Delivered => ({ ok: false, retry: true, error: messageOf(error) }));
    enter({ kind: "told", notice: notice.id, delivered });
  }

  function say({ topic, payload }: Outgoing): void {
    if (!leads()) return unsaid.keep({ topic, payload }, now());
    transport.publish(topic, payload).catch((err: unknown) => log.debug({ err, topic }, "an answer could not be sent"));
  }

  return {
    get commands() {
      return commands;
    },
    send,
    hand,
    say,
    lead() {
      for (const greeting of sources.greetings()) unsaid.keep(greeting, now());
      unsaid.take(now()).forEach(say);
    },
  };
}
