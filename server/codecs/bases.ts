/** Base topics that people choose in the settings, for ecosystems that have none of their own. Pure. */

export interface Bases {
  /** Each with its slash. */
  readonly roots: readonly string[];
  /** First levels, as `Codec.heads` has them. */
  readonly heads: readonly string[];
  /** What of a topic follows a base; null where none is its beginning, or nothing follows. */
  rest(topic: string): string | null;
}

export function basesOf(bases: readonly string[]): Bases {
  const roots = [...new Set(bases.filter((base) => base !== ""))].map((base) => `${base}/`);
  return {
    roots,
    heads: [...new Set(roots.map((root) => root.slice(0, root.indexOf("/", root.startsWith("/") ? 1 : 0))))],
    rest(topic) {
      for (const root of roots) if (topic.length > root.length && topic.startsWith(root)) return topic.slice(root.length);
      return null;
    },
  };
}
