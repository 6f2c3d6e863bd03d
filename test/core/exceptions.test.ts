import { describe, expect, it } from "vitest";
import { estimateCost } from "../../server/core/estimate.ts";
import { POLICIES } from "../../server/core/policies/all.ts";
import { alwaysWorking, PlayedHouse, rule } from "../support/played-house.ts";
import { restartInto } from "../support/restart.ts";
import { smallSite } from "../support/small-site.ts";

const HOUR = 3_600_000;
const asked = (h: PlayedHouse, more: object = {}) =>
  ({
    kind: "override",
    device: "hall/ac-301",
    space: null,
    policy: null,
    set: null,
    reason: "guests",
    until: h.now + HOUR,
    asks: true,
    cost: { kwh: 1.1, cny: 0.8 },
    ...more,
  }) as const;
const open = (h: PlayedHouse) => h.findings().filter((f) => f.state === "open");

describe("asking for an override", () => {
  it("goes to the department's chief, holds from the grant on, and ends by itself", () => {
    const h = new PlayedHouse([rule()]);
    const answer = h.ask("clerk", asked(h));
    const id = answer.ok ? answer.subject : "";
    expect(h.house.approvals.get(id)).toMatchObject({ kind: "override", department: "general", requestedBy: "clerk", state: "pending", cost: { kwh: 1.1 } });
    expect(h.alerts()).toMatchObject([{ title: "approval.override", department: "general", evidence: { kwh: 1.1, cny: 0.8 } }]);
    expect(h.house.overrides.size).toBe(0);
    h.wait(600);
    expect(h.ask("chief", { kind: "decide-approval", approval: id, grant: true, note: null })).toMatchObject({ ok: true });
    expect([...h.house.overrides.values()]).toMatchObject([{ by: "clerk", grantedBy: "chief", approval: id, cost: { kwh: 1.1 } }]);
    expect(h.alerts().at(-1)).toMatchObject({ state: "normal" });
    h.say("ac-301", { on: true });
    h.wait(1200);
    expect(open(h)).toEqual([]);
    for (let i = 0; i < 10; i++) {
      h.wait(300);
      h.say("ac-301", { on: true });
    }
    expect(h.house.overrides.size).toBe(0);
    expect(open(h)).toHaveLength(1);
    expect(h.decisions.some((d) => d.kind === "audit" && d.entry.what === "override-ended")).toBe(true);
  });

  it("is decided by nobody on their own, can be refused, and is forgotten when its time is over", () => {
    const h = new PlayedHouse([rule()]);
    const first = h.ask("chief", asked(h));
    const second = h.ask("clerk", asked(h, { device: null, space: "hall/301" }));
    const [a, b] = [first.ok ? first.subject : "", second.ok ? second.subject : ""];
    expect(h.ask("chief", { kind: "decide-approval", approval: a, grant: true, note: null })).toMatchObject({ ok: false, refusal: { code: "own-request" } });
    expect(h.ask("chief", { kind: "decide-approval", approval: b, grant: false, note: "no" })).toMatchObject({ ok: true });
    h.wait(3601);
    expect(h.house.approvals.size).toBe(0);
    expect(h.house.overrides.size).toBe(0);
    const ends = h.decisions.flatMap((d) => (d.kind === "approval" ? [`${d.approval.id === a ? "a" : "b"} ${d.why}`] : []));
    expect(ends).toEqual(["a requested", "b requested", "b refused", "a expired"]);
  });

  it("is asked for once, and by one person not without end", () => {
    const h = new PlayedHouse([rule()]);
    const codeOf = (answer: ReturnType<typeof h.ask>) => (answer.ok ? "asked" : answer.refusal.code);
    expect([asked(h), asked(h, { reason: "again" }), asked(h, { policy: "rule" })].map((r) => codeOf(h.ask("clerk", r)))).toEqual([
      "asked",
      "asked-already",
      "asked",
    ]);
    const hours = Array.from({ length: 30 }, (_, n) => ({ from: h.now + n * HOUR, until: h.now + (n + 1) * HOUR }));
    const overtime = hours.map((p) => codeOf(h.ask("clerk", { kind: "request-approval", space: "hall/301", reason: "accounts", ...p })));
    expect(overtime.filter((c) => c === "asked")).toHaveLength(18);
    expect(codeOf(h.ask("chief", asked(h)))).toBe("asked");
  });

  it("is taken back by who asked, and its alert goes with it", () => {
    const h = new PlayedHouse([rule()]);
    const answer = h.ask("clerk", asked(h));
    const approval = answer.ok ? answer.subject : "";
    expect(h.ask("director", { kind: "withdraw-approval", approval })).toMatchObject({ ok: false, refusal: { code: "forbidden" } });
    expect(h.ask("clerk", { kind: "withdraw-approval", approval })).toMatchObject({ ok: true });
    expect(h.house.approvals.size).toBe(0);
    expect(h.alerts().at(-1)).toMatchObject({ state: "normal" });
    expect(h.ask("clerk", { kind: "withdraw-approval", approval })).toMatchObject({ ok: false, refusal: { code: "not-pending" } });
    expect(h.ask("chief", { kind: "decide-approval", approval, grant: true, note: null })).toMatchObject({ ok: false });
  });

  it("is still asked for after a restart, and forgotten in time", () => {
    const h = new PlayedHouse([rule()]);
    const answer = h.ask("clerk", asked(h));
    const next = restartInto(new PlayedHouse([rule()]), h, 60);
    expect(next.house.approvals.get(answer.ok ? answer.subject : "")).toMatchObject({ state: "pending" });
    next.wait(3600);
    expect(next.house.approvals.size).toBe(0);
  });

  it("is refused like an override itself where it makes no sense", () => {
    const h = new PlayedHouse([rule()]);
    for (const [more, code] of [
      [{ device: null }, "bad-subject"],
      [{ device: "hall/none" }, "unknown-device"],
      [{ device: null, space: "hall/none" }, "unknown-space"],
      [{ policy: "none" }, "unknown-policy"],
      [{ until: h.now }, "in-the-past"],
      [{ until: h.now + 8 * 24 * HOUR }, "too-long"],
      [{ set: { setpoint: 99 } }, "bad-values"],
      [{ device: "hall/exit-301", set: { on: false } }, "protected"],
      [{ device: null, space: "hall/301", set: { on: true } }, "bad-subject"],
    ] as const)
      expect(h.ask("clerk", asked(h, more)), JSON.stringify(more)).toMatchObject({ ok: false, refusal: { code } });
  });
});

