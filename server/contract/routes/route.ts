/** What every route says of itself, and the words that many of their queries share. */
import { z } from "zod";
import type { Action } from "../../core/roles.ts";
import { LANGS } from "../words/languages.ts";

export interface RouteSpec {
  readonly method: "get" | "post" | "put" | "delete";
  /** `{id}` is one segment; `{device}` is a device's id, with its slash as it is or encoded. */
  readonly path: string;
  readonly summary: string;
  /** What the asker must be allowed to do; null = nobody need be signed in. Where a role may do it only at its own departments, the subject's counts. */
  readonly action: Action | null;
  readonly query: z.ZodObject;
  readonly body: z.ZodType | null;
  /** The body's media type, where it is not JSON. */
  readonly accepts?: "text/calendar" | readonly string[];
  /** The answer's media type, where it is not JSON. */
  readonly gives?: string;
  readonly status: 200 | 201 | 202;
  readonly response: z.ZodType;
}

export const none = z.strictObject({});
export const iso = z.iso.datetime({ offset: true });

/** A time in a query. An unescaped `+` of an offset arrives as a space and is taken for what it was. */
export const moment = z
  .string()
  .max(40)
  .transform((text, context) => {
    const given = /^\d{1,16}$/.test(text) ? Number(text) : Date.parse(iso.safeParse(text.replace(/ (?=\d\d:\d\d$)/, "+")).data ?? "");
    if (given <= 8.64e15) return given;
    context.addIssue("must be ISO 8601 with an offset, such as 2026-07-01T14:00:00+08:00, or milliseconds since 1970");
    return z.NEVER;
  })
  .meta({ description: "ISO 8601 with offset, or milliseconds since 1970" });

const cursor = z.string().max(500).optional().meta({ description: "`next` of the page before" });

export const paging = (standard: number, most: number) => ({
  cursor,
  limit: z.coerce.number().int().min(1).max(most).default(standard).meta({ description: "Items a page" }),
});

export const records = paging(100, 1000);
export const id = z.string().min(1).max(300);
export const list = (item: z.ZodType) => z.object({ items: z.array(item), next: z.string().nullable() });
export const language = z.enum(LANGS).optional().meta({ description: "Language of the document; one's own if absent" });

/** Keeps the exact types of a route, so that its handler is checked against them. */
export function route<const R extends RouteSpec>(spec: R): R {
  return spec;
}
