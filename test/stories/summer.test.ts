/** Days of a summer with every fault of the simulator: what truly went wrong is found once, and nothing else is. */
import { beforeAll, describe, expect, it } from "vitest";
import { FAULTS } from "../../simulators/faults/catalogue.ts";
import type { PlayedSummer } from "../support/played-summer.ts";
import { rowOf } from "../support/precision.ts";
import type { TwoSummers } from "../support/two-summers.ts";
import { kwhOf, playTwoSummers } from "../support/two-summers.ts";

/** A working day, and a public holiday (Dragon Boat Festival) until its evening: with this seed every fault befalls somebody. */
const START = Date.parse("2026-06-18T06:30:00+08:00");
const DAYS = 1.5;
const SEED = 371;

let summers: TwoSummers;
beforeAll(async () => {
  summers = await playTwoSummers({ start: START, days: DAYS, seed: SEED, faults: 2 });
  for (const [name, { rows, recall, precision }] of Object.entries(summers) as [string, PlayedSummer][]) {
    for (const p of rows) process.stdout.write(`${name} ${p.policy.padEnd(24)} ${rowOf(p)}\n`);
    process.stdout.write(`${name} recall ${recall.toFixed(4)}, precision ${precision.toFixed(4)}\n`);
  }
}, 1_200_000);

describe.each(["enforced", "observed"] as const)("days of a summer with faults, %s", (name) => {
  const sum = (of: (p: PlayedSummer["rows"][number]) => number) => summers[name].rows.reduce((total, p) => total + of(p), 0);

  it("finds every violation that was told of, and every one that lasted beyond doubt", () => {
    expect(summers[name].rows.flatMap((p) => p.missed)).toEqual([]);
    expect(summers[name].recall).toBe(1);
  });

  it("finds nothing twice and nothing that was not there", () => {
    const extra = summers[name].rows.flatMap((p) => p.extra);
    expect(extra.map(({ policy, subject, since, openedAt, evidence }) => ({ policy, subject, since, openedAt, evidence }))).toEqual([]);
    expect(summers[name].precision).toBe(1);
  });

  it("leaves hardly anything open: of a hundred violations at most three ended on the boundary, and at most three were behind a fault", () => {
    const owed = sum((p) => p.sure + p.lies);
    expect(sum((p) => p.boundary.all)).toBeLessThanOrEqual(owed * 0.03);
    expect(sum((p) => p.unknowable.all)).toBeLessThanOrEqual(owed * 0.03);
  });

  it("was put to the test: violations of many policies, and every fault of the simulator among them", () => {
    const tried = summers[name].rows.filter((p) => p.sure > 0).map((p) => p.policy);
    for (const policy of [
      "cooling-floor",
      "vacant-lights-off",
      "vacant-ac-off",
      "daylight-lights-off",
      "window-open-no-ac",
      "after-hours-shutoff",
      "standby-cut",
      "decorative-lights-off",
      "copier-approval",
      "copier-after-hours",
      "device-silent",
      "meter-implausible",
    ])
      expect(tried).toContain(policy);
    expect(sum((p) => p.sure)).toBeGreaterThan(300);
    expect(summers[name].faults).toEqual(FAULTS.map((f) => f.name).sort());
  });
});

it("uses measurably less where the house enforces than where it looks on", () => {
  expect(kwhOf(summers.enforced)).toBeLessThan(kwhOf(summers.observed) * 0.9);
  expect(summers.observed.commands.sent).toBeLessThan(summers.enforced.commands.sent / 5);
});
