/** Which rows of a long list are worth rendering. Pure. */
export interface Window {
  readonly first: number;
  /** Past the last. */
  readonly end: number;
  /** Heights in px that stand for the rows before and after. */
  readonly before: number;
  readonly after: number;
}

/** The rows that are visible in a box `height` px high, scrolled by `top` px, and `spare` more on each side. */
export function windowOf(count: number, rowHeight: number, top: number, height: number, spare = 8): Window {
  const first = Math.min(Math.max(0, Math.floor(top / rowHeight) - spare), Math.max(0, count - 1));
  const end = Math.min(count, Math.ceil((Math.max(0, top) + height) / rowHeight) + spare);
  return { first, end: Math.max(first, end), before: first * rowHeight, after: Math.max(0, count - Math.max(first, end)) * rowHeight };
}

/**
 * Where to scroll (px) so that what one looks at stays where it is when the rows change: `watched` if it is in sight, else, in a list
 * that is scrolled, the first row in sight that is still there.
 */
export function heldTop(
  was: readonly { readonly key: string }[],
  is: readonly { readonly key: string }[],
  rowHeight: number,
  top: number,
  height: number,
  watched: string | null,
): number {
  const first = Math.floor(top / rowHeight);
  const shown = was.slice(first, Math.ceil((top + height) / rowHeight)).map(({ key }, i) => ({ key, index: first + i }));
  const own = shown.filter((line) => line.key === watched);
  for (const { key, index } of top > 0 || own.length > 0 ? [...own, ...shown] : []) {
    const now = is[index]?.key === key ? index : is.findIndex((line) => line.key === key);
    if (now >= 0) return Math.max(0, top + (now - index) * rowHeight);
  }
  return Math.min(top, Math.max(0, is.length * rowHeight - height));
}
