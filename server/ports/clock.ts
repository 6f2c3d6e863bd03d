import type { Millis } from "../core/reading.ts";

/** The house's time. The wall, a hand in a test, or a demonstration at sixty times life. */
export interface Clock {
  now(): Millis;
  /** Simulated milliseconds per real one; 1 for the wall. */
  readonly speed: number;
  readonly simulated: boolean;
}
