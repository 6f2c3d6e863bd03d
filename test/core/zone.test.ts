import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createZone } from "../../server/core/zone.ts";
import { runs } from "../support/properties.ts";

const parts = (timezone: string, at: number) => {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const of = Object.fromEntries(format.formatToParts(at).map((p) => [p.type, p.value]));
  return { date: `${of["year"]}-${of["month"]}-${of["day"]}`, minute: Number(of["hour"]) * 60 + Number(of["minute"]) };
};
/** 1995 to 2060. */
const instant = fc.integer({ min: 788_918_400_000, max: 2_840_140_800_000 });

describe.each(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "UTC"])("local time in %s", (timezone) => {
  const zone = createZone(timezone);

  it("agrees with Intl on date and minute at any instant", () => {
    fc.assert(
      fc.property(instant, (at) => {
        expect({ date: zone.date(at), minute: zone.minuteOfDay(at) }).toEqual(parts(timezone, at));
      }),
      { numRuns: runs(500) },
    );
  });

  it("writes ISO 8601 that reads back as the same instant", () => {
    fc.assert(
      fc.property(instant, (at) => Date.parse(zone.toIso(at)) === at),
      { numRuns: runs(500) },
    );
  });

  it("finds the day's midnight: the same day, and the instant before it is another", () => {
    fc.assert(
      fc.property(instant, (at) => {
        const midnight = zone.midnight(at);
        expect(midnight).toBeLessThanOrEqual(at);
        expect(zone.date(midnight)).toBe(zone.date(at));
        expect(zone.date(midnight - 1)).not.toBe(zone.date(at));
      }),
      { numRuns: runs(500) },
    );
  });

  it("counts weekdays like everybody else", () => {
    fc.assert(
      fc.property(instant, (at) => {
        expect(zone.weekday(at)).toBe(new Date(`${zone.date(at)}T00:00:00Z`).getUTCDay());
      }),
      { numRuns: runs(500) },
    );
  });
});

describe("around a change of the clocks", () => {
  it("knows both sides of Berlin's spring and autumn", () => {
    const zone = createZone("Europe/Berlin");
    expect(zone.toIso(Date.parse("2026-03-29T00:59:59Z"))).toBe("2026-03-29T01:59:59+01:00");
    expect(zone.toIso(Date.parse("2026-03-29T01:00:00Z"))).toBe("2026-03-29T03:00:00+02:00");
    expect(zone.fromLocal("2026-10-25", 720)).toBe(Date.parse("2026-10-25T11:00:00Z"));
    expect(zone.fromLocal("2026-03-29", 150)).toBe(Date.parse("2026-03-29T01:30:00Z"));
  });
});
