/** The figures of alarms, each reckoned by hand. */
import { describe, expect, it } from "vitest";
import { alarmRecord } from "../../../server/core/alerts/alarm-record.ts";
import { BENCHMARKS, verdictOf, verdictOfMix } from "../../../server/core/alerts/benchmarks.ts";
import { floodsOf, mostWithin } from "../../../server/core/alerts/floods.ts";
import type { AlarmHealth } from "../../../server/core/alerts/health.ts";
import { alarmHealth, percentile } from "../../../server/core/alerts/health.ts";
import { alarm, DAY, HOUR, MIDNIGHT, MINUTE, over } from "../../support/alarm-records.ts";
import { ToldHouse, lampOn } from "../../support/told-house.ts";

const figure = (h: AlarmHealth, key: string) => h.figures.find((f) => f.key === key)!;
const every = (minutes: number, n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i * minutes);

describe("a person's load", () => {
  it("is a mean over the period and the worst stretch", () => {
    // 12 alarms in a day: ten at nine o'clock, one a minute, and one at ten and at eleven.
    const h = alarmHealth(over(1, [...every(1, 10, 540).map((at) => alarm(at)), alarm(600), alarm(660)]));
    expect(h.people).toMatchObject([
      {
        person: "chief",
        alarms: 12,
        tenMinutes: { mean: 12 / 144, worst: 10 },
        hour: { mean: 0.5, worst: 10 },
        day: { mean: 12, worst: 12 },
        needHuman: { mean: 12, worst: 12 },
        floods: [],
        floodShare: 0,
      },
    ]);
    expect(figure(h, "ten-minutes")).toEqual({ key: "ten-minutes", value: 12 / 144, verdict: "good" });
    expect(figure(h, "need-human")).toEqual({ key: "need-human", value: 12, verdict: "manageable" });
    expect(h.byHour.map((x) => [(x.at - MIDNIGHT) / HOUR, x.alarms, x.worst])).toEqual([
      [9, 10, 10],
      [10, 1, 1],
      [11, 1, 1],
    ]);
  });

  it("is counted by the person and the local day; the busiest is what the office is judged by", () => {
    const h = alarmHealth(over(2, [alarm(10), alarm(20, { who: ["chief", "deputy"] }), alarm(1500), alarm(1510, { who: [] })]));
    expect(h.alarms).toBe(4);
    expect(h.people.map((p) => [p.person, p.byDay.map((d) => d.alarms)])).toEqual([
      ["chief", [2, 1]],
      ["deputy", [1, 0]],
    ]);
    expect(figure(h, "day").value).toBe(1.5);
    const deputy = alarmHealth({ ...over(2, [alarm(10), alarm(20, { who: ["chief", "deputy"] })]), person: "deputy" });
    expect([deputy.alarms, deputy.people.map((p) => p.person)]).toEqual([1, ["deputy"]]);
  });

  it("needs nobody where the house mended it, for a request, and behind another alarm", () => {
    const h = alarmHealth(over(1, [alarm(1, { ended: "house" }), alarm(2, { kind: "approval" }), alarm(3, { quiet: true, who: [] }), alarm(4)]));
    expect([h.alarms, h.quiet, h.people[0]!.alarms, h.people[0]!.needHuman.mean]).toEqual([3, 1, 3, 1]);
  });

  it("counts what was raised from the beginning on and before the end", () => {
    const h = alarmHealth(over(1, [alarm(-1), alarm(0), alarm(1439.9), alarm(1440)]));
    expect(h.alarms).toBe(2);
  });
});

describe("a flood", () => {
  const times = (minutes: readonly number[]) => minutes.map((m) => m * MINUTE);
  const floods = (minutes: readonly number[], end = 10_000) => floodsOf(times(minutes), end * MINUTE).map((f) => [f.from / MINUTE, f.until / MINUTE, f.alarms]);

  it("is more than ten within ten minutes", () => {
    expect(floods(every(1, 10))).toEqual([]);
    // The eleventh comes when the first is ten minutes old: never eleven at once.
    expect(floods(every(1, 11))).toEqual([]);
    expect(mostWithin(times(every(1, 11)), 10 * MINUTE)).toBe(10);
    expect(mostWithin(times(every(0.9, 11)), 10 * MINUTE)).toBe(11);
    // The last at 9; four remain when that of 5.4 falls out, at 15.4.
    expect(floods(every(0.9, 11))).toEqual([[0, 15.4, 11]]);
  });

  it("goes on until fewer than five remain, and is cut at the period's end", () => {
    // Eleven at once, then one every two minutes: five always remain within ten minutes.
    const long = [...every(0.5, 11), ...every(2, 20, 6)];
    expect(floods(long)).toEqual([[0, 36 + 10, 31]]);
    expect(floods(long, 40)).toEqual([[0, 40, 31]]);
    expect(floods([...every(0.5, 11), ...every(0.5, 11, 60)])).toEqual([
      [0, 13, 11],
      [60, 73, 11],
    ]);
  });

  it("has its share of the time", () => {
    const h = alarmHealth(
      over(
        1,
        every(0.5, 11).map((at) => alarm(at)),
      ),
    );
    expect(h.people[0]!.floods).toEqual([{ from: MIDNIGHT, until: MIDNIGHT + 13 * MINUTE, alarms: 11 }]);
    expect(figure(h, "flood-share").value).toBeCloseTo((13 / 1440) * 100, 10);
    expect([figure(h, "flood-share").verdict, figure(h, "floods").verdict, figure(h, "ten-minutes-worst").verdict]).toEqual(["good", "bad", "bad"]);
  });
});

