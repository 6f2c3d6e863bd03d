import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAgenda } from "../../simulators/agenda.ts";
import { createLocalClock, monthDay, weekday, withinSeason } from "../../simulators/local-time.ts";
import { createRandom, smoothNoise } from "../../simulators/random.ts";
import { createRecord } from "../../simulators/record.ts";
import { createWeather, onWindow, sunPosition } from "../../simulators/weather.ts";

describe("random", () => {
  it("repeats itself by seed, and differs by seed", () => {
    const draw = (seed: number): number[] => Array.from({ length: 5 }, createRandom(seed).next);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it("splits by name, whatever was drawn before", () => {
    const fresh = createRandom(1);
    const used = createRandom(1);
    used.next();
    used.split("another").next();
    expect(used.split("ac-301").next()).toBe(fresh.split("ac-301").next());
    expect(fresh.split("ac-302").next()).not.toBe(fresh.split("ac-301").next());
  });

  it("is spread evenly, and whole numbers reach both ends", () => {
    const random = createRandom(3);
    const draws = Array.from({ length: 20_000 }, random.next);
    expect(draws.reduce((a, b) => a + b) / draws.length).toBeCloseTo(0.5, 1);
    expect(draws.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(new Set(Array.from({ length: 200 }, () => random.int(1, 3)))).toEqual(new Set([1, 2, 3]));
  });

  it("makes smooth noise: bounded, and near neighbours are near", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: -1e4, max: 1e4, noNaN: true }), (seed, x) => {
        const y = smoothNoise(seed, x);
        return Math.abs(y) <= 1 && Math.abs(smoothNoise(seed, x + 1e-4) - y) < 1e-2;
      }),
    );
  });
});

describe("agenda", () => {
  it("runs by time, then by order of entry, also what is entered meanwhile", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), (times) => {
        const agenda = createAgenda();
        const ran: [number, number][] = [];
        times.forEach((at, n) =>
          agenda.at(at, (now) => {
            ran.push([now, n]);
            if (n % 7 === 0) agenda.at(now + 1, (later) => ran.push([later, 1000 + n]));
          }),
        );
        agenda.run(60);
        const inOrder = ran.every(([at], i) => i === 0 || (ran[i - 1]?.[0] ?? 0) <= at);
        const firsts = ran.filter(([, n]) => n < 1000);
        const stable = firsts.every(([at, n], i) => i === 0 || firsts[i - 1]?.[0] !== at || (firsts[i - 1]?.[1] ?? 0) < n);
        return inOrder && stable && firsts.length === times.length;
      }),
    );
  });

  it("leaves what is not due", () => {
    const agenda = createAgenda();
    agenda.at(10, () => {});
    agenda.run(9);
    expect(agenda.next()).toBe(10);
    agenda.run(10);
    expect(agenda.next()).toBe(Infinity);
  });
});

describe("local time", () => {
  const clock = createLocalClock("Asia/Shanghai");
  const at = Date.parse("2026-07-01T14:05:09.250+08:00");

  it("knows day, minute, midnight and weekday of a zone", () => {
    expect(clock.iso(at)).toBe("2026-07-01T14:05:09.250+08:00");
    expect(clock.iso(at - 250)).toBe("2026-07-01T14:05:09+08:00");
    expect(clock.minute(at)).toBeCloseTo(845 + 9.25 / 60, 6);
    expect(clock.midnight(clock.day(at))).toBe(Date.parse("2026-07-01T00:00:00+08:00"));
    expect(weekday(clock.day(at))).toBe(3);
    expect(monthDay(clock.day(at))).toBe("07-01");
  });

  it("agrees with the platform at any instant, over changes to summer time too", () => {
    const berlin = createLocalClock("Europe/Berlin");
    fc.assert(
      fc.property(fc.integer({ min: Date.parse("2020-01-01"), max: Date.parse("2035-01-01") }), (ms) => {
        const parts = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
        return Date.parse(berlin.iso(ms)) === ms && berlin.iso(ms).slice(11, 16) === parts;
      }),
    );
  });

  it("knows seasons that run over the new year", () => {
    expect(withinSeason("01-10", "11-15", "03-15")).toBe(true);
    expect(withinSeason("07-01", "11-15", "03-15")).toBe(false);
    expect(withinSeason("07-01", "06-01", "09-30")).toBe(true);
  });
});

describe("weather", () => {
  const clock = createLocalClock("Asia/Shanghai");
  const weather = createWeather({ seed: 1, latitude: 36.6, longitude: 117, clock });
  const at = (text: string) => weather(Date.parse(`${text}+08:00`));

  it("has the sun where the almanac has it", () => {
    // Solstice noon at 36.6° N stands 90 − 36.6 + 23.44 high, due south, near 12:14 at 117° E in the zone of 120° E.
    const noon = sunPosition(Date.parse("2026-06-21T12:14:00+08:00"), 36.6, 117);
    expect(noon.elevation).toBeCloseTo(76.84, 0);
    expect(Math.abs(noon.azimuth - 180)).toBeLessThan(4);
    const morning = sunPosition(Date.parse("2026-06-21T07:00:00+08:00"), 36.6, 117);
    expect(morning.azimuth).toBeGreaterThan(60);
    expect(morning.azimuth).toBeLessThan(100);
  });

  it("is hot in July, cold in January, dark at night", () => {
    const mean = (month: string): number =>
      Array.from({ length: 28 }, (_, d) => at(`2026-${month}-${String(d + 1).padStart(2, "0")}T12:00`).temperature).reduce((a, b) => a + b) / 28;
    expect(mean("07")).toBeGreaterThan(26);
    expect(mean("01")).toBeLessThan(8);
    expect(at("2026-07-01T01:00").illuminance).toBe(0);
    expect(at("2026-07-01T12:00").illuminance).toBeGreaterThan(10_000);
  });

  it("stays within what is possible, at any time and for any seed", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: Date.parse("2024-01-01"), max: Date.parse("2030-01-01") }),
        fc.integer({ min: 0, max: 359 }),
        (seed, ms, bearing) => {
          const w = createWeather({ seed, latitude: 36.6, longitude: 117, clock })(ms);
          const window = onWindow(w, bearing);
          return (
            w.temperature > -25 &&
            w.temperature < 45 &&
            w.humidity >= 12 &&
            w.humidity <= 99 &&
            w.global >= 0 &&
            w.global < 1150 &&
            window >= 0 &&
            window < 1300 &&
            w.illuminance >= 0
          );
        },
      ),
    );
  });
});

describe("record", () => {
  it("opens and closes what lasts, once", () => {
    const record = createRecord();
    for (const [at, holds] of [
      [1, true],
      [2, true],
      [3, false],
      [4, false],
      [5, true],
    ] as const)
      record.hold(at, "cooling-floor", "hall/ac-1", null, holds);
    expect(record.all().map((t) => [t.at, t.until])).toEqual([
      [1, 3],
      [5, null],
    ]);
  });

  it("forgets the oldest, never what still lasts", () => {
    const record = createRecord(100);
    record.hold(0, "leak", "hall/water-1", null, true);
    for (let at = 1; at < 1000; at++) record.note(at, "print", null, null);
    expect(record.all().length).toBeLessThanOrEqual(126);
    expect(record.all()[0]).toMatchObject({ kind: "leak", until: null });
    expect(record.all().at(-1)?.at).toBe(999);
  });
});
