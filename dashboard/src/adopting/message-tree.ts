/** A message's values, each with the path that a mapping finds it by. */
import { readPath } from "../../../server/core/mapping.ts";

export interface Leaf {
  readonly path: string;
  /** What names it: its key, or what its item of a list says that it is. */
  readonly key: string;
  readonly value: number | boolean | string;
  /** The unit that stands beside it in the message; null where none does. */
  readonly unit: string | null;
  /** It says only what another value beside it is: its name, or its unit. */
  readonly about: boolean;
}

export interface Branch {
  readonly label: string;
  readonly leaf: Leaf | null;
  readonly branches: readonly Branch[];
}

const DEEPEST = 6;
const WIDEST = 100;
/** Keys by which items of a list say what they are, and those of a unit beside a value. */
const NAMES = ["key", "k", "name", "n", "tag", "id", "code", "point"];
const UNITS = ["unit", "u", "units"];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function step(key: string): string {
  return /^[^.[\]'"\s]+$/.test(key) ? `.${key}` : `['${key.replaceAll("'", "")}']`;
}

/** The key whose values tell a list's items apart; null where none does. */
function namedBy(items: readonly unknown[]): string | null {
  return (
    NAMES.find((name) => {
      const values = items.map((item) => (isObject(item) ? item[name] : undefined));
      return values.every((v) => typeof v === "string" && /^[^[\]']{1,80}$/.test(v)) && new Set(values).size === values.length;
    }) ?? null
  );
}

function unitIn(parent: unknown): string | null {
  if (!isObject(parent)) return null;
  const found = UNITS.map((u) => parent[u]).find((u) => typeof u === "string" && u !== "" && u.length <= 20);
  return typeof found === "string" ? found : null;
}

function branchOf(label: string, key: string, value: unknown, path: string, unit: string | null, about: boolean, deep: number): Branch | null {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") {
    // Some keys (an empty one, one with quotation marks) no path can name.
    return "wrong" in readPath(path) ? null : { label, leaf: { path, key, value, unit: typeof value === "number" ? unit : null, about }, branches: [] };
  }
  if (typeof value !== "object" || value === null || deep >= DEEPEST) return null;
  const branches: (Branch | null)[] = [];
  if (Array.isArray(value)) {
    const items = (value as unknown[]).slice(0, WIDEST);
    const name = items.length === 0 ? null : namedBy(items);
    items.forEach((item, i) => {
      const called = name === null ? null : String((item as Record<string, unknown>)[name]);
      const at = called === null ? `[${i}]` : `[${name}=${called}]`;
      branches.push(branchOf(at, called ?? `${key}${i}`, item, `${path}${at}`, null, false, deep + 1));
    });
  } else {
    const entries = Object.entries(value).slice(0, WIDEST);
    const plain = unitIn(value);
    // Within a named item of a list its `value` has the item's name.
    const inNamed = /\[[^\]]+=[^\]]+\]$/.test(path);
    for (const [k, v] of entries) {
      const about = typeof v === "string" && ((plain !== null && v === plain && UNITS.includes(k)) || (inNamed && v === key && NAMES.includes(k)));
      branches.push(branchOf(k, inNamed && /^(v|val|value)$/i.test(k) ? key : k, v, `${path}${step(k)}`, plain, about, deep + 1));
    }
  }
  const there = branches.filter((b) => b !== null);
  return there.length === 0 ? null : { label, leaf: null, branches: there };
}

/** A payload as a tree; null where it is no JSON of objects and lists. */
export function treeOf(payload: string): Branch | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    return null;
  }
  return typeof parsed === "object" && parsed !== null ? branchOf("$", "value", parsed, "$", null, false, 0) : null;
}

export function leavesOf(tree: Branch | null): Leaf[] {
  if (tree === null) return [];
  return tree.leaf === null ? tree.branches.flatMap(leavesOf) : [tree.leaf];
}
