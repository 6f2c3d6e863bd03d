/** What is older than what the page keeps: asked for page by page. */
import { useState } from "preact/hooks";
import type { List } from "../api.ts";
import { get } from "../api.ts";
import { t } from "../i18n.ts";
import { tellProblem } from "./notice.tsx";

/** `path` has its query already; give another `path` and it begins anew. */
export function useOlder<T extends { readonly id: string }>(
  path: string,
): { readonly items: readonly T[]; readonly more: boolean; readonly load: () => Promise<void> } {
  const [state, setState] = useState<{ readonly path: string; readonly items: readonly T[]; readonly next: string | null | undefined }>({
    path,
    items: [],
    next: undefined,
  });
  const current = state.path === path ? state : { path, items: [], next: undefined };
  return {
    items: current.items,
    more: current.next !== null,
    async load() {
      const cursor = current.next === undefined || current.next === null ? "" : `&cursor=${encodeURIComponent(current.next)}`;
      const answer = await get<List<T>>(`${path}${cursor}`);
      if (answer.ok) setState({ path, items: [...current.items, ...answer.data.items], next: answer.data.next });
      else tellProblem(answer.problem);
    },
  };
}

/** Newer knowledge wins over what was asked for once. */
export function together<T extends { readonly id: string }>(live: readonly T[], older: readonly T[]): T[] {
  const known = new Set(live.map((item) => item.id));
  return [...live, ...older.filter((item) => !known.has(item.id))];
}

export function OlderButton({ older }: { readonly older: { readonly more: boolean; readonly load: () => Promise<void> } }) {
  return older.more ? (
    <p class="older">
      <button type="button" class="plain" onClick={() => void older.load()}>
        {t("common.older")}
      </button>
    </p>
  ) : null;
}
