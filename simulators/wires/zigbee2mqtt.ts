/** A Zigbee2MQTT bridge (2.x): its list, whole kept states with `last_seen`, its own echo of a command before the device's word, failures in its log. */
import type { Device, DeviceKind } from "../../server/core/device.ts";
import type { PointValue } from "../../server/core/reading.ts";
import type { Outgoing } from "../office/speaker.ts";
import { commandTo, nativeOf, objectIn } from "./native.ts";
import type { Values, Wire } from "./wire.ts";

const BASE = "zigbee2mqtt";
type Json = Readonly<Record<string, unknown>>;

const numeric = (name: string, unit: string, access = 1, more: Json = {}): Json => ({
  type: "numeric",
  name,
  property: name,
  label: name,
  access,
  unit,
  ...more,
});
const binary = (name: string, on: unknown, off: unknown, access = 1): Json => ({
  type: "binary",
  name,
  property: name,
  label: name,
  access,
  value_on: on,
  value_off: off,
});
const state: Json = { type: "binary", name: "state", property: "state", label: "State", access: 7, value_on: "ON", value_off: "OFF", value_toggle: "TOGGLE" };
const setpoint = (name: string): Json => numeric(name, "°C", 7, { value_min: 16, value_max: 30, value_step: 0.5 });
const metering: readonly Json[] = [numeric("power", "W", 5), numeric("energy", "kWh", 5)];

interface Model {
  readonly model: string;
  readonly vendor: string;
  readonly description: string;
  readonly battery: boolean;
  readonly exposes: readonly Json[];
  /** Its own words for values, and the other way round; null where the bridge has no such converter. */
  say(values: Values): Json;
  set(asked: Json): Values | null;
}

const switched = (asked: Json): Values | null => (asked["state"] === "ON" || asked["state"] === "OFF" ? { on: asked["state"] === "ON" } : null);
const MODES: readonly (readonly [ours: string, theirs: string])[] = [
  ["cool", "cool"],
  ["heat", "heat"],
  ["dry", "dry"],
  ["fan", "fan_only"],
  ["auto", "auto"],
];
const pick = (values: Values, ...names: readonly string[]): Json => Object.fromEntries(names.map((name) => [name, values[name] ?? null]));

const MODELS: Readonly<Partial<Record<DeviceKind, Model>>> = {
  ac: {
    model: "AC201",
    vendor: "OWON",
    description: "HVAC controller/IR blaster",
    battery: false,
    exposes: [
      {
        type: "climate",
        features: [
          {
            type: "enum",
            name: "system_mode",
            property: "system_mode",
            label: "System mode",
            access: 7,
            values: ["off", "heat", "cool", "auto", "dry", "fan_only"],
          },
          setpoint("occupied_heating_setpoint"),
          setpoint("occupied_cooling_setpoint"),
          numeric("local_temperature", "°C", 5),
        ],
      },
      ...metering,
    ],
    say: (v) => ({
      ...pick(v, "power", "energy"),
      system_mode: v["on"] === true ? (MODES.find(([ours]) => ours === v["mode"])?.[1] ?? "auto") : "off",
      occupied_heating_setpoint: v["setpoint"] ?? null,
      occupied_cooling_setpoint: v["setpoint"] ?? null,
      local_temperature: v["temperature"] ?? null,
    }),
    set(asked) {
      const mode = asked["system_mode"];
      const ours = MODES.find(([, theirs]) => theirs === mode)?.[0];
      const degrees = asked["occupied_cooling_setpoint"] ?? asked["occupied_heating_setpoint"];
      if (mode !== undefined && mode !== "off" && ours === undefined) return null;
      return {
        ...(mode === "off" ? { on: false } : ours === undefined ? {} : { on: true, mode: ours }),
        ...(typeof degrees === "number" ? { setpoint: degrees } : {}),
      };
    },
  },
  light: {
    model: "LED1623G12",
    vendor: "IKEA",
    description: "TRADFRI bulb, dimmable",
    battery: false,
    exposes: [{ type: "light", features: [state, numeric("brightness", "", 7, { unit: undefined, value_min: 0, value_max: 254 })] }, ...metering],
    say: (v) => ({ ...pick(v, "power", "energy"), state: v["on"] === true ? "ON" : "OFF", brightness: Math.round((Number(v["brightness"]) / 100) * 254) }),
    set(asked) {
      const { brightness } = asked;
      const on = switched(asked);
      return typeof brightness === "number" ? { brightness: Math.round((brightness / 254) * 100), ...on } : on;
    },
  },
  plug: {
    model: "SPLZB-131",
    vendor: "Develco",
    description: "Power plug",
    battery: false,
    exposes: [{ type: "switch", features: [state] }, ...metering, numeric("current", "A", 5), numeric("voltage", "V", 5)],
    say: (v) => ({ ...pick(v, "power", "energy", "current", "voltage"), state: v["on"] === true ? "ON" : "OFF" }),
    set: switched,
  },
  presence: {
    model: "ZY-M100-24G",
    vendor: "Tuya",
    description: "MmWave radar motion detection",
    battery: false,
    exposes: [binary("presence", true, false)],
    say: (v) => ({ presence: v["occupied"] === true }),
    set: () => null,
  },
  contact: {
    model: "MCCGQ11LM",
    vendor: "Aqara",
    description: "Door and window sensor",
    battery: true,
    exposes: [binary("contact", false, true), numeric("battery", "%"), numeric("voltage", "mV")],
    say: (v) => ({ contact: v["open"] !== true, battery: 97, voltage: 3005 }),
    set: () => null,
  },
  lux: {
    model: "GZCGQ01LM",
    vendor: "Xiaomi",
    description: "Light intensity sensor",
    battery: false,
    exposes: [numeric("illuminance", "lx")],
    say: (v) => pick(v, "illuminance"),
    set: () => null,
  },
  water: {
    model: "SWV",
    vendor: "SONOFF",
    description: "Zigbee smart water valve",
    battery: false,
    exposes: [{ type: "switch", features: [state] }, numeric("flow", "m³/h"), numeric("water_consumed", "L")],
    say: (v) => ({
      state: v["valve"] === "open" ? "ON" : "OFF",
      flow: Number((Number(v["flow"]) * 0.06).toFixed(6)),
      water_consumed: Number((Number(v["volume"]) * 1000).toFixed(3)),
    }),
    set(asked) {
      const on = switched(asked);
      return on === null ? null : { valve: on["on"] === true ? "open" : "closed" };
    },
  },
};

