/**
 * The broker in our own process (aedes): what arrives is acknowledged only when its fate is durable. Retained messages and
 * sessions live in memory: they are gone after a restart, when the house restores what it knew from its own history.
 */
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { Aedes } from "aedes";
import type { AedesPublishPacket, Client, PublishPacket, Subscription } from "aedes";
import type { Logger } from "pino";
import { handsOffAsked, isServerTopic } from "../contract/offers.ts";
import type { IncomingMessage, Transport } from "../ports/transport.ts";
import { createCredentialCheck } from "./credentials.ts";
import type { BrokerUser } from "./credentials.ts";
import { createGuard } from "./guard.ts";
import { MqttProblem, occasionally } from "./problem.ts";
import type { RefusedMessage } from "./problem.ts";
import { isCommandTopic, mayHear, mayPublish } from "./rights.ts";
import type { Rights } from "./rights.ts";

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0 = any free one; `port` of the transport says which. */
  readonly port: number;
  /** Empty: everybody may connect and say everything; then only loopback is listened on. */
  readonly users: readonly BrokerUser[];
  /** True when the password belongs to the hash. */
  readonly verify: (hash: string, password: string) => Promise<boolean>;
  readonly log: Pick<Logger, "debug" | "info" | "warn">;
  /** Bytes; what is larger is refused and passes by without being gathered. Default 65,536. */
  readonly maxPayload?: number;
  /** What is taken on a topic where that is more, bytes. */
  readonly allowed?: (topic: string) => number;
  /** Hears of what was refused before it could become a message. */
  readonly refused?: (message: RefusedMessage) => void;
}

/** A chunk read from a client is acknowledged as a whole; it must hold what the client may have in flight. */
const READ_BYTES = 256 * 1024;
/** A subscriber that has so much unread is let go: nobody waits for it. */
const UNREAD_BYTES = 8 * 1024 * 1024;
const SETTLE_WITHIN_MS = 5_000;
const DELIVER_WITHIN_MS = 10_000;
const MAX_CONNECTIONS = 20_000;

