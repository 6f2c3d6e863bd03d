/** How healthy the alarms are. */
import { presentHealth } from "../../contract/alarm-health.ts";
import { problem } from "../../errors.ts";
import type { Handlers } from "../route.ts";

const DAY = 86_400_000;
const USUAL_DAYS = 7;
const LONGEST_DAYS = 92;

export const alarmHealthHandlers: Handlers<"alarmHealth"> = {
  alarmHealth: {
    async run({ office, eyes, query }) {
      const to = Math.min(query.to ?? eyes.now, eyes.now);
      const from = query.from ?? to - USUAL_DAYS * DAY;
      if (from >= to) throw problem("invalid-parameter", "from: must be before to, and before now.");
      if (to - from > LONGEST_DAYS * DAY) throw problem("too-long", `The figures are reckoned over at most ${LONGEST_DAYS} days at once.`);
      const person = query.person ?? null;
      if (person !== null && !office.house.site.people.some((p) => p.id === person))
        throw problem("invalid-parameter", `person: there is no '${person.slice(0, 100)}' on this site.`);
      const { health, proposals } = await office.alarmHealth(from, to, person);
      return presentHealth(health, proposals, person, eyes.iso);
    },
  },
};
