/** What every history promises. Runs against each implementation. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PointValue, Quality, Report } from "../../server/core/reading.ts";
import { WINDOW_FUNCTIONS } from "../../server/ports.ts";
import type { History, WindowFunction } from "../../server/ports.ts";

export const NOON = Date.UTC(2026, 6, 1, 4);

/** One report of one device, good readings. */
export function report(device: string, at: number, values: Readonly<Record<string, PointValue>>, received = at + 20, quality: Quality = "good"): Report {
  return { device, at, received, late: false, readings: Object.entries(values).map(([name, value]) => ({ name, value, quality })) };
}

/** Resolves when all of them are stored. */
export async function store(history: History, reports: readonly Report[]): Promise<void> {
  await Promise.all(reports.map((r) => new Promise<void>((resolve) => history.append(r, resolve))));
}

async function replayed(history: History, from: number): Promise<Report[]> {
  const reports: Report[] = [];
  await history.replay(from, (r) => reports.push(r));
  return reports;
}

interface Sample {
  readonly at: number;
  readonly value: PointValue;
  readonly quality: Quality;
}

/** Windows by the plainest possible means: every sample asks for its own window. */
function naiveWindows(samples: readonly Sample[], from: number, to: number, every: number, fn: WindowFunction, origin: number) {
  const counted = samples
    .filter((s) => s.at >= from && s.at < to && s.quality !== "bad" && typeof s.value !== "string")
    .map((s) => ({ at: s.at, value: Number(s.value) }));
  const starts = new Set(counted.map((s) => origin + Math.floor((s.at - origin) / every) * every));
  return [...starts]
    .sort((a, b) => a - b)
    .map((at) => {
      const inside = counted
        .filter((s) => s.at >= at && s.at < at + every)
        .sort((a, b) => a.at - b.at)
        .map((s) => s.value);
      const sum = inside.reduce((a, b) => a + b, 0);
      const value = { mean: sum / inside.length, min: Math.min(...inside), max: Math.max(...inside), sum, last: inside.at(-1)! }[fn];
      return { at, value, count: inside.length };
    });
}

