/** What is heard of devices, whatever the way. */
import type { Description } from "../core/description.ts";
import type { PrintJob } from "../core/policy.ts";
import type { Millis } from "../core/reading.ts";

/** What a device said at one time, in the office's points and units. */
export interface Said {
  /** The device's own time, ms; null where it has none that can be read, or one without a zone. */
  readonly ts: Millis | null;
  readonly values: Readonly<Record<string, unknown>>;
  /** Points whose source says itself that they cannot be believed now, each with its reason. */
  readonly bad?: Readonly<Record<string, string>>;
  /** Told later than it was: history, never the present. */
  readonly historical?: boolean;
  /** Who told it is there and tells only what changes: also what lay retained on the broker is how it stands. */
  readonly stands?: boolean;
}

/** What is heard of a device by whatever way, under the address by which its source knows it. */
export type DeviceWord =
  | { readonly kind: "said"; readonly address: string; readonly said: Said }
  | { readonly kind: "availability"; readonly address: string; readonly online: boolean }
  /** The device's or its gateway's answer to one of our commands. */
  | { readonly kind: "ack"; readonly address: string; readonly command: string; readonly accepted: boolean; readonly error: string | null }
  | { readonly kind: "job"; readonly address: string; readonly job: PrintJob }
  | { readonly kind: "described"; readonly description: Description };

/** By which source a device speaks. */
export interface SourceView {
  readonly codec: string;
  /** What it is called there; null where that is its topic. */
  readonly address: string | null;
  /** Null where it does not describe itself, or did not since the start. */
  readonly description: Description | null;
  /** Other codecs that described the same hardware and are not listened to for it. */
  readonly also: readonly string[];
}
