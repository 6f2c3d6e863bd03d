import { describe, expect, it } from "vitest";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";
import { T0 } from "../support/played-house.ts";

describe("changing a policy", () => {
  const put = (api: Awaited<ReturnType<typeof startApi>>, id: string, body: unknown, as = "director") =>
    api.call("PUT", `/api/v1/policies/${id}`, { as, body });

  it("takes mode, parameters, scope and owner, and tells the policy as it stands", async () => {
    const api = await startApi();
    const { body } = await put(api, "cooling-floor", {
      mode: "advise",
      params: { limit: 25 },
      scope: { spaces: ["hall/301"], classes: ["office"] },
      owner: "chief",
    });
    expect(body).toMatchObject({
      id: "cooling-floor",
      mode: "advise",
      owner: "chief",
      scope: { spaces: ["hall/301"], classes: ["office"] },
      params: [
        { name: "limit", value: 25, unit: "°C", min: 16, max: 30, default: 26 },
        { name: "alertAfter", value: 0, unit: "s" },
        { name: "clearAfter", value: 0, unit: "s" },
      ],
    });
    expect((await api.get("/policies/cooling-floor")).body).toEqual(body);
    expect((await api.get("/policies")).body.items[0]).toEqual(body);
    expect((await put(api, "cooling-floor", { enabled: false })).body).toMatchObject({ enabled: false, mode: "advise" });
  });

  it("refuses what is out of range with the range, and what is not there with what is", async () => {
    const api = await startApi();
    const far = await put(api, "cooling-floor", { params: { limit: 60 } });
    expectProblem(far, 422, "param-out-of-range", /limit must be from 16 to 30 °C; 60 is not/);
    expect(far.body).toMatchObject({ param: "limit", value: 60, min: 16, max: 30, unit: "°C" });
    expectProblem(await put(api, "cooling-floor", { params: { lim: 26 } }), 422, "unknown-param", /has limit/);
    expectProblem(await put(api, "cooling-floor", { mode: "shout" }), 422, "invalid-body", /mode/);
    expectProblem(await put(api, "cooling-floor", { params: { limit: "26" } }), 422, "invalid-body", /params\.limit/);
    expectProblem(await put(api, "cooling-floor", { colour: "red" }), 422, "invalid-body", /colour/);
    expectProblem(await put(api, "cooling-floor", { scope: { spaces: ["hall/999"] } }), 422, "unknown-scope", /hall\/999/);
    expectProblem(await put(api, "cooling-floor", { scope: { floors: ["9"] } }), 422, "unknown-scope", /floors/);
    expectProblem(await put(api, "nothing", {}), 404, "unknown-policy");
    expect((await api.get("/policies/cooling-floor")).body).toMatchObject({ mode: "enforce", params: [{ value: 26 }, {}, {}] });
  });

  it("is for the director and the administrator", async () => {
    const api = await startApi();
    for (const as of ["clerk", "staff", "chief", "deputy"])
      expectProblem(await put(api, "cooling-floor", { mode: "observe" }, as), 403, "forbidden", /change-policy/);
    for (const as of ["director", "admin"]) expect((await put(api, "cooling-floor", { mode: "observe" }, as)).status).toBe(200);
  });
});

