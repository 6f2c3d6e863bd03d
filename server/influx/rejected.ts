/** The file of lines that InfluxDB would not take, each with the reason it gave, for people to read. */
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface RejectedLine {
  /** When it was refused, ISO 8601. */
  readonly at: string;
  /** The line as it was sent; of what could not even be written, the reading as JSON. */
  readonly line: string;
  readonly reason: string;
}

export interface RejectedFile {
  /** Resolves when all of them are on the disk. A crash may write the same line twice, never not at all. */
  add(lines: readonly RejectedLine[]): Promise<void>;
}

const MAX_BYTES = 16 * 1024 * 1024;
/** A line that is longer is cut: it is there to be understood. */
const MAX_LINE = 8_192;

/** `influx-rejected.ndjson` in a folder; past `maxBytes` it becomes `influx-rejected.1.ndjson` in the place of an older one. */
export function createRejectedFile(folder: string, maxBytes = MAX_BYTES): RejectedFile {
  const file = join(folder, "influx-rejected.ndjson");
  return {
    async add(lines) {
      const text = lines.map(({ at, line, reason }) => `${JSON.stringify({ at, reason, line: line.slice(0, MAX_LINE) })}\n`);
      const size = await stat(file).then(
        (s) => s.size,
        () => 0,
      );
      if (size > 0 && size + text.reduce((sum, t) => sum + Buffer.byteLength(t), 0) > maxBytes) {
        await rm(join(folder, "influx-rejected.1.ndjson"), { force: true });
        await rename(file, join(folder, "influx-rejected.1.ndjson"));
      }
      const handle = await open(file, "a+", 0o600);
      try {
        // What was torn by a crash or a full disk stays a line of its own.
        const { size: before } = await handle.stat();
        const last = before === 0 ? "\n" : (await handle.read(Buffer.alloc(1), 0, 1, before - 1)).buffer.toString();
        await handle.appendFile(`${last === "\n" ? "" : "\n"}${text.join("")}`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (size === 0) await syncFolder(dirname(file));
    },
  };
}

/** Only then does a new file outlast a power failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
