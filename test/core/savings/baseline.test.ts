import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { civilFromDays } from "../../../server/core/zone.ts";
import type { Model } from "../../../server/core/savings/baseline.ts";
import type { EnergyDay } from "../../../server/core/savings/shape.ts";
import { BASELINE_SETTINGS, fitBaseline } from "../../../server/core/savings/baseline.ts";
import type { Adjustment } from "../../../server/core/savings/entry.ts";
import { withoutAdjusted } from "../../../server/core/savings/entries.ts";
import { leastSquares, studentT } from "../../../server/core/savings/regress.ts";
import { LIMITS, modelledSavings, verify } from "../../../server/core/savings/verify.ts";
import { createRandom } from "../../../simulators/random.ts";

interface Truth {
  readonly constant: number;
  readonly working: number;
  readonly cooling: number;
  readonly heating: number;
  readonly coolingFrom: number;
  readonly heatingFrom: number;
  readonly noise: number;
  /** Part of a day's noise that stays on the next. */
  readonly stays?: number;
}

const TRUTH: Truth = { constant: 200, working: 150, cooling: 30, heating: 20, coolingFrom: 22, heatingFrom: 12, noise: 15 };

function dateOf(day: number): string {
  const { year, month, day: d } = civilFromDays(day);
  return `${year}-${String(month).padStart(2, "0")}-${String(d).padStart(2, "0")}`;
}

/** Days from 2025-01-01 on, with the weather of a northern plain. */
function daysOf(truth: Truth, seed: number, count: number, first = 0): EnergyDay[] {
  const random = createRandom(seed);
  let noise = 0;
  return Array.from({ length: count }, (_, i) => {
    const n = first + i;
    const temperature = 13.6 - 14.2 * Math.cos((2 * Math.PI * (n - 20)) / 365.25) + 3 * random.normal();
    const working = n % 7 < 5;
    const stays = truth.stays ?? 0;
    noise = stays * noise + Math.sqrt(1 - stays ** 2) * truth.noise * random.normal();
    const kwh =
      truth.constant +
      (working ? truth.working : 0) +
      truth.cooling * Math.max(0, temperature - truth.coolingFrom) +
      truth.heating * Math.max(0, truth.heatingFrom - temperature) +
      noise;
    return { date: dateOf(20_089 + n), kwh, temperature, working, occupancy: null };
  });
}

function modelOf(days: readonly EnergyDay[]): Model {
  const baseline = fitBaseline(days);
  if (baseline.kind === "refused") throw new Error(`refused: ${baseline.why} ${baseline.regressor}`);
  return baseline.model;
}

const adjustmentOf = (from: string, until: string | null, kwh: number): Adjustment => ({
  kind: "adjustment",
  id: `${from} ${kwh}`,
  building: "hall",
  from,
  until,
  kwh,
  per: "day",
  reason: "new server",
  source: "its nameplate",
  by: "zhou",
  at: 0,
});

const failed = (verified: ReturnType<typeof verify>) => verified.gates.filter((g) => !g.ok).map((g) => g.gate);

