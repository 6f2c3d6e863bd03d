/** Weather of a city on the northern Chinese plain (hot humid summers, cold dry winters), a pure function of seed and time. */
import { dayOfYear, type LocalClock } from "./local-time.ts";
import { hash32, smoothNoise } from "./random.ts";

export interface Weather {
  /** °C */
  readonly temperature: number;
  /** Relative humidity in %. */
  readonly humidity: number;
  /** Share of the sky that is covered, 0–1. */
  readonly cloud: number;
  /** Degrees above the horizon, and clockwise from north. */
  readonly elevation: number;
  readonly azimuth: number;
  /** W/m²: on a surface facing the sun; from the sky; on the ground. */
  readonly direct: number;
  readonly diffuse: number;
  readonly global: number;
  /** lx on the ground. */
  readonly illuminance: number;
}

export interface WeatherOptions {
  readonly seed: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly clock: LocalClock;
  /** Degrees added by a story (a heat wave, a cold spell). */
  readonly warmer?: number | undefined;
  /** Cloud cover that a story wants, 0–1; else by chance. */
  readonly cloud?: number | undefined;
}

/** Annual mean, half the annual swing and half the daily swing in °C, after the climate normals of the North China Plain. */
const CLIMATE = { mean: 13.6, annual: 14.2, daily: 4.8, warmestDay: 201, warmestHour: 15 } as const;
/** Lumens per watt of daylight. */
const EFFICACY = 110;
const RAD = Math.PI / 180;

/** Where the sun stands: degrees above the horizon and clockwise from north. Good to about half a degree. */
export function sunPosition(at: number, latitude: number, longitude: number): { readonly elevation: number; readonly azimuth: number } {
  const days = at / 86_400_000 - 10_957.5;
  const anomaly = (357.529 + 0.98560028 * days) * RAD;
  const ecliptic = (280.459 + 0.98564736 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const tilt = 23.439 * RAD;
  const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic));
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
  const hourAngle = (280.46061837 + 360.98564736629 * days + longitude) * RAD - ascension;
  const phi = latitude * RAD;
  const sine = Math.sin(phi) * Math.sin(declination) + Math.cos(phi) * Math.cos(declination) * Math.cos(hourAngle);
  const azimuth = Math.atan2(
    -Math.sin(hourAngle) * Math.cos(declination),
    Math.sin(declination) * Math.cos(phi) - Math.cos(declination) * Math.cos(hourAngle) * Math.sin(phi),
  );
  return { elevation: Math.asin(sine) / RAD, azimuth: (azimuth / RAD + 360) % 360 };
}

/** W/m² of sunlight on an upright window that faces `bearing` (degrees clockwise from north). */
export function onWindow(weather: Weather, bearing: number): number {
  const facing = Math.cos(weather.elevation * RAD) * Math.cos((weather.azimuth - bearing) * RAD);
  return weather.direct * Math.max(0, facing) + 0.5 * weather.diffuse + 0.1 * weather.global;
}

/** `at(ms)` gives the weather of any instant; asking twice gives the same. */
export function createWeather(options: WeatherOptions): (at: number) => Weather {
  const { latitude, longitude, clock } = options;
  const spell = hash32(options.seed, "weather/spell");
  const gust = hash32(options.seed, "weather/gust");
  const sky = hash32(options.seed, "weather/sky");
  const damp = hash32(options.seed, "weather/damp");
  return (at) => {
    const days = (at + clock.offset(at)) / 86_400_000;
    const hour = clock.minute(at) / 60;
    const season = Math.cos((2 * Math.PI * (dayOfYear(clock.day(at)) - CLIMATE.warmestDay)) / 365.25);
    const cloud = options.cloud ?? Math.min(1, Math.max(0, 0.42 + 0.5 * smoothNoise(sky, days * 1.3) + 0.2 * smoothNoise(sky + 1, days * 20)));
    const swing = CLIMATE.daily * (1.25 - 0.6 * cloud);
    const temperature =
      CLIMATE.mean +
      CLIMATE.annual * season +
      (options.warmer ?? 0) +
      swing * Math.cos((2 * Math.PI * (hour - CLIMATE.warmestHour)) / 24) +
      3 * smoothNoise(spell, days / 2.5) +
      0.4 * smoothNoise(gust, days * 48);
    const { elevation, azimuth } = sunPosition(at, latitude, longitude);
    const height = Math.max(0, Math.sin(elevation * RAD));
    // Clear sky after Haurwitz; cover after Kasten and Czeplak.
    const clear = height > 0 ? 1098 * height * Math.exp(-0.057 / height) : 0;
    const global = clear * (1 - 0.75 * cloud ** 3.4);
    const diffuse = global * Math.min(1, 0.18 + 0.82 * cloud ** 2);
    return {
      temperature,
      humidity: Math.min(
        99,
        Math.max(
          12,
          46 + 14 * season + 18 * smoothNoise(damp, days / 1.5) + 16 * cloud - 2.8 * swing * Math.cos((2 * Math.PI * (hour - CLIMATE.warmestHour)) / 24),
        ),
      ),
      cloud,
      elevation,
      azimuth,
      direct: height > 0.02 ? (global - diffuse) / height : 0,
      diffuse,
      global,
      illuminance: global * EFFICACY + (elevation > -6 ? Math.max(0, 400 * (1 + elevation / 6) * (1 - cloud)) : 0),
    };
  };
}
