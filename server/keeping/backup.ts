/** A backup while the server runs: each store as of one moment, with its digests, complete or not there at all. */
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { digestOf, HISTORY_FILE, MANIFEST, RECORDS_FILE } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";

export interface BackupParts {
  /** Writes the readings and their roll-ups as of one moment into a new file. */
  readonly copyHistory: (file: string) => Promise<void>;
  readonly dataDir: string;
  readonly version: string;
  readonly now: () => number;
}

export interface BackupDone {
  readonly folder: string;
  readonly bytes: number;
}

/** Files of a data folder that a backup leaves out: the stores are copied their own way, a socket cannot be. */
const OWN = /^(?:history\.duckdb|records\.sqlite)|\.sock$|^\./;
const EVERY_MS = 1_000;

/**
 * Writes a backup into a new folder of `to` and answers which. `progress` hears what is done, at least once a second. Rejects with what
 * could not be written; then nothing of it is left.
 */
export async function makeBackup(parts: BackupParts, to: string, progress: (what: string) => void): Promise<BackupDone> {
  const madeAt = new Date(parts.now());
  const name = `jieyue-${madeAt.toISOString().slice(0, 19).replaceAll(":", "")}`;
  const folder = join(resolve(to), name);
  const draft = `${folder}.partial`;
  if ((await sizeOf(folder)) !== null) throw new Error(`${folder} is there already: wait a second, or name another folder.`);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    await watched(join(draft, HISTORY_FILE), "readings", progress, () => parts.copyHistory(join(draft, HISTORY_FILE)));
    await watched(join(draft, RECORDS_FILE), "records", progress, () => copyRecords(join(parts.dataDir, RECORDS_FILE), join(draft, RECORDS_FILE)));
    for (const entry of await readdir(parts.dataDir, { withFileTypes: true }))
      if (entry.isFile() && !OWN.test(entry.name)) await copyFile(join(parts.dataDir, entry.name), join(draft, entry.name));
    const files: Manifest["files"] = [];
    for (const file of (await readdir(draft)).sort()) {
      progress(`checking ${file}`);
      files.push({ name: file, bytes: (await sizeOf(join(draft, file))) ?? 0, sha256: await digestOf(join(draft, file)) });
    }
    const manifest: Manifest = { kind: "jieyue-backup", format: 1, version: parts.version, madeAt: madeAt.toISOString(), files };
    await writeFile(join(draft, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
    await rename(draft, folder);
    return { folder, bytes: files.reduce((n, f) => n + f.bytes, 0) };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

async function watched(file: string, what: string, progress: (what: string) => void, work: () => Promise<void>): Promise<void> {
  const tell = async () => progress(`${what}: ${Math.round(((await sizeOf(file)) ?? 0) / 1_048_576)} MB`);
  const timer = setInterval(() => void tell(), EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  await tell();
}

/** SQLite copies itself as of one moment; in a thread of its own, for it does not let go until it is done. */
function copyRecords(from: string, to: string): Promise<void> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL("./copy-records.ts", import.meta.url), { workerData: { from, to } });
    worker.once("error", (error: Error) => fail(new Error(`the records cannot be copied: ${error.message}`, { cause: error })));
    worker.once("exit", (code) => (code === 0 ? done() : fail(new Error("the records' copying ended early"))));
  });
}

async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    (s) => s.size,
    () => null,
  );
}
