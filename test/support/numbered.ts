/** Readings that can be counted and summed up, some of them such that a database may refuse them. */
import type { PointReading } from "../../server/core/reading.ts";

/** 2026-07-01T00:00:00Z, a Wednesday: 500,000 readings, one every 500 ms, stay within one week, which is one shard of InfluxDB. */
export const NUMBERED_FROM = 1_782_864_000_000;
export const NUMBERED_DEVICES = 40;
/** Every so-manieth reading is a text. */
export const TEXT_EVERY = 10_007;

export function isText(n: number): boolean {
  return n % TEXT_EVERY === 5_003;
}

/** Reading `n` of device `n` modulo 40: the number itself, seldom a text. */
export function numbered(n: number): { readonly device: string; readonly at: number; readonly reading: PointReading } {
  const value = isText(n) ? `text ${n}` : n;
  return { device: `hall/meter-${n % NUMBERED_DEVICES}`, at: NUMBERED_FROM + n * 500, reading: { name: "n", value, quality: "good" } };
}
