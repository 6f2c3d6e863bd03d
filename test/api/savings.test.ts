/** Savings over the API: what it answers of an office that has no past, and what it refuses. */
import { describe, expect, it } from "vitest";
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

  it("says what is wrong with a building or a period", async () => {
    const { get, office } = await startApi();
    expectProblem(await get("/reports/savings?building=nowhere"), 400, "invalid-parameter", /there is no 'nowhere'.*hall/);
    expectProblem(await get(`/reports/savings?from=${office.now + 1}`), 400, "invalid-parameter", /before now/);
    expectProblem(await get(`/reports/savings?from=${office.now - 93 * DAY}`), 422, "too-long", /92 days/);
  });
});
