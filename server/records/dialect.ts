/** `node:sqlite` in the shape that Kysely's SQLite dialect expects. */
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue, StatementSync } from "node:sqlite";
import type { Dialect } from "kysely";
import { SqliteAdapter, SqliteDialect } from "kysely";

const STATEMENTS_KEPT = 200;

/** Opens the file (or `:memory:`) with the pragmas that the records rely on: WAL survives a killed process, foreign keys hold. */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 5000 });
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
    return database;
  } catch (error) {
    database?.close();
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The records in ${file} cannot be opened: ${detail}. Check that the data folder is there and may be written, or put the file back from a backup.`,
      { cause: error },
    );
  }
}

/** SQLite can take back DDL; Kysely's own adapter says no, and then a migration killed half way would never finish. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

export function createDialect(database: DatabaseSync): Dialect {
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
  const dialect = new SqliteDialect({
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
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => dialect.createDriver(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}
