import type { Refusal } from "../core/event.ts";

/** What becomes of a person's request: the id of what was made or changed, or why not. */
export type Asked = Promise<{ readonly ok: true; readonly subject: string } | { readonly ok: false; readonly refusal: Refusal }>;
