/** Whether the window is of a kind, as a signal. */
import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";

export function media(condition: string): ReadonlySignal<boolean> {
  const list = matchMedia(condition);
  const holds = signal(list.matches);
  list.addEventListener("change", (event) => (holds.value = event.matches));
  return holds;
}

export const phone = media("(max-width: 720px)");
