import { describe, expect, it } from "vitest";
import { sunElevation } from "../../server/core/sun.ts";

describe("the sun", () => {
  // NOAA Solar Calculator, geometric elevation in degrees.
  it.each([
    ["Beijing, solstice, solar noon", "2026-06-21T04:16:00Z", 39.9, 116.4, 73.5],
    ["Beijing, winter solstice, solar noon", "2026-12-22T04:13:00Z", 39.9, 116.4, 26.7],
    ["the equator, equinox, noon at Greenwich", "2026-03-20T12:07:30Z", 0, 0, 89.8],
  ])("stands right over %s", (_where, at, latitude, longitude, elevation) => {
    expect(Math.abs(sunElevation(Date.parse(at), latitude, longitude) - elevation)).toBeLessThan(0.5);
  });

  it("is down at night and up by day", () => {
    expect(sunElevation(Date.parse("2026-07-01T00:00:00+08:00"), 36.6, 114.5)).toBeLessThan(-10);
    expect(sunElevation(Date.parse("2026-07-01T12:00:00+08:00"), 36.6, 114.5)).toBeGreaterThan(60);
  });
});
