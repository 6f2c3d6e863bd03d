import type { PointValue } from "../../server/core/reading.ts";
import type { Fault } from "./fault.ts";

const COUNTERS = ["energy", "volume", "gas", "pages"];

export const counterDip: Fault = {
  name: "counter-dip",
  about: "after a restart a counter shows nearly nothing, then its old value again",
  perDay: 0.006,
  minutes: [2, 6],
  kinds: ["meter", "plug", "water", "ac", "copier"],
  begin: (random) => {
    const left = random.between(0, 0.02);
    return {
      report(draft) {
        const values: Record<string, PointValue> = { ...draft.values };
        for (const name of COUNTERS) {
          const value = values[name];
          if (typeof value === "number") values[name] = Math.round(value * left);
        }
        return [{ ...draft, values }];
      },
    };
  },
};
