/** Meters without a wire: what is read by hand, and how often. */
export const RHYTHMS = ["day", "week", "month", "quarter"] as const;
/** How often a meter is read by hand: on the last working day of each. */
export type Rhythm = (typeof RHYTHMS)[number];

/** A meter without a wire. */
export interface ManualMeter {
  /** The point's name whose counter people read. */
  readonly point: string;
  readonly every: Rhythm;
}
