import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Rolled, WindowStep } from "../../server/core/series.ts";
import {
  COMPARISONS,
  MOST_WINDOWS,
  SERIES_STEPS,
  chooseStep,
  coarser,
  comparedStarts,
  createColumn,
  createNights,
  shifted,
  unitOf,
  windowsWithin,
} from "../../server/core/series.ts";
import { pointDefinition } from "../../server/core/device.ts";
import { createZone } from "../../server/core/zone.ts";
import { runs } from "../support/properties.ts";

const shanghai = createZone("Asia/Shanghai");
const berlin = createZone("Europe/Berlin");
const zones = ["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"].map(createZone);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (iso: string) => Date.parse(iso);
const anyZone = fc.constantFrom(...zones);
/** 2010 to 2040. */
const anyTime = fc.integer({ min: 1_262_304_000, max: 2_208_988_800 }).map((s) => s * 1000);
const anySpan = fc.oneof(fc.integer({ min: 1, max: 3 * HOUR }), fc.integer({ min: 1, max: 60 * DAY }), fc.integer({ min: 1, max: 4000 * DAY }));

describe("how fine a series is", () => {
  it("is never more than a thousand windows, two hundred of amounts, and as fine as that allows", () => {
    fc.assert(
      fc.property(anyZone, anyTime, anySpan, fc.boolean(), (zone, from, span, amounts) => {
        const to = from + span;
        const { step, why } = chooseStep({ from, to, asked: "auto", amounts, raw: false, night: false })!;
        const count = windowsWithin(step as WindowStep, zone, from, to).starts.length;
        expect(why).toBe("fits");
        // The first window begins before the question does.
        expect(count).toBeLessThanOrEqual((amounts ? 200 : MOST_WINDOWS) + 1);
        const finer = SERIES_STEPS[SERIES_STEPS.indexOf(step) - 1]!;
        if (finer !== "raw") expect(windowsWithin(finer, zone, from, to).starts.length).toBeGreaterThan((amounts ? 200 : MOST_WINDOWS) * 0.9);
      }),
      { numRuns: runs(150) },
    );
  });

  it("is every reading of two hours and less, and on being asked of a day", () => {
    const question = { from: 0, asked: "auto", amounts: false, raw: true, night: false } as const;
    expect(chooseStep({ ...question, to: 2 * HOUR })).toEqual({ step: "raw", why: "short" });
    expect(chooseStep({ ...question, to: 2 * HOUR + 1 })).toEqual({ step: "5m", why: "fits" });
    expect(chooseStep({ ...question, to: 2 * HOUR, raw: false })).toEqual({ step: "5m", why: "fits" });
    expect(chooseStep({ ...question, asked: "raw", to: DAY })).toEqual({ step: "raw", why: "asked" });
    expect(chooseStep({ ...question, asked: "raw", to: DAY + 1 })).toBeNull();
  });

  it("is as asked, or refused where that were too many", () => {
    const question = { from: 0, amounts: false, raw: false, night: false } as const;
    expect(chooseStep({ ...question, asked: "hour", to: 1000 * HOUR })).toEqual({ step: "hour", why: "asked" });
    expect(chooseStep({ ...question, asked: "hour", to: 1001 * HOUR })).toBeNull();
    expect(chooseStep({ ...question, asked: "auto", to: 1e15 })).toBeNull();
    expect(chooseStep({ ...question, asked: "auto", to: 30 * DAY, night: true })).toEqual({ step: "day", why: "night" });
    expect(chooseStep({ ...question, asked: "auto", to: 4000 * DAY, night: true })).toBeNull();
  });

  it("gets coarser up to months", () => {
    expect(SERIES_STEPS.map(coarser)).toEqual(["5m", "hour", "day", "month", null]);
  });
});

