import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** Mappings that people wrote on the page; one that was taken back has no body. */
export const mappings: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`CREATE TABLE mappings (id TEXT PRIMARY KEY, body TEXT) STRICT`.execute(db);
  },
};
