import type { PointValue } from "../../server/core/reading.ts";
import type { Fault } from "./fault.ts";

export const stuck: Fault = {
  name: "stuck",
  about: "a sensor repeats its last value",
  perDay: 0.01,
  minutes: [60, 600],
  kinds: ["presence", "lux", "outdoor", "contact"],
  begin: () => {
    let last: Readonly<Record<string, PointValue>> | null = null;
    return {
      report(draft) {
        last ??= draft.values;
        return [{ ...draft, values: last }];
      },
    };
  },
};
