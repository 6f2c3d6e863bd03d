import { describe, expect, it } from "vitest";
import { hashPassword, passwordProblem, verifyPassword } from "../../server/auth/hash-password.ts";

const GOOD = "a quiet office at dusk";

describe("passwords", () => {
  it("are kept as argon2id hashes, each with its own salt", async () => {
    const [one, two] = [await hashPassword(GOOD), await hashPassword(GOOD)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await verifyPassword(await hashPassword("caf\u00e9 at the corner"), "cafe\u0301 at the corner")).toBe(true);
    expect([await verifyPassword(one, GOOD), await verifyPassword(one, `${GOOD} `), await verifyPassword("no hash", GOOD)]).toEqual([true, false, false]);
  });

  it.each([
    ["short", false],
    ["aaaaaaaaaaaaaa", false],
    ["password1234", false],
    ["chief-chief-chief1", false],
    ["Administrator1", false],
    [GOOD, true],
    ["人走灯灭节约每一度电和每一滴水", true],
    ["x1".repeat(101), false],
  ])("%s is good: %s", (password, good) => {
    expect(passwordProblem(password, { id: "chief", email: null }) === null).toBe(good);
    expect(passwordProblem(password, { id: "x", name: { en: password }, email: null })).not.toBeNull();
  });
});