describe("windows", () => {
  it("follow one another without a gap and cover the question", () => {
    fc.assert(
      fc.property(
        anyZone,
        anyTime,
        fc.integer({ min: 1, max: 400 * DAY }),
        fc.constantFrom("hour" as const, "day" as const, "month" as const),
        (zone, from, span, step) => {
          const { starts, end } = windowsWithin(step, zone, from, from + span);
          expect(starts[0]!).toBeLessThanOrEqual(from);
          expect(end).toBeGreaterThanOrEqual(from + span);
          const edges = [...starts, end];
          for (let i = 1; i < edges.length; i++) expect(edges[i]!).toBeGreaterThan(edges[i - 1]!);
          if (step === "month") for (const s of edges) expect(zone.date(s).slice(8)).toBe("01");
        },
      ),
      { numRuns: runs(60) },
    );
  });
});

describe("the same time of another day", () => {
  it("is the same by the local clock across a change of it", () => {
    // Clocks went to summer time on 2026-03-29.
    expect(shifted(berlin, at("2026-03-30T08:30:15.250+02:00"), "day", -1)).toBe(at("2026-03-29T08:30:15.250+02:00"));
    expect(shifted(berlin, at("2026-03-29T08:30:00+02:00"), "day", -1)).toBe(at("2026-03-28T08:30:00+01:00"));
    expect(shifted(berlin, at("2026-04-01T00:00:00+02:00"), "week", -1)).toBe(at("2026-03-25T00:00:00+01:00"));
    expect(shifted(shanghai, at("2026-03-01T06:00:00+08:00"), "day", -1)).toBe(at("2026-02-28T06:00:00+08:00"));
  });

  it("is the same date of another year; 29 February has the 28th", () => {
    expect(shifted(shanghai, at("2026-12-31T23:59:00+08:00"), "year", -1)).toBe(at("2025-12-31T23:59:00+08:00"));
    expect(shifted(shanghai, at("2028-02-29T12:00:00+08:00"), "year", -1)).toBe(at("2027-02-28T12:00:00+08:00"));
  });

  it("comes back where it came from", () => {
    fc.assert(
      fc.property(anyTime, fc.constantFrom(...COMPARISONS), (time, by) => {
        const there = shifted(shanghai, time, by, -1);
        if (shanghai.date(time).slice(5) !== "02-29") expect(shifted(shanghai, there, by, 1)).toBe(time);
      }),
    );
  });

  it("lacks the hour that the clock leapt over, and has each window once", () => {
    const day = (date: string) => windowsWithin("hour", berlin, berlin.fromLocal(date, 0), berlin.fromLocal(date, 0) + DAY).starts.slice(0, 24);
    // The day after the leap has 02:00, the day of the leap had none.
    const after = comparedStarts("hour", berlin, day("2026-03-30"), "day");
    expect(after[2]).toBeNull();
    expect(after[3]).toBe(at("2026-03-29T03:00:00+02:00"));
    expect(after.filter((s) => s === null)).toHaveLength(1);
    // 2026-10-25 has 02:00 twice.
    const twice = comparedStarts("hour", berlin, windowsWithin("hour", berlin, at("2026-10-25T00:00:00+02:00"), at("2026-10-26T00:00:00+01:00")).starts, "day");
    expect(twice).toHaveLength(25);
    expect(twice.filter((s) => s === null)).toHaveLength(1);
    expect(twice[3]).toBeNull();
  });

  it("keeps the local time of every window that it has", () => {
    fc.assert(
      fc.property(
        anyZone,
        anyTime,
        fc.constantFrom("5m" as const, "hour" as const, "day" as const),
        fc.constantFrom(...COMPARISONS),
        (zone, from, step, by) => {
          const { starts } = windowsWithin(step, zone, from, from + (step === "day" ? 400 * DAY : 2 * DAY));
          const there = comparedStarts(step, zone, starts, by);
          const known = there.filter((s) => s !== null);
          expect(new Set(known).size).toBe(known.length);
          // Where the clock changes by half an hour, the hours after it begin at other minutes than those before, and are like none of them.
          if (step !== "hour" || zone.timezone !== "Australia/Lord_Howe") expect(known.length).toBeGreaterThanOrEqual(starts.length - 13);
          there.forEach((s, i) => {
            if (s === null) return;
            if (step !== "day") expect(zone.minuteOfDay(s)).toBe(zone.minuteOfDay(starts[i]!));
            expect(zone.date(s) < zone.date(starts[i]!)).toBe(true);
          });
        },
      ),
      { numRuns: runs(100) },
    );
  });

  it("of months is the month of the other year", () => {
    const { starts } = windowsWithin("month", shanghai, at("2026-01-15T00:00:00+08:00"), at("2026-04-02T00:00:00+08:00"));
    expect(comparedStarts("month", shanghai, starts, "year").map((s) => shanghai.toIso(s!).slice(0, 10))).toEqual([
      "2025-01-01",
      "2025-02-01",
      "2025-03-01",
      "2025-04-01",
    ]);
  });
});

