import { describe, expect, it } from "vitest";
import { T0 } from "../support/played-house.ts";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";

const ids = (reply: { body: { items: { id: string }[] } }) => reply.body.items.map((i) => i.id);

describe("the house as it is", () => {
  it("tells the site, its spaces and the time", async () => {
    const { get } = await startApi();
    expect((await get("/sites")).body.items).toMatchObject([{ id: "small", timezone: "Asia/Shanghai" }]);
    expect(ids(await get("/spaces?department=finance"))).toEqual(["hall/303"]);
    expect(ids(await get("/spaces?floor=1"))).toEqual(["hall/101", "hall/102"]);
    expect((await get("/clock")).body).toEqual({ now: "2026-07-01T08:00:00.000+08:00", speed: 60, simulated: true });
  });

  it("tells devices with units, quality and status, by filter and page", async () => {
    const { get, office } = await startApi();
    office.say("ac-301", { on: true, setpoint: 24 });
    expect(ids(await get("/devices?kind=ac"))).toEqual(["hall/ac-101", "hall/ac-301", "hall/ac-302", "hall/ac-303"]);
    expect(ids(await get("/devices?status=online"))).toEqual(["hall/ac-301"]);
    expect(ids(await get("/devices?space=hall/303&building=hall"))).toEqual(["hall/ac-303"]);
    const first = await get("/devices?kind=ac&limit=3");
    expect(ids(first)).toHaveLength(3);
    expect(ids(await get(`/devices?kind=ac&limit=3&cursor=${first.body.next}`))).toEqual(["hall/ac-303"]);
    const { body } = await get("/devices/hall/ac-301");
    expect(body).toMatchObject({
      id: "hall/ac-301",
      kind: "ac",
      building: "hall",
      space: "hall/301",
      department: "general",
      codec: "native",
      topic: "jieyue/hall/ac-301/state",
      status: "online",
    });
    expect(body.points).toContainEqual({ name: "setpoint", unit: "°C", value: 24, at: "2026-07-01T08:00:00.000+08:00", quality: "good", writable: true });
  });

  it("takes a device's id with its slash as it is and encoded, and is not misled by a device called why", async () => {
    const { get, office } = await startApi();
    office.say("why", { on: true });
    for (const path of ["/devices/hall/ac-301", "/devices/hall%2Fac-301"]) expect((await get(path)).body.id).toBe("hall/ac-301");
    for (const path of ["/devices/hall/ac-301/why", "/devices/hall%2Fac-301/why"])
      expect((await get(path)).body).toMatchObject({ device: "hall/ac-301", day: { working: true } });
    expect((await get("/devices/hall/why")).body).toMatchObject({ id: "hall/why", status: "discovered" });
    expectProblem(await get("/devices/hall/nothing"), 404, "unknown-device", /hall\/nothing/);
    expectProblem(await get("/devices/nothing"), 404, "unknown-device");
    expectProblem(await get("/devices/hall/nothing/why"), 404, "unknown-device");
  });

  it("tells why a device is as it is", async () => {
    const { get, office } = await startApi();
    office.breach();
    const { body } = await get("/devices/hall/ac-301/why");
    expect(body.judgements).toContainEqual(
      expect.objectContaining({ policy: "cooling-floor", applies: true, state: "breach", reason: "is-on", wants: { on: false } }),
    );
    expect(body.arbitration).toContainEqual(expect.objectContaining({ point: "on", wanted: false, by: "cooling-floor" }));
  });

  it("tells points of a device and of all", async () => {
    const { get, office } = await startApi();
    office.say("ac-301", { on: true, power: 12 });
    office.say("lux-301", { illuminance: 300 });
    expect((await get("/points?device=hall/ac-301")).body.items).toMatchObject([
      { id: "hall/ac-301/on", device: "hall/ac-301" },
      { id: "hall/ac-301/power", unit: "W", value: 12 },
    ]);
    const first = await get("/points?limit=2");
    expect(ids(await get(`/points?cursor=${first.body.next}`))).toEqual(["hall/lux-301/illuminance"]);
    expectProblem(await get("/points?device=hall/nothing"), 404, "unknown-device");
  });

  it("tells the day and the overview", async () => {
    const { get } = await startApi();
    expect((await get("/calendar?date=2026-07-01")).body).toMatchObject({ date: "2026-07-01", working: true, why: "weekday", season: "summer" });
    expectProblem(await get("/calendar?date=tomorrow"), 400, "invalid-parameter", /date/);
    expect((await get("/overview")).body).toMatchObject({
      devices: { total: 15 },
      intake: { messages: 9, rejected: 2, backlog: 3 },
      today: { wastedKwh: 0.5 },
    });
  });
});

