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
