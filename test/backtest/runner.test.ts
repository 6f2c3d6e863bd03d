/** Back-tests over the stored history: in a thread, with progress, canceled. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createBacktests } from "../../server/backtest/runner.ts";
import { createCalendar } from "../../server/core/calendar.ts";
import type { Override } from "../../server/core/finding.ts";
import { createHouse, policySettings } from "../../server/core/house.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import type { Report } from "../../server/core/reading.ts";
import { createDuckDbHistory } from "../../server/history/duckdb.ts";
import { createLog } from "../../server/log.ts";
import type { History } from "../../server/ports/history.ts";
import { createSqliteRecords } from "../../server/records/sqlite.ts";
import { smallSite } from "../support/small-site.ts";

/** 2026-07-01T08:00+08:00, a Wednesday. */
const T0 = 1_782_864_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const holidays = { "2026": { source: "test", provisional: false, off: [], work: [] } };

/** Room 301's air conditioner at 22 °C from 10:00 to 14:00, 1000 W, a reading every five minutes; people until noon. */
function day(): Report[] {
  const reports: Report[] = [];
  for (let at = T0; at < T0 + 10 * HOUR; at += 5 * MINUTE) {
    const cold = at >= T0 + 2 * HOUR && at < T0 + 6 * HOUR;
    const say = (device: string, values: Readonly<Record<string, number | boolean | string>>): Report => ({
      device,
      at,
      received: at,
      late: false,
      readings: Object.entries(values).map(([name, value]) => ({ name, value, quality: "good" })),
    });
    reports.push(say("hall/ac-301", { on: true, mode: "cool", setpoint: cold ? 22 : 26, power: 1000 }));
    reports.push(say("hall/presence-301", { occupied: at < T0 + 4 * HOUR }));
  }
  return reports;
}

async function workshop(more: { here?: boolean; overrides?: readonly Override[]; reports?: readonly Report[] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "backtest-"));
  const history: History = createDuckDbHistory({ file: join(folder, "history.duckdb"), log: createLog("silent") });
  await history.open();
  await Promise.all((more.reports ?? day()).map((r) => new Promise<void>((resolve) => history.append(r, resolve))));
  const records = createSqliteRecords({ file: ":memory:" });
  await records.open();
  for (const override of more.overrides ?? []) await records.commit([{ kind: "override", override, why: "test" }]);
  const site = smallSite();
  const house = createHouse(site, createCalendar({ timezone: site.timezone, settings: site.calendar, holidays }), POLICIES);
  const backtests = createBacktests({ house, holidays, history, records, now: () => T0 + 10 * HOUR, here: more.here ?? false });
  onTestFinished(async () => {
    await backtests.close();
    await history.close();
    await records.close();
    await rm(folder, { recursive: true });
  });
  const ask = (policy: string, params: Readonly<Record<string, number>> = {}) => {
    const settings = policySettings(POLICIES.find((p) => p.id === policy)!);
    return backtests.ask("staff", { policy, params: { ...settings.params, ...params }, scope: {}, from: T0, to: T0 + 10 * HOUR });
  };
  const result = async (policy: string, params?: Readonly<Record<string, number>>) => {
    const { id } = ask(policy, params);
    await backtests.over(id);
    const run = backtests.get(id)!;
    expect(run).toMatchObject({ state: "done", progress: 1, error: null });
    return run.result!;
  };
  return { backtests, ask, result, house };
}

