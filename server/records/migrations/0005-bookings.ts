import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** Bookings, and the major events that people declare. */
export const bookings: Migration = {
  async up(db: Kysely<unknown>) {
    const statements = [
      sql`CREATE TABLE bookings (id TEXT PRIMARY KEY, at INTEGER NOT NULL, until INTEGER NOT NULL, canceled_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX bookings_at ON bookings (at, id)`,
      sql`CREATE TABLE events (id TEXT PRIMARY KEY, canceled_at INTEGER, body TEXT NOT NULL) STRICT`,
    ];
    for (const statement of statements) await statement.execute(db);
  },
};
