/** Thousands of plain devices from one process: four points a message, as cheap as can be; they answer commands at once. */
import type { Outgoing } from "./office/speaker.ts";
import { mix } from "./random.ts";

export const FLEET_KINDS = ["ac", "light", "plug", "presence"] as const;
export type FleetKind = (typeof FLEET_KINDS)[number];

export interface FleetOptions {
  readonly building: string;
  /** 1–10,000 (more works too). */
  readonly count: number;
  readonly seed: number;
  /** Kinds, dealt in turn. `presence` has two points, the others four. Default all. */
  readonly kinds?: readonly FleetKind[] | undefined;
}

export interface FleetDevice {
  /** `<building>/ac-x0001`, in the space `<building>/x0001`. */
  readonly id: string;
  readonly kind: FleetKind;
  readonly space: string;
}

export interface Fleet {
  readonly devices: readonly FleetDevice[];
  /** State topics, by number. */
  readonly topics: readonly string[];
  /** The next state of device `n`, with `ts` = now in ms: its numbers move a little each time. */
  message(n: number, now: number): string;
  /** A message on a `/set`: what it answers, nothing where it is not for this fleet. */
  command(topic: string, payload: string | Uint8Array, now: number): Outgoing[];
}

/** The devices of a fleet, for a site file or a benchmark that must know them beforehand. */
export function fleetDevices(options: Pick<FleetOptions, "building" | "count" | "kinds">): FleetDevice[] {
  const kinds = options.kinds ?? FLEET_KINDS;
  return Array.from({ length: options.count }, (_, n) => {
    const kind = kinds[n % kinds.length] ?? "plug";
    const space = `x${String(Math.floor(n / kinds.length) + 1).padStart(4, "0")}`;
    return { id: `${options.building}/${kind}-${space}`, kind, space: `${options.building}/${space}` };
  });
}

export function createFleet(options: FleetOptions): Fleet {
  const devices = fleetDevices(options);
  const kinds = devices.map((device) => device.kind);
  const on = new Uint8Array(options.count).fill(1);
  const setpoint = new Float32Array(options.count).fill(26);
  const energy = new Float64Array(options.count);
  const turns = new Uint32Array(options.count);
  const numbers = new Map(devices.map((device, n) => [`jieyue/${device.id}/set`, n]));

  /** A number in [0, 1) that belongs to a device and its turn. */
  const chance = (n: number): number => mix(options.seed ^ Math.imul(n + 1, 0x9e3779b1) ^ (turns[n] ?? 0)) / 4_294_967_296;

  function message(n: number, now: number): string {
    turns[n] = (turns[n] ?? 0) + 1;
    const x = chance(n);
    const is = on[n] === 1;
    energy[n] = (energy[n] ?? 0) + (is ? 0.01 : 0);
    const ts = `,"ts":${String(Math.floor(now))}}`;
    switch (kinds[n]) {
      case "ac":
        return `{"on":${String(is)},"setpoint":${String(setpoint[n])},"temperature":${String(25 + Math.floor(x * 30) / 10)},"power":${String(is ? 500 + Math.floor(x * 700) : 2)}${ts}`;
      case "light":
        return `{"on":${String(is)},"brightness":100,"power":${String(is ? 180 + Math.floor(x * 20) : 0)},"energy":${(energy[n] ?? 0).toFixed(2)}${ts}`;
      case "presence":
        return `{"occupied":${String(x > 0.3)},"count":${String(x > 0.3 ? Math.ceil(x * 6) : 0)}${ts}`;
      default:
        return `{"on":${String(is)},"power":${String(is ? 60 + Math.floor(x * 200) : 0)},"energy":${(energy[n] ?? 0).toFixed(2)},"voltage":${String(225 + Math.floor(x * 10))}${ts}`;
    }
  }

  return {
    devices,
    topics: devices.map((device) => `jieyue/${device.id}/state`),
    message,
    command(topic, payload, now) {
      const n = numbers.get(topic);
      const device = n === undefined ? undefined : devices[n];
      if (n === undefined || device === undefined || device.kind === "presence") return [];
      let asked: unknown;
      try {
        asked = JSON.parse(typeof payload === "string" ? payload : new TextDecoder().decode(payload));
      } catch {
        return [];
      }
      if (typeof asked !== "object" || asked === null) return [];
      const { id, on: switched, setpoint: degrees } = asked as Record<string, unknown>;
      if (typeof switched === "boolean") on[n] = switched ? 1 : 0;
      if (device.kind === "ac" && typeof degrees === "number" && degrees >= 16 && degrees <= 30) setpoint[n] = degrees;
      const state: Outgoing = { topic: `jieyue/${device.id}/state`, payload: message(n, now) };
      return typeof id === "string" ? [{ topic: `jieyue/${device.id}/ack`, payload: JSON.stringify({ id, accepted: true }) }, state] : [state];
    },
  };
}
