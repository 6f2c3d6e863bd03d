/** A server that answers `POST /api/v2/write` like an InfluxDB with a fault: what it is told to, to whom it is told to. */
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly keeps?: readonly string[] }
  /** Nothing for so long, then as a healthy one. */
  | { readonly afterMs: number }
  /** Never a word. */
  | "hang"
  /** A status and the beginning of a body, then never a word. */
  | "hang-in-body"
  /** The connection is torn: at once, or in the middle of the body. */
  | "reset"
  | "reset-in-body"
  /** A body that does not end. */
  | "endless";

export interface FaultInflux {
  readonly url: string;
  /** What it holds: series and time → the fields' text, as an overwriting database does. */
  readonly held: ReadonlyMap<string, string>;
  /** The lines of each request, in order. */
  readonly requests: readonly (readonly string[])[];
  readonly authorizations: ReadonlySet<string>;
  readonly paths: ReadonlySet<string>;
  /** Decides; unless it says otherwise everything is kept and answered with 204. */
  answer: (lines: readonly string[]) => Answer | undefined;
  /** Connections that are open. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/** Of the poison among the lines InfluxDB 1 and 2 keep the rest; `word` marks poison. */
export function partialWrite(word: string, status = 400): (lines: readonly string[]) => Answer | undefined {
  return (lines) => {
    const bad = lines.filter((line) => line.includes(word));
    if (bad.length === 0) return undefined;
    const error = `partial write: field type conflict: input field "value" on measurement "reading" is type float, already exists as type string dropped=${bad.length}`;
    return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error }), keeps: lines.filter((line) => !line.includes(word)) };
  };
}

/** A line that cannot be read makes InfluxDB 2 refuse all of them. */
export function parseError(word: string): (lines: readonly string[]) => Answer | undefined {
  return (lines) => {
    const bad = lines.find((line) => line.includes(word));
    if (bad === undefined) return undefined;
    const body = JSON.stringify({ code: "invalid", message: `unable to parse '${bad}': invalid number` });
    return { status: 400, headers: { "content-type": "application/json; charset=utf-8" }, body, keeps: [] };
  };
}

/** `tls`: its key and certificate. */
export async function startFaultInflux(tls?: { readonly key: string; readonly cert: string }): Promise<FaultInflux> {
  const held = new Map<string, string>();
  const requests: (readonly string[])[] = [];
  const authorizations = new Set<string>();
  const paths = new Set<string>();
  const listener = (request: IncomingMessage, response: ServerResponse) => void take(request, response);
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);

  function keep(lines: readonly string[]): void {
    for (const line of lines) {
      // Spaces within series are escaped, within texts quoted.
      const [, series, fields, at] = /^((?:\\.|[^ \\])+) (.*) (-?\d+)$/s.exec(line) ?? [];
      if (series === undefined) throw new Error(`no line: ${line}`);
      held.set(`${series} ${at}`, fields!);
    }
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    authorizations.add(request.headers.authorization ?? "");
    paths.add(request.url ?? "");
    const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8");
    // A text may hold a line end; a line begins with its measurement and ends with its time.
    const lines = text.split(/(?<= -?\d+)\n(?=[a-z]+,building=)/);
    requests.push(lines);
    let answer = faults.answer(lines) ?? { status: 204 };
    if (typeof answer === "object" && "afterMs" in answer) {
      await delay(answer.afterMs);
      answer = { status: 204 };
    }
    if (typeof answer === "object") {
      keep(answer.keeps ?? (answer.status === 204 ? lines : []));
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } else if (answer === "reset") request.socket.resetAndDestroy();
    else if (answer !== "hang") {
      response.writeHead(answer === "endless" ? 400 : 503, {
        "content-type": "application/json",
        ...(answer === "endless" ? {} : { "content-length": "1000" }),
      });
      response.write('{"error":"');
      if (answer === "reset-in-body") setImmediate(() => request.socket.resetAndDestroy());
      if (answer === "endless") {
        const more = Buffer.alloc(1 << 20, "x");
        const pour = () => void (!response.destroyed && (response.write(more) ? setImmediate(pour) : response.once("drain", pour)));
        pour();
      }
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const faults: FaultInflux = {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held,
    requests,
    authorizations,
    paths,
    answer: () => undefined,
    connections: () => new Promise((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return faults;
}
