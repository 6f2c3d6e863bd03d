import { describe, expect, it } from "vitest";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";

describe("a planned silence over the API", () => {
  it("shelves what is raised there until its end, is listed, and ends early by a person's word", async () => {
    const { get, post, call, office } = await startApi();
    const made = await post("/silences", { space: "hall/301", reason: "painters", minutes: 60 }, { as: "staff" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ space: "hall/301", building: null, by: "staff", until: shanghai(office.now + 3_600_000), endedAt: null });
    office.breach();
    expect((await get("/alerts?state=shelved")).body.items).toMatchObject([
      { device: "hall/ac-301", shelvedUntil: made.body.until, log: [{ what: "raised" }, { what: "silenced", by: "staff", note: "painters" }] },
    ]);
    expect((await get("/silences")).body.items).toMatchObject([{ id: made.body.id, endedAt: null }]);
    expect((await call("DELETE", `/api/v1/silences/${made.body.id}`, { as: "staff" })).body).toMatchObject({
      id: made.body.id,
      endedAt: shanghai(office.now),
    });
    office.wait(1);
    expect((await get("/silences")).body.items).toEqual([]);
    expect((await get("/alerts?state=unacknowledged")).body.items).toHaveLength(1);
    expect((await get("/silences?all=1")).body.items).toMatchObject([{ id: made.body.id, endedAt: expect.any(String) }]);
    expectProblem(await call("DELETE", `/api/v1/silences/${made.body.id}`, { as: "staff" }), 404, "not-found");
  });

  it("is planned by a chief for the own section only, and by nobody for everything or without an end", async () => {
    const { post } = await startApi();
    const ask = (as: string, body: object) => post("/silences", { reason: "painters", minutes: 60, ...body }, { as });
    expect((await ask("chief", { space: "hall/301" })).status).toBe(201);
    expectProblem(await ask("chief", { space: "hall/303" }), 403, "forbidden");
    expectProblem(await ask("chief", { severity: "low" }), 403, "forbidden");
    expectProblem(await ask("clerk", { space: "hall/301" }), 403, "forbidden");
    expectProblem(await ask("staff", {}), 422, "too-wide");
    expectProblem(await ask("staff", { floor: "3", minutes: undefined }), 422, "invalid-body", /until/);
    expectProblem(await ask("staff", { space: "hall/999" }), 422, "unknown-space");
  });
});
