/** Threads of their own for what may take too much time or memory, one after another. */
import { Worker } from "node:worker_threads";
import { problem } from "./errors.ts";

export interface Bounds {
  /** Real ms. */
  readonly withinMs: number;
  readonly memoryMb: number;
}

/** A thread that was ended, or ended itself, before it answered. */
export class EndedUnanswered extends Error {
  /** It took too long; else too much memory, or it ended by itself. */
  readonly late: boolean;
  constructor(late: boolean) {
    super(late ? "the thread took too long" : "the thread ended without an answer");
    this.late = late;
  }
}

/** The one message that a thread posts to what it is given as `workerData`. Rejects with what the thread threw, or with `EndedUnanswered`. */
export function answerOf<A>(thread: URL, question: unknown, { withinMs, memoryMb }: Bounds): Promise<A> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData: question, resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
    const late = setTimeout(() => {
      reject(new EndedUnanswered(true));
      void worker.terminate();
    }, withinMs);
    worker.once("message", (answer: A) => {
      resolve(answer);
      void worker.terminate();
    });
    worker.once("error", reject);
    worker.once("exit", () => {
      clearTimeout(late);
      reject(new EndedUnanswered(false));
    });
  });
}

/** Does one work after another. Where `limit` is given and so many wait or run, it rejects with the problem `too-many-requests` and its detail. */
export function oneAfterAnother(limit?: { readonly most: number; readonly detail: string }): <T>(work: () => Promise<T>) => Promise<T> {
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (work) => {
    if (limit !== undefined && waiting >= limit.most) throw problem("too-many-requests", limit.detail);
    waiting++;
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      waiting--;
    }
  };
}
