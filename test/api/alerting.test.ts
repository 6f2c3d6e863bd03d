/** Who is told, over HTTP: absences, channels, notices, alarms out of service, and "who would hear of this?". */
import { describe, expect, it } from "vitest";
import type { ChannelDefinition } from "../../server/core/alerts/notice.ts";
import { maskedError } from "../../server/contract/present/hearing.ts";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";
import { T0 } from "../support/played-house.ts";

const HOUR = 3_600_000;
const MAIL: ChannelDefinition = { id: "mail", kind: "mail", personal: true, perMinute: 2, reaches: ["chief", "staff"] };
const ROBOT: ChannelDefinition = { id: "robot", kind: "wecom", personal: false, perMinute: 20, reaches: [] };

async function start(channels: readonly ChannelDefinition[] = []) {
  const api = await startApi();
  const { house } = api.office;
  for (const definition of channels)
    (house.channels as Map<string, unknown>).set(definition.id, {
      definition,
      reaches: definition.reaches === null ? null : new Set(definition.reaches),
      left: [],
      failures: 0,
      downSince: null,
      lastError: null,
    });
  return api;
}

describe("absences", () => {
  const leave = (person: string | undefined, more: object = {}) => ({ ...(person === undefined ? {} : { person }), until: T0 + 8 * HOUR, ...more });

  it("are one's own to enter and to end, from now on where nothing else is said", async () => {
    const api = await start();
    const { status, body } = await api.post("/absences", { until: shanghai(T0 + 8 * HOUR), standIn: "chief", note: "training" }, { as: "clerk" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      person: "clerk",
      from: shanghai(T0),
      until: shanghai(T0 + 8 * HOUR),
      standIn: "chief",
      note: "training",
      by: "clerk",
      mine: true,
    });
    expect((await api.get("/absences", { as: "clerk" })).body.items).toEqual([body]);
    expect((await api.call("DELETE", `/api/v1/absences/${body.id}`, { as: "clerk" })).body).toMatchObject({ id: body.id, endedAt: shanghai(T0) });
    expect((await api.get("/absences", { as: "clerk" })).body.items).toEqual([]);
    expect((await api.get("/absences?all=1", { as: "clerk" })).body.items).toMatchObject([{ id: body.id, endedAt: shanghai(T0) }]);
  });

  it("of others are for a chief in the own section, a deputy in the sections in charge, the director and the administrator everywhere", async () => {
    const api = await start();
    // The clerk is of the general section; the treasurer of finance; both are in the deputy's charge.
    const allowed: Record<string, readonly string[]> = {
      clerk: ["clerk"],
      staff: ["staff"],
      chief: ["chief", "clerk"],
      treasurer: ["treasurer"],
      deputy: ["deputy", "chief", "clerk", "treasurer"],
      director: ["director", "deputy", "chief", "clerk", "treasurer", "staff", "admin"],
      admin: ["director", "deputy", "chief", "clerk", "treasurer", "staff", "admin"],
    };
    for (const [as, people] of Object.entries(allowed))
      for (const person of allowed["admin"]!) {
        const reply = await api.post("/absences", leave(person), { as });
        expect([as, person, reply.status]).toEqual([as, person, people.includes(person) ? 201 : 403]);
        if (reply.status === 201) await api.call("DELETE", `/api/v1/absences/${reply.body.id}`, { as });
      }
  });

  it("are seen by everybody, their reasons by those who may enter them", async () => {
    const api = await start();
    const { body } = await api.post("/absences", leave("chief", { note: "in hospital" }), { as: "director" });
    for (const as of ["chief", "deputy", "admin"]) expect((await api.get("/absences", { as })).body.items[0].note).toBe("in hospital");
    for (const as of ["clerk", "staff", "treasurer"])
      expect((await api.get("/absences", { as })).body.items).toMatchObject([{ id: body.id, person: "chief", note: null, mine: false }]);
    expectProblem(await api.call("DELETE", `/api/v1/absences/${body.id}`, { as: "clerk" }), 403, "forbidden");
  });

  it("refuses what makes no sense", async () => {
    const api = await start();
    const as = "director";
    expectProblem(await api.post("/absences", leave("nobody"), { as }), 422, "unknown-person", /nobody/);
    expectProblem(await api.post("/absences", leave("chief", { standIn: "nobody" }), { as }), 422, "unknown-person");
    expectProblem(await api.post("/absences", leave("chief", { standIn: "chief" }), { as }), 422, "own-stand-in");
    expectProblem(await api.post("/absences", { until: T0 - HOUR }, { as }), 422, "bad-period");
    expectProblem(await api.post("/absences", {}, { as }), 422, "invalid-body", /until/);
    expectProblem(await api.call("DELETE", "/api/v1/absences/none", { as }), 404, "not-found");
  });
});