/** A transport that is its own broker. Nothing happens before `open`. */
export function createEmbeddedBroker(options: EmbeddedBrokerOptions): Transport {
  const { host, users, log } = options;
  const maxPayload = options.maxPayload ?? 65_536;
  const check = createCredentialCheck(users, options.verify);
  const rights = new WeakMap<Client, Rights>();
  const names = new WeakMap<Client, string>();
  const sockets = new Set<Socket>();
  const warn = occasionally(1_000, (keptBack, about, message) => log.warn({ ...about, keptBack }, message));
  let broker: Aedes | null = null;
  let server: Server | null = null;
  let accepting = false;
  const whenOpen: (() => void)[] = [];
  let unsettled = 0;
  let allSettled: (() => void) | null = null;

  function refuse(message: RefusedMessage, client: string): void {
    warn({ client, topic: message.topic, fate: message.fate }, message.detail);
    options.refused?.(message);
  }

  function take(onMessage: (message: IncomingMessage) => void, packet: PublishPacket, from: string, done: (error?: Error | null) => void): void {
    const payload = packet.payload as Buffer;
    const topic = packet.topic;
    // `retained` means told again by a broker; what a client says to us now is live, whatever it asks us to keep.
    if (packet.qos === 0) {
      onMessage({ topic, payload, qos: 0, retained: false, from, settle: undefined });
      return done(null);
    }
    unsettled++;
    let settled = false;
    const settle = () => {
      if (settled) return;
      settled = true;
      unsettled--;
      done(null);
      if (unsettled === 0) allSettled?.();
    };
    onMessage({ topic, payload, qos: packet.qos, retained: false, from, settle });
  }

  function createBroker(onMessage: (message: IncomingMessage) => void): Promise<Aedes> {
    return Aedes.createBroker({
      // Without these a client that sends much at once before its CONNACK, or one slow subscriber, would stop the others.
      queueLimit: 10_000,
      concurrency: 0,
      connectTimeout: 10_000,
      drainTimeout: 10_000,
      maxTopicLevels: 32,
      authenticate(client, username, password, callback) {
        check(username, password?.toString("utf8")).then(
          (found) => {
            if (found === "wrong") {
              warn({ client: client.id, username }, "an MQTT client was turned away: the user name or the password is wrong");
              callback(Object.assign(new Error("the user name or the password is wrong"), { returnCode: 4 }), null);
              return;
            }
            if (found !== "anybody") rights.set(client, found);
            if (username !== undefined && username !== "") names.set(client, username);
            callback(null, true);
          },
          (error: unknown) => callback(Object.assign(new Error("the password could not be checked", { cause: error }), { returnCode: 3 }), null),
        );
      },
      // aedes sends the PUBACK (or PUBREC) after this callback and not before.
      authorizePublish(client, packet, callback) {
        if (client === null) return callback(null);
        if (!accepting) return;
        const has = rights.get(client);
        const { topic } = packet;
        const ours = isServerTopic(topic) && handsOffAsked(topic) === null;
        if (ours || topic.startsWith("$") || (has !== undefined && !mayPublish(has, topic))) {
          refuse({ fate: "forbidden", topic, detail: "a client may not publish here (mqtt.users names its devices); it is disconnected" }, client.id);
          return callback(new Error(`not allowed to publish on ${topic}`));
        }
        // A wish to us is of now or never.
        if (isServerTopic(topic)) packet.retain = false;
        if (isCommandTopic(topic)) {
          // Somebody commands a device past the house. A retained command would be obeyed again at every reconnect.
          packet.retain = false;
          return callback(null);
        }
        take(onMessage, packet, names.get(client) ?? client.id, callback);
      },
      authorizeSubscribe(client, subscription: Subscription, callback) {
        const has = rights.get(client);
        if (has !== undefined && !mayHear(has, subscription.topic)) {
          warn({ client: client.id, topic: subscription.topic }, "a client may not subscribe here (mqtt.users names its devices)");
          subscription.qos = 0;
          return callback(null, null);
        }
        // Only commands are kept for a session that is away: everything else would pile up in memory without end.
        if (!client.clean && !subscription.topic.endsWith("/set")) subscription.qos = 0;
        callback(null, subscription);
      },
      authorizeForward(client, packet: AedesPublishPacket) {
        const has = rights.get(client);
        return has === undefined || mayHear(has, packet.topic) ? packet : null;
      },
    });
  }

  function connect(to: Aedes, socket: Socket): void {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.setNoDelay(true);
    const client: Client = to.handle(
      guarded(socket, (topic, payloadBytes, qos, messageId) => {
        const id = client.id ?? "";
        if (!client.connected || qos > 1) {
          socket.destroy();
          return;
        }
        refuse(
          {
            fate: "oversized",
            topic,
            detail: `a payload of ${payloadBytes} bytes is refused; at most ${Math.max(maxPayload, options.allowed?.(topic) ?? 0)} are taken`,
          },
          id,
        );
        // Its fate is decided: unacknowledged it would come again and again.
        if (messageId !== null) socket.write(Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff]));
      }),
    );
  }

  /** aedes pulls its bytes with `read` and waits on `write`; both are overlaid on the socket itself, without a stream in between. */
  function guarded(socket: Socket, onOversized: (topic: string, payloadBytes: number, qos: number, messageId: number | null) => void): Socket {
    const guard = createGuard(maxPayload, (head) => onOversized(head.topic, head.payloadBytes, head.qos, head.messageId), options.allowed);
    const read = socket.read.bind(socket);
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.read = (size?: number) => {
      // The stream itself asks for 0 bytes to be told when there are some.
      if (size === 0) return read(0) as Buffer | null;
      const chunk = read() as Buffer | null;
      if (chunk === null) return null;
      try {
        return guard.feed(chunk);
      } catch (error) {
        socket.destroy(error as Error);
        return null;
      }
    };
    socket.write = ((...args: unknown[]) => {
      write(...args);
      if (socket.writableLength > UNREAD_BYTES) socket.destroy(new Error(`a subscriber left more than ${UNREAD_BYTES} bytes unread`));
      return true;
    }) as Socket["write"];
    return socket;
  }

  return {
    async open(onMessage) {
      if (users.length === 0 && !isLoopback(host)) {
        throw new MqttProblem(
          "users-missing",
          `the embedded broker does not listen on ${host} without mqtt.users, where everybody could command the house: set mqtt.users, or mqtt.host to 127.0.0.1`,
        );
      }
      const started = await createBroker(onMessage);
      started.on("clientError", (client, error) => log.debug({ client: client.id, error: error.message }, "an MQTT client was disconnected"));
      started.on("connectionError", (_client, error) => log.debug({ error: error.message }, "an MQTT connection was closed"));
      const listening = createServer({ highWaterMark: READ_BYTES }, (socket) => connect(started, socket));
      listening.maxConnections = MAX_CONNECTIONS;
      try {
        await new Promise<void>((resolve, reject) => {
          listening.once("error", reject);
          listening.listen(options.port, host, resolve);
        });
      } catch (error) {
        started.close();
        throw explainListening(host, options.port, error);
      }
      broker = started;
      server = listening;
      accepting = true;
      for (const listener of whenOpen) listener();
    },
    publish(topic, payload, publishOptions) {
      return new Promise((resolve, reject) => {
        if (broker === null || !accepting) {
          reject(new MqttProblem("not-connected", "the embedded broker is not open"));
          return;
        }
        const timer = setTimeout(
          () => reject(new MqttProblem("not-delivered", `${topic} could not be handed out within ${DELIVER_WITHIN_MS / 1000} s`)),
          DELIVER_WITHIN_MS,
        );
        broker.publish(
          {
            cmd: "publish",
            topic,
            payload: typeof payload === "string" ? payload : Buffer.from(payload),
            qos: 1,
            dup: false,
            retain: publishOptions?.retain === true,
          },
          (error) => {
            clearTimeout(timer);
            if (error === undefined || error === null) resolve();
            else reject(error);
          },
        );
      });
    },
    // Its clients' messages all come by here: there is nothing to subscribe to. Who connects tells of itself.
    // Everything passes here.
    listen: () => [],
    unlisten: () => undefined,
    onConnected(listener) {
      if (accepting) listener();
      else whenOpen.push(listener);
    },
    connected: () => accepting,
    get port() {
      return server === null ? null : ((server.address() as AddressInfo | null)?.port ?? null);
    },
    async close() {
      if (broker === null || server === null) return;
      const [closing, listening] = [broker, server];
      accepting = false;
      broker = null;
      const stopped = new Promise<void>((resolve) => listening.close(() => resolve()));
      if (unsettled > 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        allSettled = resolve;
        const patience = setTimeout(resolve, SETTLE_WITHIN_MS);
        await promise;
        clearTimeout(patience);
      }
      // The last PUBACKs go out before the sockets do.
      await new Promise<void>((resolve) => setImmediate(resolve));
      await new Promise<void>((resolve) => closing.close(resolve));
      for (const socket of sockets) socket.destroy();
      await stopped;
      server = null;
    },
  };
}

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function explainListening(host: string, port: number, error: unknown): MqttProblem {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "EADDRINUSE")
    return new MqttProblem(
      "address-in-use",
      `port ${port} on ${host} is taken by another broker or another Jieyue: stop it, set mqtt.port (JIEYUE_MQTT_PORT) to a free one or to 0, or use that broker with mqtt.url`,
      { cause: error },
    );
  return new MqttProblem("cannot-listen", `the embedded broker cannot listen on ${host}:${port} (${code || String(error)}): check mqtt.host and mqtt.port`, {
    cause: error,
  });
}
