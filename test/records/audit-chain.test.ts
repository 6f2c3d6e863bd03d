/** Nobody alters, inserts, reorders or takes out an entry of the audit unseen. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import fc from "fast-check";
import { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditLine } from "../../server/ports/audit.ts";
import { GENESIS, hashOf, verifyChain } from "../../server/records/audit-chain.ts";
import { createDialect, openDatabase } from "../../server/records/dialect.ts";
import { migrate, MIGRATIONS } from "../../server/records/migrate.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import type { Tables } from "../../server/records/tables.ts";

const root = join(import.meta.dirname, "../..");
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "jieyue-audit-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A rightful chain of so many entries. */
function chain(length: number): AuditLine[] {
  const entries: AuditLine[] = [];
  for (let i = 0; i < length; i++) {
    const e = {
      seq: i + 1,
      id: `a${i}`,
      at: 1000 + i,
      by: "director",
      what: "policy",
      subject: "cooling-floor",
      detail: `{"i":${i}}`,
      prev: entries.at(-1)?.hash ?? GENESIS,
    };
    entries.push({ ...e, hash: hashOf(e) });
  }
  return entries;
}

describe("a chain", () => {
  it("is whole as it was written, and knows every head that it ever had", () => {
    const entries = chain(20);
    expect(verifyChain(entries)).toEqual({ entries: 20, first: 1000, last: 1019, head: entries[19]!.hash, headSeq: 20, broken: null, known: null });
    for (const e of entries) expect(verifyChain(entries, e.hash).known).toBe(true);
    expect(verifyChain([], GENESIS)).toMatchObject({ entries: 0, head: GENESIS, known: true });
  });

  it("shows every single change of any entry, and where it is", () => {
    const entries = chain(12);
    const field = fc.constantFrom("seq", "id", "at", "by", "what", "subject", "detail", "prev", "hash" as const);
    fc.assert(
      fc.property(fc.nat(11), field, fc.string({ minLength: 1, maxLength: 5 }), (i, name, text) => {
        const e = entries[i]!;
        const changed = { ...e, [name]: typeof e[name] === "number" ? e[name] + 1 + text.length : `${text}${e[name]}` };
        const report = verifyChain(entries.with(i, changed));
        expect(report.broken).not.toBeNull();
        // The entry itself, or (where only its hash was changed) at the latest the one after it.
        expect(report.entries).toBeLessThanOrEqual(i + 1);
      }),
    );
  });

  it("shows what was taken out, put in, exchanged, and what was written anew with right hashes", () => {
    const entries = chain(8);
    expect(verifyChain(entries.toSpliced(3, 1)).broken).toMatchObject({ seq: 5, what: "missing" });
    expect(verifyChain(entries.toSpliced(3, 0, entries[1]!)).broken).toMatchObject({ seq: 2, what: "reordered" });
    expect(verifyChain([...entries.slice(0, 2), entries[3]!, entries[2]!, ...entries.slice(4)]).broken).not.toBeNull();
    // Somebody writes an entry anew and gives it a right hash: the next one does not follow it any more.
    const { hash: _, ...forged } = { ...entries[4]!, by: "somebody else" };
    expect(verifyChain(entries.with(4, { ...forged, hash: hashOf(forged) })).broken).toMatchObject({ seq: 6 });
  });

  it("does not show what was cut off at its end or written anew as a whole, unless a head was noted", () => {
    const entries = chain(8);
    let prev = GENESIS;
    const anew = entries.map((entry) => {
      const { hash: _, ...e } = entry;
      const forged = { ...e, by: e.seq === 3 ? "somebody else" : e.by, prev };
      return { ...forged, hash: (prev = hashOf(forged)) };
    });
    expect(verifyChain(anew).broken).toBeNull();
    expect(verifyChain(anew, entries[7]!.hash).known).toBe(false);
    expect(verifyChain(entries.slice(0, 5)).broken).toBeNull();
    expect(verifyChain(entries.slice(0, 5), entries[7]!.hash)).toMatchObject({ broken: null, known: false });
  });
});

const run = promisify(execFile);
/** Runs the verifier; resolves with its exit code and everything it said. */
async function verifier(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [join(root, "server/verify-audit.ts"), ...args]);
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
}