describe("least squares", () => {
  it("finds the coefficients that made the numbers, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 1e6 }), (coefficients, seed) => {
        const random = createRandom(seed);
        const rows = Array.from({ length: 40 }, () => [1, ...coefficients.slice(1).map(() => random.between(-10, 10))]);
        const result = leastSquares(
          rows,
          rows.map((r) => r.reduce((s, x, k) => s + x * coefficients[k]!, 0)),
        );
        if (result.kind !== "fit") throw new Error(result.why);
        coefficients.forEach((c, k) => expect(result.coefficients[k]).toBeCloseTo(c, 7));
      }),
    );
  });

  it("agrees with Longley's employment to seven digits, where normal equations lose half of them (NIST StRD)", () => {
    const longley = [
      [60_323, 83, 234_289, 2356, 1590, 107_608, 1947],
      [61_122, 88.5, 259_426, 2325, 1456, 108_632, 1948],
      [60_171, 88.2, 258_054, 3682, 1616, 109_773, 1949],
      [61_187, 89.5, 284_599, 3351, 1650, 110_929, 1950],
      [63_221, 96.2, 328_975, 2099, 3099, 112_075, 1951],
      [63_639, 98.1, 346_999, 1932, 3594, 113_270, 1952],
      [64_989, 99, 365_385, 1870, 3547, 115_094, 1953],
      [63_761, 100, 363_112, 3578, 3350, 116_219, 1954],
      [66_019, 101.2, 397_469, 2904, 3048, 117_388, 1955],
      [67_857, 104.6, 419_180, 2822, 2857, 118_734, 1956],
      [68_169, 108.4, 442_769, 2936, 2798, 120_445, 1957],
      [66_513, 110.8, 444_546, 4681, 2637, 121_950, 1958],
      [68_655, 112.6, 482_704, 3813, 2552, 123_366, 1959],
      [69_564, 114.2, 502_601, 3931, 2514, 125_368, 1960],
      [69_331, 115.7, 518_173, 4806, 2572, 127_852, 1961],
      [70_551, 116.9, 554_894, 4007, 2827, 130_081, 1962],
    ];
    const fit = leastSquares(
      longley.map((r) => [1, ...r.slice(1)]),
      longley.map((r) => r[0]!),
    );
    if (fit.kind !== "fit") throw new Error(fit.why);
    const certified = [-3_482_258.63459582, 15.0618722713733, -0.035819179292591, -2.02022980381683, -1.03322686717359, -0.0511041056535807, 1829.15146461355];
    certified.forEach((c, k) => expect(fit.coefficients[k]! / c).toBeCloseTo(1, 7));
    expect(fit.sse / 836_424.055505915).toBeCloseTo(1, 7);
  });

  it("names the column that the others already say, and refuses fewer rows than columns", () => {
    expect(
      leastSquares(
        [
          [1, 2, 4],
          [1, 3, 6],
          [1, 5, 10],
          [1, 7, 14],
        ],
        [1, 2, 3, 4],
      ),
    ).toEqual({ kind: "refused", why: "collinear", column: 2 });
    expect(leastSquares([[1, 2]], [3])).toEqual({ kind: "refused", why: "too-few" });
    expect(() => leastSquares([[1], [Number.NaN]], [1, 2])).toThrow(RangeError);
  });

  it("knows Student's t as the tables do", () => {
    for (const [freedom, t] of [
      [1, 12.706],
      [2, 4.303],
      [4, 2.776],
      [10, 2.228],
      [30, 2.042],
      [1000, 1.962],
    ] as const)
      expect(Math.abs(studentT(0.95, freedom) - t)).toBeLessThan(0.003);
  });
});

describe("a building's baseline", () => {
  it("recovers what made the days: coefficients, and where cooling and heating begin", () => {
    const { shape, fit, quality } = modelOf(daysOf(TRUTH, 1, 365));
    expect(shape.regressors).toEqual(["constant", "working", "cooling", "heating"]);
    expect(Math.abs(shape.coolingFrom! - TRUTH.coolingFrom)).toBeLessThanOrEqual(1);
    expect(Math.abs(shape.heatingFrom! - TRUTH.heatingFrom)).toBeLessThanOrEqual(1);
    [200, 150, 30, 20].forEach((c, k) => expect(fit.coefficients[k]! / c).toBeCloseTo(1, 1));
    expect(quality.r2).toBeGreaterThan(0.9);
    expect(quality.cvRmse).toBeLessThan(0.06);
  });

  it("says nothing of heat where no day needs it", () => {
    expect(modelOf(daysOf({ ...TRUTH, heating: 0 }, 2, 365)).shape.regressors).not.toContain("heating");
  });

  it("does not care for the order of its days; ten times the use is ten times everything", () => {
    const days = daysOf(TRUTH, 3, 200);
    const model = modelOf(days);
    expect(modelOf(days.toReversed())).toEqual(model);
    const tenfold = modelOf(days.map((d) => ({ ...d, kwh: d.kwh! * 10 })));
    expect(tenfold.shape).toEqual(model.shape);
    tenfold.fit.coefficients.forEach((c, k) => expect(c / model.fit.coefficients[k]!).toBeCloseTo(10, 6));
    for (const figure of ["r2", "cvRmse", "nmbe", "autocorrelation"] as const) expect(tenfold.quality[figure]).toBeCloseTo(model.quality[figure], 9);
  });

  it("refuses in words what has no answer, and never answers with no number", () => {
    const days = daysOf(TRUTH, 4, 365);
    expect(fitBaseline(days.slice(0, 5))).toMatchObject({ kind: "refused", why: "too-few-days" });
    expect(fitBaseline(days.map((d) => ({ ...d, temperature: 20 })))).toMatchObject({ kind: "refused", why: "constant-temperature" });
    expect(fitBaseline(days.map((d) => ({ ...d, kwh: 0 })))).toMatchObject({ kind: "refused", why: "no-use" });
    expect(fitBaseline(days.map((d) => ({ ...d, temperature: null })))).toMatchObject({ kind: "refused", why: "too-few-days" });
  });
});