interface Known {
  readonly device: Device;
  readonly ieee: string;
  readonly model: Model;
  /** What the bridge keeps, without `last_seen`. */
  kept: Json | null;
  seen: number;
  asked: Map<string, Json>;
}

export function createZigbee2mqttWire(devices: readonly Device[]): Wire {
  const known = new Map<string, Known>();
  for (const [i, device] of devices.entries()) {
    const model = device.kind === null || device.manual != null ? undefined : MODELS[device.kind];
    const ieee = `0x00158d${(i + 1).toString(16).padStart(10, "0")}`;
    if (model !== undefined) known.set(device.id, { device, ieee, model, kept: null, seen: 0, asked: new Map() });
  }
  let asks = 0;

  const said = (topic: string, message: Json, retain?: true): Outgoing => ({
    topic: `${BASE}/${topic}`,
    payload: JSON.stringify(message),
    ...(retain === undefined ? {} : { retain }),
  });
  /** Keys in the order of the alphabet, as the bridge writes them. */
  const tell = (one: Known, also: Json = {}): Outgoing =>
    said(
      one.device.id,
      Object.fromEntries(
        Object.entries({ ...one.kept, last_seen: new Date(one.seen).toISOString(), linkquality: 120, ...also }).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    );
  const fail = (message: string): Outgoing => said("bridge/logging", { level: "error", message: `z2m: ${message}`, namespace: "z2m" });

  return {
    subscribe: [`${BASE}/+/+/set`, `${BASE}/+/+/get`],
    introduce: () => [
      said("bridge/state", { state: "online" }, true),
      {
        topic: `${BASE}/bridge/devices`,
        retain: true,
        payload: JSON.stringify([
          { friendly_name: "Coordinator", ieee_address: "0x00124b00120144ae", type: "Coordinator", definition: null, supported: true, disabled: false },
          ...[...known.values()].map(({ device, ieee, model }) => ({
            friendly_name: device.id,
            ieee_address: ieee,
            manufacturer: model.vendor,
            model_id: model.model,
            power_source: model.battery ? "Battery" : "Mains (single phase)",
            type: model.battery ? "EndDevice" : "Router",
            supported: true,
            disabled: false,
            interview_completed: true,
            definition: {
              model: model.model,
              vendor: model.vendor,
              description: model.description,
              supports_ota: false,
              options: [],
              exposes: [...model.exposes, numeric("linkquality", "lqi", 1, { value_min: 0, value_max: 255 })],
            },
          })),
        ]),
      },
      said("bridge/groups", [] as unknown as Json, true),
    ],
    say(message, now) {
      const native = nativeOf(message);
      const one = native.device === null ? undefined : known.get(native.device);
      if (one === undefined) return [message];
      switch (native.kind) {
        case "availability":
          return [said(`${one.device.id}/availability`, { state: native.online ? "online" : "offline" }, true)];
        case "ack": {
          const asked = one.asked.get(native.id);
          one.asked.delete(native.id);
          if (asked === undefined) return [];
          if (native.error !== null)
            return [
              fail(`Publish 'set' '${Object.keys(asked)[0] ?? ""}' to '${one.device.id}' failed: 'Error: ZCL command ${one.ieee}/1 failed (${native.error})'`),
            ];
          // The radio took it: the bridge says at once what it expects, and was not told anything new by the device.
          one.kept = { ...one.kept, ...asked };
          return [tell(one)];
        }
        case "state":
          one.kept = one.model.say(native.values);
          one.seen = Math.max(one.seen + 1, now);
          return [tell(one)];
        case "other":
          // Bytes that are no state: the bridge passes none on.
          return [];
      }
    },
    hear(topic, payload) {
      const [base, building, name, what] = topic.split("/");
      const one = known.get(`${building ?? ""}/${name ?? ""}`);
      if (base !== BASE || one === undefined) return { commands: [], answers: [fail(`Entity '${building ?? ""}/${name ?? ""}' is unknown`)] };
      const asked = objectIn(payload);
      if (asked === null) return { commands: [], answers: [] };
      if (what === "get") {
        // Who is awake answers with what it last measured.
        if (one.kept === null || one.model.battery) return { commands: [], answers: [] };
        one.seen += 1;
        return { commands: [], answers: [tell(one)] };
      }
      const set = one.model.set(asked);
      const strange = Object.entries(asked)[0];
      if (set === null || Object.keys(set).length === 0)
        return {
          commands: [],
          answers: [fail(`No converter available for '${strange?.[0] ?? ""}' on '${one.device.id}': (${String(strange?.[1] as PointValue)})`)],
        };
      const id = `z${++asks}`;
      one.asked.set(id, asked);
      return { commands: [commandTo(one.device.id, set, id)], answers: [] };
    },
    farewell: () => [said("bridge/state", { state: "offline" }, true)],
  };
}
