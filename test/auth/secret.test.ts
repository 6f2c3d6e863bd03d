import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sessionSecret } from "../../server/auth/secret.ts";

describe("the session secret", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "jieyue-secret-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = () => join(folder, "session-secret");

  it("is made once; one that others could read is made private", () => {
    const secret = sessionSecret(folder);
    expect(secret).toHaveLength(43);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    chmodSync(file(), 0o644);
    expect(sessionSecret(folder)).toBe(secret);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it("is made anew where a start broke off before it was written", () => {
    writeFileSync(file(), "");
    const secret = sessionSecret(folder);
    expect(secret).toHaveLength(43);
    expect(sessionSecret(folder)).toBe(secret);
  });

  it("is told by name when it cannot be read", () => {
    mkdirSync(file());
    expect(() => sessionSecret(folder)).toThrow(/session-secret cannot be kept private.*remove it/);
  });
});
