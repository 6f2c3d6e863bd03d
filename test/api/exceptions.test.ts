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
    expect(asked.body).toMatchObject({ override: null, approval: { kind: "override", state: "pending", requestedBy: "clerk", cost: { kwh: 1, cny: 0.8 } } });
    // Others in the house do not learn who asked.
    const seen = async (as: string) => (await get("/approvals", { as })).body.items[0].requestedBy;
    expect([await seen("treasurer"), await seen("chief")]).toEqual([null, "clerk"]);
    const mine = async (as: string) => (await get("/approvals?mine=1", { as })).body.items.length;
    expect([await mine("clerk"), await mine("chief")]).toEqual([1, 0]);
    expectProblem(await ask("clerk"), 409, "asked-already");
    expectProblem(await post(`/approvals/${asked.body.approval.id}/grant`, {}, { as: "treasurer" }), 403, "forbidden");
    expect((await post(`/approvals/${asked.body.approval.id}/grant`, {}, { as: "chief" })).body).toMatchObject({ state: "granted" });
    expect((await get("/overrides?active=true")).body.items).toMatchObject([{ by: "clerk", grantedBy: "chief", cost: { kwh: 1 } }]);
    expect((await ask("chief", { minutes: 30 })).body).toMatchObject({ approval: null, override: { by: "chief", grantedBy: null } });
    expectProblem(await ask("clerk", { device: "hall/none" }), 404, "unknown-device");
    expectProblem(await ask("clerk", { minutes: undefined }), 422, "invalid-body", /until/);
    expectProblem(await get("/estimate?minutes=60"), 422, "bad-subject");
    expectProblem(await get("/estimate?device=hall/ac-301&minutes=0"), 400, "invalid-parameter");
  });

  it("is taken back, or ended early, by who asked, and by nobody else who may not", async () => {
    const { get, post, call, office } = await startApi();
    const ask = () => post("/overrides/request", { device: "hall/ac-301", minutes: 60, reason: "guests" }, { as: "clerk" });
    const asked = (await ask()).body.approval;
    const path = `/api/v1/approvals/${asked.id}`;
    expectProblem(await call("DELETE", path, { as: "chief" }), 403, "forbidden", /who asked/);
    expect((await call("DELETE", path, { as: "clerk" })).body).toMatchObject({ state: "withdrawn", decidedBy: "clerk" });
    expectProblem(await call("DELETE", path, { as: "clerk" }), 404, "not-found");
    office.now += 1000;
    const again = (await ask()).body.approval;
    expect((await post(`/approvals/${again.id}/grant`, {}, { as: "chief" })).status).toBe(200);
    const [given] = (await get("/overrides?active=true")).body.items;
    expectProblem(await call("DELETE", `/api/v1/overrides/${given.id}`, { as: "treasurer" }), 403, "forbidden");
    expect((await call("DELETE", `/api/v1/overrides/${given.id}`, { as: "clerk" })).body).toMatchObject({ endedAt: shanghai(T0 + 1000) });
  });

  it("for overtime keeps its cost too, and granted overtime that is not needed is given back", async () => {
    const { get, post, call, office } = await startApi();
    office.say("ac-301", { on: true, power: 1000 });
    const body = { kind: "overtime", space: "hall/301", from: shanghai(T0 + HOUR), until: shanghai(T0 + 3 * HOUR), reason: "accounts" };
    const asked = (await post("/approvals", body, { as: "clerk" })).body;
    expect(asked.cost.kwh).toBeGreaterThanOrEqual(2);
    expectProblem(await post("/approvals", { ...body, until: shanghai(T0 + 2 * HOUR) }, { as: "clerk" }), 409, "asked-already");
    await post(`/approvals/${asked.id}/grant`, {}, { as: "chief" });
    expect((await get("/overrides/summary?month=2026-07", { as: "staff" })).body.items).toMatchObject([{ kind: "overtime", estimated: asked.cost }]);
    expect((await get(`/bookings?from=${T0}`)).body.items).toMatchObject([{ kind: "overtime" }]);
    expect((await call("DELETE", `/api/v1/approvals/${asked.id}`, { as: "clerk" })).body).toMatchObject({ state: "withdrawn" });
    expect((await get(`/bookings?from=${T0}`)).body.items).toEqual([]);
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
