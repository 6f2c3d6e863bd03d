/**
 * Sparkplug's primary host: an edge node that is set up to wait for one says nothing, or keeps what it has to say, until that host's word lies retained on `spBv1.0/STATE/<id>`.
 * A will takes the word back when we are gone, and one connection has one will: at a broker by URL the word has a connection of its own.
 */
import type { Millis } from "./core/reading.ts";
import type { Log } from "./log.ts";
import type { IncomingMessage, Transport } from "./ports/transport.ts";

export interface SparkplugHost {
  readonly topic: string;
  /** What the broker says for us when we are gone; its time is that of our own word (Sparkplug 3.0, 5.16). */
  readonly will: string;
  /** Says that we are there, now and after every connection, also where somebody else said that we are not. */
  announce(transport: Pick<Transport, "publish" | "onConnected">): void;
  hear(message: Pick<IncomingMessage, "topic" | "payload">): void;
  /** Takes the word back, as long as the transport is open. */
  leave(): Promise<void>;
}

export function createSparkplugHost(id: string, now: Millis, log: Pick<Log, "debug">): SparkplugHost {
  const topic = `spBv1.0/STATE/${id}`;
  let timestamp = now;
  const word = (online: boolean) => JSON.stringify({ online, timestamp });
  let on: Pick<Transport, "publish"> | null = null;
  const say = (online: boolean) =>
    on?.publish(topic, word(online), { retain: true }).catch((err: unknown) => log.debug({ err, topic }, "the primary host's word could not be said"));
  return {
    topic,
    will: word(false),
    announce(transport) {
      on = transport;
      transport.onConnected(() => void say(true));
    },
    hear(message) {
      if (on === null || message.topic !== topic || message.payload.length > 200) return;
      const said = Buffer.from(message.payload).toString("utf8");
      if (!/"online"\s*:\s*false/.test(said)) return;
      // A will of a connection that was replaced, or of another server: edge nodes would fall silent, and they believe the later word.
      timestamp = Math.max(timestamp, Number(/"timestamp"\s*:\s*(\d{1,15})/.exec(said)?.[1] ?? 0));
      void say(true);
    },
    async leave() {
      const last = say(false);
      on = null;
      await last;
    },
  };
}
