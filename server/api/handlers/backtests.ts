/** Trying a policy on what is stored, before it acts. */
import { backtestDto } from "../../contract/present/policies.ts";
import { problem } from "../../errors.ts";
import type { Office } from "../../ports/office.ts";
import type { Handlers } from "../route.ts";
import { checkParams, checkScope, policyOf } from "./policies.ts";

const DAY = 86_400_000;
const USUAL_DAYS = 30;
const LONGEST_DAYS = 400;
/** Asked for at a time; each takes a minute of a processor. */
const MOST_WAITING = 5;

function runOf(office: Office, id: string) {
  const run = office.backtests.get(id);
  if (run === null) throw problem("not-found", `There is no back-test '${id.slice(0, 100)}'; only the newest are kept, and only while the server runs.`);
  return run;
}

export const backtestHandlers: Handlers<"backtest" | "backtests" | "backtestRun" | "cancelBacktest"> = {
  backtest: {
    async run({ office, actor, eyes, id, body, query }) {
      const { house, backtests, history } = office;
      const { settings } = policyOf(house, id);
      if (body.params !== undefined) checkParams(policyOf(house, id), body.params);
      if (body.scope !== undefined) checkScope(house, body.scope);
      const oldest = await history.oldest();
      if (oldest === null) throw problem("no-history", "Nothing is stored yet; back-tests look at what was.");
      const to = Math.min(body.to === undefined ? eyes.now : Date.parse(body.to), eyes.now);
      const from = Math.max(body.from === undefined ? to - USUAL_DAYS * DAY : Date.parse(body.from), oldest);
      if (from >= to) throw problem("bad-period", `Nothing is stored between these times; the oldest reading is of ${eyes.iso(oldest)}.`);
      if (to - from > LONGEST_DAYS * DAY) throw problem("too-long", `A back-test goes through at most ${LONGEST_DAYS} days at once.`);
      if (backtests.waiting >= MOST_WAITING)
        throw problem(
          "too-many-requests",
          `${MOST_WAITING} back-tests wait already; they run one after the other. Cancel one with DELETE /api/v1/backtests/{id}.`,
        );
      const run = backtests.ask(actor.id, { policy: id, params: { ...settings.params, ...body.params }, scope: body.scope ?? settings.scope, from, to });
      if (query.wait === "1") await backtests.over(run.id);
      return backtestDto(eyes, runOf(office, run.id));
    },
  },
  backtests: {
    run: ({ office, eyes, query }) => ({ items: office.backtests.list(query.policy).map((r) => backtestDto(eyes, r)), next: null }),
  },
  backtestRun: { run: ({ office, eyes, id }) => backtestDto(eyes, runOf(office, id)) },
  cancelBacktest: {
    async run({ office, eyes, id }) {
      runOf(office, id);
      office.backtests.cancel(id);
      await office.backtests.over(id);
      return backtestDto(eyes, runOf(office, id));
    },
  },
};