describe("a standing exemption", () => {
  const exemption = { kind: "exemption", device: null, space: null, spaceClass: null, policy: null, reason: "server rack", until: null, asks: false } as const;

  it.each([
    ["a device", { device: "hall/ac-301" }],
    ["a space", { space: "hall/301" }],
    ["a class of spaces", { spaceClass: "office" }],
    ["a device for this policy", { device: "hall/ac-301", policy: "rule" }],
  ] as const)("of %s holds at once and ends at once", (_what, more) => {
    const h = new PlayedHouse([rule()]);
    h.say("ac-301", { on: true });
    h.wait(61);
    expect(open(h)).toHaveLength(1);
    const answer = h.ask("director", { ...exemption, ...more });
    expect(open(h)).toEqual([]);
    expect(h.findings()[0]).toMatchObject({ closeReason: "exempt" });
    h.say("ac-301", { on: true });
    h.wait(120);
    expect(open(h)).toEqual([]);
    h.ask("director", { kind: "end-exemption", exemption: answer.ok ? answer.subject : "" });
    h.wait(61);
    expect(open(h)).toHaveLength(1);
  });

  it("is asked for, granted, ends by itself, and is there after a restart until then", () => {
    const h = new PlayedHouse([rule()]);
    const answer = h.ask("chief", { ...exemption, device: "hall/ac-301", until: h.now + 2 * HOUR, asks: true });
    expect(h.house.exemptions.size).toBe(0);
    h.ask("director", { kind: "decide-approval", approval: answer.ok ? answer.subject : "", grant: true, note: null });
    expect([...h.house.exemptions.values()]).toMatchObject([{ by: "chief", grantedBy: "director", device: "hall/ac-301" }]);
    const next = restartInto(new PlayedHouse([rule()]), h, 60);
    expect(next.house.exemptions.size).toBe(1);
    next.wait(7200);
    expect(next.house.exemptions.size).toBe(0);
    expect(next.decisions.some((d) => d.kind === "audit" && d.entry.what === "exemption-ended")).toBe(true);
  });

  it("is refused where it makes no sense", () => {
    const h = new PlayedHouse(POLICIES, smallSite(), alwaysWorking);
    for (const [more, code] of [
      [{}, "bad-subject"],
      [{ device: "hall/ac-301", space: "hall/301" }, "bad-subject"],
      [{ device: "hall/none" }, "unknown-device"],
      [{ space: "hall/none" }, "unknown-space"],
      [{ spaceClass: "office", policy: "none" }, "unknown-policy"],
      [{ spaceClass: "office", until: h.now }, "in-the-past"],
      [{ spaceClass: "office", until: h.now + 500 * 24 * HOUR }, "too-long"],
    ] as const)
      expect(h.ask("director", { ...exemption, ...more }), JSON.stringify(more)).toMatchObject({ ok: false, refusal: { code } });
    expect(h.ask("director", { kind: "end-exemption", exemption: "site-0" })).toMatchObject({ ok: false, refusal: { code: "not-active" } });
  });
});

