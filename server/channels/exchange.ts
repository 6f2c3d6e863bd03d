/**
 * One HTTP request and its answer, within limits: of time (the whole of it), of the answer's size, and without following redirects, which
 * would carry a secret address or a signature to somebody else. Certificates are always checked. Nothing here rejects.
 */
import type { Millis } from "../core/reading.ts";
import type { Delivered } from "../core/alerts/notice.ts";
import { cut, oneLine } from "./text.ts";

export type Failed = Extract<Delivered, { readonly ok: false }>;

/** Bytes of an answer that are read. */
const ANSWER_BYTES = 65_536;
/** Characters of an answer that are quoted in an error. */
const QUOTED = 200;
/** The longest that a peer may make a message wait, ms. */
const LONGEST_WAIT = 24 * 3_600_000;

export interface Asked {
  readonly url: string;
  readonly method?: "GET" | "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  /** What must not be seen in any error, even if the peer says it back. */
  readonly secrets: readonly string[];
}

export interface Answer {
  readonly kind: "answer";
  readonly status: number;
  /** The first 64 kB of the body. */
  readonly text: string;
  /** False where there was more, or where it broke off. */
  readonly whole: boolean;
  /** Ms that the peer asks to be left alone. */
  readonly after: Millis | undefined;
  /** Where it came from, and what a person may be told of it. */
  readonly host: string;
  readonly quote: (text: string) => string;
}

export type Exchange = (asked: Asked) => Promise<Answer | { readonly kind: "none"; readonly failed: Failed }>;

export interface ExchangeOptions {
  readonly fetch: typeof fetch;
  readonly now: () => Millis;
  /** Ms for the whole of it. */
  readonly withinMs: number;
}

export function createExchange({ fetch, now, withinMs }: ExchangeOptions): Exchange {
  return async ({ url, method = "POST", headers = {}, body, secrets }) => {
    const host = hostOf(url);
    const quote = (text: string): string => cut(oneLine(mask(text, secrets)), QUOTED);
    const none = (retry: boolean, error: string) => ({ kind: "none" as const, failed: { ok: false as const, retry, error: `${host}: ${error}` } });
    const signal = AbortSignal.timeout(withinMs);
    try {
      const response = await fetch(url, { method, headers, redirect: "manual", signal, ...(body === undefined ? {} : { body }) });
      const after = retryAfter(response.headers.get("retry-after"), now());
      return { kind: "answer", status: response.status, ...(await readSome(response)), after, host, quote };
    } catch (error) {
      if (signal.aborted) return none(true, `no answer within ${withinMs / 1000} s`);
      const { retry, why } = whyNot(error);
      return none(retry, quote(why));
    }
  };
}

/** Without its path and query, which may be secret. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an address that is none";
}

/** What may be secret in an address: values of the query, and the long parts of the path. */
export function secretsOfUrl(address: string): readonly string[] {
  const url = new URL(address);
  return [...url.searchParams.values(), ...url.pathname.split("/").filter((part) => part.length >= 8)];
}

/** The text with each secret gone, in whatever way a peer may write it back. */
export function mask(text: string, secrets: readonly string[]): string {
  const spellings = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [secret, encodeURIComponent(secret), new URLSearchParams({ s: secret }).toString().slice(2), JSON.stringify(secret).slice(1, -1)]);
  // The longest first, so that no secret is spared because a shorter one within it went before.
  return [...new Set(spellings)].toSorted((a, b) => b.length - a.length).reduce((clean, secret) => clean.replaceAll(secret, "…"), text);
}

/** Ms, from seconds or a date (RFC 9110, 10.2.3). */
export function retryAfter(value: string | null, now: Millis): Millis | undefined {
  if (value === null) return undefined;
  const ms = /^\d{1,10}$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_WAIT);
}

/** What a status alone says: null where the peer took the message. */
export function judgeStatus({ status, host, quote, text, after }: Answer): Failed | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400)
    return { ok: false, retry: false, error: `${host}: answered ${status} and leads elsewhere, which is not followed: give the address it leads to` };
  const said = quote(text);
  const retry = status === 408 || status === 425 || status === 429 || status >= 500;
  return { ok: false, retry, error: `${host}: answered ${status}${said === "" ? "" : `: ${said}`}`, ...(retry && after !== undefined ? { after } : {}) };
}

/** At most 64 kB; what breaks off in the middle is what there is. */
async function readSome(response: Response): Promise<Pick<Answer, "text" | "whole">> {
  if (response.body === null) return { text: "", whole: true };
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let whole = false;
  try {
    while (bytes < ANSWER_BYTES) {
      const { done, value } = await reader.read();
      whole = done;
      if (done) break;
      parts.push(value);
      bytes += value.byteLength;
    }
  } catch {
    // The status came: whether the message was taken is judged by that and by what could be read.
  }
  await reader.cancel().catch(() => undefined);
  return { text: Buffer.concat(parts).subarray(0, ANSWER_BYTES).toString("utf8"), whole };
}

/** Certificates that are wrong stay wrong until somebody changes them; a network comes back by itself. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS|ERR_SSL|EPROTO/;

function whyNot(error: unknown): { readonly retry: boolean; readonly why: string } {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return { retry: false, why: `cannot be asked: ${error instanceof Error ? error.message : String(error)}` };
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (CERTIFICATE.test(code)) return { retry: false, why: `its certificate or encryption is not to be trusted (${code})` };
  return { retry: true, why: `cannot be reached${code === "" ? `: ${cause.message}` : ` (${code})`}` };
}
