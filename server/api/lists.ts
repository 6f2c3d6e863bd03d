/** Pages of lists that live in memory. */
import { problem } from "../errors.ts";

/** Where an item stands: higher numbers first, then by name. */
export type Place = readonly [number, string];

function compare(a: Place, b: Place): number {
  return b[0] - a[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
}

function decode(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(place) && place.length === 2 && typeof place[0] === "number" && typeof place[1] === "string") return [place[0], place[1]];
  } catch {
    // falls through to the refusal
  }
  throw problem("invalid-parameter", "cursor: not one of ours; take it from `next` of the page before.");
}

/** The items after `cursor`, at most `limit`, in the order of `placeOf`; `next` is null on the last page. */
export function pageOf<T>(
  items: readonly T[],
  placeOf: (item: T) => Place,
  cursor: string | undefined,
  limit: number,
): { readonly items: readonly T[]; readonly next: string | null } {
  const after = cursor === undefined ? null : decode(cursor);
  const sorted = items
    .map((item) => ({ item, place: placeOf(item) }))
    .filter(({ place }) => after === null || compare(place, after) > 0)
    .sort((a, b) => compare(a.place, b.place));
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    next: sorted.length > limit && last !== undefined ? Buffer.from(JSON.stringify(last.place)).toString("base64url") : null,
  };
}
