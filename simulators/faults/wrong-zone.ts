import type { Fault } from "./fault.ts";

/** A device that sets its clock to local time and calls it UTC is off by the whole offset. */
const OFF_BY = 8 * 3_600_000;

export const wrongZone: Fault = {
  name: "wrong-zone",
  about: "local time sent as if it were UTC: eight hours ahead",
  perDay: 0.004,
  minutes: [20, 120],
  kinds: null,
  begin: () => ({ report: (draft) => [typeof draft.ts === "number" ? { ...draft, ts: new Date(draft.ts + OFF_BY).toISOString() } : draft] }),
};
