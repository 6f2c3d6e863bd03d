import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPageTally, QUIET_MS, readPageLine } from "../../server/printers/page-log.ts";
import { createTail } from "../../server/printers/tail.ts";

const AT = Date.parse("2026-11-22T22:11:36Z");
const tally = () => createPageTally((user) => `<${user}>`);
const line = (rest: string, id = 7) => `copier3f carol ${id} [22/Nov/2026:22:11:36 +0000] ${rest}`;

describe("a line of the page log", () => {
  it.each([
    // Real lines of cupsd 2.4.2.
    [
      "rawq bob 1 [22/Nov/2026:22:11:36 +0000] total 0 - localhost memo 1 - two-sided-long-edge 0 monochrome",
      { printer: "rawq", user: "bob", id: 1, document: "memo 1", duplex: true, whole: true, sides: 0 },
    ],
    ["copier3f dora 4 [26/Nov/2026:06:37:04 +0000] total 0 - localhost nohold - -", { id: 4, document: "nohold", duplex: false }],
    [line("total 12 - localhost Q3 report, final.pdf A4 one-sided"), { sides: 12, document: "Q3 report, final.pdf", duplex: false }],
    [line("3 2 - localhost 会议 纪要 A4 two-sided-short-edge"), { sides: 2, whole: false, document: "会议 纪要", duplex: true }],
    ["copier3f John Smith 8 [22/Nov/2026:22:11:36 +0000] 1 1 - localhost a b c - -", { user: "John Smith", id: 8, document: "a b c" }],
    ["copier3f - 8 [22/Nov/2026:22:11:36 +0000] 1 1", { user: null, document: null }],
  ])("%s", (text, expected) => {
    expect(readPageLine(text)).toMatchObject(expected);
  });

  it("has its time by its own offset", () => {
    expect(readPageLine(line("total 1"))?.at).toBe(AT);
    expect(readPageLine("q u 1 [23/Nov/2026:06:11:36 +0800] total 1")?.at).toBe(AT);
  });

  it.each(["", "no line of any log", "q u x [22/Nov/2026:22:11:36 +0000] total 1", "q u 1 [22/Xyz/2026:22:11:36 +0000] total 1", "q".repeat(2100)])(
    "is none: %j",
    (text) => {
      expect(readPageLine(text)).toBeNull();
    },
  );
});

describe("jobs of the log", () => {
  it("are those of a total, at once", () => {
    const [only, ...more] = tally().take([line("total 12 - localhost plan.pdf A4 two-sided-long-edge")]);
    expect(more).toEqual([]);
    expect(only?.job).toMatchObject({ user: "<carol>", document: "plan.pdf", pages: 12, sheets: 6, duplex: true, state: "completed", at: AT });
  });

  it("are added up page by page, and known when the next one begins or nothing more comes", () => {
    const pages = tally();
    expect(pages.take([line("1 2 - localhost a - -"), line("2 2 - localhost a - -")])).toEqual([]);
    expect(pages.take([line("3 2 - localhost a - -"), line("1 1 - localhost b - -", 8)]).map((l) => [l.id, l.job.sheets])).toEqual([[7, 6]]);
    expect(pages.rest(AT + QUIET_MS - 1)).toEqual([]);
    expect(pages.rest(AT + QUIET_MS).map((l) => [l.id, l.job.sheets])).toEqual([[8, 1]]);
    expect(pages.rest(AT + 2 * QUIET_MS)).toEqual([]);
  });

  it("are told once where a total follows a job's pages", () => {
    expect(
      tally()
        .take([line("1 1 - localhost a - -"), line("total 1 - localhost a - -")])
        .map((l) => l.job.sheets),
    ).toEqual([1]);
  });

  it("say that nobody counted, where the log says 0", () => {
    expect(tally().take([line("total 0 - localhost memo 1 - -")])[0]?.job).toMatchObject({ sheets: 0, uncounted: true });
  });
});

describe("the end of a file", () => {
  let folder: string;
  let file: string;
  let marks: Map<string, number>;
  const tail = () =>
    createTail(file, "log", {
      mark: (name) => Promise.resolve(marks.get(name) ?? null),
      setMark: (name, value) => Promise.resolve(void marks.set(name, value)),
    });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "jieyue-tail-"));
    file = join(folder, "page_log");
    marks = new Map();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const read = async (from = tail()) => {
    const lines = await from.read();
    await from.taken();
    return lines;
  };

  it("begins where a file ends that is met for the first time, and goes on there after a restart", async () => {
    writeFileSync(file, "long ago\n");
    expect(await read()).toEqual([]);
    appendFileSync(file, "one\ntwo\nthr");
    expect(await read()).toEqual(["one", "two"]);
    appendFileSync(file, "ee\n");
    expect(await read()).toEqual(["three"]);
    expect(await read()).toEqual([]);
  });

  it("is read again where what it said was not dealt with", async () => {
    writeFileSync(file, "");
    await read();
    appendFileSync(file, "one\n");
    expect(await tail().read()).toEqual(["one"]);
    expect(await read()).toEqual(["one"]);
  });

  it("begins anew in a rotated file, and in one that was cut short", async () => {
    writeFileSync(file, "a line of the old file\n");
    await read();
    renameSync(file, `${file}.1`);
    writeFileSync(file, "a much longer line of the new file, so that its size says nothing\n");
    expect(await read()).toEqual(["a much longer line of the new file, so that its size says nothing"]);
    writeFileSync(file, "short\n");
    expect(await read()).toEqual(["short"]);
  });

  it("reads a file from its beginning that was not there yet, and says until then what to look at", async () => {
    await expect(read()).rejects.toThrow(/page_log cannot be read .*PageLogFormat/);
    writeFileSync(file, "the first page\n");
    expect(await read()).toEqual(["the first page"]);
  });

  it("passes over what fills a whole slice and is no line", async () => {
    writeFileSync(file, "");
    await read();
    appendFileSync(file, `${"x".repeat(300_000)}\ngood\n`);
    expect(await read()).toEqual([]);
    expect((await read()).at(-1)).toBe("good");
  });
});
