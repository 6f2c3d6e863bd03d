/** A short check of stated savings against the truth; `npm run bench -- --only savings` plays twenty seeds of three weeks. */
import { beforeAll, expect, it } from "vitest";
import type { PlayedSavings } from "../support/played-savings.ts";
import { playSavings } from "../support/played-savings.ts";
import { statedSavings } from "../support/stated-savings.ts";

/** Two working days watched, one enforced (a Monday to a Wednesday). */
const START = Date.parse("2026-06-22T00:00:00+08:00");

let played: PlayedSavings;
let stated: ReturnType<typeof statedSavings>;
beforeAll(async () => {
  played = await playSavings({ start: START, watched: 2, enforced: 1, seed: 7, faults: 1 });
  stated = statedSavings(played, 1);
}, 300_000);

it("holds the truth within the stated interval, and says that something was saved", () => {
  const { low, high, value } = stated.sum.total.kwh;
  expect(value).toBeGreaterThan(0);
  expect(low).toBeLessThanOrEqual(stated.truth);
  expect(high).toBeGreaterThanOrEqual(stated.truth);
});

it("counts no instant of a device twice, and no command outside of the enforced days", () => {
  const ends = new Map<string, number>();
  for (const { episode } of stated.sum.commands) {
    const { device } = episode.metered;
    expect(episode.first).toBeGreaterThan(ends.get(device) ?? 0);
    ends.set(device, Math.max(ends.get(device) ?? 0, episode.last - 1));
    expect(episode.at).toBeGreaterThanOrEqual(played.from);
  }
  expect(stated.sum.commands.length).toBeGreaterThan(20);
});

it("adds up: policies and commands come to the total, and the whole is surer than its parts", () => {
  const { commands, byPolicy, total } = stated.sum;
  expect(commands.reduce((sum, c) => sum + c.amount.value, 0)).toBeCloseTo(total.kwh.value, 6);
  expect(byPolicy.reduce((sum, p) => sum + p.amount.value, 0)).toBeCloseTo(total.kwh.value, 6);
  const width = (e: { low: number; high: number }) => e.high - e.low;
  expect(width(total.kwh)).toBeLessThan(commands.reduce((sum, c) => sum + width(c.amount), 0));
});

it("knows from what it knows: most commands have a past of their own or of devices alike", () => {
  const none = stated.sum.commands.filter((c) => c.basis === "none");
  expect(none.length).toBeLessThan(stated.sum.commands.length / 4);
});
