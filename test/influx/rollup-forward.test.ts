import { beforeEach, describe, expect, it } from "vitest";
import type { Millis } from "../../server/core/reading.ts";
import { createZone } from "../../server/core/zone.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import { createRollupForward } from "../../server/influx/rollup-forward.ts";
import type { RollupForward } from "../../server/influx/rollup-forward.ts";
import type { History } from "../../server/ports/history.ts";

/** 2026-07-01T00:00+08:00. */
const MIDNIGHT = 1_782_835_200_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
let history: History;
let now: Millis;
let sent: string[];
let rollups: RollupForward;

beforeEach(async () => {
  history = createMemoryHistory();
  [now, sent] = [MIDNIGHT + HOUR + 4 * MINUTE, []];
  rollups = await opened(0);
});

async function opened(cursor: number): Promise<RollupForward> {
  const made = createRollupForward({ history, zone: createZone("Asia/Shanghai"), houseNow: () => now, send: async (lines) => void sent.push(...lines) });
  await made.open(cursor);
  return made;
}
/** Stores a reading, and forwards it as the raw forward would. */
async function read(at: Millis, value: number, name = "power"): Promise<void> {
  const before = history.stats().rows;
  history.append({ device: "hall/ac-1", at, received: now, late: false, readings: [{ name, value, quality: "good" }] }, undefined);
  await rollups.note(await history.journal(before, 100), before);
}
async function due(): Promise<string[]> {
  sent = [];
  while (await rollups.step());
  return sent;
}
const starts = (lines: readonly string[], step: string, point = "power") =>
  lines
    .filter((l) => l.startsWith(`rollup,building=hall,device=ac-1,point=${point},step=${step} `))
    .map((l) => (Number(l.split(" ").at(-1)) - MIDNIGHT) / HOUR);

describe("the forward of roll-ups", () => {
  it("sends an hour once it is over, and some minutes more for what is still on its way", async () => {
    for (let m = 0; m < 60; m += 5) await read(MIDNIGHT + m * MINUTE, 1200);
    expect(await due()).toEqual([]);
    now = MIDNIGHT + HOUR + 5 * MINUTE;
    const [line, ...others] = await due();
    expect(others).toEqual([]);
    // 55 of 60 minutes are between two readings; what the last one says lasts until there is another.
    expect(line).toBe(
      `rollup,building=hall,device=ac-1,point=power,step=hour count=12i,mean=1200,min=1200,max=1200,last=1200,total=${1200 * (55 / 60)} ${MIDNIGHT}`,
    );
    expect(await due()).toEqual([]);
  });

  it("sends each hour and each day of a long past once, whatever the pieces", async () => {
    for (let h = 0; h < 24 * 40; h++) await read(MIDNIGHT + h * HOUR, h);
    now = MIDNIGHT + 40 * DAY + 6 * MINUTE;
    rollups = await opened(history.stats().rows);
    const lines = await due();
    expect(starts(lines, "hour")).toEqual(Array.from({ length: 24 * 40 }, (_, h) => h));
    expect(starts(lines, "day")).toEqual(Array.from({ length: 40 }, (_, d) => d * 24));
  });

  it("goes on after a restart where it stopped", async () => {
    await read(MIDNIGHT, 1);
    now = MIDNIGHT + HOUR + 6 * MINUTE;
    await due();
    await read(MIDNIGHT + HOUR, 2);
    rollups = await opened(history.stats().rows);
    now += HOUR;
    expect(starts(await due(), "hour")).toEqual([1]);
  });

  it("sends again what a late reading changes, after a restart too, and nothing else", async () => {
    for (let h = 0; h < 72; h++) await read(MIDNIGHT + h * HOUR, 100);
    now = MIDNIGHT + 3 * DAY + 6 * MINUTE;
    await due();
    now += 20 * MINUTE;
    expect(await due()).toEqual([]);
    await read(MIDNIGHT + 10 * HOUR + 30 * MINUTE, 700);
    expect(await due()).toEqual([]);
    // Killed: what was late is known again by the mark, and it is sent once its time has come.
    rollups = await opened(history.stats().rows);
    now += 10 * MINUTE;
    const lines = await due();
    // It may be felt for two days: from its own hour on, in its own day and the next.
    expect(starts(lines, "hour")).toEqual(Array.from({ length: 49 }, (_, h) => 10 + h));
    expect(starts(lines, "day")).toEqual([0, 24, 48]);
    expect(lines.find((l) => l.endsWith(` ${MIDNIGHT + 10 * HOUR}`))).toContain("count=2i,mean=400,");
    expect(await history.mark("influx-late")).toBe(-1);
    rollups = await opened(history.stats().rows);
    now += 30 * MINUTE;
    expect(await due()).toEqual([]);
  });

  it("sends the last days again each day, so that an exchanged meter is right there, too", async () => {
    for (let d = 0; d < 12; d++) await read(MIDNIGHT + d * DAY + HOUR, 1000 + d, "energy");
    now = MIDNIGHT + 12 * DAY + 6 * MINUTE;
    await due();
    await history.exchange([{ id: "x", point: "hall/ac-1/energy", at: MIDNIGHT + 9 * DAY, final: 1500, initial: 1000 }]);
    now += DAY;
    const days = starts(await due(), "day", "energy");
    expect(days).toEqual([4, 5, 6, 7, 8, 9, 10, 11].map((d) => d * 24));
    expect(sent.find((l) => l.includes("step=day") && l.endsWith(` ${MIDNIGHT + 8 * DAY}`))).toMatch(/,total=\d{3}/);
  });

  it("says nothing that InfluxDB cannot hold", async () => {
    await read(MIDNIGHT, 5, "energy");
    now = MIDNIGHT + DAY + 6 * MINUTE;
    for (const line of await due()) expect(line).not.toMatch(/NaN|Infinity/);
    expect(sent.length).toBe(2);
  });
});
