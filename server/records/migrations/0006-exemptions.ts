import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** Standing exemptions that people gave at run time. */
export const exemptions: Migration = {
  async up(db: Kysely<unknown>) {
    const statements = [
      sql`CREATE TABLE exemptions (id TEXT PRIMARY KEY, at INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX exemptions_at ON exemptions (at, id)`,
    ];
    for (const statement of statements) await statement.execute(db);
  },
};