export function historySuite(name: string, make: () => Promise<History>): void {
  describe(name, () => {
    let history: History;
    beforeEach(async () => {
      history = await make();
    });
    afterEach(async () => {
      await history.close();
    });

    it("gives back numbers, booleans and texts with their times and quality, oldest first", async () => {
      await store(history, [
        report("hall/ac-301", NOON + 1000, { on: false, mode: "heat", temperature: -3.25 }, NOON + 1500, "suspect"),
        report("hall/ac-301", NOON, { on: true, mode: "cool", temperature: 26.8 }),
      ]);
      expect(await history.readings("hall/ac-301/on", NOON, NOON + 5000, 10)).toEqual([
        { at: NOON, received: NOON + 20, value: true, quality: "good" },
        { at: NOON + 1000, received: NOON + 1500, value: false, quality: "suspect" },
      ]);
      expect((await history.readings("hall/ac-301/mode", NOON, NOON + 5000, 10)).map((r) => r.value)).toEqual(["cool", "heat"]);
      expect((await history.readings("hall/ac-301/temperature", NOON, NOON + 5000, 10)).map((r) => r.value)).toEqual([26.8, -3.25]);
    });

    it("takes `from` in and leaves `to` out, and keeps to the limit", async () => {
      await store(
        history,
        [0, 1, 2, 3].map((n) => report("hall/meter", NOON + n, { energy: n })),
      );
      expect((await history.readings("hall/meter/energy", NOON + 1, NOON + 3, 10)).map((r) => r.value)).toEqual([1, 2]);
      expect((await history.readings("hall/meter/energy", NOON, NOON + 9, 2)).map((r) => r.value)).toEqual([0, 1]);
    });

    it("knows nothing of a point it never heard of", async () => {
      expect(await history.readings("hall/nobody/on", 0, NOON, 10)).toEqual([]);
      expect(await history.windows("hall/nobody/on", 0, NOON, 1000, "mean", 0)).toEqual([]);
    });

    it("reads a reading once that was delivered three times, as of its first arrival", async () => {
      await store(
        history,
        [NOON + 900, NOON + 50, NOON + 400].map((received) => report("hall/ac-1", NOON, { power: 812, mode: "cool" }, received)),
      );
      expect(await history.readings("hall/ac-1/power", NOON, NOON + 1, 10)).toEqual([{ at: NOON, received: NOON + 50, value: 812, quality: "good" }]);
      expect(await history.readings("hall/ac-1/mode", NOON, NOON + 1, 10)).toHaveLength(1);
      expect(await history.windows("hall/ac-1/power", NOON, NOON + 1, 1000, "sum", NOON)).toEqual([{ at: NOON, value: 812, count: 1 }]);
    });

    it("keeps two different values of the same moment apart", async () => {
      await store(history, [
        report("hall/ac-1", NOON, { power: 1 }, NOON + 1),
        report("hall/ac-1", NOON, { power: 2 }, NOON + 2),
        report("hall/ac-1", NOON, { power: true }, NOON + 3),
      ]);
      expect((await history.readings("hall/ac-1/power", NOON, NOON + 1, 10)).map((r) => r.value)).toEqual([1, 2, true]);
    });

    it("aligns windows to the origin and leaves out what is bad or no number", async () => {
      const midnight = NOON - 4 * 3_600_000 - 8 * 3_600_000;
      await store(history, [
        report("hall/lux", midnight + 1, { illuminance: 10 }),
        report("hall/lux", midnight - 1, { illuminance: 4 }),
        report("hall/lux", midnight + 2, { illuminance: 999 }, midnight + 2, "bad"),
        report("hall/lux", midnight + 3, { illuminance: "dark" }),
        report("hall/lux", midnight + 4, { illuminance: 20 }, midnight + 4, "suspect"),
      ]);
      const day = 86_400_000;
      expect(await history.windows("hall/lux/illuminance", midnight - day, midnight + day, day, "mean", midnight)).toEqual([
        { at: midnight - day, value: 4, count: 1 },
        { at: midnight, value: 15, count: 2 },
      ]);
    });

    it("computes the windows that a plain model computes", async () => {
      let n = 0;
      const sample = fc.record({
        at: fc.integer({ min: NOON - 5000, max: NOON + 5000 }),
        value: fc.oneof<fc.Arbitrary<PointValue>[]>(
          fc.integer({ min: -1000, max: 1000 }).map((v) => v / 8),
          fc.boolean(),
          fc.constantFrom("cool", "heat"),
        ),
        quality: fc.constantFrom<Quality>("good", "suspect", "bad"),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(sample, { selector: (s) => s.at, maxLength: 40 }),
          fc.constantFrom(...WINDOW_FUNCTIONS),
          fc.integer({ min: 1, max: 4000 }),
          fc.integer({ min: -3000, max: 3000 }),
          fc.integer({ min: -6000, max: 6000 }),
          fc.integer({ min: 0, max: 9000 }),
          async (samples, fn, every, origin, from, length) => {
            const device = `model/run-${n++}`;
            await store(
              history,
              samples.map((s) => report(device, s.at, { p: s.value }, s.at, s.quality)),
            );
            const got = await history.windows(`${device}/p`, NOON + from, NOON + from + length, every, fn, NOON + origin);
            const want = naiveWindows(samples, NOON + from, NOON + from + length, every, fn, NOON + origin);
            expect(got.map((w) => ({ ...w, value: w.value?.toFixed(6) }))).toEqual(want.map((w) => ({ ...w, value: w.value.toFixed(6) })));
          },
        ),
        { numRuns: 60 },
      );
    });

    it("round-trips any point name and any text", async () => {
      let n = 0;
      const word = fc.oneof(
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
        fc.constantFrom("'; DROP TABLE readings; --", '"', "$1", "空调温度", "\\", "%_", "a\u0000b", "__proto__"),
      );
      await fc.assert(
        fc.asyncProperty(
          word.map((w) => w.replaceAll("/", "|")),
          word,
          async (point, text) => {
            const device = `odd/d'"${n++}`;
            await store(history, [{ device, at: NOON, received: NOON, late: false, readings: [{ name: point, value: text, quality: "good" }] }]);
            expect(await history.readings(`${device}/${point}`, NOON, NOON + 1, 10)).toEqual([{ at: NOON, received: NOON, value: text, quality: "good" }]);
          },
        ),
        { numRuns: 60 },
      );
    });

    it("names the newest reading of every point, of several at one moment the last that came", async () => {
      await store(history, [
        report("hall/ac-1", NOON + 5, { on: true }),
        report("hall/ac-1", NOON, { on: false, mode: "cool" }, NOON + 900),
        report("hall/ac-2", NOON, { on: false }, NOON + 1),
        report("hall/ac-2", NOON, { on: true }, NOON + 2),
      ]);
      const latest = new Map((await history.latest()).map((l) => [l.point, l.reading]));
      expect([...latest.keys()].sort()).toEqual(["hall/ac-1/mode", "hall/ac-1/on", "hall/ac-2/on"]);
      expect(latest.get("hall/ac-1/on")).toEqual({ at: NOON + 5, received: NOON + 25, value: true, quality: "good" });
      expect(latest.get("hall/ac-1/mode")?.value).toBe("cool");
      expect(latest.get("hall/ac-2/on")?.value).toBe(true);
    });

    it("replays whole reports in the order of their arrival, and says which were late", async () => {
      const told = [
        report("hall/b", NOON + 10, { power: 1, energy: 2 }, NOON + 30),
        report("hall/a", NOON + 20, { on: true, mode: "空调" }, NOON + 40),
        report("hall/b", NOON, { power: 3 }, NOON + 50),
        report("hall/b", NOON + 60, { power: 4, energy: 5 }, NOON + 70),
      ];
      await store(history, [told[3]!, told[0]!, told[1]!, told[2]!]);
      expect(await replayed(history, NOON + 30)).toEqual([told[0], told[1], { ...told[2], late: true }, told[3]]);
      expect((await replayed(history, NOON + 45)).map((r) => r.received)).toEqual([NOON + 50, NOON + 70]);
    });

    it("replays two messages of the same moment as two reports", async () => {
      const same = report("hall/a", NOON, { on: true }, NOON + 1);
      await store(history, [same, same]);
      expect(await replayed(history, 0)).toEqual([same, same]);
    });

    it("goes through readings thinned: changes, every reading, or only that something came", async () => {
      const minute = 60_000;
      const reports: Report[] = [];
      for (let n = 0; n < 200; n++) {
        if (n >= 50 && n < 60) continue;
        const at = NOON + n * minute;
        reports.push(report("hall/a", at, { on: n >= 100, mode: n < 20 ? "cool" : "heat", power: 5, energy: n }, at), report("hall/z", at, { on: true }, at));
      }
      await store(history, reports);
      const points = [
        { point: "hall/a/on", device: 0, take: "changes" },
        { point: "hall/nobody/on", device: 1, take: "all" },
        { point: "hall/a/power", device: 0, take: "all" },
        { point: "hall/a/mode", device: 0, take: "changes" },
        { point: "hall/a/energy", device: 0, take: "heard" },
      ] as const;
      const told: (readonly [string, number, number | string])[] = [];
      const heard: (readonly [number, number, number])[] = [];
      const untils: number[] = [];
      const words = new Map<number, string>();
      await history.scan({ from: NOON + 10 * minute, to: NOON + 190 * minute, points, quietMs: [3 * minute, minute] }, async (s) => {
        for (const [id, text] of s.texts) words.set(id, text);
        s.point.forEach((p, i) => told.push([points[p]!.point, (s.at[i]! - NOON) / minute, s.type[i] === 2 ? words.get(s.value[i]!)! : s.value[i]!]));
        s.heard.device.forEach((d, i) => heard.push([d, (s.heard.from[i]! - NOON) / minute, (s.heard.until[i]! - NOON) / minute]));
        untils.push((s.until - NOON) / minute);
      });
      expect(told.filter(([p]) => p === "hall/a/on")).toEqual([
        ["hall/a/on", 10, 0],
        ["hall/a/on", 100, 1],
      ]);
      expect(told.filter(([p]) => p === "hall/a/mode").map(([, at, value]) => [at, value])).toEqual([
        [10, "cool"],
        [20, "heat"],
      ]);
      expect(told.filter(([p]) => p === "hall/a/power")).toHaveLength(170);
      expect(told.filter(([p]) => p === "hall/a/energy" || p === "hall/z/on")).toEqual([]);
      expect(untils.at(-1)).toBe(190);
      expect(heard.filter(([, from]) => from <= 60)).toEqual([
        [0, 10, 49],
        [0, 60, heard.find(([, from]) => from === 60)![2]],
      ]);
      expect(heard.at(-1)![2]).toBe(189);
      expect(await history.oldest()).toBe(NOON);
    });

    it("stops going through when its hearer does not want more, and can be asked again", async () => {
      for (let n = 0; n < 30; n++) await store(history, [report("hall/a", NOON + n * 3_600_000, { on: n % 2 === 0 }, NOON + n * 3_600_000)]);
      const query = { from: NOON, to: NOON + 30 * 3_600_000, points: [{ point: "hall/a/on", device: 0, take: "changes" }], quietMs: [60_000] } as const;
      let slices = 0;
      await expect(
        history.scan(query, async () => {
          if (++slices === 2) throw new Error("enough");
        }),
      ).rejects.toThrow("enough");
      expect(slices).toBe(2);
      let rows = 0;
      await history.scan(query, async (s) => void (rows += s.point.length));
      expect(rows).toBe(30);
    });

    it("refuses what is no time, no length and no function", async () => {
      await store(history, [report("hall/a", NOON, { on: true })]);
      await expect(history.readings("hall/a/on", Number.NaN, NOON, 10)).rejects.toThrow(RangeError);
      await expect(history.readings("hall/a/on", 0, NOON, -1)).rejects.toThrow(RangeError);
      await expect(history.windows("hall/a/on", 0, NOON, 0, "mean", 0)).rejects.toThrow(RangeError);
      await expect(history.windows("hall/a/on", 0, NOON, 10, "median" as WindowFunction, 0)).rejects.toThrow(RangeError);
    });

    it("tells of each durable report once, and then nothing waits", async () => {
      let told = 0;
      for (let n = 0; n < 500; n++) history.append(report("hall/m", NOON + n, { energy: n }), () => told++);
      expect(history.backlog).toBe(500);
      await store(history, [report("hall/m", NOON + 500, { energy: 500 })]);
      expect(told).toBe(500);
      expect(history.backlog).toBe(0);
      expect(history.stats().rows).toBe(501);
    });
  });
}
