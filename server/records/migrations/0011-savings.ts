import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** What people say of buildings' savings: adjustments, their withdrawal, chosen baselines. What is written is never changed: the database itself refuses. */
export const savings: Migration = {
  async up(db: Kysely<unknown>) {
    const statements = [
      sql`CREATE TABLE savings_entries (id TEXT PRIMARY KEY, at INTEGER NOT NULL, building TEXT NOT NULL, kind TEXT NOT NULL, of TEXT REFERENCES savings_entries (id), body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX savings_entries_at ON savings_entries (at, id)`,
      sql`CREATE UNIQUE INDEX savings_entries_withdrawn ON savings_entries (of) WHERE kind = 'withdrawal'`,
      ...["UPDATE", "DELETE"].map((change) =>
        sql.raw(
          `CREATE TRIGGER savings_entries_${change.toLowerCase()} BEFORE ${change} ON savings_entries BEGIN SELECT RAISE(ABORT, 'what was said of savings is not changed; it is withdrawn'); END`,
        ),
      ),
      // What is written a second time, also by INSERT OR REPLACE, is left out.
      sql`CREATE TRIGGER savings_entries_again BEFORE INSERT ON savings_entries WHEN EXISTS (SELECT 1 FROM savings_entries WHERE id = NEW.id) BEGIN SELECT RAISE(IGNORE); END`,
    ];
    for (const statement of statements) await statement.execute(db);
  },
};
