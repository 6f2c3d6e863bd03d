import type { Fault } from "./fault.ts";

const BYTES = [
  '{"on":true,"power":',
  '{"power":NaN}',
  "ok",
  "",
  "[1,2,3]",
  '{"power":"--","temperature":null}',
  '{"temperature":127,"power":-32768,"energy":65535}',
];

export const malformed: Fault = {
  name: "malformed",
  about: "one message in three is cut off, empty, or full of sentinels",
  perDay: 0.01,
  minutes: [5, 60],
  kinds: null,
  begin: (random) => ({ report: (draft) => [random.chance(1 / 3) ? { ...draft, raw: random.pick(BYTES) } : draft] }),
};
