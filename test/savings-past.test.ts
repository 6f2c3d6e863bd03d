/** What one command avoided, read by itself: the report's own figure for it, and why it may not be said. */
import { describe, expect, it } from "vitest";
import { createCalendar } from "../server/core/calendar.ts";
import type { Command } from "../server/core/finding.ts";
import { createHouse } from "../server/core/house.ts";
import type { RollupQuery } from "../server/ports/history.ts";
import { readCommandSavings } from "../server/savings-past.ts";
import { readSavings } from "../server/savings.ts";
import { madeRollups } from "./support/made-rollups.ts";
import { device, smallSite } from "./support/small-site.ts";
import { LAMP, lampCommand, lampFinding } from "./support/vacant-lamp.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Monday 2026-06-01, local midnight. */
const START = Date.parse("2026-06-01T00:00:00+08:00");
const FROM = START + 14 * DAY;
const NOW = START + 21 * DAY;

/** Ten working days on which the lamp burned from five until half past nine or half past ten; on the eleventh it was commanded off at six. */
const DAYS = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11];
const until = (n: number) => (n % 2 === 0 ? 21.5 : 22.5);

const findingAt = (id: string, day: number, end: number, command: string | null) =>
  lampFinding(id, START + day * DAY + 18 * HOUR, START + day * DAY + end * HOUR, command);
const commandAt = (more: Partial<Command> = {}) => lampCommand("c", FROM + 18 * HOUR, more);

function played(commands: readonly Command[], watched: readonly number[] = DAYS, now = NOW) {
  const site = smallSite({ devices: [device("light-301", "light", "301", { standby: 2 }), device("ac-302", "ac", "302"), device("lux-301", "lux", "301")] });
  const house = createHouse(site, createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: {} }), []);
  const findings = [...watched.map((day, n) => findingAt(`w${day}`, day, until(n), null)), findingAt("f-c", 14, 18.1, "c")];
  const asked: RollupQuery[] = [];
  const rollups = madeRollups(START, (point, start) => {
    if (point !== `${LAMP}/power` || start >= now) return null;
    const hour = ((start - START) % DAY) / HOUR;
    const n = watched.indexOf(Math.floor((start - START) / DAY));
    const runs = (n >= 0 && hour >= 17 && hour < until(n)) || (start >= FROM + 17 * HOUR && start < FROM + 18 * HOUR);
    return { total: ((runs ? 120 : 0) * 5) / 60 };
  });
  const pages = <T>(items: readonly T[]) => ({ items, next: null });
  const parts = {
    house,
    history: { rollups: (query: RollupQuery) => (asked.push(query), rollups(query)), oldest: async () => START },
    records: {
      findings: async () => pages(findings),
      commands: async () => pages(commands),
      firstCommandAt: async () => FROM,
    },
    now: () => now,
  };
  return { parts, asked };
}

describe("one command", () => {
  it("avoided what the report says of it, with its price and what it rests on", async () => {
    const { parts } = played([commandAt()]);
    const said = await readCommandSavings(parts, commandAt());
    if (said.kind !== "said") throw new Error(said.why);
    // Four hours more on average, at 120 W.
    expect(said.avoided.amount.value).toBeCloseTo(0.48, 3);
    expect(said.avoided).toMatchObject({ before: 120, basis: "own", pasts: { own: 10, others: 0 } });
    expect(said.avoided.hours).toBeCloseTo(4, 6);
    expect(said.avoided.amount.low).toBeLessThan(0.48);
    expect(said.avoided.amount.high).toBeGreaterThan(0.48);
    expect(said).toMatchObject({ price: 0.8, until: NOW });
    const [reported] = (await readSavings(parts, "hall", FROM, NOW)).measured.commands;
    expect(reported!.amount.value).toBeCloseTo(said.avoided.amount.value, 9);
    expect(reported!.basis).toBe(said.avoided.basis);
    // Asked twice, it says the same.
    expect(await readCommandSavings(parts, commandAt())).toEqual(said);
  });

  it("reads loads of its own kind alone, and no longer than a fortnight after it", async () => {
    const others = [commandAt({ id: "o", device: "hall/ac-302", finding: null })];
    const { parts, asked } = played([commandAt(), ...others], DAYS, FROM + 40 * DAY);
    const said = await readCommandSavings(parts, commandAt());
    expect(said.kind === "said" && said.until).toBe(FROM + 18 * HOUR + 14 * DAY);
    expect(asked.map((q) => q.points)).toEqual([[`${LAMP}/power`]]);
  });

  it.each([
    ["not-a-rule", commandAt({ source: "person", by: "staff" }), DAYS],
    ["under-way", commandAt({ state: "sent", endedAt: null, steps: [] }), DAYS],
    ["not-metered", commandAt({ device: "hall/lux-301" }), DAYS],
    ["not-metered", commandAt({ device: "hall/gone" }), DAYS],
    ["not-metered", commandAt({ device: "hall/ac-302" }), DAYS],
    ["no-past", commandAt(), [0, 1]],
  ] as const)("says nothing where %s", async (why, command, watched) => {
    const { parts } = played([command], watched);
    expect(await readCommandSavings(parts, command)).toEqual({ kind: "unsaid", why });
  });
});
