import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRejectedFile } from "../../server/influx/rejected.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "jieyue-rejected-"))));
afterEach(() => rmSync(folder, { recursive: true }));
const now = () => join(folder, "influx-rejected.ndjson");
const before = () => join(folder, "influx-rejected.1.ndjson");
const entry = (line: string) => ({ at: "2026-07-01T06:00:00.000Z", line, reason: "field type conflict" });
const linesIn = (file: string) =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => (JSON.parse(text) as { line: string }).line);

describe("the file of rejected lines", () => {
  it("has a line of JSON for each, readable by its owner alone", async () => {
    const file = createRejectedFile(folder);
    await file.add([entry('a "b"\n'), entry("c")]);
    await file.add([entry("d")]);
    expect(linesIn(now())).toEqual(['a "b"\n', "c", "d"]);
    expect(JSON.parse(readFileSync(now(), "utf8").split("\n")[1]!)).toEqual(entry("c"));
    expect(statSync(now()).mode & 0o077).toBe(0);
  });

  it("never holds more than twice its size: the newest, and those before", async () => {
    const file = createRejectedFile(folder, 1000);
    for (let n = 0; n < 100; n++) await file.add([entry(`line ${n}`)]);
    const both = [...linesIn(before()), ...linesIn(now())];
    expect(both).toEqual(Array.from({ length: both.length }, (_, i) => `line ${100 - both.length + i}`));
    for (const f of [now(), before()]) expect(statSync(f).size).toBeLessThanOrEqual(1000);
    expect(both.length).toBeGreaterThan(9);
  });

  it("cuts what is too long to be understood", async () => {
    await createRejectedFile(folder).add([entry("x".repeat(100_000))]);
    expect(statSync(now()).size).toBeLessThan(9_000);
  });

  it("keeps what a crash tore apart from what comes after", async () => {
    appendFileSync(now(), '{"at":"2026');
    await createRejectedFile(folder).add([entry("whole")]);
    expect(readFileSync(now(), "utf8").split("\n").slice(1)).toEqual([JSON.stringify({ at: entry("").at, reason: entry("").reason, line: "whole" }), ""]);
  });

  it("says so when it cannot write", async () => {
    await expect(createRejectedFile(join(folder, "none")).add([entry("x")])).rejects.toThrow("ENOENT");
  });
});
