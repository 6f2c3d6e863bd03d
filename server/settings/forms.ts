/** Layouts of prescribed forms: those that ship, and a folder of the office's own beside them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseForm } from "../contract/form.ts";
import type { FormLayout } from "../core/account/form.ts";
import { readYaml } from "./read-yaml.ts";

export const SHIPPED_FORMS = join(import.meta.dirname, "forms");
const MOST_FORMS = 100;

export type ReadForms = { readonly ok: true; readonly forms: readonly FormLayout[] } | { readonly ok: false; readonly problems: readonly string[] };

/** The layouts (`*.yaml`) of some folders, of one id the last; or every mistake in them, each as one line. */
export function readForms(folders: readonly string[] = [SHIPPED_FORMS]): ReadForms {
  const problems: string[] = [];
  const forms = new Map<string, FormLayout>();
  for (const folder of folders) {
    let files: string[];
    try {
      files = readdirSync(folder)
        .filter((f) => /\.ya?ml$/.test(f))
        .toSorted();
    } catch (error) {
      problems.push(`${folder}: the folder of forms cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    if (files.length > MOST_FORMS) problems.push(`${folder}: holds ${files.length} forms; at most ${MOST_FORMS} are read`);
    for (const file of files.slice(0, MOST_FORMS)) {
      const path = join(folder, file);
      const read = readYaml(path);
      if (!read.ok) {
        problems.push(...read.problems);
        continue;
      }
      const parsed = parseForm(read.data);
      if (parsed.ok) forms.set(parsed.form.id, parsed.form);
      else problems.push(...parsed.problems.map((p) => `${path}: ${p.path === "" ? "" : `${p.path}: `}${p.message}`));
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, forms: [...forms.values()] };
}