describe("npm run verify-audit", () => {
  async function written(): Promise<string> {
    const file = join(folder, "records.sqlite");
    const records = createSqliteRecords({ file });
    await records.open();
    await records.commit(
      Array.from({ length: 30 }, (_, i) => ({ kind: "audit", entry: { id: `a${i}`, at: i, by: "x", what: "policy", subject: "s", detail: { i } } }) as const),
    );
    await records.close();
    return file;
  }

  it("says that a chain is whole, and where it is not", async () => {
    const file = await written();
    const whole = await verifier("--data", folder);
    expect(whole).toMatchObject({ code: 0, said: expect.stringContaining("entries 30") as unknown });
    expect(whole.said).toContain("only a head noted earlier can tell");
    const head = /head 30 ([0-9a-f]{64})/.exec(whole.said)![1]!;
    expect(await verifier("--file", file, "--head", head)).toMatchObject({ code: 0, said: expect.stringContaining("the noted head is in it") as unknown });
    const database = new DatabaseSync(file);
    database.exec("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; UPDATE audit SET by = 'nobody' WHERE seq = 17");
    expect(await verifier("--file", file)).toMatchObject({ code: 1, said: expect.stringMatching(/BROKEN at entry 17 \(altered\)/) as unknown });
    database.exec("DELETE FROM audit WHERE seq >= 17");
    expect((await verifier("--file", file)).code).toBe(0);
    expect(await verifier("--file", file, "--head", head)).toMatchObject({ code: 1, said: expect.stringContaining("cut off") as unknown });
    database.close();
  });

  it("sees what was put in before the first entry, offline and in the server", async () => {
    const file = await written();
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO audit SELECT 0, 'before', at, by, what, subject, detail, prev, hash FROM audit WHERE seq = 1");
    database.close();
    expect(await verifier("--file", file)).toMatchObject({ code: 1, said: expect.stringMatching(/BROKEN at entry 0/) as unknown });
    const records = createSqliteRecords({ file });
    await records.open();
    expect((await records.verifyAudit()).broken).toMatchObject({ seq: 0, what: "reordered" });
    await records.close();
  });

  it("reads an export, and says what it does not understand", async () => {
    const file = join(folder, "audit.ndjson");
    writeFileSync(
      file,
      chain(4)
        .map((e) => `${JSON.stringify(e)}\n`)
        .join(""),
    );
    expect((await verifier("--export", file)).code).toBe(0);
    writeFileSync(file, "{");
    expect(await verifier("--export", file)).toMatchObject({ code: 1, said: expect.stringContaining("line 1 is no JSON") as unknown });
    expect((await verifier("--file", join(folder, "nothing"))).code).toBe(1);
    expect((await verifier("--data", "a", "--file", "b")).code).toBe(2);
    expect((await verifier("--head", "abc")).code).toBe(2);
    expect((await verifier("--what")).code).toBe(2);
    expect(await verifier("--help")).toMatchObject({ code: 0, said: expect.stringContaining("--head HASH") as unknown });
  });
});

it("an audit of an earlier version becomes a chain", async () => {
  const file = join(folder, "old.sqlite");
  const db = new Kysely<Tables>({ dialect: createDialect(openDatabase(file)) });
  await migrate(db, { "0001-first": MIGRATIONS["0001-first"]! });
  await db.destroy();
  const database = new DatabaseSync(file);
  for (let i = 0; i < 5; i++) database.exec(`INSERT INTO audit (at, by, what, subject, detail) VALUES (${i}, 'x', 'policy', 's', '{"i":${i}}')`);
  database.close();
  const records = createSqliteRecords({ file });
  await records.open();
  await records.commit([{ kind: "audit", entry: { id: "new", at: 9, by: "x", what: "policy", subject: "s", detail: {} } }]);
  expect(await records.verifyAudit()).toMatchObject({ entries: 6, broken: null, headSeq: 6 });
  expect((await records.audit({ limit: 10 })).items.map((e) => e.detail)).toEqual([{}, { i: 4 }, { i: 3 }, { i: 2 }, { i: 1 }, { i: 0 }]);
  await records.close();
});