describe("people as a variable of the model", () => {
  /** Days on which every hour of an occupied room takes `each` kWh. */
  const peopled = (each: number, days = daysOf(TRUTH, 11, 365)) => {
    const random = createRandom(12);
    return days.map((d) => {
      const occupancy = (d.working ? 60 : 4) + 15 * random.next();
      return { ...d, occupancy, kwh: d.kwh! + each * occupancy };
    });
  };
  const verdictOf = (days: readonly EnergyDay[]) => {
    const baseline = fitBaseline(days);
    return baseline.kind === "model" ? baseline.occupancy : baseline.why;
  };

  it("is chosen where it explains more than it costs, and finds what an occupied hour takes", () => {
    const days = peopled(3);
    expect(verdictOf(days)).toBe("used");
    const { shape, fit, quality } = modelOf(days);
    expect(Math.abs(fit.coefficients[shape.regressors.indexOf("occupancy")]! - 3)).toBeLessThan(0.5);
    expect(quality.r2).toBeGreaterThan(modelOf(days.map((d) => ({ ...d, occupancy: null }))).quality.r2);
  });

  it("is left out where it explains nothing or less than nothing, and the model is then the one without it", () => {
    for (const each of [0, -3]) {
      const days = peopled(each);
      expect(verdictOf(days)).toBe("no-better");
      expect(modelOf(days).shape).toEqual(modelOf(days.map((d) => ({ ...d, occupancy: null }))).shape);
    }
  });

  it("is left out, and nothing refused, where working days say the same or too few days have it", () => {
    const days = peopled(3);
    expect(verdictOf(days.map((d) => ({ ...d, occupancy: d.working ? 40 : 0 })))).toBe("collinear");
    expect(verdictOf(days.map((d) => ({ ...d, occupancy: null })))).toBe("not-counted");
    const counted = (share: number) => days.map((d, i) => (i < share * days.length ? d : { ...d, occupancy: null }));
    expect(verdictOf(counted(0.88))).toBe("too-few-days");
    expect(verdictOf(counted(0.92))).toBe("used");
    // Days without it are then no days of the model: the gate of missing days sees them.
    expect(modelOf(counted(0.92)).quality.days).toBe(336);
    expect(BASELINE_SETTINGS.leastCounted).toBe(1 - LIMITS.missing.limit);
  });

  it("says nothing of a reported day on which it was not counted", () => {
    const model = modelOf(peopled(3));
    const later = peopled(3, daysOf(TRUTH, 13, 40, 365)).map((d, i) => (i < 10 ? { ...d, occupancy: null } : d));
    expect(modelledSavings(model, later).days).toHaveLength(30);
    expect(failed(verify(model, 365, later, 40))).toContain("measured");
  });
});

