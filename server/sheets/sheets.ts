/** Reads the tables that people hand in (CSV, .xlsx), one at a time, each in a thread with its own memory and time. */
import { answerOf, oneAfterAnother } from "../apart.ts";
import { problem } from "../errors.ts";
import type { Sheets, SheetTable } from "../ports/sheets.ts";

const BOUNDS = { withinMs: 20_000, memoryMb: 384 };
/** Files that may wait; who comes later asks again. */
const WAITING = 4;

type Answer = { readonly ok: true; readonly table: SheetTable } | { readonly ok: false; readonly detail: string };

const UNREAD: Answer = { ok: false, detail: "The file could not be read within its time and memory; leave only the readings in it, or save it as CSV." };

export function createSheets(): Sheets {
  const inTurn = oneAfterAnother({ most: WAITING, detail: "Too many tables are being read; ask again in a moment." });
  return {
    async read(bytes) {
      const answer = await inTurn(() => answerOf<Answer>(new URL("./thread.ts", import.meta.url), bytes, BOUNDS).catch(() => UNREAD));
      if (!answer.ok) throw problem("bad-file", answer.detail);
      return answer.table;
    },
  };
}
