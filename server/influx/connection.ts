/** The official client, used as was measured to be safe: it neither buffers, nor retries, nor closes; that is the forward's. */
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { HttpError, InfluxDB } from "@influxdata/influxdb-client";
import type { HttpHeaders, Transport } from "@influxdata/influxdb-client";
import type { Millis } from "../core/reading.ts";

export interface ConnectionOptions {
  readonly url: string;
  readonly token: string;
  readonly org: string;
  readonly bucket: string;
  /** PEM of an authority to be trusted instead of those that everybody knows; absent: those. */
  readonly ca?: string | undefined;
  /** For each answer, whole; ms. */
  readonly withinMs: Millis;
}

export interface Connection {
  /** Resolves when the server has all lines. Rejects with an `HttpError`, or with what became of the network. Sends nothing a second time. */
  write(lines: readonly string[]): Promise<void>;
  /** The answer to an InfluxQL question, times in ms; rejects as `write` does. */
  query(influxql: string): Promise<unknown>;
  /** Breaks off what is under way. */
  close(): void;
}

/** Lines of one request. */
export const MAX_LINES = 5_000;
/** An answer that is longer is broken off: nothing of it is worth this memory. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Lets go of an answer that does not end. */
function bounded(request: typeof httpRequest) {
  return (options: RequestOptions, take: (answer: IncomingMessage) => void): ClientRequest =>
    request(options, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) answer.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES / 1024 / 1024} MB`));
      });
      take(answer);
    });
}

/** Nothing is connected before the first request. */
export function createConnection({ url, token, org, bucket, ca, withinMs }: ConnectionOptions): Connection {
  const agent = url.startsWith("https:") ? new HttpsAgent({ keepAlive: true, ca }) : new HttpAgent({ keepAlive: true });
  const under = new Set<AbortController>();
  const client = new InfluxDB({
    url,
    token,
    // The client's own timeout leaves the request running.
    timeout: 0,
    transportOptions: {
      agent,
      "follow-redirects": { http: { request: bounded(httpRequest) }, https: { request: bounded(httpsRequest as typeof httpRequest) } },
    },
  });

  /** Breaks a request off when its time is over or at the end; `over` is to be called when it ended. */
  function limit(): { readonly signal: AbortSignal; readonly over: (error: Error) => Error } {
    const ending = new AbortController();
    under.add(ending);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      ending.abort();
    }, withinMs);
    const over = (error: Error) => {
      clearTimeout(timer);
      under.delete(ending);
      return late ? new Error(`no answer within ${withinMs / 1000} s`) : error;
    };
    return { signal: ending.signal, over };
  }

  const transport: Transport = {
    chunkCombiner: client.transport.chunkCombiner,
    request: (path, body, options, started) => client.transport.request(path, body, options, started),
    iterate: (path, body, options) => client.transport.iterate(path, body, options),
    send(path, body, options, callbacks = {}) {
      const { signal, over } = limit();
      let status = 0;
      let headers: HttpHeaders = {};
      let words = "";
      client.transport.send(
        path,
        body,
        { ...options, signal },
        {
          ...callbacks,
          responseStarted(given, code) {
            [status, headers] = [code ?? 0, given];
            callbacks.responseStarted?.(given, code);
          },
          next(chunk) {
            if (status === 201 && words.length < 10_000) words += Buffer.from(chunk).toString("utf8");
            return callbacks.next?.(chunk);
          },
          error: (error) => callbacks.error?.(over(error)),
          complete() {
            over(new Error());
            // The client takes a 201 for a success, and so would lose the lines that InfluxDB 3 did not take.
            if (status === 201) callbacks.error?.(new HttpError(201, "Created", words, null, "application/json", undefined, headers));
            else callbacks.complete?.();
          },
        },
      );
    },
  };
  const writer = new InfluxDB({ url, transport }).getWriteApi(org, bucket, "ms", {
    batchSize: MAX_LINES + 1,
    flushInterval: 0,
    maxRetries: 0,
    maxBatchBytes: Number.MAX_SAFE_INTEGER,
    // Passing the error on is what keeps the client from judging it itself and from writing to the console.
    writeFailed: (error) => Promise.reject(error),
  });
  return {
    async write(lines) {
      if (lines.length > MAX_LINES) throw new RangeError(`at most ${MAX_LINES} lines at a time`);
      writer.writeRecords(lines as string[]);
      await writer.flush();
    },
    async query(influxql) {
      const { signal, over } = limit();
      // A bucket `db/rp` is how 1.8 is addressed through this API, and how 2 maps it back.
      const cut = bucket.indexOf("/");
      const where: Record<string, string> = cut === -1 ? { db: bucket } : { db: bucket.slice(0, cut), rp: bucket.slice(cut + 1) };
      const path = `/query?${new URLSearchParams({ ...where, epoch: "ms", q: influxql }).toString()}`;
      try {
        const answer: unknown = await client.transport.request(path, "", { method: "GET", headers: { accept: "application/json" }, signal });
        over(new Error());
        return answer;
      } catch (error) {
        throw over(error instanceof Error ? error : new Error(String(error)));
      }
    },
    close() {
      for (const ending of under) ending.abort();
      agent.destroy();
    },
  };
}