describe("who answers for an alert", () => {
  it("may acknowledge it whatever their role, and nothing else", async () => {
    const api = await start();
    await api.post("/absences", { person: "chief", until: T0 + 8 * HOUR, standIn: "clerk" }, { as: "director" });
    api.office.breach();
    const [alert] = (await api.get("/alerts", { as: "clerk" })).body.items;
    expect(alert.assignee).toBe("clerk");
    expectProblem(await api.post(`/alerts/${alert.id}/shelve`, { note: "later", minutes: 10 }, { as: "clerk" }), 403, "forbidden");
    expect((await api.post(`/alerts/${alert.id}/comment`, { note: "on my way" }, { as: "clerk" })).status).toBe(200);
    expect((await api.post(`/alerts/${alert.id}/ack`, {}, { as: "clerk" })).body).toMatchObject({ state: "acknowledged", acknowledgedBy: "clerk" });
    api.office.breach("ac-303");
    const other = (await api.get("/alerts?state=unacknowledged", { as: "clerk" })).body.items[0];
    expectProblem(await api.post(`/alerts/${other.id}/ack`, {}, { as: "clerk" }), 403, "forbidden");
    const bulk = await api.post("/alerts/bulk", { ids: [alert.id, other.id], action: { kind: "ack" } }, { as: "clerk" });
    expect(bulk.body.items.map((i: { problem: { code: string } | null }) => i.problem?.code ?? null)).toEqual([null, "forbidden"]);
  });
});

describe("channels", () => {
  it("say whom they reach, how they are, and nothing that was entrusted to them", async () => {
    const api = await start([MAIL, ROBOT]);
    const mail = api.office.house.channels.get("mail")!;
    mail.downSince = T0;
    mail.lastError = { at: T0, error: "550 <wang@example.gov.cn> refused" };
    mail.left.push(T0 - 60_001, T0 - 59_999);
    const items = (await api.get("/channels", { as: "chief" })).body.items;
    expect(items).toEqual([
      {
        id: "page",
        kind: "page",
        personal: true,
        perMinute: 600,
        reaches: { everybody: true, people: 0, me: true },
        state: "works",
        downSince: null,
        lastError: null,
        lastMinute: 0,
      },
      {
        id: "mail",
        kind: "mail",
        personal: true,
        perMinute: 2,
        reaches: { everybody: false, people: 2, me: true },
        state: "down",
        downSince: shanghai(T0),
        lastError: { at: shanghai(T0), error: "550 <…@example.gov.cn> refused" },
        lastMinute: 1,
      },
      expect.objectContaining({ id: "robot", personal: false, reaches: { everybody: false, people: 0, me: false } }),
    ]);
  });

  it("errors are shown without keys, mailboxes and numbers", () => {
    expect(maskedError("POST https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6 failed: 45009")).toBe(
      "POST https://qyapi.weixin.qq.com/… failed: 45009",
    );
    expect(maskedError("no such number +86 138 0013 8000")).toBe("no such number …");
    expect(maskedError("token abcdefghijklmnopqrstuvwxyz012345 unknown")).toBe("token … unknown");
    expect(maskedError("connect ECONNREFUSED 10.0.0.5:25")).toBe("connect ECONNREFUSED 10.0.0.5:25");
  });

  it("are tried by everybody on themselves, on others and groups by whom it is allowed; what was sent stands among the notices", async () => {
    const api = await start([MAIL, ROBOT]);
    expect((await api.post("/channels/mail/try", {}, { as: "chief" })).status).toBe(202);
    expectProblem(await api.post("/channels/mail/try", { person: "staff" }, { as: "chief" }), 403, "forbidden");
    expectProblem(await api.post("/channels/robot/try", {}, { as: "chief" }), 403, "forbidden");
    expectProblem(await api.post("/channels/mail/try", {}, { as: "clerk" }), 409, "no-address", /clerk/);
    expectProblem(await api.post("/channels/pigeon/try", {}, { as: "admin" }), 404, "unknown-channel");
    api.office.now += 1000;
    expect((await api.post("/channels/mail/try", { person: "chief" }, { as: "staff" })).status).toBe(202);
    expectProblem(await api.post("/channels/mail/try", { person: "staff" }, { as: "staff" }), 429, "too-often", /2 messages a minute/);
    expect((await api.post("/channels/robot/try", {}, { as: "staff" })).status).toBe(202);

    const notices = async (query: string, as: string) =>
      (await api.get(`/notices${query}`, { as })).body.items.map(
        (n: { channel: string; person: string | null; how: string }) => `${n.channel} ${n.person} ${n.how}`,
      );
    expect(await notices("", "admin")).toEqual(["robot null test", "mail chief test", "mail chief test"]);
    expect(await notices("?channel=robot", "director")).toEqual(["robot null test"]);
    expect(await notices("", "chief")).toEqual(["mail chief test", "mail chief test"]);
    expect(await notices("?state=failed", "chief")).toEqual([]);
    expect(await notices("", "clerk")).toEqual([]);
    expectProblem(await api.get("/notices?person=chief", { as: "clerk" }), 403, "forbidden");
    expect(await notices("?person=chief", "staff")).toHaveLength(2);
  });
});

