/** Where a back-test is worked out: the slices go in, the result comes out. */
import { createBacktest } from "../core/backtest.ts";
import type { Backtest } from "../core/backtest.ts";
import { createCalendar } from "../core/calendar.ts";
import { compileCustom } from "../core/custom/compile.ts";
import { POLICIES } from "../core/policies/all.ts";
import type { Setup } from "./protocol.ts";

/** An empty run of what the setup describes. */
export function setUp(setup: Setup): Backtest {
  const { site, holidays, policy, document } = setup;
  const definition = document === null ? POLICIES.find((p) => p.id === policy) : compileCustom(document);
  if (definition === undefined) throw new Error(`there is no policy '${policy}'`);
  return createBacktest({ ...setup, calendar: createCalendar({ timezone: site.timezone, settings: site.calendar, holidays }), definition });
}