describe("acting on an alert", () => {
  it("acknowledges, comments, assigns, shelves and resolves", async () => {
    const { post, office } = await startApi();
    office.breach();
    const [alert] = office.house.alerts.values();
    const act = (what: string, body?: unknown, as = "staff") => post(`/alerts/${alert!.id}/${what}`, body, { as });
    expect((await act("ack")).body).toMatchObject({ state: "acknowledged", acknowledgedBy: "staff" });
    expect((await act("comment", { note: "on my way" })).body.log.at(-1)).toMatchObject({ by: "staff", what: "comment", note: "on my way" });
    expect((await act("assign", { to: "chief" })).body).toMatchObject({ assignee: "chief" });
    expect((await act("shelve", { minutes: 30, note: "parts are ordered" })).body).toMatchObject({
      state: "shelved",
      shelvedUntil: shanghai(office.now + 30 * 60_000),
    });
    expectProblem(await act("resolve"), 409, "cause-stands", /still open/);
    expectProblem(await act("shelve", { note: "parts are ordered" }), 422, "invalid-body", /until/);
    expectProblem(await act("shelve", { note: "past", until: shanghai(T0 - 1) }), 422, "in-the-past");
    expectProblem(await act("assign", { to: "nobody" }), 422, "unknown-person", /nobody/);
    expectProblem(await act("comment", { note: " " }), 422, "invalid-body", /note/);
    expectProblem(await post("/alerts/nothing/ack", {}), 404, "not-found");
    expectProblem(await act("explode"), 404, "not-found");
  });

  it("is for those who answer for the department", async () => {
    const { post, office } = await startApi();
    office.breach("ac-303");
    const [alert] = office.house.alerts.values();
    const ack = (as: string) => post(`/alerts/${alert!.id}/ack`, {}, { as });
    expectProblem(await ack("clerk"), 403, "forbidden", /viewer/);
    expectProblem(await ack("chief"), 403, "forbidden", /finance/);
    for (const as of ["treasurer", "deputy", "director", "staff"]) expect((await ack(as)).status).toBe(200);
    for (const what of ["shelve", "comment", "assign", "resolve"]) {
      const body = { shelve: { note: "no", minutes: 1 }, comment: { note: "no" }, assign: { to: "chief" }, resolve: {} }[what];
      expectProblem(await post(`/alerts/${alert!.id}/${what}`, body, { as: "chief" }), 403, "forbidden");
    }
  });
});

describe("acting on many alerts at once", () => {
  async function twoAlerts() {
    const api = await startApi();
    api.office.breach("ac-301");
    api.office.breach("ac-303");
    const [general, finance] = ["general", "finance"].map((d) => [...api.office.house.alerts.values()].find((a) => a.department === d)!.id) as [string, string];
    const bulk = (ids: readonly string[], action: object, as = "staff") => api.post("/alerts/bulk", { ids, action }, { as });
    return { ...api, general, finance, house: api.office.house, at: () => api.office.now, bulk };
  }

  it("does to each what is done to one, and says of each whether it was done", async () => {
    const { bulk, general, finance, house, at } = await twoAlerts();
    const done = await bulk([general, "nothing", finance, general], { kind: "ack", note: "both seen" });
    expect(done.body.items).toMatchObject([
      { id: general, problem: null },
      { id: "nothing", problem: { status: 404, code: "not-found", type: "urn:jieyue:problem:not-found" } },
      { id: finance, problem: null },
    ]);
    for (const id of [general, finance])
      expect(house.alerts.get(id)).toMatchObject({
        state: "acknowledged",
        acknowledgedBy: "staff",
        log: expect.arrayContaining([expect.objectContaining({ what: "acknowledged", note: "both seen" })]),
      });
    await bulk([general, finance], { kind: "comment", note: "on my way" });
    expect(house.alerts.get(finance)!.log.at(-1)).toMatchObject({ by: "staff", what: "comment", note: "on my way" });
    await bulk([general, finance], { kind: "shelve", note: "parts are ordered", minutes: 30 });
    expect([...house.alerts.values()].map((a) => [a.state, a.shelvedUntil])).toEqual([
      ["shelved", at() + 30 * 60_000],
      ["shelved", at() + 30 * 60_000],
    ]);
  });

  it("asks of each alert's department whether its asker may", async () => {
    const { bulk, general, finance, house } = await twoAlerts();
    const mixed = await bulk([general, finance], { kind: "ack" }, "chief");
    expect(mixed.body.items).toMatchObject([{ problem: null }, { problem: { status: 403, code: "forbidden", department: "finance" } }]);
    expect([house.alerts.get(general)!.state, house.alerts.get(finance)!.state]).toEqual(["acknowledged", "unacknowledged"]);
    const viewer = await bulk([general], { kind: "shelve", note: "no", minutes: 5 }, "clerk");
    expect(viewer.body.items).toMatchObject([{ problem: { code: "forbidden" } }]);
  });

  it("takes at most a thousand ids and only actions that it knows", async () => {
    const { bulk, general } = await twoAlerts();
    const many = Array.from({ length: 1001 }, (_, i) => `a${i}`);
    expectProblem(await bulk(many, { kind: "ack" }), 422, "invalid-body", /ids/);
    expect((await bulk(many.slice(1), { kind: "ack" })).body.items).toHaveLength(1000);
    expectProblem(await bulk([], { kind: "ack" }), 422, "invalid-body", /ids/);
    expectProblem(await bulk([general], { kind: "explode" }), 422, "invalid-body", /action/);
    expectProblem(await bulk([general], { kind: "shelve", note: "no end" }), 422, "invalid-body", /until/);
    expectProblem(await bulk([general], { kind: "comment", note: " " }), 422, "invalid-body", /note/);
  });
});

