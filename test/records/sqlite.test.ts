import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { afterAll, describe, expect, it } from "vitest";
import type { Page, PageRequest } from "../../server/ports/records.ts";
import { createDialect, openDatabase } from "../../server/records/dialect.ts";
import { MIGRATIONS, migrate } from "../../server/records/migrate.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import type { Tables } from "../../server/records/tables.ts";
import { credentialsSuite } from "./credentials-suite.ts";
import { subscriptionsSuite } from "./subscriptions-suite.ts";
import { recordsSuite } from "./suite.ts";

const folder = mkdtempSync(join(tmpdir(), "jieyue-records-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = () => join(folder, `r${files++}.sqlite`);

/** Runs the writer until it has confirmed so many batches, kills it, and returns what it had confirmed. */
async function writeUntilKilled(file: string, first: number, enough: number): Promise<number[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "writer.ts"), file, String(first)], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const gone = new Promise((resolve) => child.once("close", resolve));
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    if (text.split("\n").length > enough) child.kill("SIGKILL");
  });
  await gone;
  return text.slice(0, text.lastIndexOf("\n")).split("\n").map(Number);
}

recordsSuite("records in memory", () => createSqliteRecords({ file: ":memory:" }));
recordsSuite("records in a file", () => createSqliteRecords({ file: fresh() }));
credentialsSuite("credentials in a file", () => createSqliteRecords({ file: fresh() }));
subscriptionsSuite("subscriptions in memory", () => createSqliteRecords({ file: ":memory:" }));
subscriptionsSuite("subscriptions in a file", () => createSqliteRecords({ file: fresh() }));

describe("the records' file", () => {
  it("refuses to change or remove a line of the audit, whoever asks", async () => {
    const file = fresh();
    const records = createSqliteRecords({ file });
    await records.open();
    await records.commit([{ kind: "audit", entry: { id: "a1", at: 1, by: "x", what: "policy", subject: "s", detail: {} } }]);
    await records.close();
    const database = new DatabaseSync(file);
    expect(() => database.exec("UPDATE audit SET by = 'somebody else'")).toThrow(/append-only/);
    expect(() => database.exec("DELETE FROM audit")).toThrow(/append-only/);
    database.close();
  });

  it("is opened again as it was left; one that a newer program wrote is refused with what to do", async () => {
    const file = fresh();
    const first = createSqliteRecords({ file });
    await first.open();
    await first.setPasswordHash("chief", "h");
    await first.close();
    const second = createSqliteRecords({ file });
    await second.open();
    expect(await second.passwordHash("chief")).toBe("h");
    await second.close();
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-from-the-future', '2030-01-01')");
    database.close();
    await expect(createSqliteRecords({ file }).open()).rejects.toThrow(/newer Jieyue/);
  });

  it("killed in the middle of its writing has every batch that it confirmed, whole and once", async () => {
    const file = fresh();
    const confirmed: number[] = [];
    for (const enough of [1, 40, 200]) confirmed.push(...(await writeUntilKilled(file, (confirmed.at(-1) ?? 0) + 1000, enough)));
    const records = createSqliteRecords({ file });
    await records.open();
    const numbers = async <T>(list: (page: PageRequest) => Promise<Page<T>>, numberOf: (item: T) => number) => {
      const found: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await list({ limit: 1000, cursor });
        found.push(...page.items.map(numberOf));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      return found.reverse();
    };
    const kept = await numbers(
      (page) => records.findings({}, page),
      (f) => f.openedAt,
    );
    expect(new Set(kept).size).toBe(kept.length);
    expect(
      await numbers(
        (page) => records.commands({}, page),
        (c) => c.plannedAt,
      ),
    ).toEqual(kept);
    expect(
      await numbers(
        (page) => records.audit(page),
        (e) => e.at,
      ),
    ).toEqual(kept);
    const there = new Set(kept);
    expect(confirmed.filter((n) => !there.has(n))).toEqual([]);
    // What was not confirmed may be there, at most one batch a kill: the one under way.
    expect(kept.length - confirmed.length).toBeLessThanOrEqual(3);
    await records.close();
  });

  it("that is none, or cannot be, is told with its name and the mend", async () => {
    const file = fresh();
    writeFileSync(file, "this is a letter, not a database. ".repeat(200));
    await expect(createSqliteRecords({ file }).open()).rejects.toThrow(new RegExp(`${file}.*(not a database).*data folder`));
    await expect(createSqliteRecords({ file: join(folder, "nowhere", "r.sqlite") }).open()).rejects.toThrow(/nowhere.*cannot be opened.*data folder/);
  });
});

