import type { PointValue } from "../core/reading.ts";
import type { DeviceWord } from "./device-word.ts";

/** Printers and copiers that we ask ourselves, without a broker: devices with `codec: printer`. */
export interface Printers {
  /** Begins to ask; what is heard comes by `hear`. */
  start(hear: (word: DeviceWord) => void): void;
  /** Hands a command (a held job's release or refusal) to a device's queue: its answer comes as an `ack`. Rejects when the queue cannot be reached. */
  send(address: string, set: Readonly<Record<string, PointValue>>, command: string): Promise<void>;
  close(): Promise<void>;
}
