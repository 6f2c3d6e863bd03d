/** `npm run verify-audit`: walks the audit's chain offline, from the records' file or an export, and says the first entry that is wrong. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { readArguments, wrongUse } from "./command-line.ts";
import type { AuditLine } from "./ports/audit.ts";
import { verifyChain } from "./records/audit-chain.ts";

const HELP = `Verifies the audit: every entry's hash covers the entry before it. The server may run meanwhile.

  npm run verify-audit -- [options]

  --data DIR       data folder (default ./data; the demonstration's is ./data/demo)
  --file FILE      the records themselves, e.g. a backup of records.sqlite
  --export FILE    an export of GET /api/v1/audit/export (NDJSON) instead
  --head HASH      a head that was noted earlier: it must still be in the chain. Without one neither entries cut off
                   at the end nor a chain written anew as a whole can be noticed; the server logs its head every day.
  --help           this

Exit codes: 0 the chain is whole, 1 it is broken or cannot be read, 2 wrong use.
`;

const OPTIONS = {
  data: { type: "string" },
  file: { type: "string" },
  export: { type: "string" },
  head: { type: "string" },
  help: { type: "boolean" },
} as const;

function* fromDatabase(file: string): Generator<AuditLine> {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    yield* database.prepare("SELECT seq, id, at, by, what, subject, detail, prev, hash FROM audit ORDER BY rowid").iterate() as unknown as Iterable<AuditLine>;
  } finally {
    database.close();
  }
}

function* fromExport(file: string): Generator<AuditLine> {
  for (const [i, line] of readFileSync(file, "utf8").split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      yield JSON.parse(line) as AuditLine;
    } catch {
      throw new Error(`line ${i + 1} is no JSON`);
    }
  }
}

const args = readArguments({ options: OPTIONS }).values;
if (args.help === true) {
  process.stdout.write(HELP);
  process.exit(0);
}
if ([args.data, args.file, args.export].filter((a) => a !== undefined).length > 1) wrongUse(["Give one of --data, --file and --export."]);
if (args.head !== undefined && !/^[0-9a-f]{64}$/.test(args.head)) wrongUse(["--head: is 64 hexadecimal digits."]);
const source = args.export ?? args.file ?? join(args.data ?? "./data", "records.sqlite");
try {
  const report = verifyChain(args.export === undefined ? fromDatabase(source) : fromExport(source), args.head ?? null);
  const time = (at: number | null) => (at === null ? "-" : new Date(at).toISOString());
  process.stdout.write(`${source}\nentries ${report.entries}, from ${time(report.first)} to ${time(report.last)}\nhead ${report.headSeq} ${report.head}\n`);
  if (report.broken !== null) {
    process.stdout.write(`BROKEN at entry ${report.broken.seq} (${report.broken.what}): ${report.broken.detail}\n`);
    process.exit(1);
  }
  if (report.known === false) {
    process.stdout.write(
      `BROKEN: the noted head ${args.head} is not in the chain: entries were cut off, the chain was written anew, or the head belongs to another audit\n`,
    );
    process.exit(1);
  }
  process.stdout.write(
    report.known === true
      ? "the chain is whole, and the noted head is in it\n"
      : "the chain is whole in itself; whether its end was cut off, or all of it written anew, only a head noted earlier can tell (--head)\n",
  );
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${source} cannot be read: ${why}. Name the folder with --data (the demonstration's is data/demo), or the file with --file.\n`);
  process.exit(1);
}
