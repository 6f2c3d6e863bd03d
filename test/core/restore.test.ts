import { describe, expect, it } from "vitest";
import type { PolicyDefinition } from "../../server/core/policy.ts";
import { PlayedHouse, rule, T0 } from "../support/played-house.ts";
import { restartInto } from "../support/restart.ts";

function restart(h: PlayedHouse, policies: PolicyDefinition[], downSeconds: number): PlayedHouse {
  return restartInto(new PlayedHouse(policies), h, downSeconds);
}

describe("a restarted house", () => {
  const known: PolicyDefinition = rule({
    hold: 60,
    judge: (view) => {
      const on = view.point("on");
      if (on === undefined || !view.fresh(view.device.id)) return { state: "unknown", reason: "no-state", evidence: {} };
      return on.value === true
        ? { state: "breach", reason: "is-on", evidence: {}, hold: 60, since: on.changed, want: { set: { on: false } } }
        : { state: "fine", reason: "off", evidence: {} };
    },
  });

  it("goes on with an open finding and its pending command: neither is doubled", () => {
    const h = new PlayedHouse([known]);
    h.say("light-301", { on: true, power: 60 });
    h.wait(60);
    h.confirmSent();
    const next = restart(h, [known], 3);
    expect(next.findings()).toEqual([]);
    expect(next.house.findings.size).toBe(1);
    next.wait(2);
    expect(next.sent().map((c) => c.id)).toEqual([h.sent()[0]!.id]);
    next.say("light-301", { on: false, power: 0 });
    expect(next.commands().map((c) => [c.id, c.state])).toEqual([[h.sent()[0]!.id, "proven"]]);
    expect(next.findings()).toMatchObject([{ id: h.findings()[0]!.id, state: "closed" }]);
  });

  it("lets a compressor rest on that had just stopped", () => {
    const h = new PlayedHouse([]);
    h.say("ac-301", { on: true });
    h.wait(10);
    h.say("ac-301", { on: false });
    const next = restart(h, [], 60);
    const on = () => next.ask("staff", { kind: "command", device: "hall/ac-301", set: { on: true }, reason: "warm" });
    expect(on()).toMatchObject({ ok: false, refusal: { code: "compressor-rest" } });
    next.wait(240);
    expect(on().ok).toBe(true);
  });

  it("finishes a hold that had begun before, at the time it would have", () => {
    const h = new PlayedHouse([known]);
    h.say("light-301", { on: true });
    h.wait(40);
    const next = restart(h, [known], 10);
    next.wait(9);
    expect(next.findings()).toEqual([]);
    next.wait(1);
    expect(next.findings()).toMatchObject([{ since: T0, openedAt: T0 + 60_000 }]);
  });

  it("closes what ended while it was away, once it hears so", () => {
    const h = new PlayedHouse([known]);
    h.say("light-301", { on: true });
    h.wait(60);
    const next = restart(h, [known], 7200);
    expect(next.house.findings.size).toBe(1);
    next.say("light-301", { on: false });
    expect(next.house.findings.size).toBe(0);
  });

  it("keeps policies, overrides, adoptions and shelves", () => {
    const h = new PlayedHouse([known]);
    h.ask("director", { kind: "policy", policy: "rule", change: { mode: "advise", params: { limit: 25 } } });
    h.say("light-9", { on: true });
    h.ask("staff", { kind: "adopt", device: "hall/light-9", as: { kind: "light", space: "hall/301", name: null, interval: null, standby: null } });
    h.wait(60);
    h.ask("staff", { kind: "alert", alert: h.alerts()[0]!.id, action: { kind: "shelve", until: h.now + 600_000, note: "later" } });
    h.ask("chief", { kind: "override", device: "hall/light-301", space: null, policy: null, set: null, reason: "filming", until: h.now + 600_000 });
    const next = restart(h, [known], 60);
    expect(next.house.policies.get("rule")!.settings).toMatchObject({ mode: "advise", params: { limit: 25 } });
    expect(next.house.devices.get("hall/light-9")!.device).toMatchObject({ adopted: true, space: "hall/301" });
    expect([...next.house.alerts.values()][0]!.state).toBe("shelved");
    next.wait(540);
    expect(next.house.overrides.size).toBe(0);
    expect([...next.house.alerts.values()][0]!.state).toBe("unacknowledged");
  });
});
