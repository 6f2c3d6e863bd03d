/** Delays, chatter, service: what keeps an alarm from crying wolf. */
import { describe, expect, it } from "vitest";
import { at, lampOn, ToldHouse } from "../../support/told-house.ts";

const delayed = (params: Record<string, number>) => new ToldHouse("07-01 14:00", { site: { policies: { lamp: { params } } } });

describe("an on-delay", () => {
  it("keeps the finding and spares the alert where the condition does not last", () => {
    const h = delayed({ alertAfter: 120 }).lamp();
    h.wait(119);
    h.lamp(false);
    h.wait(600);
    expect(h.findings()).toHaveLength(1);
    expect(h.alerts()).toHaveLength(0);
  });

  it("raises it when its time is over, and the finding knows its alert", () => {
    const h = delayed({ alertAfter: 120 }).lamp();
    h.wait(119);
    expect(h.alerts()).toHaveLength(0);
    h.wait(1);
    expect(h.alerts()).toMatchObject([{ state: "unacknowledged", raisedAt: at("07-01 14:02") }]);
    expect(h.findings()[0]!.alert).toBe(h.alerts()[0]!.id);
  });

  it("outlasts a restart", () => {
    const h = delayed({ alertAfter: 120 }).lamp();
    h.wait(60);
    const next = h.restart(10);
    next.wait(49);
    expect(next.alerts()).toHaveLength(0);
    next.wait(1);
    expect(next.alerts()).toHaveLength(1);
  });
});

describe("an off-delay", () => {
  it("keeps the alert for so long, and what comes back meanwhile is the same alert", () => {
    const h = delayed({ clearAfter: 60 }).lamp();
    h.wait(10);
    for (let i = 0; i < 2; i++) {
      h.lamp(false);
      h.wait(59);
      h.lamp(true);
      h.wait(61);
    }
    expect(h.findings()).toHaveLength(3);
    expect(h.alerts()).toMatchObject([{ state: "unacknowledged", occurrences: 3 }]);
    expect(h.findings().every((f) => f.alert === h.alerts()[0]!.id)).toBe(true);
    h.lamp(false);
    h.wait(59);
    expect(h.alerts()[0]!.clearedAt).toBeNull();
    h.wait(1);
    expect(h.alerts()[0]).toMatchObject({ state: "returned-unacknowledged", clearedAt: h.now });
  });

  it("outlasts a restart", () => {
    const h = delayed({ clearAfter: 60 }).lamp();
    h.wait(10);
    h.lamp(false);
    const next = h.restart(10);
    next.wait(49);
    expect(next.alerts()[0]!.clearedAt).toBeNull();
    next.wait(1);
    expect(next.alerts()[0]!.state).toBe("returned-unacknowledged");
  });
});

describe("a chattering alarm", () => {
  const flicker = (h: ToldHouse, times: number, every: number) => {
    for (let i = 0; i < times; i++) {
      h.lamp(true);
      h.wait(every / 2);
      h.lamp(false);
      h.wait(every / 2);
    }
  };

  it("three times in a minute is one alert that says so, and stands until it was quiet for ten minutes", () => {
    const h = new ToldHouse("07-01 14:00");
    flicker(h, 30, 20);
    expect(h.findings()).toHaveLength(30);
    expect(h.alerts()).toHaveLength(3);
    expect(h.alerts()[2]).toMatchObject({ chattering: true, occurrences: 28, state: "unacknowledged" });
    h.wait(589);
    expect(h.alerts()[2]!.clearedAt).toBeNull();
    h.wait(1);
    expect(h.alerts()[2]!.state).toBe("returned-unacknowledged");
  });

  it("twice in a minute does not chatter", () => {
    const h = new ToldHouse("07-01 14:00");
    flicker(h, 10, 40);
    expect(h.alerts()).toHaveLength(10);
    expect(h.alerts().some((a) => a.chattering)).toBe(false);
  });
});

