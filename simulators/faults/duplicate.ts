import type { Fault } from "./fault.ts";

export const duplicate: Fault = {
  name: "duplicate",
  about: "every message twice",
  perDay: 0.02,
  minutes: [20, 240],
  kinds: null,
  begin: () => ({ report: (draft) => [draft, draft] }),
};
