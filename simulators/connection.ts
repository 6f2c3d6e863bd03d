/** The gateway's line to a broker: connects, comes back, publishes with a limit on what is under way, leaves cleanly. */
import { randomBytes } from "node:crypto";
import mqtt from "mqtt";
import type { Outgoing } from "./office/speaker.ts";

export interface ConnectionOptions {
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly qos: 0 | 1;
  /** Topics to hear. */
  readonly subscribe: readonly string[];
  readonly onMessage: (topic: string, payload: Uint8Array) => void;
  /** After every connect, also the first. */
  readonly onConnect: () => void;
  /** What the broker says for us, retained, when the line breaks without a goodbye. */
  readonly will?: { readonly topic: string; readonly payload: string } | undefined;
  /** What a person should know, in one line. */
  readonly log: (line: string) => void;
}

export interface Connection {
  readonly connected: boolean;
  /** Messages that the broker has not confirmed yet. */
  readonly pending: number;
  /** Sends now, or drops while there is no line (a device without a network is not heard either); `done` after the broker's answer. */
  publish(message: Outgoing, done?: () => void): void;
  /** Waits for what is under way, then says goodbye; at most a few seconds. */
  close(): Promise<void>;
}

/** How long the first connect may take (ms), and how long leaving may. */
const PATIENCE = 30_000;
const FAREWELL = 3000;

/** Resolves when the line stands. Rejects when the broker refuses (wrong password …) or cannot be reached for 30 s. */
export function openConnection(options: ConnectionOptions, signal?: AbortSignal): Promise<Connection> {
  const client = mqtt.connect(options.url, {
    clientId: `jieyue-sim-${randomBytes(4).toString("hex")}`,
    clean: true,
    reconnectPeriod: 1000,
    connectTimeout: 10_000,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.will === undefined ? {} : { will: { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1 as const, retain: true } }),
  });
  let pending = 0;
  let standing = false;

  const connection: Connection = {
    get connected() {
      return client.connected;
    },
    get pending() {
      return pending;
    },
    publish(message, done) {
      if (!client.connected) return;
      pending += 1;
      client.publish(message.topic, message.payload, { qos: options.qos, retain: message.retain === true }, () => {
        pending -= 1;
        done?.();
      });
    },
    async close() {
      const until = Date.now() + FAREWELL;
      while (client.connected && pending > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
      await client.endAsync(!client.connected);
    },
  };

  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      clearTimeout(timer);
      client.end(true);
      reject(error);
    };
    let last = "no answer";
    const timer = setTimeout(() => fail(new Error(`cannot reach ${options.url} within ${String(PATIENCE / 1000)} s: ${last}`)), PATIENCE);
    const onAbort = (): void => fail(new Error("stopped before the broker answered"));
    signal?.addEventListener("abort", onAbort, { once: true });
    client.on("message", (topic, payload, packet) => {
      // A retained command is a leftover that nobody means any more; the contract forbids them.
      if (!packet.retain) options.onMessage(topic, payload);
    });
    client.on("error", (error) => {
      const { code } = error as { code?: unknown };
      last = error.message || (typeof code === "string" ? code : error.name);
      // Numbers are the broker's own refusals (4, 5: who are you?); retrying does not mend them.
      if (!standing && typeof code === "number") fail(new Error(`the broker at ${options.url} refuses: ${last}`));
    });
    client.on("close", () => {
      if (standing && !client.disconnecting) options.log(`line to ${options.url} lost; trying again each second`);
    });
    client.on("connect", () => {
      // Small packets wait up to 40 ms for each other otherwise, and whoever waits for an answer waits as long.
      (client.stream as { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
      const ready = (): void => {
        if (!standing) {
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
          standing = true;
          resolve(connection);
        } else options.log(`connected to ${options.url} again`);
        options.onConnect();
      };
      if (options.subscribe.length === 0) ready();
      else
        client.subscribe([...options.subscribe], { qos: 1 }, (error) =>
          error === null || error === undefined ? ready() : options.log(`subscribe failed: ${error.message}`),
        );
    });
  });
}
