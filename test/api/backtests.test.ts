import { expect, it, describe } from "vitest";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";
import { T0 } from "../support/played-house.ts";

const DAY = 86_400_000;

/** An API whose history began ten days ago; the fake has nothing to scan. */
async function withHistory() {
  const api = await startApi();
  api.office.history.oldest = async () => T0 - 10 * DAY;
  return api;
}

describe("asking for a back-test", () => {
  it("runs with today's settings over what is stored, answers when asked to wait, and is found again", async () => {
    const { post, get } = await withHistory();
    const { status, body } = await post("/policies/cooling-floor/backtest?wait=1", { params: { limit: 25 } }, { as: "staff" });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      policy: "cooling-floor",
      by: "staff",
      state: "done",
      progress: 1,
      params: { limit: 25 },
      from: shanghai(T0 - 10 * DAY),
      result: { findings: 0, saved: { kwh: { value: 0, low: 0, high: 0 } } },
    });
    expect((await get(`/backtests/${body.id}`)).body).toEqual(body);
    expect((await get("/backtests?policy=cooling-floor")).body.items).toEqual([body]);
    expect((await get("/backtests?policy=vacant-ac-off")).body.items).toEqual([]);
  });

  it("answers at once without waiting, and cancels", async () => {
    const { post, call } = await withHistory();
    const { body } = await post("/policies/cooling-floor/backtest", {}, { as: "chief" });
    expect(["queued", "running"]).toContain(body.state);
    const ended = (await call("DELETE", `/api/v1/backtests/${body.id}`, { as: "chief" })).body;
    expect(["canceled", "done"]).toContain(ended.state);
  });

  it("refuses what makes no sense, each with what is wrong", async () => {
    const { post, get, office } = await withHistory();
    const ask = (body: unknown, as = "staff") => post("/policies/cooling-floor/backtest", body, { as });
    expectProblem(await ask({ params: { limit: 99 } }), 422, "param-out-of-range", /16 to 30/);
    expectProblem(await ask({ params: { warmth: 1 } }), 422, "unknown-param", /limit/);
    expectProblem(await ask({ scope: { spaces: ["hall/9"] } }), 422, "unknown-scope", /hall\/9/);
    expectProblem(await ask({ from: shanghai(T0 + DAY), to: shanghai(T0 + 2 * DAY) }), 422, "bad-period", /oldest reading/);
    expectProblem(await ask({ to: "yesterday" }), 422, "invalid-body", /to/);
    expectProblem(await ask({}, "clerk"), 403, "forbidden", /export/);
    expectProblem(await post("/policies/none/backtest", {}, { as: "staff" }), 404, "unknown-policy");
    expectProblem(await get("/backtests/none", { as: "staff" }), 404, "not-found", /newest/);
    office.history.oldest = async () => null;
    expectProblem(await ask({}), 422, "no-history", /Nothing is stored/);
  });
});