describe("readings", () => {
  it("go on by time and never tear one instant apart", async () => {
    const { get, office } = await startApi();
    office.say("ac-301", { power: 1 });
    const at = [0, 1000, 1000, 2000, 3000].map((ms) => T0 - 10_000 + ms);
    office.stored.set(
      "hall/ac-301/power",
      at.map((t, i) => ({ at: t, received: t, value: i, quality: "good" })),
    );
    const first = await get("/readings?point=hall/ac-301/power&limit=2");
    expect(first.body.items).toEqual([{ at: shanghai(at[0]!), value: 0, quality: "good" }]);
    const seen: number[] = [];
    for (let next: string | null = ""; next !== null;) {
      const { body } = await get(`/readings?point=hall/ac-301/power&limit=3${next === "" ? "" : `&cursor=${next}`}`);
      seen.push(...body.items.map((i: { value: number }) => i.value));
      next = body.next;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it("come in windows aligned to local midnight, with an offset whose plus was not escaped", async () => {
    const { get, office } = await startApi();
    office.say("ac-301", { power: 1 });
    const hour = Date.parse("2026-06-30T10:00:00+08:00");
    office.stored.set(
      "hall/ac-301/power",
      [0, 60_000, 3_600_000].map((ms) => ({ at: hour + ms, received: 0, value: 1, quality: "good" as const })),
    );
    const range = "point=hall/ac-301/power&from=2026-06-30T10:00:00+08:00&to=2026-06-30T12:00:00%2B08:00&every=1h&fn=mean";
    expect((await get(`/readings?${range}`)).body).toEqual({
      items: [
        { at: "2026-06-30T10:00:00.000+08:00", value: 2, count: 2 },
        { at: "2026-06-30T11:00:00.000+08:00", value: 1, count: 1 },
      ],
      next: null,
    });
    const first = await get(`/readings?${range}&limit=1`);
    expect(first.body.items).toHaveLength(1);
    expect((await get(`/readings?${range}&limit=1&cursor=${first.body.next}`)).body).toMatchObject({
      items: [{ at: "2026-06-30T11:00:00.000+08:00" }],
      next: null,
    });
  });

  it("refuse what cannot be meant", async () => {
    const { get, office } = await startApi();
    office.say("ac-301", { power: 1 });
    const bad = async (query: string, code: string, detail: RegExp) =>
      expectProblem(await get(`/readings?${query}`), code === "not-found" || code === "unknown-device" ? 404 : 400, code, detail);
    await bad("", "invalid-parameter", /point/);
    await bad("point=hall/nothing/power", "unknown-device", /hall\/nothing/);
    await bad("point=power", "unknown-device", /there is no device/i);
    await bad("point=hall/ac-301/color", "not-found", /power/);
    const p = "point=hall/ac-301/power";
    await bad(`${p}&from=yesterday`, "invalid-parameter", /from: must be ISO 8601/);
    await bad(`${p}&from=2026-07-01`, "invalid-parameter", /offset/);
    await bad(`${p}&from=2&to=1`, "invalid-parameter", /before to/);
    await bad(`${p}&every=5x`, "invalid-parameter", /5m, 1h or 1d/);
    await bad(`${p}&fn=mean`, "invalid-parameter", /every/);
    await bad(`${p}&every=5m&fn=median`, "invalid-parameter", /fn/);
    await bad(`${p}&limit=10001`, "invalid-parameter", /limit/);
    await bad(`${p}&cursor=abc`, "invalid-parameter", /cursor/);
    await bad(`${p}&from=0&every=1s`, "range-too-wide", /100000/);
    await bad(`${p}&limit=1&limit=2`, "invalid-parameter", /limit/);
    await bad(`${p}&step=5m`, "unknown-parameter", /step.*Allowed: point, from, to, every, fn, cursor, limit/);
  });
});

describe("what was found and done", () => {
  it("tells findings with where their command and alert stand, open and closed", async () => {
    const { get, office } = await startApi();
    office.breach();
    const open = await get("/findings?state=open&policy=cooling-floor");
    expect(open.body.items).toMatchObject([
      {
        policy: "cooling-floor",
        subject: { device: "hall/ac-301", space: "hall/301", department: "general" },
        state: "open",
        closedAt: null,
        command: { state: "planned" },
        alert: { state: "unacknowledged" },
      },
    ]);
    office.confirmSent();
    office.say("ac-301", { on: false, power: 0 });
    office.wait(5);
    const { id } = open.body.items[0];
    expect((await get(`/findings/${id}`)).body).toMatchObject({ state: "closed", command: { state: "proven" }, alert: { state: "normal" } });
    expect((await get("/findings?state=open")).body.items).toEqual([]);
    expect((await get("/findings?device=hall/ac-302")).body.items).toEqual([]);
    expectProblem(await get("/findings/nothing"), 404, "not-found");
    expectProblem(await get("/findings?state=maybe"), 400, "invalid-parameter", /state/);
    expectProblem(await get("/findings?policy=nothing"), 404, "unknown-policy", /cooling-floor/);
  });

  it("tells commands and alerts, also only those that stand", async () => {
    const { get, office } = await startApi();
    office.breach();
    expect((await get("/commands?state=active&device=hall/ac-301")).body.items).toMatchObject([
      { device: "hall/ac-301", set: { on: false }, source: "policy", state: "planned" },
    ]);
    expect((await get("/commands?state=proven")).body.items).toEqual([]);
    expect((await get("/commands?device=hall/ac-302")).body.items).toEqual([]);
    for (const state of ["open", "active", "unacknowledged"])
      expect((await get(`/alerts?state=${state}`)).body.items).toMatchObject([{ kind: "finding", device: "hall/ac-301", assignee: "chief" }]);
    expect((await get("/alerts?state=open&device=hall/ac-302")).body.items).toEqual([]);
    const [alert] = office.house.alerts.values();
    expect((await get(`/alerts/${alert!.id}`)).body.log).toMatchObject([{ what: "raised" }]);
    expectProblem(await get("/alerts/nothing"), 404, "not-found");
    expectProblem(await get("/alerts?state=loud"), 400, "invalid-parameter", /open/);
    expectProblem(await get("/commands?state=lost"), 400, "invalid-parameter");
    expectProblem(await get("/alerts?state=open&cursor=x"), 400, "invalid-parameter", /cursor/);
  });

  it("sums up per policy", async () => {
    const { get, office } = await startApi();
    office.breach();
    expect((await get("/reports/findings")).body.items).toContainEqual({ policy: "cooling-floor", findings: 1, open: 1, hours: 0, kwh: 0, m3: 0, cny: 0 });
    expect((await get(`/reports/findings?from=1&to=2`)).body.items).toContainEqual(expect.objectContaining({ policy: "cooling-floor", findings: 0 }));
    expectProblem(await get("/reports/findings?from=2&to=1"), 400, "invalid-parameter");
  });
});

describe("personal data", () => {
  it("are told only to those who answer for the department", async () => {
    const { get, office } = await startApi();
    office.print();
    const told = async (as: string) => ({
      finding: (await get("/findings?policy=copier-approval", { as })).body.items[0].evidence,
      approval: (await get("/approvals", { as })).body.items[0],
      job: (await get("/jobs?device=hall/copier-301", { as })).body.items[0],
      alert: (await get("/alerts?state=open", { as })).body.items.find((a: { kind: string }) => a.kind === "approval").evidence,
    });
    const seen = {
      finding: { user: "clerk", document: "secret plan.docx" },
      approval: { document: "secret plan.docx", requestedBy: "clerk" },
      job: { user: "clerk", document: "secret plan.docx" },
      alert: { document: "secret plan.docx", requestedBy: "clerk" },
    };
    const blank = {
      finding: { user: null, document: null, sheets: 12 },
      approval: { document: null, requestedBy: null, sheets: 12 },
      job: { user: null, document: null, sheets: 12 },
      alert: { document: null, requestedBy: null },
    };
    for (const as of ["staff", "chief", "deputy", "director", "admin"]) expect(await told(as)).toMatchObject(seen);
    for (const as of ["clerk", "treasurer"]) expect(await told(as)).toMatchObject(blank);
    for (const as of ["clerk", "treasurer"])
      for (const path of ["/findings", "/approvals", "/jobs", "/alerts"]) expect((await get(path, { as })).text).not.toContain("secret");
  });

  it("are not in the bytes of refused messages for everybody, and the audit is for few", async () => {
    const { get, office } = await startApi();
    office.refuse({ fate: "malformed", topic: "jieyue/hall/copier-301/job", detail: "not JSON at 3", excerpt: '{"document":"secret', at: T0 });
    expect((await get("/rejections", { as: "staff" })).body.items).toEqual([
      { fate: "malformed", topic: "jieyue/hall/copier-301/job", detail: "not JSON at 3", excerpt: '{"document":"secret', at: shanghai(T0) },
    ]);
    expect((await get("/rejections", { as: "clerk" })).body.items).toMatchObject([{ excerpt: "" }]);
    await office.request("admin", { kind: "policy", policy: "cooling-floor", change: { mode: "advise" } });
    for (const as of ["staff", "director", "admin"])
      expect((await get("/audit", { as })).body.items).toMatchObject([{ by: "admin", what: "policy", subject: "cooling-floor" }]);
    for (const as of ["clerk", "chief", "deputy"]) expectProblem(await get("/audit", { as }), 403, "forbidden", /view-audit/);
  });
});
