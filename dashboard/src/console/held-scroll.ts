/** A scrolled list of lines of one height, of which only those in sight are rendered and nothing moves under the eye. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Window } from "../windowing.ts";
import { heldTop, windowOf } from "../windowing.ts";

interface Keyed {
  readonly key: string;
}

export interface HeldScroll {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly seen: Window;
  /** px in sight. */
  readonly height: number;
  /** Height of everything, px. */
  readonly total: number;
  /** Index of the first line that is wholly in sight. */
  readonly firstShown: number;
  readonly onScroll: () => void;
  readonly reveal: (index: number) => void;
  readonly toTop: () => void;
}

const GLIDE_MS = 160;
/** Further than this (px) nothing glides: it would only flicker past. */
const FAR = 700;

/** `stamp`: another one is another list, which begins at its top. `watched`: the key of the line, of those in sight, that must not move. */
export function useHeldScroll<T extends Keyed>(
  lines: readonly T[],
  rowHeight: number,
  stamp: string,
  watched: (inSight: readonly T[], box: HTMLDivElement | null) => string | null,
): HeldScroll {
  const box = useRef<HTMLDivElement>(null);
  const place = useRef({ lines, stamp, rowHeight, top: 0, height: 600, slack: 0, moved: false, before: null as ReadonlyMap<string, number> | null });
  const [, redraw] = useState(0);
  const p = place.current;
  if (p.stamp !== stamp || p.rowHeight !== rowHeight) {
    p.top = p.stamp === stamp ? Math.floor(p.top / p.rowHeight) * rowHeight : 0;
    p.slack = 0;
    p.moved = true;
    p.before = null;
  } else if (p.lines !== lines) {
    const first = Math.ceil(p.top / rowHeight);
    const inSight = p.lines.slice(first, Math.floor((p.top + p.height) / rowHeight));
    p.before = new Map(inSight.map(({ key }, i) => [key, (first + i) * rowHeight - p.top]));
    const top = heldTop(p.lines, lines, rowHeight, p.top, p.height, watched(inSight, box.current));
    p.moved ||= top !== p.top;
    p.top = top;
    // A short list cannot be scrolled so far: room below lets it.
    p.slack = Math.max(p.slack, p.top + p.height);
  }
  Object.assign(p, { lines, stamp, rowHeight });
  const natural = lines.length * rowHeight;
  const total = p.top === 0 ? natural : Math.max(natural, Math.min(p.slack, p.top + p.height));

  // Nothing of the layout is read here unless something moved: to ask the browser after each scroll would lay the page out twice.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (p.moved) element.scrollTop = p.top;
    p.moved = false;
    const { before } = p;
    p.before = null;
    if (before === null || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const row of element.querySelectorAll<HTMLElement>("[data-key]")) {
      const from = before.get(row.dataset["key"]!);
      const by = from === undefined ? 0 : from - (Number(row.dataset["index"]) * rowHeight - p.top);
      if (by !== 0 && Math.abs(by) < FAR) row.animate([{ translate: `0 ${by}px` }, { translate: "0 0" }], { duration: GLIDE_MS, easing: "ease-out" });
    }
  });

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      p.height = element.clientHeight;
      redraw((n) => n + 1);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const scrollTo = (top: number) => {
    p.top = Math.max(0, top);
    if (box.current !== null) box.current.scrollTop = p.top;
    redraw((n) => n + 1);
  };
  return {
    box,
    seen: windowOf(lines.length, rowHeight, p.top, p.height),
    height: p.height,
    total,
    firstShown: Math.ceil(p.top / rowHeight),
    onScroll() {
      const top = box.current?.scrollTop ?? 0;
      if (Math.abs(top - p.top) <= 0.5) return;
      p.top = top;
      p.slack = Math.min(p.slack, top + p.height);
      redraw((n) => n + 1);
    },
    reveal(index) {
      if (index * rowHeight < p.top) scrollTo(index * rowHeight);
      else if ((index + 1) * rowHeight > p.top + p.height) scrollTo((index + 1) * rowHeight - p.height);
    },
    toTop: () => scrollTo(0),
  };
}
