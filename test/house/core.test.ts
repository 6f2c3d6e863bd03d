/** The compiler and the linter keep the core pure: both are given a copy with a breach planted, and must refuse it. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "jieyue-core-"));
  mkdirSync(join(copy, "server"));
  cpSync(join(root, "server/core"), join(copy, "server/core"), { recursive: true });
  cpSync(join(root, "server/tsconfig.base.json"), join(copy, "server/tsconfig.base.json"));
  cpSync(join(root, ".oxlintrc.json"), join(copy, ".oxlintrc.json"));
  writeFileSync(join(copy, "package.json"), '{"type":"module"}');
  // With the packages in reach, so that it is the settings that refuse them, not their absence.
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Runs a tool on the copy with a line planted in the core; its exit code and words. */
function refuses(tool: "tsc" | "oxlint", planted: string | null): { readonly status: number | null; readonly words: string } {
  const file = join(copy, "server/core/planted.ts");
  if (planted === null) rmSync(file, { force: true });
  else writeFileSync(file, `${planted}\n`);
  const args = tool === "tsc" ? ["-p", "server/core", "--pretty", "false"] : ["server/core", "--format", "unix"];
  const { status, stdout, stderr } = spawnSync(join(root, "node_modules/.bin", tool), args, { cwd: copy, encoding: "utf8" });
  return { status, words: `${stdout}${stderr}` };
}

describe("the compiler", () => {
  it("takes the core as it is", () => {
    expect(refuses("tsc", null)).toEqual({ status: 0, words: "" });
  });

  it.each([
    "process.exit(1);",
    "setTimeout(() => undefined, 1);",
    'void fetch("http://example.org");',
    'console.log("x");',
    'import "node:fs";\nexport const read = Buffer.from("x");',
  ])("refuses %s", (planted) => {
    const { status, words } = refuses("tsc", planted);
    expect(status).not.toBe(0);
    expect(words).toMatch(/^(server\/core\/planted\.ts\(.*\n)+$/);
  });
});

describe("the linter", () => {
  it("takes the core as it is", () => {
    expect(refuses("oxlint", null).status).toBe(0);
  });

  it.each([
    ["export const now = Date.now();", "Date"],
    ["export const now = new Date();", "Date"],
    ["export const chance = Math.random();", "random"],
    ['import { z } from "zod";\nexport const s = z.string();', "zod"],
    ['import { join } from "node:path";\nexport const s = join("a", "b");', "node:path"],
  ])("refuses %s", (planted, named) => {
    const { status, words } = refuses("oxlint", planted);
    expect(status).not.toBe(0);
    expect(words).toContain("planted.ts");
    expect(words).toContain(named);
  });
});
