/** What two network servers' uplinks have in common: taken once, told in the office's words, remembered for downlinks. */
import type { Description } from "../../core/description.ts";
import { createAcquaintances } from "../acquaintances.ts";
import type { Heard } from "../codec.ts";
import { isObject, keep } from "../codec.ts";
import type { Millis } from "../../core/reading.ts";
import { decodedUplink } from "./decoded.ts";
import type { LoraDevice } from "./downlinks.ts";
import { WAKES_SECONDS } from "./downlinks.ts";

const MAX_SEEN = 5_000;
const MAX_DEVICES = 20_000;
const MAX_KEYS = 200;

export interface Uplink {
  readonly topic: string;
  /** By the network server's clock, ms. */
  readonly at: Millis | null;
  /** A field of value zero is left out of the message. */
  readonly port: unknown;
  /** What the server's codec made of the bytes, if it has one. */
  readonly object: unknown;
  /** How to mend it where there is none. */
  readonly undecoded: string;
  readonly about: Pick<Description, "name" | "hardware"> & Partial<Pick<Description, "aliases" | "maker" | "model" | "area">>;
}

export interface Uplinks {
  /** Whether this one was taken before: QoS 1 may bring it again. */
  again(once: string): boolean;
  hear(address: string, uplink: Uplink): readonly Heard[];
  device(address: string): LoraDevice | undefined;
}

export function createUplinks(): Uplinks {
  const known = createAcquaintances();
  const devices = new Map<string, LoraDevice>();
  const seen = new Map<string, true>();
  return {
    again(once) {
      if (seen.has(once)) return true;
      keep(seen, once, true, MAX_SEEN);
      return false;
    },
    hear(address, { topic, at, port, object, undecoded, about }) {
      const decoded = decodedUplink(isObject(object) ? object : {}, at);
      const device = devices.get(address) ?? { port: 0, keys: new Map<string, string>() };
      keep(devices, address, device, MAX_DEVICES);
      device.port = typeof port === "number" ? port : 0;
      for (const [point, key] of decoded.keys) if (device.keys.size < MAX_KEYS) device.keys.set(point, key);
      const met = { ...about, interval: WAKES_SECONDS, wakes: WAKES_SECONDS, topic, values: decoded.values, writable: device.keys };
      const heard = known.meet(address, met);
      if (!isObject(object)) return [...heard, { kind: "rejected", fate: "empty-value", detail: undecoded }];
      for (const said of decoded.said) heard.push({ kind: "said", address, said });
      return heard;
    },
    device: (address) => devices.get(address),
  };
}
