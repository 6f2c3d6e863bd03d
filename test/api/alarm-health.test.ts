/** The figures of alarms over the API, and what Prometheus is told of them. */
import { describe, expect, it } from "vitest";
import { expectProblem, startApi } from "../support/api.ts";
import { shanghai } from "../support/office.ts";

const DAY = 86_400_000;

describe("GET /reports/alarm-health", () => {
  it("counts the last seven days unless told otherwise, each figure beside its bounds and their source", async () => {
    const { get, office } = await startApi();
    office.breach();
    office.wait(1);
    const { body } = await get("/reports/alarm-health");
    expect(body).toMatchObject({ from: shanghai(office.now - 7 * DAY), to: shanghai(office.now), person: null, alarms: 1, quiet: 0 });
    expect(body.people).toMatchObject([{ person: "chief", alarms: 1, day: { mean: 1 / 7, worst: 1 }, floods: [] }]);
    expect(body.people[0].byDay).toHaveLength(8);
    expect(body.figures.find((f: { key: string }) => f.key === "need-human")).toEqual({
      key: "need-human",
      value: 1 / 7,
      unit: "alarms",
      verdict: "good",
      good: 10,
      manageable: 20,
      source: "own",
    });
    expect(body.top).toMatchObject([{ alarm: "policy.cooling-floor", device: "hall/ac-301", count: 1, share: 100 }]);
    expect(body.bounds).toEqual({ flood: 10, floodSeconds: 600, chatter: 3, chatterSeconds: 60, fleetingSeconds: 300, staleSeconds: 86_400 });
  });

  it("takes a period and a person, and says what is wrong with them", async () => {
    const { get, office } = await startApi();
    office.breach();
    office.wait(1);
    expect((await get("/reports/alarm-health?person=deputy")).body).toMatchObject({ person: "deputy", alarms: 0, people: [] });
    expect((await get("/reports/alarm-health?person=chief")).body.alarms).toBe(1);
    expect((await get(`/reports/alarm-health?from=${office.now - 2 * DAY}&to=${office.now - DAY}`)).body.alarms).toBe(0);
    expectProblem(await get("/reports/alarm-health?person=nobody"), 400, "invalid-parameter", /there is no 'nobody'/);
    expectProblem(await get(`/reports/alarm-health?from=${office.now + 1}`), 400, "invalid-parameter", /before now/);
    expectProblem(await get(`/reports/alarm-health?from=${office.now - 93 * DAY}`), 422, "too-long", /92 days/);
  });

  it("is for those who are signed in", async () => {
    const { get } = await startApi({ mode: "password" });
    expectProblem(await get("/reports/alarm-health"), 401, "not-signed-in");
    expect((await get("/reports/alarm-health", { as: "clerk" })).status).toBe(200);
  });
});

describe("/metrics of alerts", () => {
  it("counts what was raised, waits, was heard and was answered", async () => {
    const { call, office } = await startApi();
    const metrics = async () => (await call("GET", "/metrics")).text;
    expect(await metrics()).toContain('jieyue_alerts_unacknowledged{severity="medium"} 0\n');
    office.breach();
    expect(await metrics()).toContain('jieyue_alerts_raised_total{severity="medium"} 1\n');
    expect(await metrics()).toContain('jieyue_alerts_unacknowledged{severity="medium"} 1\n');
    expect(await metrics()).toContain('jieyue_alerts_last_ten_minutes{person="chief"} 1\n');
    expect(await metrics()).toContain("jieyue_alerts_flood 0\n");
    office.wait(100);
    office.ask("staff", { kind: "alert", alert: office.alerts()[0]!.id, action: { kind: "ack", note: null } });
    const after = await metrics();
    const seconds = (office.alerts()[0]!.acknowledgedAt! - office.alerts()[0]!.raisedAt) / 1000;
    expect(after).toContain(`jieyue_alert_acknowledge_seconds_sum{severity="medium"} ${seconds}\n`);
    expect(after).toContain('jieyue_alert_acknowledge_seconds_bucket{le="60",severity="medium"} 0\n');
    expect(after).toContain('jieyue_alert_acknowledge_seconds_bucket{le="300",severity="medium"} 1\n');
    expect(after).toContain('jieyue_alerts_unacknowledged{severity="medium"} 0\n');
    office.wait(600);
    expect(await metrics()).not.toContain("jieyue_alerts_last_ten_minutes{");
  });

  it("says a flood while more than ten came within ten minutes, and counts messages by what became of them", async () => {
    const { call, office } = await startApi();
    office.breach();
    const [first] = office.alerts();
    const alerts = Array.from({ length: 11 }, (_, i) => ({ ...first!, id: `flood-${i}`, raisedAt: office.now }));
    office.tell({ devices: new Map(), rejections: [], decisions: alerts.slice(0, 9).map((alert) => ({ kind: "alert", alert, why: "raised" })) });
    expect((await call("GET", "/metrics")).text).toContain("jieyue_alerts_flood 0\n");
    const notice = {
      id: "n",
      channel: "mail",
      person: "chief",
      how: "raised",
      alerts: [],
      severity: "low",
      plannedAt: 0,
      dueAt: 0,
      attempts: 1,
      endedAt: null,
      error: null,
    } as const;
    office.tell({
      devices: new Map(),
      rejections: [],
      decisions: [
        ...alerts.slice(9).map((alert) => ({ kind: "alert", alert, why: "raised" }) as const),
        ...(["sending", "sent", "waiting", "failed", "sent"] as const).map((state) => ({ kind: "notice", notice: { ...notice, state }, why: state }) as const),
        { kind: "notice", notice: { ...notice, how: "test", state: "sent" }, why: "sent" },
      ],
    });
    const { text } = await call("GET", "/metrics");
    expect(text).toContain("jieyue_alerts_flood 1\n");
    expect(text).toContain('jieyue_notices_total{channel="mail",outcome="sent"} 2\n');
    expect(text).toContain('jieyue_notices_total{channel="mail",outcome="waiting"} 1\n');
    expect(text).toContain('jieyue_notices_total{channel="mail",outcome="failed"} 1\n');
    expect(text).not.toContain("sending");
  });
});
