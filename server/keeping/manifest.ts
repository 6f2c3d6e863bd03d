/** What a backup says of itself: which files, how long, with which digests. Read back as something hostile. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

export const MANIFEST = "manifest.json";
/** The two stores' files, in a data folder as in a backup. */
export const HISTORY_FILE = "history.duckdb";
export const RECORDS_FILE = "records.sqlite";

// A name is one of this folder: no path can lead out of it.
const fileSchema = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
const manifestSchema = z.strictObject({
  kind: z.literal("jieyue-backup"),
  format: z.literal(1),
  version: z.string().max(100),
  madeAt: z.iso.datetime({ offset: true }),
  files: z.array(fileSchema).max(100),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** SHA-256 of a file as 64 hexadecimal digits. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Reads a backup's manifest and holds every file against it. Rejects with what is wrong and how to mend it. */
export async function readBackup(folder: string, progress: (what: string) => void = () => undefined): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), "utf8").catch(() => {
    throw new Error(`${folder} is no backup: it has no ${MANIFEST}. Name the folder that npm run backup printed.`);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`${join(folder, MANIFEST)} is no JSON: the backup is damaged, take another one.`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new Error(`${join(folder, MANIFEST)}: ${path.join(".") || "the whole"}: ${message}. It was made by another version, or is damaged.`);
  }
  const { files } = parsed.data;
  for (const needed of [HISTORY_FILE, RECORDS_FILE]) {
    if (!files.some((f) => f.name === needed)) throw new Error(`${join(folder, MANIFEST)} names no ${needed}: the backup is not whole, take another one.`);
  }
  for (const { name, bytes, sha256 } of files) {
    const file = join(folder, name);
    progress(`checking ${name}`);
    const size = await stat(file).then(
      (s) => s.size,
      () => null,
    );
    if (size === null) throw new Error(`${file} is missing: the backup is not whole, take another one.`);
    if (size !== bytes || (await digestOf(file)) !== sha256)
      throw new Error(`${file} is not what the backup's manifest says (size or SHA-256): it was damaged on the way, take another copy.`);
  }
  return parsed.data;
}
