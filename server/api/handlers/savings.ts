/** What was saved: planned, measured, verified. */
import { presentSavings } from "../../contract/savings.ts";
import { problem } from "../../errors.ts";
import type { Handlers } from "../route.ts";

const DAY = 86_400_000;
const USUAL_DAYS = 30;
const LONGEST_DAYS = 92;

export const savingsHandlers: Handlers<"savings"> = {
  savings: {
    async run({ office, eyes, query }) {
      const to = Math.min(query.to ?? eyes.now, eyes.now);
      const from = query.from ?? to - USUAL_DAYS * DAY;
      if (from >= to) throw problem("invalid-parameter", "from: must be before to, and before now.");
      if (to - from > LONGEST_DAYS * DAY) throw problem("too-long", `Savings are reckoned over at most ${LONGEST_DAYS} days at once.`);
      const { buildings } = office.house.site;
      const building = query.building ?? buildings[0]?.id;
      if (building === undefined || !buildings.some((b) => b.id === building))
        throw problem(
          "invalid-parameter",
          `building: there is no '${(building ?? "").slice(0, 100)}' on this site; it has ${buildings.map((b) => b.id).join(", ")}.`,
        );
      return presentSavings(await office.savings(building, from, to), eyes.iso);
    },
  },
};
