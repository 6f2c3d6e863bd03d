/** A backup back into a data folder: checked before anything is touched, and what was there is moved aside, not deleted. */
import { copyFile, mkdir, readdir, rename } from "node:fs/promises";
import { join, resolve } from "node:path";
import { HISTORY_FILE, readBackup, RECORDS_FILE } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";

export interface Restored {
  readonly manifest: Manifest;
  /** Where the earlier data lie now; null where there were none. */
  readonly aside: string | null;
}

/**
 * Puts a backup into `dataDir`. Where data lie there already it refuses, unless `replace`: then they are moved aside. Rejects before
 * anything is touched when the backup is not whole. The caller makes sure that no server runs on the folder.
 */
export async function restoreBackup(
  backup: string,
  dataDir: string,
  { replace, now, progress }: { readonly replace: boolean; readonly now: () => number; readonly progress: (what: string) => void },
): Promise<Restored> {
  const manifest = await readBackup(backup, progress);
  const there = await readdir(dataDir).catch(() => []);
  const inUse = there.some((name) => name.startsWith(HISTORY_FILE) || name.startsWith(RECORDS_FILE));
  if (inUse && !replace) throw new Error(`${resolve(dataDir)} holds data already: name an empty folder in data.dir, or say --replace to move them aside.`);
  let aside: string | null = null;
  if (there.length > 0 && replace) {
    aside = `${resolve(dataDir)}.before-${new Date(now()).toISOString().slice(0, 19).replaceAll(":", "")}`;
    await rename(dataDir, aside);
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  for (const { name } of manifest.files) {
    progress(`putting back ${name}`);
    await copyFile(join(backup, name), join(dataDir, name));
  }
  return { manifest, aside };
}
