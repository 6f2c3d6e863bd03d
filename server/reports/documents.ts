/** Makes documents, one at a time, each within its memory and its time. */
import { answerOf, EndedUnanswered, oneAfterAnother } from "../apart.ts";
import type { DocumentQuestion, Documents } from "../ports/reports.ts";

const BOUNDS = { withinMs: 60_000, memoryMb: 384 };
/** Questions that may wait; who comes later asks again. */
const WAITING = 8;

type Answer = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly error: string };

async function writeApart(question: DocumentQuestion): Promise<Uint8Array> {
  const answer = await answerOf<Answer>(new URL("./thread.ts", import.meta.url), question, BOUNDS).catch((error: unknown) => {
    throw error instanceof EndedUnanswered ? new Error("the document took too much time or memory") : error;
  });
  if (!answer.ok) throw new Error(`the document could not be written: ${answer.error}`);
  return answer.bytes;
}

export function createDocuments(write: (question: DocumentQuestion) => Promise<Uint8Array> = writeApart): Documents {
  const inTurn = oneAfterAnother({ most: WAITING, detail: "Too many documents are being written; ask again in a moment." });
  return { make: (question) => inTurn(() => write(question)) };
}
