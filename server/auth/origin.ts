/** Which requests may change things: our own page's and programs', not those that another site makes a browser send. */
import type { IncomingMessage } from "node:http";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

function hostOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  try {
    return new URL(`http://${header}`).hostname;
  } catch {
    return null;
  }
}

/** Whether a Host header names this machine itself, so that no foreign name that resolves here (DNS rebinding) is answered. */
export function isLoopbackHost(header: string | undefined): boolean {
  return LOOPBACK.has(hostOf(header) ?? "");
}

/**
 * True where no other site is behind the request: Sec-Fetch-Site says same-origin or none, or Origin is our own address, or
 * neither header is there (no browser). With `loopbackOnly` (open mode) the Host must be a loopback name too.
 */
export function isSameOrigin(request: IncomingMessage, ownUrl: string, loopbackOnly: boolean): boolean {
  const host = request.headers.host;
  if (loopbackOnly && !isLoopbackHost(host)) return false;
  const site = request.headers["sec-fetch-site"];
  if (typeof site === "string" && site !== "same-origin" && site !== "none") return false;
  const { origin } = request.headers;
  if (origin === undefined) return true;
  try {
    const [from, own] = [new URL(origin), ownUrl === "" ? null : new URL(ownUrl)];
    // Behind TLS the same name without TLS is another site: anybody on the wire can speak for it.
    if (own !== null && from.host === own.host) return from.origin === own.origin;
    return from.host === host;
  } catch {
    return false;
  }
}
