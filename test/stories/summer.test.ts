/** Days of a summer with every fault of the simulator: what truly went wrong is found once, and nothing else is. */
import { beforeAll, describe, expect, it } from "vitest";
import type { PlayedSummer } from "../support/played-summer.ts";
import { playSummer } from "../support/played-summer.ts";
import { rowOf } from "../support/precision.ts";

/** Two working days and a public holiday (Dragon Boat Festival). */
const START = Date.parse("2026-06-17T00:00:00+08:00");
const DAYS = 3;

describe.each([
  { name: "enforced", mode: undefined, seed: 7 },
  { name: "observed", mode: "observe", seed: 7 },
] as const)("three days of a summer with faults, $name", ({ name, mode, seed }) => {
  let summer: PlayedSummer;
  beforeAll(async () => {
    summer = await playSummer({ start: START, days: DAYS, seed, faults: 2, mode });
    for (const p of summer.rows) process.stdout.write(`${name} ${p.policy.padEnd(24)} ${rowOf(p)}\n`);
  }, 240_000);

  it("finds every violation that lasted and that a sensor told of", () => {
    expect(summer.rows.flatMap((p) => p.missed)).toEqual([]);
    expect(summer.recall).toBe(1);
  });

  it("finds nothing twice and nothing that was not there", () => {
    expect(
      summer.rows.flatMap((p) => p.extra.map(({ policy, subject, since, openedAt, evidence }) => ({ policy, subject, since, openedAt, evidence }))),
    ).toEqual([]);
    expect(summer.precision).toBe(1);
  });

  it("was put to the test: violations of many policies, and faults among them", () => {
    const tried = summer.rows.filter((p) => p.sure > 0).map((p) => p.policy);
    for (const policy of ["cooling-floor", "vacant-lights-off", "after-hours-shutoff", "standby-cut", "copier-approval", "copier-after-hours", "device-silent"])
      expect(tried).toContain(policy);
    expect(summer.rows.reduce((sum, p) => sum + p.sure, 0)).toBeGreaterThan(300);
    expect(summer.rows.reduce((sum, p) => sum + p.unknowable, 0)).toBeGreaterThan(0);
  });
});

it("uses measurably less where the house enforces than where it looks on", async () => {
  const [enforced, observed] = [
    await playSummer({ start: START, days: 1, seed: 3, faults: 1 }),
    await playSummer({ start: START, days: 1, seed: 3, faults: 1, mode: "observe" }),
  ];
  const kwh = ({ used }: PlayedSummer) => Object.values(used.kwh).reduce((a, b) => a + b, 0);
  expect(kwh(enforced)).toBeLessThan(kwh(observed) * 0.9);
  expect(observed.commands.sent).toBeLessThan(enforced.commands.sent / 5);
}, 120_000);
