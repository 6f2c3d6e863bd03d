/** Savings over the API: what it answers of an office that has no past, and what it refuses. */
import { describe, expect, it } from "vitest";
import { createCalendar } from "../../server/core/calendar.ts";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";

const DAY = 86_400_000;

describe("GET /reports/savings", () => {
  it("answers the last thirty days of the first building, verifies nothing without a model, and says why", async () => {
    const { get, office } = await startApi();
    const { status, body } = await get("/reports/savings");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      building: "hall",
      from: shanghai(office.now - 30 * DAY),
      to: shanghai(office.now),
      planned: { findings: 0 },
      measured: { kwh: { value: 0, low: 0, high: 0 }, commands: 0, byPolicy: [], largest: [] },
      verified: null,
      unverified: null,
      baseline: { refused: "no-meter", model: null },
    });
    const length = body.gates.find((g: { gate: string }) => g.gate === "length");
    expect(length).toMatchObject({ value: 0, limit: 328, sense: "at-least", ok: false });
    expect(length.source).toContain("CalTRACK");
  });

  it("says of one command what it avoided, or why that cannot be said", async () => {
    const { get, office } = await startApi();
    office.breach();
    const { id } = office.commands()[0]!;
    expect((await get(`/commands/${id}/savings`)).body).toEqual({ kind: "unsaid", command: id, why: "under-way" });
    office.commandSavings = async () => ({
      kind: "said",
      price: 0.8,
      until: office.now,
      avoided: {
        episode: { at: office.now - 1000, endedBy: "runs-again", metered: { device: "hall/ac-301", quantity: "kwh" } } as never,
        basis: "own",
        before: 800,
        pasts: { own: 9, others: 0 },
        amount: { value: 2, low: 1, high: 5 },
        hours: 3,
        rebound: 0,
      },
    });
    expect((await get(`/commands/${id}/savings`)).body).toEqual({
      kind: "said",
      command: id,
      device: "hall/ac-301",
      at: shanghai(office.now - 1000),
      before: 800,
      quantity: "kwh",
      amount: { value: 2, low: 1, high: 5 },
      cny: { value: 1.6, low: 0.8, high: 4 },
      hours: 3,
      until: shanghai(office.now),
      endedBy: "runs-again",
      rebound: 0,
      basis: "own",
      pasts: { own: 9, others: 0 },
    });
    expectProblem(await get("/commands/nothing/savings"), 404, "not-found", /no command 'nothing'/);
  });

  it("takes adjustments with who and why, withdraws them, and shows both; from a director or an administrator only", async () => {
    const { call, get, office } = await startApi();
    const path = "/api/v1/reports/savings/adjustments";
    const body = { building: "hall", from: "2026-06-01", kwh: 40, reason: "servers", source: "their meter" };
    expectProblem(await call("POST", path, { as: "chief", body }), 403, "forbidden", /adjust-savings/);
    expectProblem(await call("POST", path, { as: "director", body: { ...body, from: "1 June" } }), 422, "invalid-body", /from/);
    expectProblem(await call("POST", path, { as: "director", body: { ...body, per: "period" } }), 422, "bad-period", /last day/);
    const made = await call("POST", path, { as: "director", body });
    const shown = { ...body, until: null, per: "day", by: "director", at: shanghai(office.now), withdrawn: null };
    expect(made.body).toMatchObject(shown);
    expect((await get("/reports/savings")).body.adjustments).toMatchObject([shown]);
    const withdraw = () => call("POST", `${path}/${encodeURIComponent(made.body.id)}/withdraw`, { as: "admin", body: { reason: "counted twice" } });
    expect((await withdraw()).body).toMatchObject({ kwh: 40, withdrawn: { by: "admin", reason: "counted twice" } });
    expectProblem(await withdraw(), 409, "not-active", /withdrawn already/);
    expect((await get("/reports/savings")).body.adjustments).toMatchObject([{ withdrawn: { by: "admin" } }]);
  });

  it("takes the days of a baseline, and none after the first command", async () => {
    const { call, get, office } = await startApi();
    const { site } = office.house;
    Object.assign(office.house, { calendar: createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: {} }) });
    office.breach();
    const choose = (from: string | null, until: string | null) =>
      call("PUT", "/api/v1/reports/savings/baseline", { as: "director", body: { building: "hall", from, until, reason: "before the roof" } });
    expectProblem(await choose("2025-07-02", "2026-07-01"), 422, "in-the-future", /2026-07-01/);
    office.now += 3 * DAY;
    expectProblem(await choose("2025-07-02", "2026-07-01"), 409, "overlaps-enforcement", /2026-07-01/);
    expectProblem(await choose("2025-07-02", null), 422, "invalid-body", /both/);
    expect((await choose("2025-06-01", "2026-05-31")).body).toMatchObject({ from: "2025-06-01", until: "2026-05-31", by: "director" });
    expect((await get("/reports/savings")).body.baseline.chosen).toMatchObject({ reason: "before the roof" });
    expect((await choose(null, null)).body).toMatchObject({ from: null, until: null });
    expect((await get("/reports/savings")).body.baseline.chosen).toBeNull();
  });

  it("says what is wrong with a building or a period", async () => {
    const { get, office } = await startApi();
    expectProblem(await get("/reports/savings?building=nowhere"), 400, "invalid-parameter", /there is no 'nowhere'.*hall/);
    expectProblem(await get(`/reports/savings?from=${office.now + 1}`), 400, "invalid-parameter", /before now/);
    expectProblem(await get(`/reports/savings?from=${office.now - 93 * DAY}`), 422, "too-long", /92 days/);
  });
});
