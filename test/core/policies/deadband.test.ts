/** A breach that stands ends beyond the limit by the deadband, and not before; without a deadband, and before it stands, the limit alone decides. */
import { describe, expect, it } from "vitest";
import { checkCustom } from "../../../server/core/custom/check.ts";
import { compileCustom } from "../../../server/core/custom/compile.ts";
import type { CustomPolicy } from "../../../server/core/custom/document.ts";
import { POLICIES } from "../../../server/core/policies/all.ts";
import type { Held } from "../../support/held.ts";
import { judge } from "../../support/held.ts";
import { BREACHES, policy } from "../../support/breaches.ts";
import { PlayedHouse } from "../../support/played-house.ts";
import { restartInto } from "../../support/restart.ts";

interface Row {
  readonly id: string;
  readonly reason: string;
  readonly deadband: number;
  /** The held instant with the value that counts. */
  readonly with: (value: number) => Held;
  /** Past the limit; back within it but not by the deadband; back by the deadband. */
  readonly values: readonly [number, number, number];
}

const own = (id: string, point: string) => (value: number) => {
  const { held } = BREACHES[id]!;
  return { ...held, subject: { ...held.subject, points: { ...held.subject.points, [point]: value } } };
};
const around = (id: string, kind: "lux" | "outdoor", point: string) => (value: number) => ({
  ...BREACHES[id]!.held,
  around: [{ kind, points: { [point]: value } }],
});

const ROWS: readonly Row[] = [
  { id: "cooling-floor", reason: "below", deadband: 0.5, with: own("cooling-floor", "setpoint"), values: [25.9, 26.4, 26.5] },
  { id: "heating-ceiling", reason: "above", deadband: 0.5, with: own("heating-ceiling", "setpoint"), values: [20.1, 19.6, 19.5] },
  {
    id: "daylight-lights-off",
    reason: "bright",
    deadband: 100,
    with: around("daylight-lights-off", "lux", "illuminance"),
    values: [800, 700, 699.9],
  },
  {
    id: "natural-air-first",
    reason: "cool-outside",
    deadband: 1,
    with: around("natural-air-first", "outdoor", "temperature"),
    values: [24, 25, 25.1],
  },
  // At 0 °C the curve says 59 °C, and 5 K to both sides are its band.
  { id: "boiler-follows-weather", reason: "too-hot", deadband: 2, with: own("boiler-follows-weather", "supply"), values: [64.1, 62.1, 62] },
  { id: "boiler-follows-weather", reason: "too-cold", deadband: 2, with: own("boiler-follows-weather", "supply"), values: [53.9, 55.9, 56] },
  { id: "standby-cut", reason: "waits", deadband: 1, with: own("standby-cut", "power"), values: [2.1, 1.1, 1] },
  { id: "standby-cut", reason: "waits", deadband: 1, with: own("standby-cut", "power"), values: [50, 51, 51.1] },
];

it("every rule that has a deadband is held here", () => {
  const having = POLICIES.filter((p) => p.params.some((x) => x.name === "deadband")).map((p) => p.id);
  expect([...new Set(ROWS.map((r) => r.id))].sort()).toEqual(having.sort());
});

describe.each(ROWS)("$id, $reason, at $values", ({ id, reason, deadband, with: held, values: [past, between, back] }) => {
  const state = (value: number, band: number, standing?: string) =>
    judge(policy(id), { ...held(value), params: { deadband: band }, ...(standing === undefined ? {} : { standing }) }).state;

  it("what stands ends beyond the limit by the deadband", () => {
    expect([past, between, back].map((v) => state(v, deadband, reason))).toEqual(["breach", "breach", "fine"]);
  });

  it("what does not stand begins at the limit, and another breach lends it nothing", () => {
    expect([past, between, back].map((v) => state(v, deadband))).toEqual(["breach", "fine", "fine"]);
    expect(state(between, deadband, "another")).toBe("fine");
  });

  it("without a deadband it is as it always was", () => {
    expect([past, between, back].map((v) => state(v, 0, reason))).toEqual(["breach", "fine", "fine"]);
  });
});

it("a setpoint is asked to where its breach ends", () => {
  const asked = (id: string, params: Record<string, number>) => {
    const judged = judge(policy(id), { ...BREACHES[id]!.held, params });
    return judged.state === "breach" ? judged.want : judged.state;
  };
  expect(asked("cooling-floor", { deadband: 1 })).toEqual({ set: { setpoint: 27 } });
  expect(asked("heating-ceiling", { deadband: 1 })).toEqual({ set: { setpoint: 19 } });
});

const warm: CustomPolicy = {
  id: "too-warm",
  name: "Too warm",
  rule: "Not above the limit",
  severity: "low",
  mode: "advise",
  priority: 25,
  kinds: ["ac"],
  scope: {},
  params: { limit: { unit: "°C", default: 28, min: 20, max: 40 } },
  when: { point: "temperature", above: "$limit", deadband: 1 },
  hold: 0,
  warn: 0,
  waste: 0,
};

describe("a policy that is written as data", () => {
  const play = (when: CustomPolicy["when"]) => {
    const house = new PlayedHouse([compileCustom({ ...warm, when })]);
    const open = (temperature: number) => {
      house.wait(1);
      house.say("ac-301", { on: true, temperature });
      return house.house.findings.size;
    };
    return { house, open };
  };

  it("ends beyond its limit by the deadband, and begins at the limit again", () => {
    const { open } = play(warm.when);
    expect([28, 28.1, 27.5, 27.1, 27, 27.9, 28.1].map(open)).toEqual([0, 1, 1, 1, 0, 0, 1]);
    const below = play({ point: "temperature", below: "$limit", deadband: 1 });
    expect([28, 27.9, 28.9, 29, 28.5, 27.9].map(below.open)).toEqual([0, 1, 1, 0, 0, 1]);
  });

  it("each limit goes by itself: what never was past its own is not held up by the other", () => {
    const { open } = play({
      or: [
        { point: "temperature", above: 28, deadband: 1 },
        { point: "temperature", below: 20, deadband: 9 },
      ],
    });
    expect([28.1, 27.5, 27].map(open)).toEqual([1, 1, 0]);
  });

  it("goes on standing after a restart", () => {
    const { house, open } = play(warm.when);
    open(28.5);
    open(27.5);
    const again = restartInto(new PlayedHouse([compileCustom(warm)]), house, 60);
    expect(again.house.findings.size).toBe(1);
    again.wait(1);
    again.say("ac-301", { on: true, temperature: 27.5 });
    expect(again.house.findings.size).toBe(1);
    again.wait(1);
    again.say("ac-301", { on: true, temperature: 26.9 });
    expect(again.house.findings.size).toBe(0);
  });

  it.each<[string, CustomPolicy["when"], RegExp]>([
    ["with is", { point: "on", is: true, deadband: 1 }, /goes with above or below/],
    ["within not", { not: { point: "temperature", above: "$limit", deadband: 1 } }, /turn the condition round/],
    ["below 0", { point: "temperature", above: "$limit", deadband: -1 }, /must not be below 0/],
    ["of no parameter", { point: "temperature", above: "$limit", deadband: "$band" }, /there is no parameter "band"/],
  ])("is refused %s", (_what, when, message) => {
    const problems = checkCustom({ ...warm, when }, new Set());
    expect(problems.map((p) => `${p.path} ${p.message}`).join("\n")).toMatch(message);
  });
});
