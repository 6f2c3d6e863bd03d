import { describe, expect, it } from "vitest";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";
import { T0 } from "../support/played-house.ts";

const HOUR = 3_600_000;

describe("asking over the API", () => {
  it("says the cost before, gives at once what one may give, and asks where one may not", async () => {
    const { get, post, office } = await startApi();
    office.say("ac-301", { on: true, power: 1000 });
    const { body: cost } = await get("/estimate?device=hall/ac-301&minutes=60", { as: "clerk" });
    expect(cost).toMatchObject({
      kwh: { value: 1, low: 0.8, high: 1.2 },
      cny: { value: 0.8 },
      basis: [{ device: "hall/ac-301", watts: 1000, source: "measured" }],
    });
    const ask = (as: string, body: object = {}) => post("/overrides/request", { device: "hall/ac-301", minutes: 60, reason: "guests", ...body }, { as });
    const asked = await ask("clerk");
    expect(asked.status).toBe(201);
    expect(asked.body).toMatchObject({ override: null, approval: { kind: "override", state: "pending", requestedBy: null, cost: { kwh: 1, cny: 0.8 } } });
    expectProblem(await post(`/approvals/${asked.body.approval.id}/grant`, {}, { as: "treasurer" }), 403, "forbidden");
    expect((await post(`/approvals/${asked.body.approval.id}/grant`, {}, { as: "chief" })).body).toMatchObject({ state: "granted" });
    expect((await get("/overrides?active=true")).body.items).toMatchObject([{ by: "clerk", grantedBy: "chief", cost: { kwh: 1 } }]);
    expect((await ask("chief", { minutes: 30 })).body).toMatchObject({ approval: null, override: { by: "chief", grantedBy: null } });
    expectProblem(await ask("clerk", { device: "hall/none" }), 404, "unknown-device");
    expectProblem(await ask("clerk", { minutes: undefined }), 422, "invalid-body", /until/);
    expectProblem(await get("/estimate?minutes=60"), 422, "bad-subject");
    expectProblem(await get("/estimate?device=hall/ac-301&minutes=0"), 400, "invalid-parameter");
  });

  it("lists the month with hours, who granted, what was estimated and what was used", async () => {
    const { get, post, office } = await startApi();
    office.say("ac-301", { on: true, power: 1000 });
    await post("/overrides", { device: "hall/ac-301", minutes: 120, reason: "guests" }, { as: "chief" });
    office.history.windows = async (_point, from, to, every) =>
      Array.from({ length: Math.ceil((to - from) / every) }, (_, i) => ({ at: from + i * every, value: 1000, count: 1 }));
    office.now = T0 + HOUR;
    const { body } = await get("/overrides/summary?month=2026-07", { as: "staff" });
    expect(body.items).toMatchObject([
      { kind: "override", device: "hall/ac-301", department: "general", by: "chief", hours: 1, until: shanghai(T0 + 2 * HOUR) },
    ]);
    expect(body.items[0].usedKwh).toBe(1);
    expect((await get("/overrides/summary?month=2026-06")).body.items).toEqual([]);
    expectProblem(await get("/overrides/summary?month=2026-13"), 400, "invalid-parameter", /2026-07/);
    expect((await get("/overrides/summary?month=2026-07", { as: "treasurer" })).body.items[0].by).toBeNull();
  });

  it("gives exemptions to who changes rules, puts them before the director otherwise, and ends them", async () => {
    const { get, post, call } = await startApi();
    const ask = (as: string, body: object = {}) => post("/exemptions", { device: "hall/ac-301", reason: "rack", ...body }, { as });
    const asked = (await ask("chief")).body;
    expect(asked).toMatchObject({ exemption: null, approval: { kind: "exemption", state: "pending" } });
    expectProblem(await post(`/approvals/${asked.approval.id}/grant`, {}, { as: "deputy" }), 403, "forbidden", /director/);
    expect((await post(`/approvals/${asked.approval.id}/grant`, {}, { as: "director" })).status).toBe(200);
    const { body: given } = await ask("director", { device: undefined, spaceClass: "meeting", policy: "cooling-floor", until: T0 + 24 * HOUR });
    expect(given.exemption).toMatchObject({ spaceClass: "meeting", policy: "cooling-floor", until: shanghai(T0 + 24 * HOUR) });
    expect((await get("/exemptions")).body.items).toHaveLength(2);
    expectProblem(await call("DELETE", `/api/v1/exemptions/${given.exemption.id}`, { as: "chief" }), 403, "forbidden");
    expect((await call("DELETE", `/api/v1/exemptions/${given.exemption.id}`, { as: "director" })).body).toMatchObject({ endedAt: shanghai(T0) });
    expectProblem(await call("DELETE", "/api/v1/exemptions/site-0", { as: "director" }), 404, "not-found");
    expectProblem(await ask("chief", { device: undefined }), 422, "bad-subject");
  });
});
