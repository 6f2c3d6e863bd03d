import type { Millis } from "./reading.ts";

/** A queue of things to look at again when their time has come (a binary heap; ties leave in the order they came). */
export class TimerQueue<T> {
  private readonly heap: { at: Millis; order: number; what: T }[] = [];
  private order = 0;

  get size(): number {
    return this.heap.length;
  }

  /** When the earliest is due, or null. */
  get next(): Millis | null {
    return this.heap[0]?.at ?? null;
  }

  add(at: Millis, what: T): void {
    const { heap } = this;
    const entry = { at, order: this.order++, what };
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent]!;
      if (!before(entry, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  /** Takes the earliest one that is due at `now`; undefined when there is none. */
  take(now: Millis): { readonly at: Millis; readonly what: T } | undefined {
    const { heap } = this;
    const top = heap[0];
    if (top === undefined || top.at > now) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
        if (!before(heap[child]!, last)) break;
        heap[i] = heap[child]!;
        i = child;
      }
      heap[i] = last;
    }
    return top;
  }
}

function before(a: { at: Millis; order: number }, b: { at: Millis; order: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