describe("overrides", () => {
  it("are made for a device or a space, listed and ended", async () => {
    const { get, post, call } = await startApi();
    const made = await post("/overrides", { device: "hall/ac-301", policy: "cooling-floor", reason: "a guest is ill", minutes: 90 }, { as: "chief" });
    expect(made.body).toMatchObject({
      device: "hall/ac-301",
      space: null,
      policy: "cooling-floor",
      by: "chief",
      from: shanghai(T0),
      until: shanghai(T0 + 90 * 60_000),
      endedAt: null,
    });
    expect((await get("/overrides?active=true")).body.items).toEqual([made.body]);
    expect((await call("DELETE", `/api/v1/overrides/${made.body.id}`, { as: "chief" })).body).toMatchObject({ endedAt: shanghai(T0) });
    expect((await get("/overrides?active=true")).body.items).toEqual([]);
    expect((await get("/overrides")).body.items).toMatchObject([{ endedAt: shanghai(T0) }]);
    expectProblem(await call("DELETE", `/api/v1/overrides/${made.body.id}`), 404, "not-found");
    expect((await post("/overrides", { space: "hall/303", reason: "visitors", until: shanghai(T0 + 1000) }, { as: "treasurer" })).status).toBe(201);
  });

  it("are refused where they cannot be", async () => {
    const { post, get } = await startApi();
    const bad = async (body: object, status: number, code: string, as = "admin") =>
      expectProblem(await post("/overrides", { reason: "because", minutes: 5, ...body }, { as }), status, code);
    await bad({}, 422, "bad-subject");
    await bad({ device: "hall/ac-301", space: "hall/301" }, 422, "bad-subject");
    await bad({ device: "hall/nothing" }, 404, "unknown-device");
    await bad({ space: "hall/nothing" }, 422, "unknown-space");
    await bad({ device: "hall/ac-301", policy: "nothing" }, 404, "unknown-policy");
    await bad({ device: "hall/ac-301", until: shanghai(T0 + 1) }, 422, "invalid-body");
    await bad({ device: "hall/ac-301", minutes: undefined }, 422, "invalid-body");
    await bad({ device: "hall/ac-301", minutes: undefined, until: shanghai(T0 + 8 * 86_400_000) }, 422, "too-long");
    await bad({ device: "hall/ac-301", reason: "" }, 422, "invalid-body");
    await bad({ device: "hall/ac-301", set: { temperature: 3 } }, 422, "bad-values");
    await bad({ device: "hall/ac-303" }, 403, "forbidden", "chief");
    await bad({ device: "hall/ac-301" }, 403, "forbidden", "clerk");
    expectProblem(await get("/overrides?active=yes"), 400, "invalid-parameter", /active/);
  });
});

