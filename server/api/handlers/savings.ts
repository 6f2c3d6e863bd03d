/** What was saved: planned, measured, verified. */
import { presentCommandSavings, presentSavings } from "../../contract/savings.ts";
import { presentAdjustment, presentBaselineChoice } from "../../contract/savings-entries.ts";
import type { Millis } from "../../core/reading.ts";
import { problem } from "../../errors.ts";
import type { Office } from "../../ports/office.ts";
import type { Handlers } from "../route.ts";
import { commandOf } from "./case.ts";
import { carryOut } from "./requests.ts";

const DAY = 86_400_000;
const USUAL_DAYS = 30;
const LONGEST_DAYS = 92;

function adjustmentOf({ house: { savings } }: Office, id: string, iso: (at: Millis) => string) {
  return presentAdjustment(savings.adjustments.get(id)!, savings.withdrawals.get(id) ?? null, iso);
}

export const savingsHandlers: Handlers<"savings" | "commandSavings" | "addAdjustment" | "withdrawAdjustment" | "chooseBaseline"> = {
  addAdjustment: {
    async run({ office, actor, eyes, body }) {
      return adjustmentOf(office, await carryOut(office, actor, { kind: "add-adjustment", ...body }), eyes.iso);
    },
  },
  withdrawAdjustment: {
    async run({ office, actor, eyes, id, body }) {
      await carryOut(office, actor, { kind: "withdraw-adjustment", adjustment: id, reason: body.reason });
      return adjustmentOf(office, id, eyes.iso);
    },
  },
  chooseBaseline: {
    async run({ office, actor, eyes, body }) {
      const { building, from, until, reason } = body;
      const days = from === null || until === null ? null : { from, until };
      await carryOut(office, actor, { kind: "choose-baseline", building, days, reason, first: await office.records.firstCommandAt() });
      return presentBaselineChoice(office.house.savings.baselines.get(building)!, eyes.iso);
    },
  },
  commandSavings: {
    async run({ office, eyes, id }) {
      return presentCommandSavings(id, await office.commandSavings(await commandOf(office, id)), eyes.iso);
    },
  },
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
