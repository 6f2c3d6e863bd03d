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
const finding = (policy: string, device: string, from: number, until: number): Finding =>
  ({
    id: `${policy}${device}${from}`,
    policy,
    subject: { device: `hall/${device}`, space: null, department: null, job: null },
    since: SUMMER_MORNING + from * MINUTE,
    openedAt: SUMMER_MORNING + (from + 1) * MINUTE,
    closedAt: SUMMER_MORNING + until * MINUTE,
  }) as Finding;

function rows(record: readonly Truth[], findings: readonly Finding[]) {
  return precisionOf(verdictsOf(record, site, SUMMER_MORNING, END), findings, [], END).map((p) => [
    p.policy,
    p.sure,
    p.unknowable,
    p.missed.length,
    p.extra.length,
  ]);
}

describe("what an office would have to find", () => {
  const warm = truth("cooling-floor", "ac-301", 10, 30);
  it("sees what is found, missed, found twice and never there", () => {
    expect(rows([warm], [finding("cooling-floor", "ac-301", 10, 30)])).toEqual([["cooling-floor", 1, 0, 0, 0]]);
    expect(rows([warm], [])).toEqual([["cooling-floor", 1, 0, 1, 0]]);
    expect(rows([warm], [finding("cooling-floor", "ac-301", 10, 18), finding("cooling-floor", "ac-301", 19, 30)])).toEqual([["cooling-floor", 1, 0, 0, 1]]);
    expect(rows([], [finding("cooling-floor", "ac-301", 10, 30)])).toEqual([["cooling-floor", 0, 0, 0, 1]]);
    expect(rows([warm], [finding("cooling-floor", "ac-302", 10, 30)])).toEqual([["cooling-floor", 1, 0, 1, 1]]);
    expect(rows([warm], [finding("cooling-floor", "ac-301", 200, 230)])).toEqual([["cooling-floor", 1, 0, 1, 1]]);
  });

  it("asks for nothing shorter than the hold, and for nothing that a fault hid", () => {
    expect(rows([truth("vacant-lights-off", "light-301", 10, 15)], [])).toEqual([]);
    expect(rows([warm, truth("fault:malformed", "ac-301", 5, 40)], []).find(([p]) => p === "cooling-floor")).toEqual(["cooling-floor", 0, 1, 0, 0]);
    // A sensor that misbehaves elsewhere hides nothing here.
    expect(rows([warm, truth("fault:stuck", "presence-302", 5, 40)], [])).toEqual([["cooling-floor", 1, 0, 1, 0]]);
    // What a stuck sensor made the office believe is nobody's mistake but the sensor's.
    expect(rows([truth("fault:stuck", "presence-301", 5, 200)], [finding("vacant-ac-off", "ac-301", 30, 60)])).toEqual([["vacant-ac-off", 0, 0, 0, 0]]);
  });
});
