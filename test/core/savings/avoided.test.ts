/** Commands whose savings can be reckoned by hand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCalendar } from "../../../server/core/calendar.ts";
import type { Command } from "../../../server/core/finding.ts";
import type { Millis } from "../../../server/core/reading.ts";
import { AVOIDED_SETTINGS, avoidedBy } from "../../../server/core/savings/avoided.ts";
import { chanceOf } from "../../../server/core/savings/chance.ts";
import { curveOf } from "../../../server/core/savings/curve.ts";
import type { Metered } from "../../../server/core/savings/episode.ts";
import { episodesOf, obeyed, unsaidOf } from "../../../server/core/savings/episode.ts";
import { intervalOf } from "../../../server/core/savings/interval.ts";
import { loadSeries, STEP } from "../../../server/core/savings/load.ts";
import { PAST_SETTINGS, pastsOf } from "../../../server/core/savings/past.ts";
import { smallSite } from "../../support/small-site.ts";
import { LAMP, lampCommand, lampFinding } from "../../support/vacant-lamp.ts";
import { runs } from "../../support/properties.ts";

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
/** Monday 2026-06-01, local midnight. */
const START = Date.parse("2026-06-01T00:00:00+08:00");
const DAYS = 21;
const FROM = START + 14 * DAY;
const TO = START + DAYS * DAY;

const calendar = createCalendar({
  timezone: "Asia/Shanghai",
  settings: smallSite().calendar,
  holidays: { 2026: { source: "none", provisional: false, off: [], work: [] } },
});

/** A stretch of load on a day (0 = the first), hours of the day, W. */
type Run = readonly [day: number, from: number, until: number, watts: number];

function metered(runs: readonly Run[], device = LAMP): Metered {
  const values = new Float64Array((DAYS * DAY) / STEP);
  for (const [day, from, until, watts] of runs)
    for (let w = Math.round((day * DAY + from * HOUR) / STEP); w < Math.round((day * DAY + until * HOUR) / STEP); w++) values[w] = watts;
  return { device, kind: "light", group: "light office", quantity: "kwh", standby: 2, load: loadSeries(START, values) };
}

const moment = (day: number, hour: number): Millis => START + day * DAY + hour * HOUR;
const finding = (id: string, day: number, from: number, until: number, by: string | null) => lampFinding(id, moment(day, from), moment(day, until), by);
const command = (id: string, day: number, hour: number, set: Command["set"] = { on: false }, more: Partial<Command> = {}) =>
  lampCommand(id, moment(day, hour), { set, ...more });

/** Ten working days on which the lamp was forgotten at six and burned until `until`. */
const watched = (until: (n: number) => number, watts = 100) => {
  const days = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11];
  return {
    runs: days.map((day, n): Run => [day, 17, until(n), watts]),
    findings: days.map((day, n) => finding(`w${day}`, day, 18, until(n), null)),
  };
};

function state(past: ReturnType<typeof watched>, runs: readonly Run[], commands: readonly Command[]) {
  const all = [
    ...past.findings,
    ...commands.filter((c) => c.source === "policy").map((c) => finding(`f-${c.id}`, Math.floor((c.plannedAt - START) / DAY), 18, 18.1, c.id)),
  ];
  const meters = new Map([[LAMP, metered([...past.runs, ...runs])]]);
  const episodes = episodesOf(commands, new Map(all.map((f) => [f.id, f])), meters, FROM, TO);
  const pasts = pastsOf(meters, all, obeyed(commands), calendar, PAST_SETTINGS);
  return { episodes, sum: avoidedBy(episodes, pasts, AVOIDED_SETTINGS, chanceOf("test")) };
}

describe("an amount with its bounds", () => {
  it("lies between the middle 95 of 100 draws", () => {
    const draws = Float64Array.from({ length: 1001 }, (_, i) => (i * 337) % 1001);
    expect(intervalOf(500, draws)).toEqual({ value: 500, low: 25, high: 975 });
  });

  it("is never outside its own interval, however little the past knows", () => {
    expect(intervalOf(92, Float64Array.of(-1, 20, 40, 75))).toMatchObject({ value: 92, high: 92 });
    expect(intervalOf(-3, Float64Array.of(-1, 20, 40, 75))).toMatchObject({ value: -3, low: -3 });
  });
});

