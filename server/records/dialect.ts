/** `node:sqlite` in the shape that Kysely's SQLite dialect expects. */
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue, StatementSync } from "node:sqlite";
import { SqliteDialect } from "kysely";

const STATEMENTS_KEPT = 200;

/** Opens the file (or `:memory:`) with the pragmas that the records rely on: WAL survives a killed process, foreign keys hold. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
  return database;
}

export function createDialect(database: DatabaseSync): SqliteDialect {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      if (statements.size >= STATEMENTS_KEPT) statements.clear();
      statements.set(sql, statement);
    }
    return statement;
  };
  const bind = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare: (sql) => ({
        reader: /^\s*(select|with|pragma|explain)\b/i.test(sql) || /\breturning\b/i.test(sql),
        all: (parameters) => prepare(sql).all(...bind(parameters)),
        run: (parameters) => prepare(sql).run(...bind(parameters)),
        iterate: (parameters) => prepare(sql).iterate(...bind(parameters)) as IterableIterator<unknown>,
      }),
    },
  });
}
