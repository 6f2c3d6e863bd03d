/** Items by id as signals: who renders one is told of that one only. */
import type { Signal } from "@preact/signals";
import { signal } from "@preact/signals";

/** Items by id. `version` moves when any item does; `one(id)` only when that one does. */
export interface Collection<T extends { readonly id: string }> {
  readonly version: Signal<number>;
  /** Everything, in order of arrival; whoever renders it is told of every change. */
  all(): IterableIterator<T>;
  one(id: string): Signal<T | undefined>;
  peek(id: string): T | undefined;
  /** Everything, without being told of changes. */
  peekAll(): IterableIterator<T>;
  size(): number;
  merge(items: readonly T[]): void;
  replace(items: readonly T[]): void;
  drop(ids: readonly string[]): void;
}

export function createCollection<T extends { readonly id: string }>(lay: (known: T | undefined, heard: T) => T = (_, heard) => heard): Collection<T> {
  const items = new Map<string, T>();
  const watched = new Map<string, Signal<T | undefined>>();
  const version = signal(0);
  const tell = (id: string) => {
    const own = watched.get(id);
    if (own !== undefined) own.value = items.get(id);
  };
  return {
    version,
    all() {
      void version.value;
      return items.values();
    },
    one(id) {
      let own = watched.get(id);
      if (own === undefined) watched.set(id, (own = signal(items.get(id))));
      return own;
    },
    peek: (id) => items.get(id),
    peekAll: () => items.values(),
    size() {
      void version.value;
      return items.size;
    },
    merge(heard) {
      if (heard.length === 0) return;
      for (const item of heard) {
        items.set(item.id, lay(items.get(item.id), item));
        tell(item.id);
      }
      version.value++;
    },
    replace(heard) {
      items.clear();
      for (const item of heard) items.set(item.id, item);
      for (const id of watched.keys()) tell(id);
      version.value++;
    },
    drop(ids) {
      if (ids.length === 0) return;
      for (const id of ids) {
        items.delete(id);
        tell(id);
      }
      version.value++;
    },
  };
}