describe("a back-test of a stored day", () => {
  it("says what would have been found, sent and saved, how surely, and what comfort it would have cost", async () => {
    const { result } = await workshop();
    const r = await result("cooling-floor");
    // 22 instead of 26 °C for four hours less the hold of a minute: 24 % of 1 kW; measured to 2 %, a degree is worth 4 to 8 %.
    expect(r).toMatchObject({ findings: 1, commands: 1, held: 0, devices: 3, unmeteredHours: 0, comfort: { returns: 0, unknown: 0 } });
    expect(r.hours).toBeCloseTo(4 - 1 / 60, 1);
    expect(r.saved.kwh.value).toBeCloseTo(0.24 * (4 - 1 / 60), 1);
    expect(r.saved.kwh.high).toBeCloseTo((r.saved.kwh.value * 8 * 1.02) / 6, 2);
    expect(r.saved.kwh.low).toBeCloseTo((r.saved.kwh.value * 4 * 0.98) / 6, 2);
    expect(r.saved.cny.value).toBeCloseTo(r.saved.kwh.value * 0.8, 2);
    expect(r.comfort.occupiedHours).toBeCloseTo(2, 1);
    expect(r.comfort.degreeHours).toBeCloseTo(8, 0);
    expect(r.byDevice).toMatchObject([{ device: "hall/ac-301", findings: 1 }]);
    expect(r.byDay).toMatchObject([{ date: "2026-07-01", findings: 1, commands: 1 }]);
    // Two of the three air conditioners were never heard.
    expect(r.gaps).toBeCloseTo(2 / 3, 1);
  });

  it("answers otherwise when a parameter is another, in the thread as in this one", async () => {
    const apart = await workshop();
    const here = await workshop({ here: true });
    for (const params of [{}, { limit: 21 }, { limit: 24 }, { hold: 3600 }]) {
      expect(await apart.result("cooling-floor", params)).toEqual(await here.result("cooling-floor", params));
    }
    expect(await apart.result("cooling-floor", { limit: 21 })).toMatchObject({ findings: 0, commands: 0, hours: 0, saved: { kwh: { value: 0 } } });
    const vacant = await apart.result("vacant-ac-off");
    expect(vacant).toMatchObject({ findings: 1, comfort: { returns: 0, occupiedHours: 0 } });
    // Off from 12:20 on, 5 h 40 min at 1 kW, and nobody missed it: the low bound is the meter's alone.
    expect(vacant.saved.kwh.value).toBeCloseTo(5 + 40 / 60, 1);
    expect(vacant.saved.kwh.low).toBeCloseTo(vacant.saved.kwh.value * 0.98, 2);
  });

  it("counts nothing for sure where people came straight back", async () => {
    const { result } = await workshop({
      reports: day().map((r) =>
        r.device === "hall/presence-301" && r.at >= T0 + 4.4 * HOUR ? { ...r, readings: [{ name: "occupied", value: true, quality: "good" }] } : r,
      ),
    });
    // Off at 12:20 and needed again at 12:25.
    const r = await result("vacant-ac-off");
    expect(r).toMatchObject({ findings: 1, commands: 1, comfort: { returns: 1 } });
    expect(r.saved.kwh.low).toBe(0);
    expect(r.saved.kwh.value).toBeGreaterThan(0);
  });

  it("leaves alone what people had leave for at the time", async () => {
    const override: Override = {
      id: "o1",
      device: "hall/ac-301",
      space: null,
      policy: null,
      set: null,
      reason: "guests",
      by: "chief",
      from: T0 + 3 * HOUR,
      until: T0 + 9 * HOUR,
      endedAt: T0 + 5 * HOUR,
    };
    const { result } = await workshop({ overrides: [override] });
    const r = await result("cooling-floor");
    expect(r.findings).toBe(2);
    expect(r.hours).toBeCloseTo(2, 1);
  });

  it("runs one after the other, and cancels what waits and what runs", async () => {
    const { backtests, ask } = await workshop();
    const [first, second, third] = [ask("cooling-floor"), ask("vacant-ac-off"), ask("vacant-lights-off")];
    expect(backtests.waiting).toBe(3);
    expect(backtests.cancel(second.id)).toMatchObject({ state: "canceled" });
    backtests.cancel(first.id);
    await Promise.all([first, second, third].map((r) => backtests.over(r.id)));
    expect(backtests.get(second.id)).toMatchObject({ state: "canceled", result: null });
    expect(backtests.get(first.id)!.state).toBe("canceled");
    expect(backtests.get(third.id)!.state).toBe("done");
    expect(backtests.list(undefined).map((r) => r.policy)).toEqual(["vacant-lights-off", "vacant-ac-off", "cooling-floor"]);
    expect(backtests.list("cooling-floor")).toHaveLength(1);
    expect(backtests.cancel("nobody")).toBeNull();
  });

  it("says when a policy is gone before its turn, and goes on with the next", async () => {
    const { backtests, ask, house } = await workshop();
    ask("vacant-ac-off");
    const lost = ask("standby-cut");
    house.policies.delete("standby-cut");
    const next = ask("cooling-floor");
    await backtests.over(next.id);
    expect(backtests.get(lost.id)).toMatchObject({ state: "failed", error: expect.stringMatching(/standby-cut.*gone/) });
    expect(backtests.get(next.id)!.state).toBe("done");
  });
});
