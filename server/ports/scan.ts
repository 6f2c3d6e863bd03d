/** Going through stored readings, thinned. */
import type { Millis, PointId } from "../core/reading.ts";
import type { ScanSlice, ScanTake } from "../core/scan.ts";

/** Which readings are to be gone through, in the order of their arrival within [from, to). */
export interface ScanQuery {
  readonly from: Millis;
  readonly to: Millis;
  /** The slices number the points and devices by their place in these lists. */
  readonly points: readonly { readonly point: PointId; readonly device: number; readonly take: ScanTake }[];
  /** Ms without a word after which a device is quiet. */
  readonly quietMs: readonly number[];
}

/** The memory that a slice gives away when it goes to another thread. */
export function memoryOfSlice({ point, at, received, value, type, quality, heard }: ScanSlice): ArrayBuffer[] {
  return [point, at, received, value, type, quality, heard.device, heard.from, heard.until].map((a) => a.buffer as ArrayBuffer);
}
