/** What this browser has for its tabs to agree by. */
import type { Tabs } from "./once.ts";

const TAB = String(Math.random()).slice(2);

export function thisTab(): Tabs {
  let store: Storage | null = null;
  try {
    store = localStorage;
  } catch {
    // Every tab is for itself, then.
  }
  const locks = (navigator as Partial<Pick<Navigator, "locks">>).locks ?? null;
  return { locks, store, tab: TAB, now: Date.now, wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
}
