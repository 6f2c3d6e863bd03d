import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { sql } from "kysely";

/** Findings, commands, alerts, overrides, approvals, policies, devices, jobs; the audit that nothing may change; sign-in. */
export const first: Migration = {
  async up(db: Kysely<unknown>) {
    const statements = [
      sql`CREATE TABLE findings (id TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, policy TEXT NOT NULL, device TEXT NOT NULL, closed_at INTEGER, kwh REAL NOT NULL, m3 REAL NOT NULL, cny REAL NOT NULL, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX findings_at ON findings (at, id)`,
      sql`CREATE INDEX findings_state ON findings (state, at, id)`,
      sql`CREATE INDEX findings_policy ON findings (policy, at, id)`,
      sql`CREATE INDEX findings_device ON findings (device, at, id)`,
      sql`CREATE TABLE commands (id TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, device TEXT NOT NULL, finding TEXT, ended_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX commands_at ON commands (at, id)`,
      sql`CREATE INDEX commands_device ON commands (device, at, id)`,
      sql`CREATE INDEX commands_finding ON commands (finding) WHERE finding IS NOT NULL`,
      sql`CREATE INDEX commands_open ON commands (id) WHERE ended_at IS NULL`,
      sql`CREATE TABLE alerts (id TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, device TEXT, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX alerts_at ON alerts (at, id)`,
      sql`CREATE INDEX alerts_state ON alerts (state, at, id)`,
      sql`CREATE INDEX alerts_device ON alerts (device, at, id)`,
      sql`CREATE TABLE overrides (id TEXT PRIMARY KEY, at INTEGER NOT NULL, until INTEGER NOT NULL, ended_at INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX overrides_at ON overrides (at, id)`,
      sql`CREATE TABLE approvals (id TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, until INTEGER, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX approvals_at ON approvals (at, id)`,
      sql`CREATE TABLE policies (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT`,
      sql`CREATE TABLE devices (id TEXT PRIMARY KEY, adopted INTEGER NOT NULL, body TEXT NOT NULL) STRICT`,
      sql`CREATE TABLE jobs (id TEXT PRIMARY KEY, at INTEGER NOT NULL, device TEXT NOT NULL, body TEXT NOT NULL) STRICT`,
      sql`CREATE INDEX jobs_at ON jobs (at, id)`,
      sql`CREATE INDEX jobs_device ON jobs (device, at, id)`,
      sql`CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL) STRICT`,
      sql`CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END`,
      sql`CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END`,
      sql`CREATE TABLE credentials (person TEXT PRIMARY KEY, hash TEXT NOT NULL) STRICT`,
      sql`CREATE TABLE sessions (id TEXT PRIMARY KEY, person TEXT, data TEXT NOT NULL, expires INTEGER NOT NULL) STRICT`,
      sql`CREATE INDEX sessions_person ON sessions (person) WHERE person IS NOT NULL`,
      sql`CREATE TABLE tokens (hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, person TEXT, expires INTEGER NOT NULL) STRICT`,
    ];
    for (const statement of statements) await statement.execute(db);
  },
};
