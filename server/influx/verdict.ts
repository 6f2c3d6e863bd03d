/** What a failed write means: wait, call somebody, or look for the line that is at fault. Pure. */
import { HttpError } from "@influxdata/influxdb-client";
import type { Millis } from "../core/reading.ts";

export type Verdict =
  /** Not now: the network, 429, 5xx. `after` is what the server asks to be waited for, ms; null where it does not say. */
  | { readonly kind: "later"; readonly reason: string; readonly after: Millis | null }
  /** Not until somebody mends it: token, organisation, bucket, address. */
  | { readonly kind: "refused"; readonly reason: string }
  /** Some of the lines are at fault. `dropped`: how many, where it says so; `explicit`: its words are about lines beyond doubt. */
  | { readonly kind: "lines"; readonly reason: string; readonly dropped: number | null; readonly explicit: boolean }
  /** More at once than is taken there. */
  | { readonly kind: "size"; readonly reason: string }
  /** It is kept after all (InfluxDB Enterprise, with a node away). */
  | { readonly kind: "kept" };

const MAX_REASON = 500;
/** A server does not tell us to stay away for longer. */
const MOST_WAIT_MS = 15 * 60_000;
/** How InfluxDB 1, 2 and 3 speak of lines: parse errors, types, retention, limits of series and tags. */
const ABOUT_LINES =
  /unable to parse|partial write|field type conflict|beyond retention|line protocol|max(imum)? (series|values|key|tag)|outside (the )?(time )?range/i;

/** Judges the error of a write; `now` is this machine's time, ms. */
export function judge(error: unknown, now: Millis): Verdict {
  if (!(error instanceof HttpError)) return { kind: "later", reason: plain(error instanceof Error ? nameOf(error) : String(error)), after: null };
  const { statusCode: status } = error;
  const said = saidBy(error);
  const reason = plain(said === null ? `HTTP ${status} ${error.statusMessage ?? ""}` : `HTTP ${status}: ${said.words}`);
  if (said?.words.includes("hinted handoff queue not empty") === true) return { kind: "kept" };
  if (status === 413) return { kind: "size", reason };
  // 201 is how InfluxDB 3 says that it took some of the lines. A 400 in any other words than its own is not about lines: "Client sent
  // an HTTP request to an HTTPS server" would else make poison of everything.
  if (status === 201 || ((status === 400 || status === 422) && said !== null)) {
    const dropped = /\bdropped=(\d+)/.exec(said?.words ?? "")?.[1];
    return { kind: "lines", reason, dropped: dropped === undefined ? null : Number(dropped), explicit: status === 201 || ABOUT_LINES.test(said?.words ?? "") };
  }
  if (status >= 500 || status === 408 || status === 425 || status === 429) return { kind: "later", reason, after: retryAfter(error, now) };
  return { kind: "refused", reason };
}

/** What InfluxDB says in its JSON (1: `error`, 2: `message`, 3: `error` with `data`); null where it is no JSON of that kind. */
function saidBy(error: HttpError): { readonly words: string } | null {
  try {
    const body = JSON.parse(error.body ?? "") as { readonly error?: unknown; readonly message?: unknown; readonly data?: unknown } | null;
    const words = [body?.message, body?.error].find((w) => typeof w === "string" && w !== "");
    if (typeof words !== "string") return null;
    const detail = Array.isArray(body?.data)
      ? (body.data as { readonly error_message?: unknown }[]).map((d) => d?.error_message).find((w) => typeof w === "string")
      : undefined;
    return { words: typeof detail === "string" ? `${words}: ${detail}` : words };
  } catch {
    return null;
  }
}

/** `Retry-After` is whole seconds or a date (RFC 9110 §10.2.3); the client reads the seconds as milliseconds. */
function retryAfter(error: HttpError, now: Millis): Millis | null {
  const header = error.headers?.["retry-after"];
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? "";
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : /[a-z]/i.test(text) ? Date.parse(text) - now : Number.NaN;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), MOST_WAIT_MS) : null;
}

function nameOf(error: Error & { readonly code?: unknown }): string {
  if (error.message !== "") return error.message;
  // Of several addresses tried, each has its own error (`localhost` as ::1 and 127.0.0.1).
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined;
  return inner instanceof Error ? inner.message : typeof error.code === "string" ? error.code : error.name;
}

function plain(text: string): string {
  const one = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return one.length > MAX_REASON ? `${one.slice(0, MAX_REASON)}…` : one;
}
