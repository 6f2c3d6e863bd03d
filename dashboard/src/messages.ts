/** Messages of the house to whoever is at the page: the office's instant voice message. */
import { signal } from "@preact/signals";
import type { PageMessage } from "../../server/contract/live.ts";
import { speak } from "./spoken.ts";

const SHOWN_MS = 30_000;
const MOST = 3;

export const messages = signal<readonly PageMessage[]>([]);

export function dropMessage(id: string): void {
  messages.value = messages.value.filter((m) => m.id !== id);
}

/** Where a message leads on this page: never to another site. */
export function placeOfLink(link: string, origin: string): string {
  try {
    const { pathname, search } = new URL(link, origin);
    return pathname.startsWith("/alerts") ? pathname + search : "/alerts";
  } catch {
    return "/alerts";
  }
}

/** The same message heard twice is one. What is severe stays until it is closed. */
export function hearMessage(message: PageMessage): void {
  if (messages.peek().some((m) => m.id === message.id)) return;
  messages.value = [...messages.peek(), message].slice(-MOST);
  if (message.severity !== "high") setTimeout(() => dropMessage(message.id), SHOWN_MS);
  void speak(message);
}
