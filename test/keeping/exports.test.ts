import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { MOST_XLSX_ROWS } from "../../server/contract/export-formats.ts";
import { createExports } from "../../server/keeping/exports.ts";
import type { ExportQuestion } from "../../server/ports/exports.ts";
import type { History } from "../../server/ports/history.ts";

type Told = (done: number, rows: number) => void;
const question = (format: ExportQuestion["format"]): ExportQuestion => ({ points: ["hall/meter-1/energy"], from: 0, to: 1000, step: "raw", format });

/** Exports of a history that goes on when the test says so. */
function stage() {
  const folder = mkdtempSync(join(tmpdir(), "jieyue-exports-"));
  const begun: { readonly tell: Told; readonly end: (rows: number) => void; readonly fail: (error: Error) => void }[] = [];
  const history = {
    exportTo: (_: unknown, file: string, tell: Told) =>
      new Promise<number>((end, fail) => {
        writeFileSync(file, "time,value\n");
        // What `tell` throws ends an export.
        const told: Told = (done, rows) => {
          try {
            tell(done, rows);
          } catch (error) {
            fail(error as Error);
          }
        };
        begun.push({ tell: told, end, fail });
      }),
  } as unknown as History;
  let ids = 0;
  const exports = createExports({ history, dir: join(folder, "exports"), now: () => 5000, id: () => `run-${++ids}` });
  onTestFinished(async () => {
    for (const { end } of begun) end(0);
    await exports.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const started = (n: number) => expect.poll(() => begun.length).toBe(n);
  return { exports, begun, started };
}

it("one is made after the other, tells how far it is, and gives a file", async () => {
  const { exports, begun, started } = stage();
  const [first, second] = [exports.ask("clerk", question("csv")), exports.ask("chief", question("csv"))];
  await started(1);
  begun[0]!.tell(0.4, 70);
  expect(exports.get(first.id)).toMatchObject({ state: "running", by: "clerk", progress: 0.4, rows: 70 });
  expect(exports.get(second.id)).toMatchObject({ state: "waiting" });
  expect(await exports.file(first.id)).toBeNull();
  begun[0]!.end(120);
  await exports.over(first.id);
  expect(exports.get(first.id)).toMatchObject({ state: "done", progress: 1, rows: 120, bytes: 11, code: null, error: null });
  expect(await exports.file(first.id)).toMatchObject({ bytes: 11 });
  await started(2);
});

it("a running and a waiting one are canceled, and leave no file", async () => {
  const { exports, begun, started } = stage();
  const [first, second] = [exports.ask("clerk", question("csv")), exports.ask("clerk", question("csv"))];
  await started(1);
  expect(await exports.cancel(second.id)).toMatchObject({ state: "canceled" });
  const canceled = exports.cancel(first.id);
  begun[0]!.tell(0.5, 10);
  expect(await canceled).toMatchObject({ state: "canceled", error: null, code: null });
  expect(await exports.file(first.id)).toBeNull();
  expect(begun).toHaveLength(1);
});

it("says of a failure whether it was more than a spreadsheet takes", async () => {
  const { exports, begun, started } = stage();
  const large = exports.ask("clerk", question("xlsx"));
  await started(1);
  begun[0]!.tell(0.3, MOST_XLSX_ROWS);
  begun[0]!.tell(0.4, MOST_XLSX_ROWS + 1);
  await exports.over(large.id);
  expect(exports.get(large.id)).toMatchObject({ state: "failed", code: "too-many-rows" });
  const broken = exports.ask("clerk", question("csv"));
  await started(2);
  begun[1]!.tell(0.4, MOST_XLSX_ROWS + 1);
  begun[1]!.fail(new Error("the disk is full"));
  await exports.over(broken.id);
  expect(exports.get(broken.id)).toMatchObject({ state: "failed", code: "failed", error: "the disk is full" });
});