describe("what an exception would cost", () => {
  const question = { device: "hall/ac-301", space: null, minutes: 120, setpoint: null };
  const none = new Map<string, number>();

  it("is what is measured now, else the week's mean, else what is usual; each with its bounds", () => {
    const h = new PlayedHouse([rule()]);
    expect(estimateCost(h.house, question, none, h.now)).toEqual({
      kwh: { value: 2.2, low: 1.1, high: 3.3 },
      cny: { value: 1.76, low: 0.88, high: 2.64 },
      basis: [{ device: "hall/ac-301", watts: 1100, source: "nominal" }],
    });
    expect(estimateCost(h.house, question, new Map([["hall/ac-301", 900]]), h.now)).toMatchObject({
      kwh: { value: 1.8, low: 1.26, high: 2.34 },
      basis: [{ source: "mean" }],
    });
    h.say("ac-301", { on: true, power: 1000 });
    expect(estimateCost(h.house, question, new Map([["hall/ac-301", 900]]), h.now)).toMatchObject({
      kwh: { value: 2, low: 1.6, high: 2.4 },
      basis: [{ source: "measured" }],
    });
    h.wait(3000);
    expect(estimateCost(h.house, question, none, h.now).basis[0]!.source).toBe("nominal");
  });

  it("is a share of the load where only another temperature is wanted, and nothing at the limit", () => {
    const h = new PlayedHouse([rule()]);
    h.say("ac-301", { on: true, power: 1000 });
    expect(estimateCost(h.house, { ...question, setpoint: 24 }, none, h.now).kwh).toEqual({ value: 0.24, low: 0.13, high: 0.38 });
    expect(estimateCost(h.house, { ...question, setpoint: 26 }, none, h.now).kwh.high).toBe(0);
  });

  it("of a room adds up what may be commanded there, and leaves out what is protected", () => {
    const h = new PlayedHouse([rule()]);
    const { basis } = estimateCost(h.house, { ...question, device: null, space: "hall/301" }, none, h.now);
    expect(basis.map((b) => b.device).sort()).toEqual(["hall/ac-301", "hall/copier-301", "hall/light-301", "hall/plug-301"]);
    // 20 m² at 8 W/m², shared between the room's two lamps.
    expect(basis.find((b) => b.device === "hall/light-301")!.watts).toBe(80);
    expect(estimateCost(h.house, { ...question, device: "hall/ac-101" }, none, h.now)).toMatchObject({ kwh: { value: 0 }, basis: [] });
  });
});
