import type { Page, PageRequest } from "./ports/records.ts";

const PAGE = 1000;
/** A million entries: beyond it somebody asks for something else than a month. */
const MOST_PAGES = 1000;

/** All of a list, the newest first, until `enough` says so of its oldest so far. Rejects rather than leave something out. */
export async function allPages<T>(read: (page: PageRequest) => Promise<Page<T>>, enough: (oldest: T) => boolean = () => false): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next } = await read({ limit: PAGE, cursor });
    found.push(...items);
    if (next === null || (items.length > 0 && enough(items.at(-1)!))) return found;
    cursor = next;
  }
  throw new Error(`a list of more than ${MOST_PAGES * PAGE} entries is not read as a whole`);
}
