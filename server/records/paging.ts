/** Lists are newest first; the cursor names the last row that was given, so rows that come in meanwhile move nothing. */
import { problem } from "../errors.ts";

export interface Position {
  readonly at: number;
  readonly id: string;
}

export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify([position.at, position.id])).toString("base64url");
}

/** Throws a problem `invalid-parameter` for what is no cursor of ours. */
export function decodeCursor(cursor: string): Position {
  try {
    const parsed = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as unknown;
    if (Array.isArray(parsed) && typeof parsed[0] === "number" && typeof parsed[1] === "string") return { at: parsed[0], id: parsed[1] };
  } catch {
    // Falls through to the same refusal.
  }
  throw problem("invalid-parameter", "cursor: use the `next` of an earlier answer, unchanged.");
}
