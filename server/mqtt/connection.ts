/**
 * One connection to a broker, from the first byte to the last (MQTT 3.1.1 on the public parser of mqtt-packet). It is our own
 * because a client library acknowledges one message before it hands over the next: here thousands may wait for their commit,
 * and their PUBACKs go out in the order of arrival once it has returned. What was not acknowledged when a connection ends is
 * never acknowledged on another one: the broker delivers it again.
 */
import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { generate, parser as createParser } from "mqtt-packet";
import type { IConnackPacket, IPublishPacket, ISubackPacket, Packet } from "mqtt-packet";
import type { IncomingMessage } from "../ports/transport.ts";
import type { RefusedMessage } from "./problem.ts";
import { createGuard } from "./guard.ts";
import { MqttProblem } from "./problem.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  /** PEM of the authority, or undefined for the machine's own ones; null: no TLS. */
  readonly tls: { readonly ca: string | undefined } | null;
}

export interface ConnectionOptions {
  readonly address: Address;
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** What the broker says for us, retained, when we are gone without a word. */
  readonly will?: { readonly topic: string; readonly payload: string } | undefined;
  readonly topics: readonly string[];
  readonly maxPayload: number;
  /** What is taken on a topic where that is more, bytes. */
  readonly allowed?: ((topic: string) => number) | undefined;
  readonly onMessage: (message: IncomingMessage) => void;
  readonly onRefused: (message: RefusedMessage) => void;
  /** The broker has taken our subscriptions; `denied` are those that it did not. */
  readonly onReady: (denied: readonly string[]) => void;
  /** Of those that were asked for later. */
  readonly onDenied: (denied: readonly string[]) => void;
  /** Our publish with this id is with the broker. */
  readonly onDelivered: (messageId: number) => void;
  /** Called once, at the end. */
  readonly onEnd: (why: MqttProblem) => void;
}

export interface Connection {
  /** Sends a QoS 1 publish; the broker's PUBACK comes by `onDelivered`. */
  publish(packet: {
    readonly topic: string;
    readonly payload: string | Uint8Array;
    readonly messageId: number;
    readonly retain: boolean;
    readonly dup: boolean;
  }): void;
  /** Wants to hear more topics; those that the broker does not allow are told by `onDenied`. */
  subscribe(topics: readonly string[]): void;
  /** Does not want to hear these any more. */
  unsubscribe(topics: readonly string[]): void;
  /** Takes nothing more in, waits at most `patienceMs` for what is unsettled, says goodbye. */
  close(patienceMs: number): Promise<void>;
}

interface Ack {
  /** 4 = PUBACK, 5 = PUBREC. */
  readonly type: number;
  readonly messageId: number;
  settled: boolean;
}

const CONNECT_WITHIN_MS = 10_000;
const KEEPALIVE_S = 30;
const COMPACT_AT = 4_096;
/** No publish of ours has this id; see `LAST_ID` in external.ts. */
const SUBSCRIBE_ID = 65_535;
const ASKED_AT_ONCE = 200;