describe("an alarm out of service", () => {
  it("is told to nobody until it is returned, also after its alert went", async () => {
    const api = await start();
    api.office.breach();
    const [alert] = (await api.get("/alerts", { as: "chief" })).body.items;
    expectProblem(await api.post(`/alerts/${alert.id}/out-of-service`, { note: "broken" }, { as: "clerk" }), 403, "forbidden");
    expectProblem(await api.post(`/alerts/${alert.id}/out-of-service`, { note: "broken", until: T0 - HOUR }, { as: "chief" }), 422, "in-the-past");
    const out = await api.post(`/alerts/${alert.id}/out-of-service`, { note: "the sensor is broken" }, { as: "chief" });
    expect(out.body).toMatchObject({ id: alert.id, state: "out-of-service" });
    const listed = (await api.get("/out-of-service", { as: "clerk" })).body.items;
    expect(listed).toMatchObject([
      {
        alarm: "policy.cooling-floor",
        device: "hall/ac-301",
        department: "general",
        reason: "the sensor is broken",
        by: "chief",
        until: null,
        alert: alert.id,
      },
    ]);
    expect((await api.post(`/alerts/${alert.id}/return-to-service`, {}, { as: "chief" })).body.state).toBe("unacknowledged");
    expect((await api.get("/out-of-service", { as: "clerk" })).body.items).toEqual([]);
    expectProblem(await api.post(`/alerts/${alert.id}/return-to-service`, {}, { as: "chief" }), 409, "not-active");

    await api.post(`/alerts/${alert.id}/out-of-service`, { note: "again", minutes: 600 }, { as: "chief" });
    api.office.say("ac-301", { on: false });
    const [gone] = (await api.get("/out-of-service", { as: "chief" })).body.items;
    expect(gone).toMatchObject({ alert: null, until: shanghai(api.office.now + 600 * 60_000) });
    expectProblem(await api.call("DELETE", `/api/v1/out-of-service/${gone.id}`, { as: "treasurer" }), 403, "forbidden", /general/);
    expect((await api.call("DELETE", `/api/v1/out-of-service/${gone.id}`, { as: "chief" })).body.endedAt).toBe(shanghai(api.office.now));
    expectProblem(await api.call("DELETE", `/api/v1/out-of-service/${gone.id}`, { as: "chief" }), 404, "not-found");
  });
});

describe("who would hear of this?", () => {
  it("is answered with the chain, its reasons and its channels, and nothing is sent", async () => {
    const api = await start([MAIL, ROBOT]);
    await api.post("/absences", { person: "deputy", until: T0 + 8 * HOUR, standIn: "staff" }, { as: "director" });
    const at = T0 + 2 * HOUR;
    const { body } = await api.post("/alerting/try", { severity: "high", policy: "cooling-floor", device: "hall/ac-301", at: shanghai(at) }, { as: "clerk" });
    expect(body).toMatchObject({ at: shanghai(at), severity: "high", department: "general", workingNow: true, begins: "told", because: null });
    expect(body.steps.map((s: { level: string; person: string; why: string; absent: string | null }) => [s.level, s.person, s.why, s.absent])).toEqual([
      ["chief", "chief", "own", null],
      ["deputy", "staff", "stand-in", "deputy"],
      ["director", "director", "own", null],
    ]);
    expect(body.steps[0].told.map((t: { channel: string; kind: string; person: string | null; at: string }) => [t.channel, t.kind, t.person, t.at])).toEqual([
      ["page", "page", "chief", shanghai(at + 30_000)],
      ["mail", "mail", "chief", shanghai(at + 30_000)],
      ["robot", "wecom", null, shanghai(at + 30_000)],
    ]);
    expect(body.steps[2].told.find((t: { channel: string }) => t.channel === "mail")).toMatchObject({ miss: "no-address", at: null });
    expect(api.office.alerts()).toEqual([]);
  });

  it("takes the policy's severity, a department or a space alone, and refuses what is not there", async () => {
    const api = await start();
    const ask = (body: object) => api.post("/alerting/try", body, { as: "clerk" });
    expect((await ask({ policy: "copier-approval", department: "finance" })).body).toMatchObject({ severity: "low", department: "finance" });
    expect((await ask({ space: "hall/303" })).body).toMatchObject({ severity: "medium", department: "finance", steps: [{ person: "treasurer" }, {}, {}] });
    expect((await ask({ kind: "system", title: "system.history", severity: "high" })).body.steps[0]).toMatchObject({ person: "admin", why: "own" });
    expectProblem(await ask({ policy: "none" }), 404, "unknown-policy");
    expectProblem(await ask({ device: "hall/none" }), 404, "unknown-device");
    expectProblem(await ask({ space: "hall/none" }), 422, "unknown-space");
    expectProblem(await ask({ department: "none" }), 422, "unknown-scope");
    expectProblem(await ask({ at: T0 + 31 * 24 * HOUR }), 400, "range-too-wide");
  });

  it("the table itself is there to be read", async () => {
    const api = await start();
    expect((await api.get("/alerting", { as: "clerk" })).body).toMatchObject({
      climb: { high: [{ level: "chief", after: 30 }, {}, {}] },
      routes: [],
      groupEvery: 300,
    });
  });
});
