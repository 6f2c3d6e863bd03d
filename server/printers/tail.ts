/** Reads what was added to a log since the last time, over restarts and rotations. */
import { open } from "node:fs/promises";

/** Read at once, bytes; the rest comes the next time. */
const SLICE = 256 * 1024;

/** Numbers kept durably, by name. */
export interface Marks {
  mark(name: string): Promise<number | null>;
  setMark(name: string, value: number): Promise<void>;
}

export interface Tail {
  /** The whole lines that are new; call `taken` once they are dealt with. A file that is seen for the first time begins at its end. */
  read(): Promise<readonly string[]>;
  taken(): Promise<void>;
}

export function createTail(file: string, name: string, marks: Marks): Tail {
  const [offsetMark, inodeMark] = [`${name}-offset`, `${name}-inode`];
  /** CUPS makes its log with the first page: whatever is in it then is new. */
  async function absent(error: NodeJS.ErrnoException): Promise<never> {
    if (error.code === "ENOENT" && (await marks.mark(offsetMark)) === null) {
      await marks.setMark(offsetMark, 0);
      await marks.setMark(inodeMark, 0);
    }
    throw new Error(`the page log ${file} cannot be read (${error.message}): CUPS writes it where PageLogFormat is set, from its first page on`, {
      cause: error,
    });
  }
  let next: { readonly offset: number; readonly inode: number } | null = null;
  return {
    async read() {
      next = null;
      const handle = await open(file, "r").catch(absent);
      try {
        const { size, ino } = await handle.stat();
        const [offset, inode] = [await marks.mark(offsetMark), await marks.mark(inodeMark)];
        if (offset === null) {
          next = { offset: size, inode: ino };
          return [];
        }
        // A rotated log is a new file, or the same one cut short: it is read from its beginning.
        const from = inode !== ino || size < offset ? 0 : offset;
        if (size === from && inode === ino) return [];
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(SLICE, size - from)), 0, Math.min(SLICE, size - from), from);
        const end = buffer.lastIndexOf(0x0a, bytesRead - 1);
        // A line that fills a whole slice is no line of a log: it is passed over.
        const until = end === -1 ? (bytesRead === SLICE ? bytesRead : 0) : end + 1;
        next = { offset: from + until, inode: ino };
        if (end === -1) return [];
        return buffer
          .subarray(0, until)
          .toString("utf8")
          .split("\n")
          .filter((line) => line !== "");
      } finally {
        await handle.close();
      }
    },
    async taken() {
      if (next === null) return;
      await marks.setMark(offsetMark, next.offset);
      await marks.setMark(inodeMark, next.inode);
      next = null;
    },
  };
}
