/**
 * Commits numbered batches (a finding, its command, a line of the audit) as fast as it can and says each number once it is confirmed, until it is
 * killed. argv: file, first number.
 */
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import { command, finding } from "./suite.ts";

const [file, first] = process.argv.slice(2) as [string, string];
const records = createSqliteRecords({ file });
await records.open();
for (let n = Number(first); ; n++) {
  await records.commit([
    { kind: "finding", finding: finding(`f${n}`, { openedAt: n }), why: "opened" },
    { kind: "command", command: command(`c${n}`, { plannedAt: n, finding: `f${n}` }), why: "planned" },
    { kind: "audit", entry: { id: `a${n}`, at: n, by: "writer", what: "policy", subject: `f${n}`, detail: {} } },
  ]);
  process.stdout.write(`${n}\n`);
}
