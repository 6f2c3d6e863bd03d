/** Any broker by its URL: one persistent session, reconnected as often as it takes; acknowledged only when a message's fate is durable. */
import { readFile } from "node:fs/promises";
import type { Logger } from "pino";
import type { IncomingMessage, Transport } from "../ports/transport.ts";
import { openConnection } from "./connection.ts";
import type { Address, Connection } from "./connection.ts";
import { MqttProblem, occasionally } from "./problem.ts";
import type { RefusedMessage } from "./problem.ts";

/** The native format's topics, and the clock of a simulator. */
export const NATIVE_TOPICS: readonly string[] = [
  "jieyue/+/+/state",
  "jieyue/+/+/availability",
  "jieyue/+/+/ack",
  "jieyue/+/+/job",
  "jieyue/clock",
  "jieyue/lease",
];

export interface ExternalTransportOptions {
  /** mqtt://host[:1883] or mqtts://host[:8883]. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Path of a PEM file; empty: the authorities that the machine trusts. */
  readonly ca?: string;
  /** The session's name at the broker; it must stay the same and be used once. Default jieyue. */
  readonly clientId?: string;
  readonly topics?: readonly string[];
  /** What the broker says for us, retained, when we are gone without a word. */
  readonly will?: { readonly topic: string; readonly payload: string };
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  /** Bytes; default 65,536. */
  readonly maxPayload?: number;
  /** What is taken on a topic where that is more, bytes. */
  readonly allowed?: (topic: string) => number;
  /** Hears of what was refused before it could become a message. */
  readonly refused?: (message: RefusedMessage) => void;
  /** Wait before connecting again, ms: doubled each time up to `max`. Default 500 and 30,000. */
  readonly retry?: { readonly first: number; readonly max: number };
  /** How long `close` waits for what is unsettled, ms. Default 5,000. */
  readonly settleWithin?: number;
}

interface Outgoing {
  readonly topic: string;
  readonly payload: string | Uint8Array;
  readonly retain: boolean;
  readonly wanted: () => boolean;
  readonly messageId: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  sent: boolean;
}

/** Topics that discovered devices may make us listen to. */
const MAX_FILTERS = 20_000;
const DELIVER_WITHIN_MS = 10_000;
const SETTLE_WITHIN_MS = 5_000;
/** 65,535 is that of subscriptions. */
const LAST_ID = 65_534;

/**
 * Nothing happens before `open`. It rejects for what a person must mend (URL, certificate, password); a broker that is merely
 * not there is tried again in the background, and `connected` says how it stands.
 */
