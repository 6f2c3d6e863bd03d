import { describe, expect, it } from "vitest";
import { createTries } from "../../server/auth/tries.ts";

describe("tries", () => {
  it("rest an account after so many, until the window that the first one opened is over", () => {
    let now = 0;
    const tries = createTries(3, 100, Infinity, () => now);
    const taken = () => tries.take("a");
    expect([taken(), taken()]).toEqual([null, null]);
    now = 60;
    expect([taken(), taken(), taken()]).toEqual([null, 40, 40]);
    expect(tries.take("b")).toBeNull();
    now = 99;
    expect(taken()).toBe(1);
    now = 100;
    expect([taken(), taken(), taken(), taken()]).toEqual([null, null, null, 100]);
  });

  it("are forgiven by a right one", () => {
    const tries = createTries(1, 100, Infinity, () => 0);
    expect([tries.take("a"), tries.take("a")]).toEqual([null, 100]);
    tries.forgive("a");
    expect(tries.take("a")).toBeNull();
  });

  it("keep so many accounts at most and forget the longest known first", () => {
    const tries = createTries(1, 100, 3, () => 0);
    for (const account of ["a", "b", "c", "d"]) tries.take(account);
    expect(["d", "c", "b"].map((account) => tries.take(account))).toEqual([100, 100, 100]);
    expect(tries.take("a")).toBeNull();
  });
});
