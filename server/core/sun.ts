import type { Millis } from "./reading.ts";

const RAD = Math.PI / 180;

/**
 * The sun's elevation above the horizon in degrees, without refraction, good to about 0.1° between 1950 and 2050.
 * Source: Astronomical Almanac's low-precision formulas for the sun (page C5).
 */
export function sunElevation(at: Millis, latitude: number, longitude: number): number {
  const days = at / 86_400_000 - 10_957.5; // since J2000.0, 2000-01-01T12:00Z
  const meanLongitude = 280.46 + 0.9856474 * days;
  const anomaly = (357.528 + 0.9856003 * days) * RAD;
  const ecliptic = (meanLongitude + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const obliquity = (23.439 - 0.0000004 * days) * RAD;
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(ecliptic));
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(ecliptic), Math.cos(ecliptic));
  const siderealDegrees = (280.46062 + 360.9856473662862 * days + longitude) % 360;
  const hourAngle = siderealDegrees * RAD - rightAscension;
  const lat = latitude * RAD;
  return Math.asin(Math.sin(lat) * Math.sin(declination) + Math.cos(lat) * Math.cos(declination) * Math.cos(hourAngle)) / RAD;
}
