import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";
import { GENESIS, hashOf } from "../audit-chain.ts";

interface Old {
  readonly seq: number;
  readonly at: number;
  readonly by: string;
  readonly what: string;
  readonly subject: string;
  readonly detail: string;
}

/** The audit becomes a chain of hashes; what was written before is taken into it as it stands. */
export const auditChain: Migration = {
  async up(db: Kysely<unknown>) {
    const old = await sql<Old>`SELECT seq, at, by, what, subject, detail FROM audit ORDER BY seq`.execute(db);
    await sql`CREATE TABLE audit_chain (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL) STRICT`.execute(
      db,
    );
    let prev = GENESIS;
    for (const [i, { at, by, what, subject, detail }] of old.rows.entries()) {
      const e = { seq: i + 1, id: `before-${i + 1}`, at, by, what, subject, detail, prev };
      const hash = hashOf(e);
      await sql`INSERT INTO audit_chain VALUES (${e.seq}, ${e.id}, ${at}, ${by}, ${what}, ${subject}, ${detail}, ${prev}, ${hash})`.execute(db);
      prev = hash;
    }
    await sql`DROP TABLE audit`.execute(db);
    await sql`ALTER TABLE audit_chain RENAME TO audit`.execute(db);
    await sql`CREATE INDEX audit_subject ON audit (subject, seq)`.execute(db);
    await sql`CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END`.execute(db);
    await sql`CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END`.execute(db);
  },
};
