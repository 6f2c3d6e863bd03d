/** What every history promises. Runs against each implementation. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PointValue, Quality, Report } from "../../server/core/reading.ts";
import type { RollupStep } from "../../server/core/rollup.ts";
import { ROLLUP_STEPS } from "../../server/core/rollup.ts";
import { createMemoryHistory } from "../../server/history/memory.ts";
import { WINDOW_FUNCTIONS } from "../../server/ports/history.ts";
import type { History, Rollups, WindowFunction } from "../../server/ports/history.ts";
import { runs } from "../support/properties.ts";

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

interface RolledRow {
  readonly point: number;
  readonly start: number;
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  readonly total: number;
}

/** Columns as rows, by start and place. */
function rows(r: Rollups): RolledRow[] {
  return [...r.start.keys()]
    .map((i) => ({
      point: r.point[i]!,
      start: r.start[i]!,
      count: r.count[i]!,
      mean: r.mean[i]!,
      min: r.min[i]!,
      max: r.max[i]!,
      last: r.last[i]!,
      total: r.total[i]!,
    }))
    .sort((a, b) => a.start - b.start || a.point - b.point);
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
        { numRuns: runs(60) },
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
        { numRuns: runs(60) },
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

    describe("roll-ups", () => {
      /** Local midnight in Shanghai before NOON. */
      const MIDNIGHT = NOON - 12 * 3_600_000;
      const MINUTE = 60_000;
      const HOUR = 3_600_000;
      const DAY = 24 * HOUR;
      const ask = async (point: string, from: number, to: number, step: RollupStep) => rows(await history.rollups({ points: [point], from, to, step }));

      it("gives a counter's increase, the hours that something was on, and a power's integral", async () => {
        const reports = Array.from({ length: 61 }, (_, minute) =>
          report("hall/plug-1", NOON + minute * MINUTE, { energy: 100 + minute * 0.01, on: minute < 30, power: minute < 30 ? 600 : 0 }),
        );
        await store(history, reports);
        const [hour] = await ask("hall/plug-1/energy", NOON, NOON + HOUR, "hour");
        expect(hour).toMatchObject({ start: NOON, count: 60, min: 100 });
        expect(hour!.total).toBeCloseTo(0.6, 7);
        expect((await ask("hall/plug-1/on", NOON, NOON + HOUR, "hour"))[0]!.total).toBeCloseTo(0.5, 7);
        expect((await ask("hall/plug-1/power", NOON, NOON + HOUR, "hour"))[0]!.total).toBeCloseTo(300, 7);
        const fives = await ask("hall/plug-1/energy", NOON, NOON + HOUR, "5m");
        expect(fives.map((f) => f.start)).toEqual(Array.from({ length: 12 }, (_, i) => NOON + i * 5 * MINUTE));
        for (const f of fives) expect(f.total).toBeCloseTo(0.05, 7);
      });

      it("answers from the first reading on, when nothing is rolled up yet", async () => {
        await store(history, [report("hall/plug-1", NOON, { power: 600 })]);
        for (const step of ["5m", "hour", "day"] as const)
          expect((await ask("hall/plug-1/power", MIDNIGHT, MIDNIGHT + DAY, step)).map((w) => [w.start, w.count])).toEqual([
            [step === "day" ? MIDNIGHT : NOON, 1],
          ]);
      });

      it("spreads what a counter rose by in a silence over it, and believes a value for a quarter of an hour only", async () => {
        await store(history, [report("hall/m", MIDNIGHT - HOUR, { energy: 10, on: true }), report("hall/m", MIDNIGHT + 3 * HOUR, { energy: 14, on: true })]);
        const days = await ask("hall/m/energy", MIDNIGHT - DAY, MIDNIGHT + DAY, "day");
        expect(days.map((d) => d.start)).toEqual([MIDNIGHT - DAY, MIDNIGHT]);
        expect(days[0]!.total).toBeCloseTo(1, 7);
        expect(days[1]!.total).toBeCloseTo(3, 7);
        const on = await ask("hall/m/on", MIDNIGHT - DAY, MIDNIGHT + DAY, "hour");
        expect(on.reduce((n, h) => n + h.total, 0)).toBeCloseTo(0.25, 7);
      });

      it("leaves out what is suspect or bad, but for a counter, which has its own doubts", async () => {
        await store(history, [
          report("hall/m", NOON, { energy: 10, power: 100 }),
          report("hall/m", NOON + MINUTE, { energy: 10.5, power: 9_000_000 }, NOON + MINUTE, "suspect"),
          report("hall/m", NOON + 2 * MINUTE, { energy: 0, power: -32_768 }, NOON + 2 * MINUTE, "bad"),
          report("hall/m", NOON + 3 * MINUTE, { energy: 11, power: 100 }),
        ]);
        expect((await ask("hall/m/power", NOON, NOON + HOUR, "5m"))[0]).toMatchObject({ count: 2, min: 100, max: 100, mean: 100 });
        expect((await ask("hall/m/energy", NOON, NOON + HOUR, "5m"))[0]!.total).toBeCloseTo(1, 7);
      });

      it("counts a reading that was corrected as it was said last, and once however often it was delivered", async () => {
        const at = NOON + 2 * MINUTE;
        await store(history, [report("hall/m", NOON, { power: 100, energy: 10 }), report("hall/m", at, { power: 900, energy: 12 }, at + 10)]);
        await store(history, [report("hall/m", at, { power: 900, energy: 12 }, at + 10)]);
        expect((await ask("hall/m/power", NOON, NOON + HOUR, "5m"))[0]).toMatchObject({ count: 2, mean: 500 });
        await store(history, [report("hall/m", NOON + HOUR, { power: 100, energy: 14 })]);
        await store(history, [report("hall/m", at, { power: 300, energy: 11 }, NOON + HOUR + 5)]);
        expect((await ask("hall/m/power", NOON, NOON + HOUR, "hour"))[0]).toMatchObject({ count: 2, mean: 200, max: 300 });
        expect((await ask("hall/m/energy", NOON, NOON + DAY, "hour")).reduce((n, h) => n + h.total, 0)).toBeCloseTo(4, 7);
        expect((await ask("hall/m/energy", NOON, NOON + 5 * MINUTE, "5m"))[0]).toMatchObject({ count: 2, max: 11 });
      });

      it("folds what came out of order in the youngest minutes from the state before them", async () => {
        for (const [minute, energy] of [
          [0, 100],
          [10, 101],
          [21, 113],
          [20, 107],
        ] as const)
          await store(history, [report("hall/m", NOON + minute * MINUTE, { energy })]);
        const fives = await ask("hall/m/energy", NOON, NOON + HOUR, "5m");
        expect(fives.reduce((n, f) => n + f.total, 0)).toBeCloseTo(13, 7);
        expect(fives.at(-1)).toMatchObject({ start: NOON + 20 * MINUTE, count: 2, min: 107, last: 113 });
      });

      it("rolls up once what came out of order of very many points at once", async () => {
        const devices = Array.from({ length: 260 }, (_, n) => `hall/many-${n}`);
        const said = (minute: number, energy: number) => devices.map((d) => report(d, NOON + minute * MINUTE, { energy }));
        await store(history, said(0, 100));
        // Of the first ten nothing is out of order.
        await store(history, [...said(22, 102).slice(10), ...said(20, 101), ...said(22, 102).slice(0, 10)]);
        await store(history, said(90, 103));
        const { total, point } = await history.rollups({ points: devices.map((d) => `${d}/energy`), from: NOON, to: NOON + 30 * MINUTE, step: "5m" });
        const of = (place: number) => total.reduce((n, t, i) => n + (point[i] === place ? t : 0), 0);
        // Of the last kWh, which took 68 minutes, eight lie within.
        for (const place of [0, 9, 10, 100, 259]) expect(of(place), devices[place]).toBeCloseTo(2 + 8 / 68, 6);
      });

      it("is told of an exchange, late, and mends what it said", async () => {
        await store(
          history,
          [1000, 1001, 20.5, 21.5].map((energy, i) => report("hall/m", NOON + i * 10 * MINUTE, { energy })),
        );
        await store(history, [report("hall/m", NOON + 5 * HOUR, { energy: 22 })]);
        const total = async () => (await ask("hall/m/energy", NOON, NOON + DAY, "hour")).reduce((n, h) => n + h.total, 0);
        expect(await total()).toBeCloseTo(2.5, 7);
        const exchange = { id: "x-1", point: "hall/m/energy", at: NOON + 15 * MINUTE, final: 1001.4, initial: 20 };
        await history.exchange([exchange]);
        await history.exchange([exchange]);
        expect(await total()).toBeCloseTo(3.4, 7);
      });

      it("says the same as a plain fold over everything, whenever and in whatever order readings came, and after every one of them", async () => {
        const device = fc.constantFrom("hall/a", "hall/b");
        const minutes = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 300 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 4000 }) });
        const value = fc.oneof(fc.integer({ min: 100, max: 130 }), fc.constantFrom(0, 4, 100_000));
        const quality = fc.constantFrom<Quality>("good", "good", "good", "suspect", "bad");
        const reading = fc.record({ device, minutes, energy: value, power: value, on: fc.boolean(), quality });
        let round = 0;
        await fc.assert(
          fc.asyncProperty(fc.array(fc.array(reading, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 }), async (bursts) => {
            // Every case has devices and weeks of its own, so that one store serves all.
            const n = ++round;
            const origin = MIDNIGHT + n * 14 * DAY;
            const plain = createMemoryHistory();
            for (const burst of bursts) {
              const reports = burst.map((r) =>
                report(`${r.device}-${n}`, origin + r.minutes * MINUTE, { energy: r.energy, power: r.power, on: r.on }, origin + r.minutes * MINUTE, r.quality),
              );
              await store(history, reports);
              await store(plain, reports);
              const points = ["energy", "power", "on"].flatMap((p) => [`hall/a-${n}/${p}`, `hall/b-${n}/${p}`]);
              for (const step of ROLLUP_STEPS) {
                const query = { points, from: origin + 30 * MINUTE, to: origin + 3 * DAY, step };
                const [got, want] = [rows(await history.rollups(query)), rows(await plain.rollups(query))];
                expect(got.map((r) => [r.start, r.point, r.count])).toEqual(want.map((r) => [r.start, r.point, r.count]));
                got.forEach((r, i) => {
                  for (const of of ["mean", "min", "max", "last", "total"] as const) {
                    if (Number.isNaN(want[i]![of])) expect(r[of], `${step} ${of}`).toBeNaN();
                    else expect(r[of], `${step} ${of}`).toBeCloseTo(want[i]![of], 6);
                  }
                });
              }
            }
          }),
          { numRuns: runs(15), endOnFailure: true },
        );
      }, 180_000);
    });

    it("gives a journal of whole commits, from anywhere on, and keeps marks", async () => {
      const reports = Array.from({ length: 30 }, (_, n) => report("hall/m", NOON + n, { energy: n, mode: `word ${n % 3}` }));
      for (const r of reports) await store(history, [r]);
      const seen: [string, number, unknown][] = [];
      for (let after = 0; ;) {
        const slice = await history.journal(after, 7);
        if (slice.readings.length === 0) {
          expect(slice.upTo).toBe(after);
          break;
        }
        expect(slice.upTo).toBeGreaterThan(after);
        after = slice.upTo;
        seen.push(...slice.readings.map((r): [string, number, unknown] => [r.point, r.at, r.value]));
      }
      expect(seen).toEqual(reports.flatMap((r) => r.readings.map((p) => [`hall/m/${p.name}`, r.at, p.value])));
      expect(await history.mark("forward")).toBeNull();
      await history.setMark("forward", 12);
      await history.setMark("forward", 13);
      expect(await history.mark("forward")).toBe(13);
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