describe("what a command alone tells of why nothing is said", () => {
  it.each([
    [null, { on: false }, {}],
    [null, { setpoint: 26 }, {}],
    [null, { valve: "closed" }, { state: "reported" }],
    ["not-a-rule", { on: false }, { source: "person", by: "staff" }],
    ["gives-back", { on: true }, { reason: "given-back" }],
    ["switches-on", { on: true }, {}],
    ["no-load", { job: "release" }, {}],
    ["under-way", { on: false }, { state: "sent", endedAt: null, steps: [] }],
    ["not-obeyed", { on: false }, { state: "ignored", steps: [] }],
  ] as const)("%s: %j %j", (why, set, more) => {
    const said = command("c", 14, 18, set, more);
    expect(unsaidOf(said)).toBe(why);
    // Only what something may be said of has an episode.
    const meters = new Map([[LAMP, metered([[14, 17, 18, 100]])]]);
    expect(episodesOf([said], new Map(), meters, FROM, TO)).toHaveLength(why === null ? 1 : 0);
  });
});

describe("a lamp that always burned until ten and is switched off at six", () => {
  it("would have burned four hours at 100 W, by its own ten pasts", () => {
    const { sum } = state(
      watched(() => 22),
      [[14, 17, 18, 100]],
      [command("a", 14, 18)],
    );
    expect(sum.commands).toMatchObject([{ basis: "own", pasts: { own: 10, others: 0 } }]);
    expect(sum.commands[0]!.hours).toBeCloseTo(4, 6);
    expect(sum.total.kwh.value).toBeCloseTo(0.4, 6);
    expect(sum.total.kwh.low).toBeLessThanOrEqual(0.4);
    expect(sum.total.kwh.high).toBeGreaterThanOrEqual(0.4);
  });

  it("ten times the watts are ten times the energy, and the same hours", () => {
    const [one, ten] = [100, 1000].map(
      (watts) =>
        state(
          watched(() => 22, watts),
          [[14, 17, 18, watts]],
          [command("a", 14, 18)],
        ).sum,
    );
    expect(ten!.total.kwh.value).toBeCloseTo(10 * one!.total.kwh.value, 6);
    expect(ten!.total.kwh.high).toBeCloseTo(10 * one!.total.kwh.high, 6);
  });

  it("saves until somebody switches it on again, and from the next command on once more: no hour twice", () => {
    const { sum, episodes } = state(
      watched(() => 22),
      [
        [14, 17, 18, 100],
        [14, 19, 20, 100],
      ],
      [command("a", 14, 18), command("b", 14, 20)],
    );
    expect(episodes.map((e) => e.endedBy)).toEqual(["runs-again", "period"]);
    expect(sum.commands[0]!.hours).toBeCloseTo(1, 6);
    expect(episodes[0]!.last).toBeLessThanOrEqual(episodes[1]!.first);
    expect(sum.total.kwh.value).toBeLessThanOrEqual(0.3 + 1e-9);
  });

  it("a second command while it is off gets what the first does not", () => {
    const once = state(
      watched(() => 22),
      [[14, 17, 18, 100]],
      [command("a", 14, 18)],
    ).sum;
    const twice = state(
      watched(() => 22),
      [[14, 17, 18, 100]],
      [command("a", 14, 18), command("b", 14, 18.5)],
    ).sum;
    expect(twice.commands[0]!.hours).toBeLessThanOrEqual(0.5 + 1e-9);
    expect(twice.total.kwh.value).toBeLessThanOrEqual(once.total.kwh.value + 1e-9);
  });
});

it("counts what was cut short as having lasted longer than that", () => {
  const past = watched((n) => (n < 5 ? 20 : 22));
  // Somebody commanded it on the last five days when it had burned for an hour: they lasted at least so long.
  const cut = [7, 8, 9, 10, 11].map((day, n) => command(`c${n}`, day, 19, { on: false }, { source: "person", finding: null }));
  const hours = (commands: readonly Command[]) => state(past, [[14, 17, 18, 100]], [...commands, command("a", 14, 18)]).sum.commands[0]!.hours!;
  expect(hours([])).toBeCloseTo(3, 6);
  expect(hours(cut)).toBeCloseTo(2, 6);
});

it("holds a Friday against the other days: what was on when the office closed stays on over the weekend", () => {
  const past = watched((n) => (n % 2 === 0 ? 20 : 24 + 8));
  const { sum } = state(past, [[18, 17, 18, 100]], [command("a", 18, 18)]);
  // Half of them end at eight, half burn on: two hours surely, then half of four, and half of the two days off.
  const [low, high] = [2 + 0.5 * 4 + 0.5 * 48 - 0.5, 2 + 0.5 * 4 + 0.5 * 48 + 0.5];
  expect(sum.commands[0]!.hours).toBeGreaterThan(low);
  expect(sum.commands[0]!.hours).toBeLessThan(high);
});

