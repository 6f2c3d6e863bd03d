/** The yardstick itself: it must see what is missed, what is found twice and what was never there. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../server/core/finding.ts";
import type { Truth } from "../../simulators/record.ts";
import { verdictsOf } from "../../simulators/verdicts.ts";
import { precisionOf } from "../support/precision.ts";
import { smallSite, SUMMER_MORNING } from "./small-site.ts";

const MINUTE = 60_000;
const site = smallSite();
const END = SUMMER_MORNING + 600 * MINUTE;
const truth = (kind: string, device: string, from: number, until: number | null): Truth => ({
  kind,
  device: `hall/${device}`,
  space: site.devices.find((d) => d.id === `hall/${device}`)!.space,
  at: SUMMER_MORNING + from * MINUTE,
  until: until === null ? null : SUMMER_MORNING + until * MINUTE,
  note: null,
});
/** It was so, and devices told of it. */
const planted = (kind: string, device: string, from: number, until: number | null): Truth[] => [
  truth(kind, device, from, until),
  truth(`told:${kind}`, device, from, until),
];
const finding = (policy: string, device: string, from: number, until: number): Finding =>
  ({
    id: `${policy}${device}${from}`,
    policy,
    subject: { device: `hall/${device}`, space: null, department: null, job: null },
    since: SUMMER_MORNING + from * MINUTE,
    openedAt: SUMMER_MORNING + (from + 1) * MINUTE,
    closedAt: SUMMER_MORNING + until * MINUTE,
  }) as Finding;

/** Policy, owed, owed because of a lie, on the boundary, behind a fault, missed, extra. */
function rows(record: readonly Truth[], findings: readonly Finding[]) {
  return precisionOf(verdictsOf(record, site, SUMMER_MORNING, END), findings, [], END).map((p) => [
    p.policy,
    p.sure,
    p.lies,
    p.boundary.all,
    p.unknowable.all,
    p.missed.length,
    p.extra.length,
  ]);
}