const rolled = (more: Partial<Rolled>): Rolled => ({ count: 1, mean: 1, min: 1, max: 1, last: 1, total: 1, ...more });

describe("a column", () => {
  it("puts days together to a month: means by their readings, least, most, last and sum", () => {
    const of = (fn: "mean" | "min" | "max" | "last" | "total") => {
      const column = createColumn(2, fn, 2);
      column.take(0, rolled({ count: 1, mean: 10, min: 5, max: 20, last: 7, total: 3 }));
      column.take(0, rolled({ count: 3, mean: 20, min: 9, max: 12, last: 11, total: 4 }));
      column.take(0, rolled({ count: 0, mean: Number.NaN, min: Number.NaN, max: Number.NaN, last: Number.NaN, total: 0.5 }));
      return [column.values[0], column.counts[0], Number.isNaN(column.values[1])];
    };
    expect(of("mean")).toEqual([35, 4, true]);
    expect(of("min")).toEqual([10, 4, true]);
    expect(of("max")).toEqual([40, 4, true]);
    expect(of("last")).toEqual([22, 4, true]);
    expect(of("total")).toEqual([15, 4, true]);
  });

  it("of nights is the least hour between two and five, once all of them were heard", () => {
    const starts = [at("2026-07-01T00:00:00+08:00"), null, at("2026-07-02T00:00:00+08:00")];
    const nights = createNights(starts, shanghai, "mean");
    for (const [hour, mean] of [
      [1, 0],
      [2, 0.4],
      [3, 0.2],
      [4, 0.9],
      [5, 0],
    ] as const)
      nights.take(starts[0]! + hour * HOUR, rolled({ mean }));
    nights.take(starts[2]! + 2 * HOUR, rolled({ mean: 0.1 }));
    expect([...nights.values]).toEqual([0.2, Number.NaN, Number.NaN]);
    expect([...nights.counts]).toEqual([3, 0, 1]);
  });

  it("of the night that lacks an hour does not wait for it", () => {
    const start = at("2026-03-29T00:00:00+01:00");
    const nights = createNights([start], berlin, "total");
    nights.take(at("2026-03-29T03:00:00+02:00"), rolled({ total: 3 }));
    expect(nights.values[0]).toBeNaN();
    nights.take(at("2026-03-29T04:00:00+02:00"), rolled({ total: 2 }));
    expect(nights.values[0]).toBe(2);
  });
});

describe("units", () => {
  const unit = (name: string, fn: "total" | "mean" | "night" | "raw", kind: "ac" | "water" = "ac") => {
    const definition = pointDefinition(kind, name);
    return unitOf(name, definition, definition?.unit ?? "", fn);
  };
  it("say what a total is of", () => {
    expect(unit("power", "total")).toEqual({ unit: "kWh", scale: 0.001 });
    expect(unit("flow", "total", "water")).toEqual({ unit: "m³", scale: 0.06 });
    expect(unit("energy", "total")).toEqual({ unit: "kWh", scale: 1 });
    expect(unit("on", "total")).toEqual({ unit: "h", scale: 1 });
    expect(unit("temperature", "total")).toEqual({ unit: "°C·h", scale: 1 });
    expect(unit("volume", "night", "water")).toEqual({ unit: "m³/h", scale: 1 });
    expect(unit("flow", "night", "water")).toEqual({ unit: "L/min", scale: 1 });
    expect(unit("power", "mean")).toEqual({ unit: "W", scale: 1 });
    expect(unit("energy", "raw")).toEqual({ unit: "kWh", scale: 1 });
  });
});
