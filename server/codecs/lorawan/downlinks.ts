/** Commands to LoRaWAN devices: which one is under way to whom, and the object that a network server's codec makes bytes of. */
import type { PointValue } from "../../core/reading.ts";
import type { Heard } from "../codec.ts";
import { keep } from "../codec.ts";
import { plainValue } from "../names.ts";

/** Class A devices hear only after they spoke: an hour is the longest usual interval. */
export const WAKES_SECONDS = 3600;
const MAX_PENDING = 2000;

export interface Downlinks {
  /** Notes the command that goes to a device; another one takes its place. */
  sent(address: string, command: string): void;
  /** What the network server says of it. */
  answer(address: string, accepted: boolean, error: string | null): readonly Heard[];
}

export function createDownlinks(): Downlinks {
  const pending = new Map<string, string>();
  return {
    sent(address, command) {
      pending.delete(address);
      keep(pending, address, command, MAX_PENDING);
    },
    answer(address, accepted, error) {
      const command = pending.get(address);
      if (command === undefined) return [];
      if (!accepted) pending.delete(address);
      return [{ kind: "ack", address, command, accepted, error }];
    },
  };
}

export interface LoraDevice {
  /** The port it last spoke on; its downlinks go there. */
  port: number;
  /** Its own keys by the office's points. */
  readonly keys: Map<string, string>;
}

/** The object for the codec in the device's profile, or the sentence that says why there is none. */
export function objectFor(
  address: string,
  device: LoraDevice | undefined,
  set: Readonly<Record<string, PointValue>>,
): { readonly object: Record<string, unknown>; readonly port: number } | { readonly cannot: string } {
  if (device === undefined) return { cannot: `${address} has not been heard since the start; it can be commanded after its next uplink.` };
  const object: Record<string, unknown> = {};
  for (const [point, value] of Object.entries(set)) {
    const key = device.keys.get(point);
    if (key !== undefined && !key.includes(".")) object[key] = key === "valve" ? value : typeof value === "boolean" ? value : plainValue(value);
    // A radiator valve that has no switch is off when it is shut.
    else if (point === "on" && value === false && device.keys.get("valve_opening") !== undefined) object["valve_opening"] = 0;
    else return { cannot: `${address} has no key for ${point}: its codec decodes none.` };
  }
  // Milesight WT101: its encoder refuses a target without the tolerance.
  if (Object.hasOwn(object, "target_temperature") && device.keys.has("valve_opening")) object["temperature_tolerance"] = 0.1;
  return { object, port: device.port };
}
