/** Password hashes, sessions and one-time tokens (only their hashes). */
import type { Kysely } from "kysely";
import type { Credentials } from "../ports/credentials.ts";
import type { Tables } from "./tables.ts";

export function createCredentials(db: () => Kysely<Tables>): Credentials {
  return {
    async passwordHash(person) {
      return (await db().selectFrom("credentials").select("hash").where("person", "=", person).executeTakeFirst())?.hash ?? null;
    },
    async setPasswordHash(person, hash) {
      await db()
        .insertInto("credentials")
        .values({ person, hash })
        .onConflict((c) => c.column("person").doUpdateSet({ hash }))
        .execute();
    },
    async anyPassword() {
      return (await db().selectFrom("credentials").select("person").limit(1).executeTakeFirst()) !== undefined;
    },
    async session(id) {
      return (await db().selectFrom("sessions").select(["data", "expires"]).where("id", "=", id).executeTakeFirst()) ?? null;
    },
    async saveSession(id, person, data, expires) {
      const row = { person, data, expires };
      await db()
        .insertInto("sessions")
        .values({ id, ...row })
        .onConflict((c) => c.column("id").doUpdateSet(row))
        .execute();
    },
    async touchSession(id, expires) {
      await db().updateTable("sessions").set({ expires }).where("id", "=", id).execute();
    },
    async dropSession(id) {
      await db().deleteFrom("sessions").where("id", "=", id).execute();
    },
    async dropExpiredSessions(now) {
      await db().deleteFrom("sessions").where("expires", "<=", now).execute();
      await db().deleteFrom("tokens").where("expires", "<=", now).execute();
    },
    async dropSessionsOf(person) {
      await db().deleteFrom("sessions").where("person", "=", person).execute();
    },
    async saveToken(hash, purpose, person, expires) {
      await db()
        .transaction()
        .execute(async (tx) => {
          await tx
            .deleteFrom("tokens")
            .where("purpose", "=", purpose)
            .where("person", person === null ? "is" : "=", person)
            .execute();
          await tx.insertInto("tokens").values({ hash, purpose, person, expires }).execute();
        });
    },
    async takeToken(hash, purpose, now) {
      const row = await db().deleteFrom("tokens").where("hash", "=", hash).where("purpose", "=", purpose).returning(["person", "expires"]).executeTakeFirst();
      return row === undefined || row.expires <= now ? null : row;
    },
  };
}
