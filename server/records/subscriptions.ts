/** What browsers subscribed for, and links of messages that were used. */
import type { Kysely } from "kysely";
import type { PushSubscription, Subscriptions } from "../ports/push.ts";
import type { Tables } from "./tables.ts";

export function createSubscriptions(db: () => Kysely<Tables>): Subscriptions {
  return {
    async pushSubscriptions(person) {
      let query = db().selectFrom("push_subscriptions").select(["endpoint", "person", "at", "body"]).orderBy("at").orderBy("endpoint");
      if (person !== undefined) query = query.where("person", "=", person);
      return (await query.execute()).map(({ body, ...row }) => ({ ...row, keys: JSON.parse(body) as PushSubscription["keys"] }));
    },
    async savePushSubscription({ endpoint, person, at, keys }) {
      // A browser that somebody else signs in at keeps its endpoint: it is theirs from then on.
      const row = { person, at, body: JSON.stringify(keys) };
      await db()
        .insertInto("push_subscriptions")
        .values({ endpoint, ...row })
        .onConflict((c) => c.column("endpoint").doUpdateSet(row))
        .execute();
    },
    async dropPushSubscription(endpoint) {
      return (await db().deleteFrom("push_subscriptions").where("endpoint", "=", endpoint).executeTakeFirst()).numDeletedRows > 0n;
    },
    async useLink(id, at, expires) {
      await db().deleteFrom("used_links").where("expires", "<=", at).execute();
      const used = await db()
        .insertInto("used_links")
        .values({ id, at, expires })
        .onConflict((c) => c.column("id").doNothing())
        .executeTakeFirst();
      return (used.numInsertedOrUpdatedRows ?? 0n) > 0n;
    },
    async linkUsed(id) {
      return (await db().selectFrom("used_links").select("id").where("id", "=", id).executeTakeFirst()) !== undefined;
    },
  };
}
