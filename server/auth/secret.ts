/** The key that signs session cookies: one per data folder, made at the first start, readable by its owner only. */
import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SHORTEST = 32;

function kept(file: string): string | null {
  try {
    const secret = readFileSync(file, "utf8").trim();
    // A start that was killed while writing, or an emptied file: everybody signs in again.
    if (secret.length < SHORTEST) return null;
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(
      `The session secret ${file} cannot be kept private: ${(error as Error).message}. It must belong to the user that Jieyue runs as; or remove it, a new one is made.`,
      { cause: error },
    );
  }
}

/** Reads the secret of this data folder (which must exist) or makes one. */
export function sessionSecret(dataDir: string): string {
  const file = join(dataDir, "session-secret");
  const old = kept(file);
  if (old !== null) return old;
  const secret = randomBytes(SHORTEST).toString("base64url");
  writeFileSync(`${file}.new`, secret, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secret;
}
