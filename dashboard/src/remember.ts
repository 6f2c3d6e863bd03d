/** Small choices kept in this browser. A browser that keeps nothing (private windows) must not break the page. */
const PREFIX = "jieyue.";

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // It lasts as long as the page, then.
  }
}
