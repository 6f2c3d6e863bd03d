/** What a person is told who asked for something. */

/** A person's request that cannot be done: code, and what to do instead. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
}

/** What becomes of a person's request: the id of what was made or changed, or why not. */
export type Answer = { readonly ok: true; readonly subject: string } | { readonly ok: false; readonly refusal: Refusal };

export function refuse(code: string, detail: string): Answer {
  return { ok: false, refusal: { code, detail } };
}
