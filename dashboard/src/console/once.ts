/** Of several tabs one does a thing: the first that claims it. */

/** The part of a browser's locks that is needed. */
export interface Locks {
  request(name: string, options: { readonly ifAvailable: true }, then: (lock: object | null) => unknown): Promise<unknown>;
}

/** What a browser has for it; a test brings its own. */
export interface Tabs {
  /** null where the page is not served over HTTPS: browsers give locks to no others. */
  readonly locks: Locks | null;
  /** null where the browser keeps nothing. */
  readonly store: { getItem(name: string): string | null; setItem(name: string, value: string): void } | null;
  /** Names this tab. */
  readonly tab: string;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Long enough for what two tabs write at once to be seen by both. */
const SEEN_MS = 150;

/** A lock that is held as long as the claim counts; it is given to one tab only, whatever the tabs do at once. */
function claimByLock(locks: Locks, key: string, ms: number, wait: Tabs["wait"]): Promise<boolean> {
  return new Promise((resolve) => {
    const held = locks.request(`jieyue ${key}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : wait(ms);
    });
    held.catch(() => resolve(false));
  });
}

/** The last who wrote has it. */
async function claimByNote(tabs: Tabs, store: NonNullable<Tabs["store"]>, key: string, ms: number): Promise<boolean> {
  const name = `jieyue.claim.${key}`;
  const known = store.getItem(name);
  if (known !== null && tabs.now() - Number(known.split(" ")[0]) < ms) return false;
  const note = `${tabs.now()} ${tabs.tab}`;
  store.setItem(name, note);
  await tabs.wait(SEEN_MS);
  return store.getItem(name) === note;
}

/** Whether this tab is the one; for `ms` no other will be. Without anything to agree by, every tab is. */
export async function claim(tabs: Tabs, key: string, ms: number): Promise<boolean> {
  if (tabs.locks !== null) return claimByLock(tabs.locks, key, ms, tabs.wait);
  try {
    return tabs.store === null || (await claimByNote(tabs, tabs.store, key, ms));
  } catch {
    return true;
  }
}
