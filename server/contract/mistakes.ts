/** Mistakes in a file that people write, each with its place. */
import type { z } from "zod";

export interface SiteProblem {
  /** Where in the file, e.g. `devices[3].space`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** `["devices", 3, "space"]` as `devices[3].space`. */
function showPath(path: readonly PropertyKey[]): string {
  return path.map((part, i) => (typeof part === "number" ? `[${part}]` : `${i === 0 ? "" : "."}${String(part)}`)).join("");
}

/** The problems of a failed Zod check, innermost cause first where a union hides it. */
export function problemsOf(error: z.ZodError): SiteProblem[] {
  return error.issues.map((issue) => ({ path: showPath(issue.path), message: issue.message }));
}
