/** The building as a whole as it is read: which days its baseline is of, what is refused, and how occupied its rooms were. */
import { describe, expect, it } from "vitest";
import { readModelled } from "../server/building-model.ts";
import { createCalendar } from "../server/core/calendar.ts";
import { createHouse } from "../server/core/house.ts";
import type { PersonRequest } from "../server/core/event.ts";
import { step } from "../server/core/step.ts";
import { createRandom } from "../simulators/random.ts";
import { madeRollups } from "./support/made-rollups.ts";
import { device, SMALL_ACCOUNT, smallSite } from "./support/small-site.ts";

const DAY = 86_400_000;
const MIDNIGHT = Date.parse("2025-01-01T00:00:00+08:00");
const at = (date: string) => Date.parse(`${date}T00:00:00+08:00`);
const NOW = at("2026-07-01");
/** 24 h at a message every five minutes. */
const WHOLE_DAY = 288;

/** A year and a half of days: weather, and people who come and go by chance and take 10 kWh an hour of an occupied room. */
const days = (() => {
  const random = createRandom(3);
  return Array.from({ length: 600 }, (_, i) => {
    const temperature = 14 - 14 * Math.cos((2 * Math.PI * (i - 20)) / 365) + 3 * random.normal();
    const rooms = [random.between(0, 10), random.between(0, 10)] as const;
    const kwh = 300 + 20 * Math.max(0, temperature - 22) + 15 * Math.max(0, 12 - temperature) + 10 * (rooms[0] + rooms[1]) + 5 * random.normal();
    return { temperature, rooms, kwh };
  });
})();

interface Played {
  readonly first?: number | null;
  readonly ask?: PersonRequest;
  /** Messages of the sensor of room 302 on a day. */
  readonly heard?: (day: number) => number;
  readonly oldest?: number;
}

function played({ first = at("2026-05-10"), ask, heard = () => WHOLE_DAY, oldest = MIDNIGHT }: Played = {}) {
  const site = smallSite({
    devices: [
      device("meter-1", "meter", null),
      device("outdoor-1", "outdoor", null),
      device("presence-301", "presence", "301"),
      // Two in one room: it is occupied as long as either says so.
      device("presence-301b", "presence", "301"),
      device("presence-302", "presence", "302"),
    ],
    account: { ...SMALL_ACCOUNT, mains: [{ meter: "hall/meter-1", building: "hall", floor: null, space: null }] },
  });
  const calendar = createCalendar({ timezone: site.timezone, settings: site.calendar, holidays: {} });
  const house = createHouse(site, calendar, []);
  if (ask !== undefined) expect(step(house, { kind: "person", by: "director", request: ask }, NOW).answer).toMatchObject({ ok: true });
  const rollups = madeRollups(MIDNIGHT, (point, start) => {
    const n = Math.round((start - MIDNIGHT) / DAY);
    const day = days[n];
    if (day === undefined || start < oldest) return null;
    switch (point) {
      case "hall/meter-1/energy":
        return { total: day.kwh, count: 96 };
      case "hall/outdoor-1/temperature":
        return { mean: day.temperature, count: 96 };
      case "hall/presence-301/occupied":
        return { total: day.rooms[0], count: WHOLE_DAY };
      case "hall/presence-301b/occupied":
        return { total: day.rooms[0] / 2, count: WHOLE_DAY };
      default:
        return { total: day.rooms[1], count: heard(n) };
    }
  });
  const parts = { house, history: { rollups, oldest: async () => oldest }, records: { firstCommandAt: async () => first } as never, now: () => NOW };
  return readModelled(parts, "hall", at("2026-06-01"), at("2026-07-01"));
}

const choose = (from: string, until: string, first: number | null = null): PersonRequest => ({
  kind: "choose-baseline",
  building: "hall",
  days: { from, until },
  reason: "r",
  first,
});

