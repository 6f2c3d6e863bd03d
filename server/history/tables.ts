/** The DuckDB file's tables and how an older file becomes a present one. */
import type { DuckDBConnection } from "@duckdb/node-api";

export const FORMAT = 2;

// Five minutes keep, beside what they come to, what they carry into windows before, and the state at their end.
const ROLLED = "point INTEGER, start BIGINT, count INTEGER, sum DOUBLE, min DOUBLE, max DOUBLE, last DOUBLE, total DOUBLE";

const TABLES = `
  CREATE TABLE IF NOT EXISTS format (version INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS points (id INTEGER NOT NULL, device VARCHAR NOT NULL, name VARCHAR NOT NULL);
  CREATE TABLE IF NOT EXISTS words (id INTEGER NOT NULL, text VARCHAR NOT NULL);
  CREATE TABLE IF NOT EXISTS readings (point INTEGER, observed BIGINT, received BIGINT, value DOUBLE, type UTINYINT, quality UTINYINT, batch BIGINT DEFAULT 0);
  CREATE TABLE IF NOT EXISTS marks (name VARCHAR NOT NULL, value DOUBLE NOT NULL);
  CREATE TABLE IF NOT EXISTS exchanges (id VARCHAR NOT NULL, point INTEGER NOT NULL, moment DOUBLE NOT NULL, final DOUBLE NOT NULL, initial DOUBLE NOT NULL, batch DOUBLE NOT NULL);
  CREATE TABLE IF NOT EXISTS five (${ROLLED}, carried DOUBLE, carried_from BIGINT, carried_to BIGINT, state_at BIGINT);
  CREATE TABLE IF NOT EXISTS oddities (point INTEGER, start BIGINT, text VARCHAR);
  CREATE TABLE IF NOT EXISTS hours (${ROLLED});
  CREATE TABLE IF NOT EXISTS days (${ROLLED});
  INSERT INTO format SELECT ${FORMAT} WHERE NOT EXISTS (SELECT 1 FROM format);`;

/** Makes what is missing and brings an older file up to date in one transaction. Answers the format that it found. */
export async function prepareTables(connection: DuckDBConnection): Promise<number> {
  await connection.run(TABLES);
  const found = Number((await connection.run("SELECT max(version) FROM format").then((r) => r.getRows()))[0]?.[0]);
  if (found === 1) {
    await connection.run(`BEGIN; ALTER TABLE readings ADD COLUMN batch BIGINT DEFAULT 0; UPDATE format SET version = ${FORMAT}; COMMIT;`);
    return FORMAT;
  }
  return found;
}