/** MQTT 3.1.1, table 3.1: why a broker refuses. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: "it does not speak MQTT 3.1.1",
  2: "it does not like the client id",
  3: "it is not available",
  4: "the user name or the password is wrong",
  5: "this user may not connect",
};

/** Begins to connect at once. */
export function openConnection(options: ConnectionOptions): Connection {
  const { address } = options;
  const where = `${address.host}:${address.port}`;
  const socket: Socket =
    address.tls === null
      ? connectTcp({ host: address.host, port: address.port })
      : connectTls({
          host: address.host,
          port: address.port,
          servername: /^[\d.:]+$/.test(address.host) ? "" : address.host,
          ...(address.tls.ca === undefined ? {} : { ca: address.tls.ca }),
        });
  socket.setNoDelay(true);
  const parser = createParser({ protocolVersion: 4 });
  let acks: Ack[] = [];
  let head = 0;
  let flushing = false;
  let ended = false;
  let ready = false;
  let asking = false;
  /** What is to be subscribed to, or not any more (`away`), the first under way. */
  const asked: { readonly topics: readonly string[]; readonly away: boolean }[] = [];
  const denied: string[] = [];
  let why: MqttProblem | null = null;
  let heard = true;
  let pinging: NodeJS.Timeout | undefined;
  let allSettled: (() => void) | null = null;

  const guard = createGuard(
    options.maxPayload,
    ({ topic, qos, messageId, payloadBytes }) => {
      options.onRefused({
        fate: "oversized",
        topic,
        detail: `a payload of ${payloadBytes} bytes is refused; at most ${Math.max(options.maxPayload, options.allowed?.(topic) ?? 0)} are taken`,
      });
      // Its fate is decided: unacknowledged it would come again and again.
      if (messageId !== null) hold(qos, messageId)();
    },
    options.allowed,
  );

  function end(problem: MqttProblem): void {
    why ??= problem;
    socket.destroy();
  }

  function send(packet: Packet): void {
    socket.write(generate(packet));
  }

  /** Puts an acknowledgement in its place; the function that comes back lets it go. */
  function hold(qos: number, messageId: number): () => void {
    const ack: Ack = { type: qos === 1 ? 4 : 5, messageId, settled: false };
    acks.push(ack);
    return () => {
      ack.settled = true;
      if (flushing || ended) return;
      flushing = true;
      queueMicrotask(flush);
    };
  }

  function flush(): void {
    flushing = false;
    if (ended) return;
    let until = head;
    while (until < acks.length && acks[until]!.settled) until++;
    if (until > head) {
      const bytes = Buffer.allocUnsafe((until - head) * 4);
      for (let i = head, at = 0; i < until; i++, at += 4) {
        const { type, messageId } = acks[i]!;
        bytes[at] = type << 4;
        bytes[at + 1] = 2;
        bytes[at + 2] = messageId >> 8;
        bytes[at + 3] = messageId & 0xff;
      }
      socket.write(bytes);
      head = until;
    }
    if (head === acks.length) allSettled?.();
    if (head >= COMPACT_AT) {
      acks = acks.slice(head);
      head = 0;
    }
  }

  function take(packet: IPublishPacket): void {
    const { topic, qos, messageId } = packet;
    const settle = qos === 0 || messageId === undefined ? undefined : hold(qos, messageId);
    options.onMessage({ topic, payload: packet.payload as Buffer, qos, retained: packet.retain, settle });
  }

  function connected(packet: IConnackPacket): void {
    const code = packet.returnCode ?? 0;
    if (code !== 0) {
      const text = `the broker at ${where} refuses us: ${REFUSALS[code] ?? `code ${code}`}`;
      end(
        code === 4 || code === 5
          ? new MqttProblem("wrong-credentials", `${text}; check mqtt.username and mqtt.password`)
          : new MqttProblem("refused-by-broker", text),
      );
      return;
    }
    clearTimeout(connecting);
    pinging = setInterval(
      () => {
        if (!heard) return end(new MqttProblem("not-connected", `the broker at ${where} does not answer any more`));
        heard = false;
        send({ cmd: "pingreq" });
      },
      (KEEPALIVE_S * 1_000) / 2,
    );
    ask(options.topics);
  }

  function ask(topics: readonly string[], away = false): void {
    for (let from = 0; from < topics.length; from += ASKED_AT_ONCE) asked.push({ topics: topics.slice(from, from + ASKED_AT_ONCE), away });
    if (!asking) askNext();
  }

  /** One SUBSCRIBE or UNSUBSCRIBE at a time: they all have the one id that no publish has. */
  function askNext(): void {
    const [next] = asked;
    asking = next !== undefined;
    if (next === undefined) return;
    const { topics, away } = next;
    if (away) send({ cmd: "unsubscribe", messageId: SUBSCRIBE_ID, unsubscriptions: [...topics] });
    else send({ cmd: "subscribe", messageId: SUBSCRIBE_ID, subscriptions: topics.map((topic) => ({ topic, qos: 1 as const })) });
  }

  /** `granted`: what the broker answers to a SUBSCRIBE. */
  function answered(granted: ISubackPacket["granted"]): void {
    const { topics } = asked.shift() ?? { topics: [] };
    denied.push(...topics.filter((_, i) => granted[i] === 0x80));
    askNext();
    if (asking) return;
    const refused = denied.splice(0);
    const first = !ready;
    ready = true;
    if (first) options.onReady(refused);
    else if (refused.length > 0) options.onDenied(refused);
  }

  parser.on("packet", (packet: Packet) => {
    if (ended) return;
    switch (packet.cmd) {
      case "publish":
        return take(packet);
      case "puback":
        return options.onDelivered(packet.messageId ?? 0);
      case "connack":
        return connected(packet);
      case "suback":
        return answered(packet.granted);
      case "unsuback":
        return answered([]);
      case "pubrel":
        return send({ cmd: "pubcomp", messageId: packet.messageId ?? 0 });
      default:
    }
  });
  parser.on("error", (error: Error) => end(new MqttProblem("refused-by-broker", `${where} does not speak MQTT: ${error.message}`)));

  const connecting = setTimeout(
    () => end(new MqttProblem("not-connected", `the broker at ${where} did not answer within ${CONNECT_WITHIN_MS / 1_000} s`)),
    CONNECT_WITHIN_MS,
  );
  socket.once(address.tls === null ? "connect" : "secureConnect", () => {
    send({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion: 4,
      clean: false,
      clientId: options.clientId,
      keepalive: KEEPALIVE_S,
      ...(options.will === undefined ? {} : { will: { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1, retain: true } }),
      ...(options.username === "" ? {} : { username: options.username, password: Buffer.from(options.password) }),
    });
  });
  socket.on("data", (chunk: Buffer) => {
    heard = true;
    try {
      const passed = guard.feed(chunk);
      if (passed !== null) parser.parse(passed);
    } catch (error) {
      end(new MqttProblem("refused-by-broker", `${where} does not speak MQTT: ${(error as Error).message}`));
    }
  });
  socket.on("error", (error: NodeJS.ErrnoException) => end(explain(where, address.tls !== null, error)));
  socket.once("close", () => {
    ended = true;
    clearTimeout(connecting);
    clearInterval(pinging);
    allSettled?.();
    options.onEnd(why ?? new MqttProblem("not-connected", `the broker at ${where} closed the connection`));
  });

  return {
    publish(packet) {
      const { payload } = packet;
      send({ cmd: "publish", qos: 1, ...packet, payload: typeof payload === "string" ? payload : Buffer.from(payload) });
    },
    subscribe(topics) {
      if (ready) ask(topics);
    },
    unsubscribe(topics) {
      if (ready) ask(topics, true);
    },
    async close(patienceMs) {
      if (ended) return;
      socket.pause();
      clearInterval(pinging);
      if (head < acks.length) {
        const { promise, resolve } = Promise.withResolvers<void>();
        allSettled = resolve;
        const patience = setTimeout(resolve, patienceMs);
        await promise;
        clearTimeout(patience);
      }
      const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      if (!socket.destroyed) {
        send({ cmd: "disconnect" });
        socket.end(() => socket.destroy());
        await gone;
      }
    },
  };
}

/** Certificate errors of Node's TLS, and OpenSSL's own. */
function explain(where: string, tls: boolean, error: NodeJS.ErrnoException): MqttProblem {
  const code = error.code ?? "";
  if (tls && (/CERT|SIGNATURE|ISSUER|SELF_SIGNED|CRL|^ERR_(SSL|TLS)|^EPROTO$|^HOSTNAME/.test(code) || code === "ERR_OSSL_UNSUPPORTED")) {
    return new MqttProblem(
      "tls",
      `no secure connection to the broker at ${where} (${code}: ${error.message}): check mqtt.url, and that mqtt.ca is the authority that signed the broker's certificate`,
      { cause: error },
    );
  }
  return new MqttProblem("not-connected", `the broker at ${where} cannot be reached (${code || error.message})`, { cause: error });
}
