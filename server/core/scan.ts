/** What going through stored readings brings, thinned, as columns. */
import type { Millis } from "./reading.ts";

/** heard: only that it came. changes: when its value or quality became another. all: every reading. */
export type ScanTake = "heard" | "changes" | "all";

/** Some hours of a scan, as columns. `type` is 0 number, 1 boolean (0/1), 2 text (the number of one of the texts so far); `quality` 0 good, 1 suspect, 2 bad. */
export interface ScanSlice {
  /** Everything that arrived before this has been told. */
  readonly until: Millis;
  /** Readings that were looked at. */
  readonly seen: number;
  /** Texts that are new since the last slice. */
  readonly texts: readonly (readonly [number, string])[];
  readonly point: Int32Array;
  readonly at: Float64Array;
  readonly received: Float64Array;
  readonly value: Float64Array;
  readonly type: Uint8Array;
  readonly quality: Uint8Array;
  /** Stretches in which a device was never quiet, in the order in which they began. */
  readonly heard: { readonly device: Int32Array; readonly from: Float64Array; readonly until: Float64Array };
}
