import { describe, expect, it } from "vitest";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";
import { T0 } from "../support/played-house.ts";

const MINUTE = 60_000;

describe("why a finding and its command came about", () => {
  it("tells the inputs of that instant, the day, who changed the policy before, what was there before and what followed", async () => {
    const api = await startApi();
    const { office, get } = api;
    await api.call("PUT", "/api/v1/policies/cooling-floor", { as: "director", body: { params: { limit: 25 } } });
    office.breach();
    const finding = office.findings()[0]!;
    const command = office.commands()[0]!;
    for (const [point, value] of [
      ["on", true],
      ["setpoint", 22],
    ] as const)
      office.stored.set(`hall/ac-301/${point}`, [{ at: T0 + 10, received: T0 + 10, value, quality: "good" }]);
    office.stored.set(
      "hall/ac-301/power",
      Array.from({ length: 60 }, (_, i) => ({ at: T0 - 30 * MINUTE + i * MINUTE, received: 0, value: i < 31 ? 800 : 10, quality: "good" as const })),
    );
    const { body } = await get(`/findings/${finding.id}/why`, { as: "staff" });
    expect(body).toMatchObject({
      device: "hall/ac-301",
      policy: "cooling-floor",
      at: shanghai(finding.openedAt),
      finding: { id: finding.id },
      commands: [{ id: command.id, before: { on: true } }],
      day: { date: "2026-07-01", working: true, season: "summer" },
      overrides: [],
      exemption: null,
      effect: { point: "hall/ac-301/power", unit: "W" },
    });
    expect(body.inputs).toContainEqual({ point: "hall/ac-301/on", unit: "", value: true, at: shanghai(T0 + 10), quality: "good" });
    expect(body.changes).toHaveLength(1);
    expect(body.changes[0]).toMatchObject({ by: "director", what: "policy", detail: { change: { params: { limit: 25 } } } });
    const why = await get(`/commands/${command.id}/why`, { as: "staff" });
    expect(why.body).toMatchObject({ policy: "cooling-floor", finding: { id: finding.id }, commands: [{ id: command.id }], at: shanghai(command.plannedAt) });
  });

  it("names the exceptions that stood then, and not those of other times and places", async () => {
    const { office, get, post } = await startApi();
    const give = async (body: object) => expect((await post("/overrides", { minutes: 60, reason: "guests", ...body }, { as: "staff" })).status).toBe(201);
    await give({ space: "hall/301", policy: "copier-approval" });
    await give({ space: "hall/302" });
    office.breach();
    const finding = office.findings()[0]!;
    await give({ device: "hall/ac-301" });
    const { body } = await get(`/findings/${finding.id}/why`, { as: "staff" });
    expect(body.overrides).toMatchObject([{ space: "hall/301", policy: "copier-approval", by: "staff" }]);
  });

  it("knows none that is not there", async () => {
    const { get } = await startApi();
    expectProblem(await get("/findings/none/why", { as: "staff" }), 404, "not-found");
    expectProblem(await get("/commands/none/why", { as: "staff" }), 404, "not-found");
  });
});
