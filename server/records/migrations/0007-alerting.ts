import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** What alerts are told by: notices, absences, alarms out of service, subscriptions of browsers, used links; and what their health is counted from. */
export const alerting: Migration = {
  async up(db: Kysely<unknown>) {
    const statements = [
      sql`ALTER TABLE alerts ADD COLUMN severity TEXT`,
      sql`ALTER TABLE alerts ADD COLUMN title TEXT`,
      sql`ALTER TABLE alerts ADD COLUMN assignee TEXT`,
      sql`ALTER TABLE alerts ADD COLUMN acknowledged_at INTEGER`,
      sql`ALTER TABLE alerts ADD COLUMN cleared_at INTEGER`,
      sql`UPDATE alerts SET severity = json_extract(body, '$.severity'), title = json_extract(body, '$.title'), assignee = json_extract(body, '$.assignee'),
        acknowledged_at = json_extract(body, '$.acknowledgedAt'), cleared_at = json_extract(body, '$.clearedAt')`,
      sql`CREATE TABLE notices (id TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, channel TEXT NOT NULL, person TEXT, ended_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX notices_at ON notices (at, id)`,
      sql`CREATE INDEX notices_open ON notices (ended_at) WHERE ended_at IS NULL`,
      sql`CREATE TABLE absences (id TEXT PRIMARY KEY, at INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE TABLE out_of_service (id TEXT PRIMARY KEY, at INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE TABLE silences (id TEXT PRIMARY KEY, at INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE TABLE push_subscriptions (endpoint TEXT PRIMARY KEY, person TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT`,
      sql`CREATE TABLE used_links (id TEXT PRIMARY KEY, at INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT`,
    ];
    for (const statement of statements) await statement.execute(db);
  },
};
