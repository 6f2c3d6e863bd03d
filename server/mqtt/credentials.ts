/** Who may connect to the embedded broker. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { rightsOf } from "./rights.ts";
import type { Offers, Rights } from "./rights.ts";

export interface BrokerUser {
  readonly username: string;
  readonly passwordHash: string;
  /** `<building>/<device>`, `<building>/*` or `*`. */
  readonly devices: readonly string[];
  /** Topic filters of other ecosystems. */
  readonly topics?: readonly string[];
  /** What this server offers. */
  readonly offers?: Offers;
}

/** Hashing is slow on purpose; more than two at a time would slow the house down when a thousand devices come back at once. */
const AT_A_TIME = 2;

/**
 * Answers with what a user may do, `wrong`, or `anybody` where no users are configured. A password that was once found right
 * is known again by a keyed digest (the key lives as long as the process), so that a reconnecting device costs no new hashing.
 */
export function createCredentialCheck(
  users: readonly BrokerUser[],
  verify: (hash: string, password: string) => Promise<boolean>,
): (username: string | undefined, password: string | undefined) => Promise<Rights | "wrong" | "anybody"> {
  const key = randomBytes(32);
  const known = new Map<string, Buffer>();
  const byName = new Map(users.map((u) => [u.username, { hash: u.passwordHash, rights: rightsOf(u.devices, u.topics, u.offers) }]));
  const waiting: (() => void)[] = [];
  let running = 0;

  async function verifyInTurn(hash: string, password: string): Promise<boolean> {
    if (running >= AT_A_TIME) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await verify(hash, password);
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  }

  return async (username, password) => {
    if (users.length === 0) return "anybody";
    if (username === undefined || password === undefined) return "wrong";
    const user = byName.get(username);
    if (user === undefined) {
      // As long as for a user that exists, so that names cannot be found out by the clock.
      await verifyInTurn(users[0]?.passwordHash ?? "", password);
      return "wrong";
    }
    const digest = createHmac("sha256", key).update(username).update("\0").update(password).digest();
    const before = known.get(username);
    if (before !== undefined && timingSafeEqual(before, digest)) return user.rights;
    if (!(await verifyInTurn(user.hash, password))) return "wrong";
    known.set(username, digest);
    return user.rights;
  };
}
