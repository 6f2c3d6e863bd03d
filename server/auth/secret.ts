/** The keys that sign: one of each kind per data folder, made at the first start, readable by its owner only. */
import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SHORTEST = 32;

function kept(file: string): string | null {
  try {
    const secret = readFileSync(file, "utf8").trim();
    // A start that was killed while writing, or an emptied file: what was signed is worth nothing any more.
    if (secret.length < SHORTEST) return null;
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(
      `The secret ${file} cannot be kept private: ${(error as Error).message}. It must belong to the user that Jieyue runs as; or remove it, a new one is made.`,
      { cause: error },
    );
  }
}

/** The key of session cookies. Without the old one everybody signs in again. */
export function sessionSecret(dataDir: string): string {
  return secretIn(dataDir, "session-secret");
}

/** The key of links in messages. Without the old one the links that are out are void. */
export function linkSecret(dataDir: string): string {
  return secretIn(dataDir, "link-secret");
}

/** The key of the names that people whom the site file does not know have at a print queue. Without the old one they have new names. */
export function printerSecret(dataDir: string): string {
  return secretIn(dataDir, "printer-secret");
}

/** Reads a secret of this data folder (which must exist) or makes one. */
function secretIn(dataDir: string, name: string): string {
  const file = join(dataDir, name);
  const old = kept(file);
  if (old !== null) return old;
  const secret = randomBytes(SHORTEST).toString("base64url");
  writeFileSync(`${file}.new`, secret, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secret;
}
