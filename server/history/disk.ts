/** Watches how much room the disk of the data folder has: warns in time, and says how much is left for readings. */
import { statfs } from "node:fs/promises";

export interface DiskParts {
  readonly dir: string;
  /** Bytes that must stay free; twice as much is when it warns. */
  readonly reserve: number;
  /** An alert begins, or (null) ends. */
  readonly fault: (error: Error | null) => void;
  /** Free bytes of the folder's disk; for tests. */
  readonly free?: (dir: string) => Promise<number>;
}

export interface Disk {
  /** Bytes above the reserve. */
  room(): Promise<number>;
  /** Looks, and warns or takes the warning back. */
  look(): Promise<void>;
}

/** Well again only with a tenth more, so that an alert does not come and go with every file. */
const WELL_AGAIN = 1.1;

async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

export function createDisk({ dir, reserve, fault, free = freeBytes }: DiskParts): Disk {
  // Before the first look nothing is known: an alert may still stand from before this process began.
  let low: boolean | null = null;
  return {
    room: async () => (await free(dir)) - reserve,
    async look() {
      const left = await free(dir);
      const isLow = left < reserve * 2 * (low === true ? WELL_AGAIN : 1);
      if (isLow === low) return;
      low = isLow;
      const mb = (bytes: number) => Math.floor(bytes / 1_048_576);
      fault(isLow ? new Error(`${mb(left)} MB / ${mb(reserve)} MB`) : null);
    },
  };
}