describe("an alarm out of service", () => {
  const out = (h: ToldHouse, until: string | null) =>
    h.ask("staff", {
      kind: "alert",
      alert: [...h.house.alerts.keys()][0]!,
      action: { kind: "out-of-service", until: until === null ? null : at(until), note: "the sensor is being exchanged" },
    });

  it("is kept and shown, and nobody is told, also when it is raised again", () => {
    const h = new ToldHouse("07-01 14:00").lamp();
    expect(out(h, null)).toMatchObject({ ok: true });
    h.until("07-01 15:00").lamp(false).lamp(true).until("07-01 17:00");
    expect(h.alerts().map((a) => a.state)).toEqual(["normal", "out-of-service"]);
    expect(h.calls()).toEqual([]);
  });

  it("of one device leaves the others in service", () => {
    const h = new ToldHouse("07-01 14:00", { policies: [lampOn()] }).lamp();
    out(h, null);
    h.lamp(true, "ac-302").until("07-01 14:01");
    expect(h.alerts().map((a) => a.state)).toEqual(["out-of-service", "unacknowledged"]);
  });

  it("returns by itself at its end, by a person's word before; then its clock begins", () => {
    const h = new ToldHouse("07-01 14:00").lamp();
    out(h, "07-01 15:00");
    expect(h.until("07-01 15:20").calls()).toEqual(["15:00:30 chief", "15:15:00 deputy"]);
    const early = new ToldHouse("07-01 14:00").lamp();
    out(early, "07-01 16:00");
    early.until("07-01 14:30");
    const alert = early.alerts()[0]!.id;
    expect(early.ask("staff", { kind: "alert", alert, action: { kind: "return-to-service", note: "done" } })).toMatchObject({ ok: true });
    expect(early.ask("staff", { kind: "alert", alert, action: { kind: "return-to-service", note: "done" } })).toMatchObject({
      ok: false,
      refusal: { code: "not-active" },
    });
    expect(early.until("07-01 14:31").calls()).toEqual(["14:30:30 chief"]);
  });

  it("outlasts a restart", () => {
    const h = new ToldHouse("07-01 14:00").lamp();
    out(h, "07-01 15:00");
    expect(h.restart(60).until("07-01 15:10").calls()).toEqual(["15:00:30 chief"]);
  });
});

describe("a planned silence", () => {
  const quiet = (h: ToldHouse, more: object = {}) =>
    h.ask("staff", {
      kind: "add-silence",
      building: null,
      floor: null,
      space: null,
      device: null,
      department: null,
      alarm: null,
      severity: null,
      reason: "painters",
      from: at("07-01 14:00"),
      until: at("07-01 15:00"),
      ...more,
    });

  it("puts what is raised there, and what stands there, on the shelf until its end; then the clock begins", () => {
    const h = new ToldHouse("07-01 13:59").lamp().until("07-01 13:59:20");
    expect(quiet(h, { floor: "3", building: "hall" })).toMatchObject({ ok: true });
    h.until("07-01 14:00:10").lamp(true, "ac-302");
    expect(h.alerts().map((a) => [a.state, a.shelvedUntil])).toEqual([
      ["shelved", at("07-01 15:00")],
      ["shelved", at("07-01 15:00")],
    ]);
    expect(h.until("07-01 15:05").calls()).toEqual(["13:59:30 chief", "15:00:30 chief"]);
    // It says that no person put it there for itself.
    expect(h.alerts().map((a) => a.log.find((l) => l.what === "silenced"))).toMatchObject([
      { by: "staff", note: "painters" },
      { by: "staff", note: "painters" },
    ]);
    expect(h.house.silences.size).toBe(0);
  });

  it("also takes what a shelf or a repair gives back while it lasts", () => {
    const give = { kind: "shelve", until: at("07-01 14:30"), note: "later" } as const;
    const repair = { kind: "out-of-service", until: at("07-01 14:30"), note: "new sensor" } as const;
    for (const action of [give, repair]) {
      const h = new ToldHouse("07-01 14:00").lamp();
      h.ask("staff", { kind: "alert", alert: h.alerts()[0]!.id, action });
      quiet(h, { space: "hall/301" });
      expect(h.until("07-01 15:05").calls()).toEqual(["15:00:30 chief"]);
    }
  });

  it("takes only what fits every part of it, and no request", () => {
    const h = new ToldHouse("07-01 14:00");
    quiet(h, { space: "hall/302" });
    quiet(h, { alarm: "policy.other", floor: "3" });
    quiet(h, { severity: "low", device: "hall/light-301" });
    h.lamp().lamp(true, "ac-302");
    expect(h.alerts().map((a) => a.state)).toEqual(["unacknowledged", "shelved"]);
  });

  it("ended before its time, what lay on the shelf by it stands again", () => {
    const h = new ToldHouse("07-01 14:00");
    quiet(h, { device: "hall/light-301" });
    h.lamp().until("07-01 14:10");
    h.ask("staff", { kind: "end-silence", silence: [...h.house.silences.keys()][0]! });
    expect(h.until("07-01 14:12").calls()).toEqual(["14:10:30 chief"]);
  });

  it("outlasts a restart, and refuses to silence everything or for ever", () => {
    const h = new ToldHouse("07-01 14:00");
    quiet(h, { device: "hall/light-301" });
    const next = h.restart(10);
    next.lamp();
    expect(next.alerts()[0]!.state).toBe("shelved");
    expect(quiet(h)).toMatchObject({ ok: false, refusal: { code: "too-wide" } });
    expect(quiet(h, { floor: "3", until: at("12-31 00:00") })).toMatchObject({ ok: false, refusal: { code: "bad-period" } });
    expect(quiet(h, { space: "hall/999" })).toMatchObject({ ok: false, refusal: { code: "unknown-space" } });
  });
});
