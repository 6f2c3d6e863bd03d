/** Every wire that the simulator can speak, by its name. */
import type { Device } from "../../server/core/device.ts";
import { createShellyWire } from "./shelly.ts";
import { createTasmotaWire } from "./tasmota.ts";
import type { Wire } from "./wire.ts";
import { createZigbee2mqttWire } from "./zigbee2mqtt.ts";

const WIRES = { zigbee2mqtt: createZigbee2mqttWire, tasmota: createTasmotaWire, shelly: createShellyWire } as const;
export type WireName = keyof typeof WIRES;
export const WIRE_NAMES = Object.keys(WIRES) as readonly WireName[];

/** Speaks for the devices that such an ecosystem has; all others keep our own format. */
export function createWire(name: WireName, devices: readonly Device[]): Wire {
  return WIRES[name](devices);
}
