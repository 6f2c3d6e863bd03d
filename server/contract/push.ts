/** What is said between this server, a browser's push service and the page's service worker. */
import type { NoticeKind } from "../core/alerts/notice.ts";
import type { Severity } from "../core/policy.ts";
import type { Message } from "./message.ts";

/** The text of a push message, as JSON, once the browser has decrypted it. */
export interface PushPayload {
  /** The notice's id: a notification with the same tag takes the place of the earlier one. */
  readonly id: string;
  readonly how: NoticeKind;
  readonly severity: Severity;
  readonly language: Message["language"];
  readonly title: string;
  readonly body: string;
  /** How many alerts it tells of. */
  readonly count: number;
  /** The console with just these alerts. */
  readonly link: string;
  /** Opens the one alert and acknowledges it without signing in; null where there are several or no public address is set. */
  readonly act: string | null;
  /** What the button for `act` says. */
  readonly actLabel: string;
}

/** Where the browsers in use keep their push services (Chrome and its kin, Firefox, Safari, Edge). */
export const PUSH_SERVICES = ["fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com"] as const;

/** Protocol, host (in small letters) and path: stricter than any reader of addresses, so that none reads another host out of it. */
const ENDPOINT = /^(https?):\/\/([a-z0-9.-]+|\[::1\])(?::\d{1,5})?\/[!-~]*$/;
const LOOPBACK = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/;

/**
 * Whether an endpoint that a browser gave belongs to one of the push services named, or to a name below one. Without this question
 * anybody who may subscribe could make the server call any address inside the office. https only, except for this machine itself.
 */
export function isPushEndpoint(endpoint: string, services: readonly string[]): boolean {
  const [, protocol, host = ""] = ENDPOINT.exec(endpoint) ?? [];
  if (protocol === undefined || endpoint.length > 2000) return false;
  if (protocol === "http" && !LOOPBACK.test(host)) return false;
  return services.some((service) => host === service || host.endsWith(`.${service}`));
}
