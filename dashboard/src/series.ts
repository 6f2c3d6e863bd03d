/** Histories as a chart wants them. Pure. */
import type { PointDto, ReadingDto } from "../../server/contract/devices.ts";

export const RANGES = {
  "1h": { ms: 3_600_000, every: null },
  "6h": { ms: 6 * 3_600_000, every: "1m" },
  "24h": { ms: 24 * 3_600_000, every: "5m" },
  "7d": { ms: 7 * 24 * 3_600_000, every: "1h" },
} as const;
export type Range = keyof typeof RANGES;

export interface Sample {
  readonly x: number;
  readonly y: number | null;
}

/** Points that keep their value between readings. */
export const STEPPED: ReadonlySet<string> = new Set(["setpoint", "roomSetpoint", "on", "occupied", "open", "valve", "count", "brightness"]);

/** A value as a height: switches are 0 or 1; words have none. */
export function height(value: number | string | boolean | null): number | null {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === "open") return 1;
  if (value === "closed") return 0;
  return typeof value === "number" ? value : null;
}

/** Readings or windows, oldest first. */
export function samplesOf(items: readonly ReadingDto[]): Sample[] {
  return items.map((r) => ({ x: Date.parse(r.at), y: height(r.value) })).sort((a, b) => a.x - b.x);
}

/** Points of which a history can be drawn, the most telling first. */
const FIRST: readonly string[] = ["temperature", "setpoint", "power", "flow", "illuminance", "occupied", "open", "on"];
export function drawable(points: readonly PointDto[]): PointDto[] {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return points.filter((p) => height(p.value) !== null).sort((a, b) => rank(a.name) - rank(b.name));
}

export interface Extent {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

export function extentOf(samples: readonly Sample[]): Extent | null {
  const values = samples.flatMap((s) => s.y ?? []);
  if (values.length === 0) return null;
  return { min: Math.min(...values), mean: values.reduce((a, b) => a + b, 0) / values.length, max: Math.max(...values) };
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160].map((m) => m * 60_000);

/** Round local times for an axis from `from` to `to`, at most `most` of them. `offset` is the zone's, in ms. */
export function timeTicks(from: number, to: number, offset: number, most = 8): number[] {
  const step = STEPS.find((s) => (to - from) / s <= most) ?? STEPS.at(-1)!;
  const ticks: number[] = [];
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** The offset of an ISO 8601 text in ms: `+08:00` → 28 800 000. */
export function offsetOf(iso: string): number {
  const match = /([+-])(\d\d):(\d\d)$/.exec(iso);
  return match === null ? 0 : (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}