describe("the days of a baseline", () => {
  it("are the year before the first command where nobody chose", async () => {
    const { baseline } = await played();
    expect(baseline).toMatchObject({ from: at("2025-05-10"), to: at("2026-05-10"), chosen: null, rooms: 2 });
    expect(baseline.result).toMatchObject({ kind: "model", model: { quality: { days: 365 } } });
  });

  it("are the chosen ones, last day within, with their own quality", async () => {
    const { baseline, modelled } = await played({ ask: choose("2025-03-01", "2026-02-28") });
    expect(baseline).toMatchObject({ from: at("2025-03-01"), to: at("2026-03-01"), chosen: { by: "director", reason: "r" } });
    expect(baseline.result).toMatchObject({ kind: "model", model: { quality: { days: 365 } } });
    expect(modelled.gates.find((g) => g.gate === "missing")).toMatchObject({ value: 0 });
    const short = await played({ ask: choose("2025-03-01", "2025-05-31") });
    expect(short.modelled.kind).toBe("not-verified");
    expect(short.modelled.gates.find((g) => g.gate === "length")).toMatchObject({ value: 92, ok: false });
  });

  it("that are not all measured are missing, and the gate sees it", async () => {
    const { modelled } = await played({ ask: choose("2025-03-01", "2026-02-28"), oldest: at("2025-05-01") });
    expect(modelled.gates.find((g) => g.gate === "missing")).toMatchObject({ value: expect.closeTo(61 / 365, 9), ok: false });
  });

  it("are refused where they reach into the report or into the time of commands, whatever was known when they were chosen", async () => {
    const into = (await played({ ask: choose("2025-07-01", "2026-06-10"), first: null })).baseline.result;
    expect(into).toMatchObject({ kind: "refused", why: "overlaps-report" });
    const commanded = (await played({ ask: choose("2025-05-10", "2026-05-10") })).baseline.result;
    expect(commanded).toMatchObject({ kind: "refused", why: "overlaps-enforcement" });
    expect((await played({ ask: choose("2025-05-10", "2026-05-09") })).baseline.result.kind).toBe("model");
  });
});

describe("occupancy", () => {
  it("is the rooms' hours, and the model finds what one takes", async () => {
    const { result } = (await played()).baseline;
    if (result.kind !== "model") throw new Error(result.why);
    expect(result.occupancy).toBe("used");
    const { shape, fit } = result.model;
    expect(fit.coefficients[shape.regressors.indexOf("occupancy")]).toBeCloseTo(10, 0);
  });

  it("of a day on which too few rooms were heard is not known; where that is too often, it does not count", async () => {
    const verdict = async (heard: NonNullable<Played["heard"]>) => {
      const { result } = (await played({ heard })).baseline;
      return result.kind === "model" ? [result.occupancy, result.model.quality.days] : result.why;
    };
    expect(await verdict((n) => (n % 20 === 0 ? WHOLE_DAY / 2 : WHOLE_DAY))).toEqual(["used", 347]);
    expect(await verdict((n) => (n % 5 === 0 ? WHOLE_DAY / 2 : WHOLE_DAY))).toEqual(["too-few-days", 365]);
    expect(await verdict(() => 0)).toEqual(["not-counted", 365]);
  });
});

it("takes adjustments out of the baseline's days and puts them into what is expected", async () => {
  const ask = {
    kind: "add-adjustment",
    building: "hall",
    from: "2026-06-01",
    until: "2026-06-30",
    kwh: 3000,
    per: "period",
    reason: "r",
    source: "s",
  } as const;
  const [plain, adjusted] = [await played(), await played({ ask })];
  expect(adjusted.modelled.modelled!.adjusted).toBeCloseTo(3000, 6);
  expect(adjusted.modelled.modelled!.amount.value - plain.modelled.modelled!.amount.value).toBeCloseTo(3000, 6);
  const before = await played({ ask: { ...ask, from: "2025-05-10", until: "2026-05-09", kwh: 36_500 } });
  // A hundred kWh a day of the baseline were no usual use: so much less is expected.
  expect(before.modelled.modelled!.amount.value - plain.modelled.modelled!.amount.value).toBeCloseTo(-3000, 3);
});