describe("savings by the model", () => {
  /** How often, of sixty, the stated 95 % hold nothing where nothing was saved. */
  const covered = (stays: number) => {
    let count = 0;
    for (let seed = 0; seed < 60; seed++) {
      const days = daysOf({ ...TRUTH, stays }, 1000 + seed, 425);
      const { amount } = modelledSavings(modelOf(days.slice(0, 365)), days.slice(365));
      if (amount.low <= 0 && 0 <= amount.high) count++;
    }
    return count;
  };
  it("of a period like the baseline hold zero at about the stated rate, and not always", () => {
    const count = covered(0);
    expect(count).toBeGreaterThanOrEqual(54);
    expect(count).toBeLessThan(60);
  }, 60_000);
  it("also where a day's noise stays on the next: the days are then worth fewer", () => {
    expect(covered(0.6)).toBeGreaterThanOrEqual(52);
  }, 60_000);

  it("are what was taken off, its CUSUM ends there, and adjustments with a reason are counted apart", () => {
    const days = daysOf(TRUTH, 5, 465);
    const saved = days.slice(365).map((d) => ({ ...d, kwh: d.kwh! - 40 }));
    const model = modelOf(days.slice(0, 365));
    const plain = modelledSavings(model, saved);
    expect(plain.amount.low).toBeLessThan(4000);
    expect(plain.amount.high).toBeGreaterThan(4000);
    expect(plain.amount.low).toBeGreaterThan(0);
    expect(plain.days.at(-1)!.cusum).toBeCloseTo(plain.amount.value, 6);
    const adjustment = adjustmentOf(saved[0]!.date, saved[9]!.date, 25);
    const adjusted = modelledSavings(model, saved, [adjustment]);
    expect(adjusted.adjusted).toBe(250);
    expect(adjusted.amount.value).toBeCloseTo(plain.amount.value + 250, 6);
    const elsewhere = adjustmentOf("2030-01-01", "2030-01-31", 25);
    expect(modelledSavings(model, saved, [adjustment, elsewhere]).adjustments).toEqual([{ adjustment, kwh: 250 }]);
  });

  it("are the same for a load that was there all along and is entered for all days: it is taken out of the baseline and put into what is expected", () => {
    const days = daysOf(TRUTH, 15, 425);
    const plain = modelledSavings(modelOf(days.slice(0, 365)), days.slice(365));
    const adjustments = [adjustmentOf(days[0]!.date, null, 80)];
    const model = modelOf(withoutAdjusted(days.slice(0, 365), adjustments));
    const adjusted = modelledSavings(model, days.slice(365), adjustments);
    for (const part of ["value", "low", "high"] as const) expect(adjusted.amount[part]).toBeCloseTo(plain.amount[part], 6);
    expect(adjusted.adjusted).toBe(60 * 80);
  });
});

describe("the gates", () => {
  const year = daysOf(TRUTH, 6, 365);
  const later = (saved = 60) => daysOf(TRUTH, 7, 90, 365).map((d) => ({ ...d, kwh: d.kwh! - saved }));
  it("let a good year and three months verify", () => {
    const result = verify(modelOf(year), 365, later(), 90);
    expect(failed(result)).toEqual([]);
    expect(result.kind).toBe("verified");
  });

  it.each([
    ["a short baseline", () => verify(modelOf(year.slice(0, 120)), 120, later(), 90), "length"],
    ["days that miss in the baseline", () => verify(modelOf(year.filter((_, i) => i % 5 !== 0)), 365, later(), 90), "missing"],
    ["days that miss in the report", () => verify(modelOf(year), 365, later().slice(0, 60), 90), "measured"],
    [
      "weather that the baseline never saw",
      () =>
        verify(
          modelOf(year),
          365,
          later().map((d) => ({ ...d, temperature: d.temperature! - 25 })),
          90,
        ),
      "coverage",
    ],
    ["noise that drowns the weather", () => verify(modelOf(daysOf({ ...TRUTH, noise: 250 }, 8, 365)), 365, later(), 90), "cv-rmse"],
    ["a use that weather does not explain", () => verify(modelOf(daysOf({ ...TRUTH, noise: 250 }, 8, 365)), 365, later(), 90), "r2"],
    ["savings within the noise", () => verify(modelOf(year), 365, later(0.5), 90), "uncertainty"],
    ["no model at all", () => verify(null, 0, later(), 90), "length"],
  ] as const)("are shut by %s", (_name, play, gate) => {
    const result = play();
    expect(result.kind).toBe("not-verified");
    expect(failed(result)).toContain(gate);
    for (const g of result.gates) expect(Number.isNaN(g.value)).toBe(false);
  });

  it("see a baseline that only knows working days", () => {
    const worked = year.filter((d) => d.working);
    expect(failed(verify(modelOf(worked), 261, later(), 90))).toContain("coverage");
  });
});
