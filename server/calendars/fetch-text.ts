/** Reads a calendar's address or file within limits of time, size and redirects. */
import { open } from "node:fs/promises";
import { CalendarError, calendarError } from "./trouble.ts";

const MOST_BYTES = 5_000_000;
const MEGABYTES = MOST_BYTES / 1e6;
const FETCH_MS = 10_000;
const REDIRECTS = 3;

/** What a server answered: the text, or that nothing changed. */
export interface Fetched {
  readonly text: string | null;
  readonly etag: string | null;
  readonly modified: string | null;
}

/** Reads no more than it may, whatever the file says of its size: it may be a pipe, or grow meanwhile. */
export async function readFile(path: string): Promise<string> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw calendarError("no-file", causeOf(error), error);
  });
  try {
    if (!(await file.stat()).isFile()) throw calendarError("no-file", "ENOTFILE");
    return await textOf(file.createReadStream({ autoClose: false, end: MOST_BYTES }));
  } finally {
    await file.close();
  }
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw calendarError("too-large", MEGABYTES);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/**
 * Reads an address. A redirect is followed on the host that the site file names and on no other: whoever runs that host
 * (or stands in its place) must not make this server ask its own neighbours. Errors are `CalendarError`s, without the address.
 */
export async function fetchText(address: string, known: Fetched | undefined, ending: AbortSignal): Promise<Fetched> {
  const signal = AbortSignal.any([ending, AbortSignal.timeout(FETCH_MS)]);
  const asked = new URL(address);
  const headers: Record<string, string> = { accept: "text/calendar" };
  if (asked.username !== "" || asked.password !== "") {
    headers["authorization"] = `Basic ${Buffer.from(`${decodeURIComponent(asked.username)}:${decodeURIComponent(asked.password)}`).toString("base64")}`;
    asked.username = "";
    asked.password = "";
  }
  if (known?.etag != null) headers["if-none-match"] = known.etag;
  else if (known?.modified != null) headers["if-modified-since"] = known.modified;
  try {
    let url = asked;
    for (let hop = 0; ; hop++) {
      const response = await fetch(url, { headers, redirect: "manual", signal });
      if (response.status === 304) return { text: null, etag: known?.etag ?? null, modified: known?.modified ?? null };
      const location = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel();
        if (hop === REDIRECTS) throw calendarError("redirects", REDIRECTS);
        url = redirected(url, location, headers["authorization"] !== undefined);
        continue;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw calendarError("status", response.status);
      }
      const text = response.body === null ? "" : await textOf(response.body);
      return { text, etag: response.headers.get("etag"), modified: response.headers.get("last-modified") };
    }
  } catch (error) {
    if (error instanceof CalendarError || ending.aborted) throw error;
    throw signal.aborted ? calendarError("timeout", FETCH_MS / 1000, error) : calendarError("unreachable", causeOf(error), error);
  }
}

/** Another path of the same server, or the same host by TLS. */
function redirected(from: URL, location: string, withPassword: boolean): URL {
  if (!URL.canParse(location, from.href)) throw calendarError("redirect-not-web");
  const next = new URL(location, from);
  if (next.protocol !== "https:" && next.protocol !== "http:") throw calendarError("redirect-not-web");
  const byTls = next.hostname === from.hostname && from.protocol === "http:" && next.protocol === "https:" && from.port === "" && next.port === "";
  // A password goes to whom it was given for, as it was given.
  if (next.origin !== from.origin && !byTls) throw calendarError("redirect-elsewhere", next.host);
  if (withPassword && next.username !== "") throw calendarError("redirect-elsewhere", next.host);
  return next;
}

/** A short technical cause such as ECONNREFUSED. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code } = error as { code?: unknown };
  const inner = (error.cause as { code?: unknown } | undefined)?.code;
  return typeof inner === "string" ? inner : typeof code === "string" ? code : error.name;
}