describe("alarms that are no good", () => {
  it("stale: standing for more than a day, now and within the period", () => {
    const records = [
      alarm(0, { for: null }),
      alarm(1440, { for: null }),
      alarm(-3000, { for: 3100 }),
      alarm(60, { for: 1441 }),
      alarm(60, { for: 1440 }),
      alarm(-3000, { for: null, quiet: true }),
    ];
    const h = alarmHealth(over(2, records));
    // To the end of the second day the first stands two days; the second exactly one.
    expect([figure(h, "stale").value, figure(h, "stale-period").value]).toEqual([1, 3]);
  });

  it("chattering: three of one alarm at one device within a minute", () => {
    const at = (device: string, seconds: readonly number[]) => seconds.map((s) => alarm(s / 60, { device }));
    expect(figure(alarmHealth(over(1, at("hall/a", [0, 30, 59.9]))), "chattering").value).toBe(1);
    expect(figure(alarmHealth(over(1, at("hall/a", [0, 30, 60]))), "chattering").value).toBe(0);
    expect(figure(alarmHealth(over(1, [...at("hall/a", [0, 30]), ...at("hall/b", [40])])), "chattering").value).toBe(0);
    expect(figure(alarmHealth(over(1, [alarm(0, { chattering: true })])), "chattering").value).toBe(1);
    const rules = ["a", "b", "c"].map((policy) => alarm(0, { kind: "system", title: "maintenance.bad-rule", device: null, evidence: { policy } }));
    expect(figure(alarmHealth(over(1, rules)), "chattering").value).toBe(0);
  });

  it("fleeting: over within five minutes, and nobody did anything", () => {
    const h = alarmHealth(over(1, [alarm(0, { for: 5 }), alarm(0, { for: 5.1 }), alarm(0, { for: 1, ended: "house" }), alarm(0, { for: 1, ended: "person" })]));
    expect(figure(h, "fleeting").value).toBe(1);
  });

  it("the ten that come most, with their share of all", () => {
    const many = Array.from({ length: 12 }, (_, i) => Array.from({ length: 12 - i }, () => alarm(i, { device: `hall/d${i}` }))).flat();
    const h = alarmHealth(over(1, many));
    expect(many).toHaveLength(78);
    expect(h.top.map((t) => [t.device, t.count])).toEqual(Array.from({ length: 10 }, (_, i) => [`hall/d${i}`, 12 - i]));
    expect(figure(h, "top-ten").value).toBeCloseTo((75 / 78) * 100, 10);
    // Of so few alarms nobody can say that ten kinds of them are too many.
    expect(figure(h, "top-ten").verdict).toBeNull();
  });
});

describe("severities and times", () => {
  it("the mix beside 80, 15 and 5 per cent", () => {
    const mixed = (low: number, medium: number, high: number) =>
      alarmHealth(
        over(1, [
          ...every(1, low).map((at) => alarm(at)),
          ...every(1, medium).map((at) => alarm(at, { severity: "medium" })),
          ...every(1, high).map((at) => alarm(at, { severity: "high" })),
        ]),
      ).mix;
    expect(mixed(80, 15, 5)).toEqual({ percent: { low: 80, medium: 15, high: 5 }, count: { low: 80, medium: 15, high: 5 }, verdict: "good" });
    expect(mixed(60, 30, 10).verdict).toBe("manageable");
    expect(mixed(60, 29, 11).verdict).toBe("bad");
    expect(mixed(0, 0, 3).verdict).toBeNull();
  });

  it("a percentile is one of the values: the smallest with so large a share at or under it", () => {
    expect([0.5, 0.9, 1].map((p) => percentile([15, 20, 35, 40, 50], p))).toEqual([35, 50, 50]);
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
    expect(percentile([], 0.5)).toBeNull();
  });

  it("to acknowledge and to clear, in seconds, by severity", () => {
    const acked = (after: number, severity: "low" | "high" = "low") => alarm(0, { severity, for: 2 * after, acknowledgedAt: MIDNIGHT + after * MINUTE });
    const h = alarmHealth(over(1, [acked(1), acked(2), acked(3, "high"), alarm(0, { for: null })]));
    expect(h.acknowledge).toEqual({
      all: { count: 3, median: 120, p90: 180 },
      low: { count: 2, median: 60, p90: 120 },
      medium: { count: 0, median: null, p90: null },
      high: { count: 1, median: 180, p90: 180 },
    });
    expect(h.clear.all).toEqual({ count: 3, median: 240, p90: 360 });
  });

  it("in time is before the next one above was to answer", () => {
    const due = { climbsAt: MIDNIGHT + 15 * MINUTE };
    const records = [
      alarm(0, { ...due, acknowledgedAt: MIDNIGHT + 15 * MINUTE }),
      alarm(0, { ...due, acknowledgedAt: MIDNIGHT + 16 * MINUTE }),
      alarm(0, { ...due, for: 10 }),
      alarm(0, { ...due, for: null }),
      // Still has its time.
      alarm(0, { for: null, climbsAt: MIDNIGHT + 2 * DAY }),
      alarm(0),
    ];
    expect(figure(alarmHealth(over(1, records)), "in-time")).toEqual({ key: "in-time", value: 50, verdict: "bad" });
    expect(figure(alarmHealth(over(1, [alarm(0)])), "in-time")).toBeUndefined();
  });

  it("a verdict is by the bounds, both of them good enough", () => {
    const verdicts = (key: keyof typeof BENCHMARKS, values: readonly number[]) => values.map((v) => verdictOf(BENCHMARKS[key], v, 1000));
    expect(verdicts("ten-minutes", [1, 1.01, 2, 2.01])).toEqual(["good", "manageable", "manageable", "bad"]);
    expect(verdicts("need-human", [10, 10.1, 20, 20.1])).toEqual(["good", "manageable", "manageable", "bad"]);
    expect(verdicts("stale", [4, 5])).toEqual(["good", "bad"]);
    expect(verdictOfMix({ low: 100, medium: 0, high: 0 }, 20)).toBe("good");
  });
});