describe("what an office would have to find", () => {
  const warm = planted("cooling-floor", "ac-301", 10, 30);
  const SECOND = 1 / 60;

  it("sees what is found, missed, found twice and never there", () => {
    expect(rows(warm, [finding("cooling-floor", "ac-301", 10, 30)])).toEqual([["cooling-floor", 1, 0, 0, 0, 0, 0]]);
    expect(rows(warm, [])).toEqual([["cooling-floor", 1, 0, 0, 0, 1, 0]]);
    expect(rows(warm, [finding("cooling-floor", "ac-301", 10, 18), finding("cooling-floor", "ac-301", 19, 30)])).toEqual([["cooling-floor", 1, 0, 0, 0, 0, 1]]);
    expect(rows([], [finding("cooling-floor", "ac-301", 10, 30)])).toEqual([["cooling-floor", 0, 0, 0, 0, 0, 1]]);
    expect(rows(warm, [finding("cooling-floor", "ac-302", 10, 30)])).toEqual([["cooling-floor", 1, 0, 0, 0, 1, 1]]);
    expect(rows(warm, [finding("cooling-floor", "ac-301", 200, 230)])).toEqual([["cooling-floor", 1, 0, 0, 0, 1, 1]]);
  });

  it("leaves nothing open but what ended with the hold itself, and that may be found once", () => {
    const lasting = (seconds: number) => planted("cooling-floor", "ac-301", 10, 10 + seconds * SECOND);
    const short = finding("cooling-floor", "ac-301", 10, 12);
    expect(rows(lasting(58.5), [])).toEqual([]);
    expect(rows(lasting(58.5), [short])).toEqual([["cooling-floor", 0, 0, 0, 0, 0, 1]]);
    expect(rows(lasting(60.5), [])).toEqual([["cooling-floor", 0, 0, 1, 0, 0, 0]]);
    expect(rows(lasting(60.5), [short])).toEqual([["cooling-floor", 0, 0, 1, 0, 0, 0]]);
    expect(rows(lasting(60.5), [short, { ...short, id: "again" }])).toEqual([["cooling-floor", 0, 0, 1, 0, 0, 1]]);
    expect(rows(lasting(61), [])).toEqual([["cooling-floor", 1, 0, 0, 0, 1, 0]]);
    // What a command ended right at the hold was found.
    const done = truth("command:done", "ac-301", 10 + 60.5 * SECOND, 10 + 60.5 * SECOND);
    expect(rows([...lasting(60.5), done], [])).toEqual([["cooling-floor", 1, 0, 0, 0, 1, 0]]);
  });

  it("is owed what truly lasted though nobody told, and owes nothing for what was told and was not so", () => {
    expect(rows([truth("cooling-floor", "ac-301", 10, 30)], [])).toEqual([["cooling-floor", 1, 0, 0, 0, 1, 0]]);
    expect(rows([truth("cooling-floor", "ac-301", 10, 12)], [])).toEqual([]);
    expect(rows([truth("told:vacant-ac-off", "ac-301", 10, 60)], [finding("vacant-ac-off", "ac-301", 10, 60)])).toEqual([["vacant-ac-off", 0, 0, 0, 0, 0, 1]]);
    // A sensor that repeats itself tells of a violation that is none: the office must believe it, once.
    const lie = [truth("told:vacant-ac-off", "ac-301", 10, 60), truth("fault:stuck", "presence-301", 5, 200)];
    expect(rows(lie, [finding("vacant-ac-off", "ac-301", 10, 60)])).toEqual([["vacant-ac-off", 0, 1, 0, 0, 0, 0]]);
    expect(rows(lie, [])).toEqual([["vacant-ac-off", 0, 1, 0, 0, 1, 0]]);
  });

  it("asks for nothing that a fault kept from the office, and allows it once", () => {
    const away = [...planted("vacant-ac-off", "ac-301", 10, 60), truth("fault:offline", "presence-301", 5, 20)];
    const found = finding("vacant-ac-off", "ac-301", 20, 60);
    expect(rows(away, [])).toEqual([["vacant-ac-off", 0, 0, 0, 1, 0, 0]]);
    expect(rows(away, [found])).toEqual([["vacant-ac-off", 0, 0, 0, 1, 0, 0]]);
    expect(rows(away, [found, { ...found, id: "again" }])).toEqual([["vacant-ac-off", 0, 0, 0, 1, 0, 1]]);
    // A sensor that is away elsewhere, or only garbles a message that was not needed, excuses nothing.
    expect(rows([...warm, truth("fault:offline", "presence-301", 5, 40)], [])).toEqual([["cooling-floor", 1, 0, 0, 0, 1, 0]]);
    expect(rows([...warm, truth("fault:malformed", "ac-301", 5, 40)], [])).toEqual([["cooling-floor", 1, 0, 0, 0, 1, 0]]);
    const garbled = [...warm, truth("fault:malformed", "ac-301", 5, 40), truth("told:nonsense", "ac-301", 12, 12)];
    expect(rows(garbled, []).find(([p]) => p === "cooling-floor")).toEqual(["cooling-floor", 0, 0, 0, 1, 0, 0]);
  });

  it("asks for silence and nonsense as they went out", () => {
    expect(rows([truth("told:silent", "ac-301", 10, 20)], [])).toEqual([["device-silent", 1, 0, 0, 0, 1, 0]]);
    const nonsense = (...minutes: readonly number[]) => minutes.map((m) => truth("told:nonsense", "ac-301", m, m));
    // One finding until the meter was right for a quarter of an hour.
    expect(rows(nonsense(10, 15, 29), [])).toEqual([["meter-implausible", 1, 0, 0, 0, 1, 0]]);
    expect(rows(nonsense(10, 15, 31), [])).toEqual([["meter-implausible", 2, 0, 0, 0, 2, 0]]);
  });
});
