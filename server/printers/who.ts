/** Whose name stands at a print job. */
import { createHmac } from "node:crypto";

/**
 * The person of the site file whose id a queue's user name is (without a domain before or after it, in any case). Anybody else is named by a word that is the
 * same for the same name and says nothing about it without this installation's key: a queue believes whatever name it is told.
 */
export function createWho(people: readonly { readonly id: string }[], key: string): (user: string) => string {
  const known = new Map(people.map((p) => [p.id.toLowerCase(), p.id]));
  return (user) => {
    const plain = user.replace(/^.*\\/, "").replace(/@.*$/, "").toLowerCase();
    return known.get(plain) ?? known.get(user.toLowerCase()) ?? `user-${createHmac("sha256", key).update(plain).digest("hex").slice(0, 12)}`;
  };
}
