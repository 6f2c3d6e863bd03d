/** Sentences with gaps: `{name}` is filled, `{n?one:other}` chooses by number, and `[…]` falls away when a gap inside it has nothing to fill it. */

export type Filling = Readonly<Record<string, string | number | null | undefined>>;

const GAP = /\{([\w-]+)(?:\?([^:}]*):([^}]*))?\}/g;

function missing(part: string, filling: Filling): boolean {
  for (const [, name] of part.matchAll(GAP)) {
    const value = filling[name!];
    if (value === null || value === undefined || value === "") return true;
  }
  return false;
}

/** Fills a template. A gap outside brackets with nothing to fill it becomes a dash. `write` puts numbers into words of the language. */
export function fill(template: string, filling: Filling, write: (n: number) => string = String): string {
  const kept = template.replace(/\[([^\]]*)\]/g, (_, part: string) => (missing(part, filling) ? "" : part));
  return kept.replace(GAP, (_, name: string, one: string | undefined, other: string | undefined) => {
    const value = filling[name];
    if (one !== undefined) return value === 1 ? one : (other ?? "");
    if (value === null || value === undefined || value === "") return "—";
    return typeof value === "number" ? write(value) : value;
  });
}
