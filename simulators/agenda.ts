/** What is to happen when: a binary heap by time, and by order of entry where times are equal. */
export interface Agenda {
  /** Runs `act` at `at` (ms); what is already past runs at the next turn, at the time it is then. */
  at(at: number, act: (now: number) => void): void;
  /** Time of the next entry, Infinity when there is none. */
  next(): number;
  /** Runs everything due up to and including `until`, in order, also what is entered meanwhile. */
  run(until: number): void;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly act: (now: number) => void;
}

export function createAgenda(): Agenda {
  const heap: Entry[] = [];
  let order = 0;
  let latest = -Infinity;
  const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

  function push(entry: Entry): void {
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || before(above, entry)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  function pop(): Entry | undefined {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const a = heap[left];
      if (a === undefined) break;
      const b = heap[left + 1];
      const smaller = b !== undefined && before(b, a) ? b : a;
      if (before(last, smaller)) break;
      heap[i] = smaller;
      i = smaller === a ? left : left + 1;
    }
    heap[i] = last;
    return top;
  }

  return {
    at(at, act) {
      push({ at: Math.max(Math.round(at), latest), order: order++, act });
    },
    next: () => heap[0]?.at ?? Infinity,
    run(until) {
      while ((heap[0]?.at ?? Infinity) <= until) {
        const entry = pop();
        if (entry === undefined) return;
        latest = entry.at;
        entry.act(entry.at);
      }
      latest = Math.max(latest, until);
    },
  };
}
