/** Words on their way into a medium. What a device, a document or a person was named by somebody else is hostile until it has passed here. */

/** Characters that are not shown but change how their neighbours are (directions, joins to nothing): they can make a name read as another. */
const UNSEEN = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]/gu;
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;

/** One line: nothing in it ends a header, a line or a string, and it is well-formed Unicode. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(UNSEEN, "").replace(BREAKS, " ").trim();
}

/** The lines of a text that have anything in them. */
export function linesOf(text: string): readonly string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029\u0085\v\f]/)
    .map(oneLine)
    .filter((line) => line !== "");
}

/** How long a text is for whoever limits it. */
export type Measure = (text: string) => number;
export const inBytes: Measure = (text) => Buffer.byteLength(text, "utf8");
export const inUnits: Measure = (text) => text.length;

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** The text, or as many whole characters of it as fit together with "…". A character that alone is too long (many marks piled on one letter) is left out. */
export function cut(text: string, limit: number, measure: Measure = inUnits): string {
  if (measure(text) <= limit) return text;
  let kept = "";
  let used = measure("…");
  for (const { segment } of graphemes.segment(text)) {
    used += measure(segment);
    if (used > limit) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

export interface Parts {
  readonly head: readonly string[];
  readonly items: readonly string[];
  readonly foot: readonly string[];
}

/**
 * As many items as fit between head and foot; those that do not, and those of `count` that were never listed, are counted in a line of
 * their own, so that nobody takes a part for the whole.
 */
export function fit(parts: Parts, count: number, more: (left: number) => string, limit: number, measure: Measure, between = "\n"): string {
  const build = (shown: number): string => {
    const left = Math.max(count, parts.items.length) - shown;
    return [...parts.head, ...parts.items.slice(0, shown), ...(left > 0 ? [more(left)] : []), ...parts.foot].join(between);
  };
  for (let shown = parts.items.length; shown > 0; shown--) {
    const text = build(shown);
    if (measure(text) <= limit) return text;
  }
  return cut(build(0), limit, measure);
}

/** An address that a message may lead to, or null: only http and https, written so that neither Markdown nor HTML ends early in it. */
export function webLink(link: string | null): string | null {
  if (link === null || !URL.canParse(link)) return null;
  const url = new URL(link);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  return url.href.replace(/[()<>[\]"'`\\|*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}
