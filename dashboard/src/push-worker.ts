/**
 * The page's service worker: shows what is pushed, and opens it. Built to /push-worker.js, a classic script: it imports types only.
 * It answers no fetch: the page is never served from a cache.
 */
import type { PushPayload } from "../../server/contract/push.ts";

interface Client {
  readonly url: string;
  focus(): Promise<Client>;
  navigate(url: string): Promise<Client | null>;
}
interface Waiting {
  waitUntil(work: Promise<unknown>): void;
}
interface Pushed extends Waiting {
  readonly data: { json(): unknown } | null;
}
interface Clicked extends Waiting {
  readonly action: string;
  readonly notification: Notification;
}
/** What the compiler's DOM does not know of a worker (Service Workers, Push API, Notifications API). */
interface Worker {
  readonly location: Location;
  readonly registration: { showNotification(title: string, options: object): Promise<void> };
  readonly clients: { matchAll(options: object): Promise<readonly Client[]>; openWindow(url: string): Promise<Client | null>; claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Waiting) => void): void;
  addEventListener(type: "push", listener: (event: Pushed) => void): void;
  addEventListener(type: "notificationclick", listener: (event: Clicked) => void): void;
}

const worker = globalThis as unknown as Worker;

/** What cannot be read is still shown as something: a browser takes leave away from a worker that stays silent. */
function read(data: Pushed["data"]): Partial<PushPayload> {
  try {
    const said = data?.json();
    return typeof said === "object" && said !== null ? (said as Partial<PushPayload>) : {};
  } catch {
    return {};
  }
}

/** Links lead into our own page only, whatever address the server is known by. */
function ownPath(link: unknown): string | null {
  if (typeof link !== "string") return null;
  try {
    const { pathname, search } = new URL(link, worker.location.origin);
    // Two slashes would begin another host's address.
    return pathname.startsWith("/") ? pathname.replace(/^\/+/, "/") + search : null;
  } catch {
    return null;
  }
}

function show(payload: Partial<PushPayload>): Promise<void> {
  const { id, title, body, severity, language, link, act, actLabel } = payload;
  const data = { link: ownPath(link) ?? "/alerts", act: ownPath(act) };
  return worker.registration.showNotification(title ?? "节约 Jieyue", {
    body: body ?? "",
    lang: language ?? "zh-CN",
    // The same message twice is shown once, and makes no second sound.
    ...(id === undefined ? {} : { tag: id }),
    renotify: false,
    requireInteraction: severity === "high",
    data,
    actions: data.act === null ? [] : [{ action: "act", title: actLabel ?? "" }],
  });
}

async function open(path: string): Promise<void> {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((p) => new URL(p.url).origin === worker.location.origin);
  // A link that acts gets a window of its own: the console stays as it is.
  if (page === undefined || path.startsWith("/act/")) await worker.clients.openWindow(path);
  else {
    await page.focus();
    await page.navigate(path).catch(() => worker.clients.openWindow(path));
  }
}

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
worker.addEventListener("notificationclick", (event) => {
  const { link, act } = event.notification.data as { readonly link: string; readonly act: string | null };
  event.notification.close();
  event.waitUntil(open(act ?? link));
});
