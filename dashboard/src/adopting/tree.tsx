/** A message of which one clicks the values: each becomes a point, or is none any more. */
import { t, word } from "../i18n.ts";
import type { Branch, Leaf } from "./message-tree.ts";

export interface Picks {
  /** The points that a path is read into. */
  readonly of: (path: string) => readonly string[];
  readonly pick: (leaf: Leaf) => void;
}

function Value({ leaf, picks }: { readonly leaf: Leaf; readonly picks: Picks }) {
  const points = picks.of(leaf.path);
  const shown = typeof leaf.value === "string" ? JSON.stringify(leaf.value) : String(leaf.value);
  return (
    <button
      type="button"
      class="tree-value"
      aria-pressed={points.length > 0}
      title={t(points.length > 0 ? "mapping.unpick" : "mapping.pick", { path: leaf.path === "" ? "—" : leaf.path })}
      onClick={() => picks.pick(leaf)}
      data-testid="tree-value"
      data-path={leaf.path}
    >
      <code>{shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}</code>
      {points.length > 0 && <b>→ {points.map((p) => (p === "" ? "…" : word("point", p))).join(t("suggest.comma"))}</b>}
    </button>
  );
}

export function Tree({ branch, picks }: { readonly branch: Branch; readonly picks: Picks }) {
  return (
    <ul class="message-tree">
      {branch.branches.map((b) => (
        <li key={b.label}>
          <span class="tree-key">{b.label}</span>
          {b.leaf === null ? <Tree branch={b} picks={picks} /> : <Value leaf={b.leaf} picks={picks} />}
        </li>
      ))}
    </ul>
  );
}

/** A payload that is one text. */
export function PlainValue({ text, picks }: { readonly text: string; readonly picks: Picks }) {
  return <Value leaf={{ path: "", key: "value", value: text, unit: null, about: false }} picks={picks} />;
}
