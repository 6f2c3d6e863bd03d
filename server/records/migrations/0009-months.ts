import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** Closed months and their entries. What is written in them is never changed: the database itself refuses. */
export const months: Migration = {
  async up(db: Kysely<unknown>) {
    const statements = [
      sql`CREATE TABLE months (id TEXT PRIMARY KEY, at INTEGER NOT NULL, closed_by TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL) STRICT`,
      sql`CREATE TABLE month_entries (id TEXT PRIMARY KEY, month TEXT NOT NULL REFERENCES months (id), at INTEGER NOT NULL, kind TEXT NOT NULL, of TEXT, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX month_entries_month ON month_entries (month, at)`,
      sql`CREATE UNIQUE INDEX month_entries_reversed ON month_entries (of) WHERE kind = 'reversal'`,
      ...["months", "month_entries"].flatMap((table) => [
        ...["UPDATE", "DELETE"].map((change) =>
          sql.raw(
            `CREATE TRIGGER ${table}_${change.toLowerCase()} BEFORE ${change} ON ${table} BEGIN SELECT RAISE(ABORT, 'a closed month is not changed'); END`,
          ),
        ),
        // What is written a second time, also by INSERT OR REPLACE, is left out.
        sql.raw(
          `CREATE TRIGGER ${table}_again BEFORE INSERT ON ${table} WHEN EXISTS (SELECT 1 FROM ${table} WHERE id = NEW.id) BEGIN SELECT RAISE(IGNORE); END`,
        ),
      ]),
    ];
    for (const statement of statements) await statement.execute(db);
  },
};
