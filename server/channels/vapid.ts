/** The key pair by which push services know this server (RFC 8292): made once, kept in the data folder, readable by this user alone. */
import { chmod, link, mkdir, open, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import webPush from "web-push";
import { z } from "zod";

export interface VapidKeys {
  /** An uncompressed point of P-256, base64url: the page subscribes with it. */
  readonly publicKey: string;
  readonly privateKey: string;
}

const keysSchema = z.strictObject({ publicKey: z.string().regex(/^[\w-]{87}$/), privateKey: z.string().regex(/^[\w-]{43}$/) });

/** Gives the keys, making them at the first question. With other keys every browser would have to subscribe again, so a file that cannot be read is an error, never a reason for new ones. */
export function createVapid(dataDir: string): () => Promise<VapidKeys> {
  let known: Promise<VapidKeys> | null = null;
  return () => {
    known ??= readOrMake(dataDir).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}

async function readOrMake(dataDir: string): Promise<VapidKeys> {
  const file = join(dataDir, "vapid.json");
  return (await readKeys(file)) ?? (await makeKeys(dataDir, file));
}

async function readKeys(file: string): Promise<VapidKeys | null> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
    if (((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new Error(`${file} cannot be read: make it readable for the user that the server runs as`, { cause: error });
  }
  try {
    return keysSchema.parse(JSON.parse(text));
  } catch {
    // The cause is left out: it would quote the private key.
    throw new Error(`${file} holds no pair of keys: put it back from a backup, or remove it, after which every browser must subscribe again`);
  }
}

/** Written whole under another name, then named: two servers that start at once end with the same keys. */
async function makeKeys(dataDir: string, file: string): Promise<VapidKeys> {
  await mkdir(dataDir, { recursive: true });
  const draft = join(dataDir, `.vapid-${randomUUID()}`);
  try {
    await writeFile(draft, `${JSON.stringify(webPush.generateVAPIDKeys())}\n`, { mode: 0o600, flag: "wx" });
    const handle = await open(draft);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    });
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  return (await readKeys(file))!;
}
