/** A peer of a channel: a real HTTP server that remembers what it was sent and answers as it is told. */
import { createServer as createHttp } from "node:http";
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Answering = (response: ServerResponse, request: Received) => void;

export interface Peer {
  readonly port: number;
  readonly received: Received[];
  /** Requests whose connection was closed from the other side before the answer had ended. */
  readonly broken: () => number;
  answer: Answering;
  close(): Promise<void>;
}

export const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answering =>
  (response) =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

export const hang: Answering = () => undefined;

/** Never ends. */
export const endless =
  (status: number): Answering =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json" });
    const chunk = Buffer.alloc(16_384, " ");
    const go = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", go);
    go();
  };

export async function createPeer(tls?: { readonly key: Buffer; readonly cert: Buffer }): Promise<Peer> {
  const received: Received[] = [];
  let broken = 0;
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = { method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks) };
      received.push(one);
      response.once("close", () => (response.writableFinished ? 0 : broken++));
      peer.answer(response, one);
    });
  };
  const server = tls === undefined ? createHttp(listener) : createHttps(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const peer: Peer = {
    port: (server.address() as AddressInfo).port,
    received,
    broken: () => broken,
    answer: json(200, {}),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return peer;
}

/** A port at which nobody listens. */
export async function closedPort(): Promise<number> {
  const peer = await createPeer();
  await peer.close();
  return peer.port;
}