it("a closed month is not changed or taken out, whoever asks the database itself", async () => {
  const file = fresh();
  const records = createSqliteRecords({ file });
  await records.open();
  await records.close();
  const database = openDatabase(file);
  database.exec("INSERT INTO months VALUES ('2026-07', 1, 'director', 'd', '{}'); INSERT INTO month_entries VALUES ('a', '2026-07', 1, 'line', NULL, '{}')");
  for (const table of ["months", "month_entries"])
    for (const statement of [`UPDATE ${table} SET body = 'x'`, `DELETE FROM ${table}`])
      expect(() => database.exec(statement), statement).toThrow(/a closed month is not changed/);
  database.exec("INSERT OR REPLACE INTO month_entries VALUES ('a', '2026-07', 1, 'line', NULL, 'other')");
  expect(database.prepare("SELECT body FROM month_entries").all()).toEqual([{ body: "{}" }]);
  database.close();
});

describe("migrations", () => {
  const titled: Migration = {
    async up(db: Kysely<unknown>) {
      await sql`ALTER TABLE policies ADD COLUMN title TEXT NOT NULL DEFAULT 'untitled'`.execute(db);
    },
  };
  const failing: Migration = {
    async up(db: Kysely<unknown>) {
      await sql`CREATE TABLE half (id TEXT)`.execute(db);
      await sql`INSERT INTO missing VALUES (1)`.execute(db);
    },
  };
  const withFile = async <T>(file: string, use: (db: Kysely<Tables>) => Promise<T>): Promise<T> => {
    const db = new Kysely<Tables>({ dialect: createDialect(openDatabase(file)) });
    try {
      return await use(db);
    } finally {
      await db.destroy();
    }
  };
  const tables = async (db: Kysely<Tables>) => (await db.introspection.getTables()).map((t) => t.name);

  it("go on from the version that is there and keep what it holds; once more changes nothing", async () => {
    const file = fresh();
    const records = createSqliteRecords({ file });
    await records.open();
    await records.commit([{ kind: "policy", policy: "cooling-floor", change: { mode: "advise" }, why: "changed" }]);
    await records.close();
    const next = { ...MIGRATIONS, "9998-titled": titled };
    for (const _ of [1, 2]) {
      const rows = await withFile(file, async (db) => {
        await migrate(db, next);
        return sql<{ id: string; body: string; title: string }>`SELECT * FROM policies`.execute(db);
      });
      expect(rows.rows).toEqual([{ id: "cooling-floor", body: '{"mode":"advise"}', title: "untitled" }]);
    }
    await expect(createSqliteRecords({ file }).open()).rejects.toThrow(/newer Jieyue.*9998-titled/);
  });

  it("that break off leave nothing behind, so that the next start can do them", async () => {
    const file = fresh();
    await withFile(file, async (db) => {
      await expect(migrate(db, { ...MIGRATIONS, "9998-failing": failing })).rejects.toThrow(/could not be brought up to date.*no such table: missing/);
      expect(await tables(db)).not.toContain("half");
      await migrate(db, { ...MIGRATIONS, "9998-mended": titled });
      expect(await tables(db)).toContain("findings");
    });
  });
});
