import type { Fault } from "./fault.ts";

export const noClock: Fault = {
  name: "no-clock",
  about: "readings without a time",
  perDay: 0.02,
  minutes: [30, 600],
  kinds: null,
  begin: () => ({ report: (draft) => [{ ...draft, ts: null }] }),
};
