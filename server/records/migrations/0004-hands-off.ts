import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** The switch "hands off", and policies that were written as data. */
export const handsOff: Migration = {
  async up(db: Kysely<unknown>) {
    const statements = [
      sql`CREATE TABLE hands_off (id TEXT PRIMARY KEY, at INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX hands_off_at ON hands_off (at, id)`,
      sql`CREATE TABLE custom_policies (id TEXT PRIMARY KEY, body TEXT) STRICT`,
    ];
    for (const statement of statements) await statement.execute(db);
  },
};
