import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** What people write down of meters: readings and exchanges, with who entered and who confirmed them. */
export const meters: Migration = {
  async up(db: Kysely<unknown>) {
    for (const statement of [
      sql`CREATE TABLE meter_entries (id TEXT PRIMARY KEY, at INTEGER NOT NULL, point TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, decided_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX meter_entries_at ON meter_entries (at, id)`,
      sql`CREATE INDEX meter_entries_point ON meter_entries (point, at)`,
      sql`CREATE INDEX meter_entries_state ON meter_entries (state, decided_at)`,
    ])
      await statement.execute(db);
  },
};