it("claims nothing without a past, and a usual share per degree for a setpoint", () => {
  const none = state({ runs: [], findings: [] }, [[14, 17, 18, 100]], [command("a", 14, 18)]).sum;
  expect(none.commands).toMatchObject([{ basis: "none", amount: { value: 0, low: 0, high: 0 } }]);
  const set = state({ runs: [], findings: [] }, [[14, 17, 20, 940]], [command("a", 14, 18, { setpoint: 26 }, { before: { setpoint: 25 } })]).sum;
  expect(set.commands).toMatchObject([{ basis: "nominal" }]);
  // Two hours, less the window in which it was asked, at 940 W that would have been 1,000.
  expect(set.total.kwh.value).toBeCloseTo(0.06 * (2 - 1 / 12), 3);
});

it("takes what a device draws more when it runs again off the command", () => {
  const plain = state(
    watched(() => 22),
    [
      [14, 17, 18, 100],
      [14, 19, 22, 100],
    ],
    [command("a", 14, 18)],
  ).sum;
  const more = state(
    watched(() => 22),
    [
      [14, 17, 18, 100],
      [14, 19, 20, 150],
      [14, 20, 22, 100],
    ],
    [command("a", 14, 18)],
  ).sum;
  expect(more.commands[0]!.rebound).toBeCloseTo(0.05, 6);
  expect(plain.total.kwh.value - more.total.kwh.value).toBeCloseTo(0.05, 6);
});

it.each(["refused", "ignored", "gave-up"] as const)("a command that was %s saved nothing", (ended) => {
  expect(
    state(
      watched(() => 22),
      [[14, 17, 22, 100]],
      [command("a", 14, 18, { on: false }, { state: ended, steps: [] })],
    ).sum.commands,
  ).toEqual([]);
});

describe("devices without a past of their own", () => {
  /** Three lamps whose past is the first one's, commanded on two evenings; the last one for a shorter time. */
  const others = ["hall/light-302", "hall/light-303", "hall/light-304"];
  const past = watched((n) => 20 + (n % 4));
  const commands = others.map((device, i) => command(`c${i}`, 14, 18, { on: false }, { device, finding: null }));
  const meters = new Map([
    [LAMP, metered(past.runs)],
    ...others.map((device, i) => [device, metered([[14, 17, 18, 60], ...(i === 2 ? [[14, 19, 20, 60] as const] : [])], device)] as const),
  ]);
  const episodes = episodesOf(commands, new Map(), meters, FROM, TO);
  const pasts = pastsOf(meters, past.findings, obeyed(commands), calendar, PAST_SETTINGS);

  it("are held against one list, the same for all, and each against no further than it went", () => {
    const [first, second, third] = episodes.map((e) => pasts.of(e)!);
    expect(first!.basis).toBe("alike");
    expect(second!.others).toBe(first!.others);
    expect(third!.others).toBe(first!.others);
    const { commands: said } = avoidedBy(episodes, pasts, AVOIDED_SETTINGS, chanceOf("test"));
    expect(said[1]!.amount.value).toBe(said[0]!.amount.value);
    expect(said[2]!.hours).toBeLessThan(said[0]!.hours!);
    // By itself each comes to what it came to among the others.
    for (const [i, e] of episodes.entries())
      expect(avoidedBy([e], pasts, AVOIDED_SETTINGS, chanceOf("test")).commands[0]!.amount.value).toBeCloseTo(said[i]!.amount.value, 12);
  });

  it("have a curve that is the same however far it is asked for, and ends where nothing was seen any more", () => {
    const all = pasts.of(episodes[0]!)!.others;
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 5, noNaN: true }), { minLength: all.length, maxLength: all.length }),
        fc.integer({ min: 0, max: 900 }),
        (weights, n) => {
          const [long, short] = [curveOf(all, weights, 2000), curveOf(all, weights, n)];
          expect(long.runs).toHaveLength(long.seen);
          expect(short.runs).toHaveLength(Math.min(n, long.seen));
          for (const [u, share] of short.runs.entries()) {
            expect(share).toBe(long.runs[u]);
            expect(short.byBefore[u + 1]).toBeCloseTo(long.byBefore[u + 1]!, 9);
          }
        },
      ),
      { numRuns: runs(30) },
    );
  });
});
