import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** Alarms that stood in a period are found by their end, too. */
export const alarmHealth: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`CREATE INDEX alerts_cleared ON alerts (cleared_at, at)`.execute(db);
  },
};
