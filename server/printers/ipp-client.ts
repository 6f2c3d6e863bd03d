/** Asks a queue by IPP over HTTP, one question at a time; every question ends within some seconds. */
import { request as ask } from "node:http";
import { request as askSafely } from "node:https";
import type { Asked, IppAnswer, Operation } from "./ipp-message.ts";
import { decodeAnswer, encodeRequest, MAX_ANSWER_BYTES } from "./ipp-message.ts";

const ANSWER_MS = 10_000;
/** How we name ourselves to the queue. */
const OUR_NAME = "jieyue";

export interface IppClient {
  /** Resolves with the answer, whatever its status; rejects, with a sentence, when there is none. */
  ask(operation: Operation, asked: readonly Asked[]): Promise<IppAnswer>;
  close(): void;
}

const NOT_POSSIBLE = 0x0404;
export const NOT_FOUND = 0x0406;
const STATUSES: Readonly<Record<number, string>> = {
  0x0400: "bad-request",
  0x0401: "forbidden",
  0x0402: "not-authenticated",
  0x0403: "not-authorized",
  [NOT_POSSIBLE]: "not-possible",
  [NOT_FOUND]: "not-found",
  0x0501: "operation-not-supported",
  0x0504: "temporary-error",
};

export const worked = (status: number): boolean => status < 0x0100;

/** A status in words, with the server's own sentence where it has one. */
export function sayStatus(answer: IppAnswer): string {
  const said = answer.operation.get("status-message")?.[0];
  return `${STATUSES[answer.status] ?? `status 0x${answer.status.toString(16)}`}${typeof said === "string" && said !== "" ? ` (${said.slice(0, 200)})` : ""}`;
}

/** `uri` as `ipp://host:port/printers/queue` (or `ipps://`, by TLS); the port is 631 where it names none. */
export function createIppClient(uri: string, answerMs: number = ANSWER_MS): IppClient {
  const { protocol, hostname, port, pathname } = new URL(uri);
  const safe = protocol === "ipps:";
  const ending = new AbortController();
  let number = 0;

  function post(body: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new Error(`${uri} does not answer: ${error.message}`, { cause: error }));
      const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(answerMs)]);
      const host = hostname.replace(/^\[|\]$/g, "");
      const options = { host, port: port === "" ? 631 : Number(port), path: pathname, method: "POST", agent: false, signal };
      const headers = { "content-type": "application/ipp", "content-length": body.length };
      const sent = (safe ? askSafely : ask)({ ...options, headers }, (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on("data", (part: Buffer) => {
          bytes += part.length;
          if (bytes > MAX_ANSWER_BYTES) sent.destroy(new Error(`its answer is larger than ${MAX_ANSWER_BYTES} bytes`));
          else parts.push(part);
        });
        response.on("error", fail);
        response.on("end", () => (response.statusCode === 200 ? resolve(Buffer.concat(parts)) : fail(new Error(httpProblem(response.statusCode ?? 0)))));
      });
      sent.on("error", fail);
      sent.end(body);
    });
  }

  return {
    async ask(operation, asked) {
      number = (number % 0x7fffffff) + 1;
      const target: Asked = { name: "printer-uri", as: "uri", values: [uri] };
      const by: Asked = { name: "requesting-user-name", as: "name", values: [OUR_NAME] };
      const read = decodeAnswer(await post(encodeRequest(operation, number, [target, ...before(asked), by, ...after(asked)])));
      if ("wrong" in read) throw new Error(`${uri} answers what cannot be read: ${read.wrong}`);
      if (read.answer.request !== number) throw new Error(`${uri} answers another question than was asked`);
      return read.answer;
    },
    close: () => ending.abort(),
  };
}

/** A job's id belongs directly behind the printer's address (RFC 8011, 4.1.5), and all else behind who asks. */
const before = (asked: readonly Asked[]) => asked.filter((a) => a.name === "job-id");
const after = (asked: readonly Asked[]) => asked.filter((a) => a.name !== "job-id");

function httpProblem(status: number): string {
  if (status === 401 || status === 403)
    return `HTTP ${status}: its policy does not let this machine do that (allow our address for the operation in its cupsd.conf)`;
  if (status === 426) return "HTTP 426: it asks for TLS; write ipps:// in place of ipp://";
  return `HTTP ${status}`;
}
