/** The tables that ship (factors, example tariffs, item codes), and a site's own over them. */
import { join } from "node:path";
import { accountFileSchema, accountProblems } from "../contract/account.ts";
import { problemsOf } from "../contract/mistakes.ts";
import type { Account, AccountTables, Item } from "../core/account/tables.ts";
import { readYaml } from "./read-yaml.ts";

/** Factors, example tariffs and item codes that ship; rows of the same id in the site file stand in their place. */
export const SHIPPED_ACCOUNT = join(import.meta.dirname, "account/cn.yaml");

export interface ShippedAccount extends AccountTables {
  readonly items: readonly Item[];
}

/** The tables of a file, or every mistake in it, each as one line. */
export function readAccount(
  file: string = SHIPPED_ACCOUNT,
): { readonly ok: true; readonly account: ShippedAccount } | { readonly ok: false; readonly problems: readonly string[] } {
  const read = readYaml(file);
  if (!read.ok) return read;
  const parsed = accountFileSchema.safeParse(read.data ?? {});
  const problems = parsed.success ? accountProblems(parsed.data) : problemsOf(parsed.error);
  if (!parsed.success || problems.length > 0) return { ok: false, problems: problems.map((p) => `${file}: ${p.path === "" ? "" : `${p.path}: `}${p.message}`) };
  return { ok: true, account: parsed.data };
}

/** A site's account over the tables that ship: a row of the same id replaces, any other is added and counts as the later one. */
export function withShipped(own: Account, shipped: ShippedAccount): Account {
  const over = <R extends { readonly id: string }>(mine: readonly R[], theirs: readonly R[]) => {
    const ids = new Set(mine.map((r) => r.id));
    return [...theirs.filter((r) => !ids.has(r.id)), ...mine];
  };
  const codes = new Set(own.items.map((i) => i.code));
  return {
    ...own,
    factors: over(own.factors, shipped.factors),
    tariffs: over(own.tariffs, shipped.tariffs),
    quotas: over(own.quotas, shipped.quotas),
    items: [...own.items, ...shipped.items.filter((i) => !codes.has(i.code))],
  };
}
