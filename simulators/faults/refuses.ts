import type { Fault } from "./fault.ts";
import { COMMANDED } from "./fault.ts";

export const refuses: Fault = {
  name: "refuses",
  about: "refuses every command: locked at its panel",
  perDay: 0.01,
  minutes: [30, 240],
  kinds: COMMANDED,
  begin: () => ({ answer: (answer) => ({ ...answer, applyAfter: null, error: "locked at the panel" }) }),
};
