import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import { recordsSuite } from "./suite.ts";

const folder = mkdtempSync(join(tmpdir(), "jieyue-records-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fresh = () => join(folder, `r${files++}.sqlite`);

recordsSuite("records in memory", () => createSqliteRecords({ file: ":memory:" }));
recordsSuite("records in a file", () => createSqliteRecords({ file: fresh() }));

describe("the records' file", () => {
  it("refuses to change or remove a line of the audit, whoever asks", async () => {
    const file = fresh();
    const records = createSqliteRecords({ file });
    await records.open();
    await records.commit([{ kind: "audit", entry: { at: 1, by: "x", what: "policy", subject: "s", detail: {} } }]);
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

  it("killed in the middle of its writing has everything that it confirmed, once", async () => {
    const file = fresh();
    const confirmed: number[] = [];
    for (const after of [150, 300, 500]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "writer.ts"), file, String((confirmed.at(-1) ?? 0) + 1000)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => void (text += chunk));
      await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
      await new Promise((resolve) => setTimeout(resolve, after));
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      confirmed.push(...text.slice(0, text.lastIndexOf("\n")).split("\n").map(Number));
    }
    expect(confirmed.length).toBeGreaterThan(30);
    const records = createSqliteRecords({ file });
    await records.open();
    const kept = new Set<string>();
    let cursor: string | undefined;
    for (;;) {
      const page = await records.findings({}, { limit: 1000, cursor });
      for (const f of page.items) {
        expect(kept.has(f.id)).toBe(false);
        kept.add(f.id);
      }
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(confirmed.filter((n) => !kept.has(`f${n}`))).toEqual([]);
    await records.close();
  });
});
