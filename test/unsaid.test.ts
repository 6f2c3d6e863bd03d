import { expect, it } from "vitest";
import { createUnsaid } from "../server/unsaid.ts";

const message = (n: number) => ({ topic: `a/${n}/get`, payload: "" });

it("what could not be said is said once, by whoever leads within a minute, and no more than can be meant", () => {
  const unsaid = createUnsaid();
  unsaid.keep(message(1), 0);
  unsaid.keep(message(2), 0);
  unsaid.keep(message(3), 50_000);
  unsaid.keep(message(2), 50_000);
  expect(unsaid.take(60_001)).toEqual([message(3), message(2)]);
  expect(unsaid.take(60_001)).toEqual([]);
  for (let n = 0; n < 10_001; n++) unsaid.keep(message(n), 0);
  const left = unsaid.take(1);
  expect([left.length <= 2_000, left.at(-1)]).toEqual([true, message(10_000)]);
});
