/** Where a test waits for messages. */
import type { IncomingMessage } from "../../server/ports/transport.ts";

export interface Inbox {
  readonly take: (message: IncomingMessage) => void;
  /** The oldest message not yet asked for. */
  next(): Promise<IncomingMessage>;
  /** The oldest one, settled at once. */
  nextSettled(): Promise<IncomingMessage>;
  /** How many came in all. */
  readonly count: number;
}

export function createInbox(): Inbox {
  const messages: IncomingMessage[] = [];
  const waiting: ((message: IncomingMessage) => void)[] = [];
  let count = 0;
  function next(): Promise<IncomingMessage> {
    const message = messages.shift();
    return message === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(message);
  }
  return {
    take(message) {
      count++;
      const first = waiting.shift();
      if (first === undefined) messages.push(message);
      else first(message);
    },
    next,
    async nextSettled() {
      const message = await next();
      message.settle?.();
      return message;
    },
    get count() {
      return count;
    },
  };
}

export const textOf = (message: { readonly payload: Uint8Array }) => Buffer.from(message.payload).toString("utf8");