export function createExternalTransport(options: ExternalTransportOptions): Transport {
  const { log } = options;
  const clientId = options.clientId ?? "jieyue";
  const topics = options.topics ?? NATIVE_TOPICS;
  const retry = options.retry ?? { first: 500, max: 30_000 };
  const warn = occasionally(1_000, (keptBack, about, message) => log.warn({ ...about, keptBack }, message));
  const outgoing = new Map<number, Outgoing>();
  let connection: Connection | null = null;
  let ready = false;
  let closing = false;
  let failures = 0;
  let lastId = 0;
  /** Asked for beside `topics`, in their order. */
  const wanted = new Set<string>();
  const listeners: (() => void)[] = [];
  let again: NodeJS.Timeout | undefined;

  function sayDenied(denied: readonly string[]): void {
    const own = denied.filter((topic) => NATIVE_TOPICS.includes(topic));
    const others = denied.filter((topic) => !own.includes(topic));
    const what = "the broker does not let us hear these topics: give our user the right to subscribe to them";
    if (own.length > 0) log.error({ topics: own }, what);
    if (others.length > 0) log.warn({ topics: others.slice(0, 20), topicsDenied: others.length }, `${what}, or leave their sources out (sources.off)`);
  }

  function freeId(): number | null {
    if (outgoing.size >= LAST_ID) return null;
    do lastId = (lastId % LAST_ID) + 1;
    while (outgoing.has(lastId));
    return lastId;
  }

  function send(out: Outgoing): void {
    if (!out.wanted()) {
      outgoing.delete(out.messageId);
      clearTimeout(out.timer);
      out.reject(new MqttProblem("not-delivered", `${out.topic} was not wanted any more when the broker was there again`));
      return;
    }
    const { topic, payload, retain, messageId } = out;
    connection?.publish({ topic, payload, retain, messageId, dup: out.sent });
    out.sent = true;
  }

  function connect(address: Address, onMessage: (message: IncomingMessage) => void, first: { resolve: () => void; reject: (error: Error) => void }): void {
    const since = performance.now();
    const asked = new Set([...topics, ...wanted]);
    connection = openConnection({
      address,
      clientId,
      username: options.username ?? "",
      password: options.password ?? "",
      will: options.will,
      topics: [...asked],
      maxPayload: options.maxPayload ?? 65_536,
      allowed: options.allowed,
      onMessage,
      onRefused(message) {
        warn({ topic: message.topic, fate: message.fate }, message.detail);
        options.refused?.(message);
      },
      onReady(denied) {
        ready = true;
        failures = 0;
        log.info({ host: address.host, port: address.port, clientId }, "connected to the broker");
        sayDenied(denied);
        // What the broker had kept for us comes before its word on our subscriptions, and may tell of devices that speak elsewhere.
        const since = [...wanted].filter((f) => !asked.has(f));
        if (since.length > 0) connection?.subscribe(since);
        for (const out of outgoing.values()) send(out);
        first.resolve();
        for (const listener of listeners) listener();
      },
      onDenied: sayDenied,
      onDelivered(messageId) {
        const out = outgoing.get(messageId);
        if (out === undefined) return;
        outgoing.delete(messageId);
        clearTimeout(out.timer);
        out.resolve();
      },
      onEnd(why) {
        const was = ready;
        ready = false;
        connection = null;
        if (closing) return first.resolve();
        if (why.code !== "not-connected") {
          // After the first time this resolves nothing: a password that was changed while we run is tried on.
          first.reject(why);
        }
        const wait = Math.min(retry.first * 2 ** failures, retry.max) * (0.75 + Math.random() / 2);
        failures++;
        const hint = was && performance.now() - since < 5_000 ? `; is another client using the id ${clientId}?` : "";
        log.warn({ code: why.code, againInMs: Math.round(wait) }, `${why.message}${hint}`);
        again = setTimeout(() => connect(address, onMessage, first), wait);
        first.resolve();
      },
    });
  }

  return {
    async open(onMessage) {
      const address = await addressOf(options.url, options.ca ?? "");
      try {
        await new Promise<void>((resolve, reject) => connect(address, onMessage, { resolve, reject }));
      } catch (error) {
        closing = true;
        clearTimeout(again);
        throw error;
      }
    },
    publish(topic, payload, publishOptions) {
      return new Promise((resolve, reject) => {
        const messageId = freeId();
        if (closing || messageId === null) {
          reject(new MqttProblem("not-connected", closing ? "the connection to the broker is closed" : "too many messages wait for the broker"));
          return;
        }
        const timer = setTimeout(() => {
          outgoing.delete(messageId);
          reject(
            new MqttProblem("not-delivered", `the broker did not take ${topic} within ${DELIVER_WITHIN_MS / 1_000} s${ready ? "" : ": it is not connected"}`),
          );
        }, DELIVER_WITHIN_MS);
        const out: Outgoing = {
          topic,
          payload,
          retain: publishOptions?.retain === true,
          wanted: publishOptions?.wanted ?? (() => true),
          messageId,
          resolve,
          reject,
          timer,
          sent: false,
        };
        outgoing.set(messageId, out);
        if (ready) send(out);
      });
    },
    listen(filters) {
      const news = filters.filter((f) => !wanted.has(f) && !topics.includes(f) && wanted.size < MAX_FILTERS && wanted.add(f));
      if (ready && news.length > 0) connection?.subscribe(news);
      return news;
    },
    unlisten(filters) {
      const gone = filters.filter((f) => wanted.delete(f));
      if (ready && gone.length > 0) connection?.unsubscribe(gone);
    },
    onConnected(listener) {
      listeners.push(listener);
      if (ready) listener();
    },
    connected: () => ready && !closing,
    port: null,
    async close() {
      closing = true;
      clearTimeout(again);
      await connection?.close(options.settleWithin ?? SETTLE_WITHIN_MS);
      for (const out of outgoing.values()) {
        clearTimeout(out.timer);
        out.reject(new MqttProblem("not-delivered", `${out.topic} was not delivered before the end`));
      }
      outgoing.clear();
    },
  };
}

async function addressOf(text: string, caFile: string): Promise<Address> {
  const bad = (what: string) => new MqttProblem("bad-url", `mqtt.url ${what}: write mqtt://host:1883, or mqtts://host:8883 for TLS`);
  const url = URL.parse(text);
  if (url === null) throw bad(`'${text}' is no URL`);
  if (url.protocol !== "mqtt:" && url.protocol !== "mqtts:") throw bad(`begins with ${url.protocol}//`);
  if (url.hostname === "") throw bad("names no host");
  if (url.username !== "" || url.password !== "")
    throw bad("must not hold the user name or the password, which would be logged (they belong in mqtt.username and mqtt.password)");
  const secure = url.protocol === "mqtts:";
  if (!secure && caFile !== "") throw bad("is without TLS although mqtt.ca is set");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? (secure ? 8883 : 1883) : Number(url.port);
  if (!secure) return { host, port, tls: null };
  const ca =
    caFile === ""
      ? undefined
      : await readFile(caFile, "utf8").catch((error: unknown) => {
          throw new MqttProblem("bad-ca", `mqtt.ca ${caFile} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, { cause: error });
        });
  return { host, port, tls: { ca } };
}