it("nothing at all is a healthy period, and no division by it", () => {
  const h = alarmHealth(over(1, []));
  expect(h).toMatchObject({ alarms: 0, people: [], byHour: [], top: [], mix: { percent: { low: 0, medium: 0, high: 0 }, verdict: null } });
  expect(h.figures.every((f) => f.value === 0)).toBe(true);
});

describe("an alarm as it is kept", () => {
  const record = (h: ToldHouse) => alarmRecord(h.alerts()[0]!);

  it("says who heard of it when, when it would climb, and that it ended by itself", () => {
    const h = new ToldHouse("07-01 09:00", { policies: [lampOn("high")] });
    h.say("light-301", { on: true });
    h.wait(40);
    const told = record(h);
    expect(told).toMatchObject({ quiet: false, ended: null, overAt: null, climbsAt: h.alerts()[0]!.chain[1]!.at });
    expect(told.heard.map((x) => x.person)).toEqual(["chief"]);
    expect(told.heard[0]!.at).toBe(h.alerts()[0]!.told[0]!.at);
    h.say("light-301", { on: false });
    expect(record(h)).toMatchObject({ ended: "itself", overAt: h.now, clearedAt: h.now });
  });

  it("is over when its condition went, not when its off-delay had run", () => {
    const h = new ToldHouse("07-01 09:00", { policies: [lampOn("high")] });
    h.ask("admin", { kind: "policy", policy: "lamp", change: { params: { clearAfter: 60 } } });
    h.say("light-301", { on: true });
    h.wait(10);
    h.say("light-301", { on: false });
    const gone = h.now;
    h.wait(30);
    h.say("light-301", { on: true });
    expect(record(h)).toMatchObject({ overAt: null, occurrences: 2 });
    h.wait(5);
    h.say("light-301", { on: false });
    h.wait(60);
    expect(record(h)).toMatchObject({ overAt: gone + 35_000, clearedAt: gone + 95_000, ended: "itself" });
  });

  it("tells a person's hand and the house's cure from an end by itself", () => {
    const h = new ToldHouse("07-01 09:00", { policies: [lampOn("high")] });
    h.say("light-301", { on: true });
    h.ask("chief", { kind: "alert", alert: h.alerts()[0]!.id, action: { kind: "ack", note: null } });
    h.say("light-301", { on: false });
    expect(record(h).ended).toBe("person");
    const cured = new ToldHouse("07-01 09:00", { policies: [lampOn("high", { defaultMode: "enforce", judge: lampOff })] });
    cured.say("light-301", { on: true });
    cured.confirmSent();
    cured.say("light-301", { on: false });
    expect(record(cured).ended).toBe("house");
  });

  it("of a version before messages: its assignee saw it on the page", () => {
    const h = new ToldHouse("07-01 09:00", { policies: [lampOn("high")] });
    h.say("light-301", { on: true });
    const { told: _told, chain: _chain, group: _group, clearsAt: _clearsAt, occurrences: _occurrences, chattering: _chattering, ...old } = h.alerts()[0]!;
    expect(alarmRecord(old as never)).toMatchObject({ quiet: false, heard: [{ person: "chief" }], occurrences: 1, chattering: false, climbsAt: null });
  });
});

const lampOff: ReturnType<typeof lampOn>["judge"] = (view) =>
  view.point("on")?.value === true
    ? { state: "breach", reason: "is-on", evidence: {}, hold: 0, want: { set: { on: false } } }
    : { state: "fine", reason: "off", evidence: {} };