describe("approvals", () => {
  it("are asked for by anybody and decided by who answers for the space, never by who asked", async () => {
    const { get, post } = await startApi();
    const ask = (as: string, hours = 3) =>
      post(
        "/approvals",
        { kind: "overtime", space: "hall/301", from: shanghai(T0 + 3_600_000), until: shanghai(T0 + hours * 3_600_000), reason: "month's close" },
        { as },
      );
    const asked = await ask("clerk");
    expect(asked.body).toMatchObject({ kind: "overtime", space: "hall/301", department: "general", state: "pending" });
    for (const as of ["clerk", "staff", "treasurer"]) expectProblem(await post(`/approvals/${asked.body.id}/grant`, {}, { as }), 403, "forbidden");
    expect((await post(`/approvals/${asked.body.id}/grant`, { note: "fine" }, { as: "chief" })).body).toMatchObject({
      state: "granted",
      decidedBy: "chief",
      note: "fine",
      requestedBy: "clerk",
    });
    expectProblem(await post(`/approvals/${asked.body.id}/refuse`, {}, { as: "chief" }), 409, "not-pending");
    const own = await ask("chief", 4);
    expectProblem(await post(`/approvals/${own.body.id}/grant`, {}, { as: "chief" }), 403, "own-request");
    expect((await post(`/approvals/${own.body.id}/refuse`, {}, { as: "deputy" })).body).toMatchObject({ state: "refused", decidedBy: "deputy" });
    expect((await get("/approvals?state=refused")).body.items).toHaveLength(1);
    expectProblem(await post("/approvals/nothing/grant", {}), 404, "not-found");
    expectProblem(await get("/approvals?state=maybe"), 400, "invalid-parameter");
    expectProblem(await post("/approvals", { kind: "overtime", space: "hall/nothing", from: T0, until: T0 + 1, reason: "why not" }), 422, "unknown-space");
    expectProblem(await post("/approvals", { kind: "overtime", space: "hall/301", from: T0 + 2, until: T0 + 1, reason: "why not" }), 422, "bad-period");
    expectProblem(await post("/approvals", { kind: "print-job", space: "hall/301", from: T0, until: T0 + 1, reason: "why not" }), 422, "invalid-body", /kind/);
  });
});

describe("devices", () => {
  it("are commanded by hand through the same gate as the policies", async () => {
    const { post, office } = await startApi();
    office.say("light-301", { on: true });
    office.say("ac-303", { on: false, setpoint: 26 });
    const path = "/devices/hall/light-301/commands";
    expect((await post(path, { set: { on: false }, reason: "film" }, { as: "chief" })).body).toMatchObject({
      device: "hall/light-301",
      set: { on: false },
      source: "person",
      by: "chief",
      state: "planned",
      before: { on: true },
    });
    expect((await post("/devices/hall%2Flight-301/commands", { set: { on: true }, reason: "film is over" })).status).toBe(202);
    expectProblem(await post(path, { set: { colour: "red" }, reason: "party" }), 422, "bad-values", /colour/);
    expectProblem(await post(path, { set: {}, reason: "party" }), 422, "invalid-body");
    expectProblem(await post(path, { set: { on: false } }), 422, "invalid-body", /reason/);
    expectProblem(await post("/devices/hall/ac-303/commands", { set: { setpoint: 27 }, reason: "cold" }, { as: "chief" }), 403, "forbidden", /finance/);
    expectProblem(await post("/devices/hall/nothing/commands", { set: { on: false }, reason: "party" }), 404, "unknown-device");
    office.say("exit-301", { on: true });
    expectProblem(await post("/devices/hall/exit-301/commands", { set: { on: false }, reason: "party" }), 409, "protected");
  });

  it("are adopted", async () => {
    const { post, get, office } = await startApi();
    office.say("new-1", { on: true });
    expect((await get("/devices?status=discovered")).body.items).toMatchObject([{ id: "hall/new-1", kind: null }]);
    const as = { kind: "light", space: "hall/303", name: "窗边灯", interval: 60, standby: 2 };
    expectProblem(await post("/devices/hall/new-1/adopt", as, { as: "chief" }), 403, "forbidden", /adopt-device/);
    expect((await post("/devices/hall/new-1/adopt", as, { as: "staff" })).body).toMatchObject({
      kind: "light",
      space: "hall/303",
      department: "finance",
      name: "窗边灯",
      status: "online",
    });
    expectProblem(await post("/devices/hall/new-1/adopt", { ...as, space: "hall/nothing" }), 422, "unknown-space");
    expectProblem(await post("/devices/hall/new-1/adopt", { ...as, kind: "toaster" }), 422, "invalid-body", /kind/);
    expectProblem(await post("/devices/hall/nothing/adopt", as), 404, "unknown-device");
  });
});
