/** One air conditioner's four points as different ecosystems say them, written out here and by no codec. */
import type { Codec } from "../../server/codecs/codec.ts";

export interface Spoken {
  readonly topic: string;
  readonly payload: string;
}

interface Dialect {
  readonly codec: Codec["id"];
  address(device: number): string;
  say(device: number, values: Values): Spoken;
}

interface Values {
  readonly setpoint: number;
  readonly temperature: number;
  readonly power: number;
  readonly variant: number;
}

const native: Dialect = {
  codec: "native",
  address: (n) => `ac-${n}`,
  say: (n, { setpoint, temperature, power }) => ({ topic: `jieyue/hall/ac-${n}/state`, payload: JSON.stringify({ on: true, setpoint, temperature, power }) }),
};

const DIALECTS: readonly Dialect[] = [
  native,
  {
    codec: "zigbee2mqtt",
    address: (n) => `office/ac-${n}`,
    say: (n, v) => ({
      topic: `zigbee2mqtt/office/ac-${n}`,
      payload: JSON.stringify({
        battery: null,
        linkquality: 120,
        local_temperature: v.temperature,
        occupied_cooling_setpoint: v.setpoint,
        power: v.power,
        system_mode: "cool",
        update: { installed_version: -1, state: null },
      }),
    }),
  },
  {
    codec: "tasmota",
    address: (n) => mac(n),
    say: (n, v) => ({
      topic: `tele/ac_${n}/SENSOR`,
      payload: JSON.stringify({
        Time: "2026-07-01T14:00:00",
        SI7021: { Temperature: v.temperature, Humidity: 41 },
        ENERGY: { TotalStartTime: "2026-01-01T00:00:00", Power: v.power, Voltage: 227, Current: 11.6 },
        TempUnit: "C",
      }),
    }),
  },
  {
    codec: "shelly",
    address: (n) => `shellyplus1pm-${mac(n).toLowerCase()}/switch:0`,
    say: (n, v) => ({
      topic: `shellyplus1pm-${mac(n).toLowerCase()}/events/rpc`,
      payload: JSON.stringify({
        src: `shellyplus1pm-${mac(n).toLowerCase()}`,
        dst: "user_1",
        method: "NotifyStatus",
        params: { "switch:0": { id: 0, output: true, apower: v.power, voltage: 230.1, current: 0.5 } },
      }),
    }),
  },
  {
    codec: "neuron",
    address: (n) => `modbus/ac${n}`,
    say: (n, v) => ({
      topic: `/neuron/app/modbus/ac${n}`,
      payload: JSON.stringify({
        node: "modbus",
        group: `ac${n}`,
        values: { switch: 1, setpoint: v.setpoint, temperature: v.temperature, power: v.power },
        errors: {},
        metas: {},
      }),
    }),
  },
  {
    codec: "alink",
    address: (n) => `pk/ac${n}`,
    say: (n, v) => ({
      topic: `/sys/pk/ac${n}/thing/event/property/post`,
      payload: JSON.stringify({
        id: "1",
        version: "1.0",
        sys: { ack: 0 },
        params: { PowerSwitch: 1, TargetTemperature: v.setpoint, CurrentTemperature: v.temperature, Power: v.power },
        method: "thing.event.property.post",
      }),
    }),
  },
  {
    codec: "thingsboard",
    address: (n) => `AC ${n}`,
    say: (n, v) => ({
      topic: "v1/gateway/telemetry",
      payload: JSON.stringify({ [`AC ${n}`]: [{ values: { on: true, setpoint: v.setpoint, temperature: v.temperature, power: v.power } }] }),
    }),
  },
  {
    codec: "senml",
    address: (n) => `ac/${n}`,
    say: (n, v) => ({
      topic: `senml/ac/${n}`,
      payload: JSON.stringify([
        { n: "on", vb: true },
        { n: "setpoint", u: "Cel", v: v.setpoint },
        { n: "temperature", u: "Cel", v: v.temperature },
        { n: "power", u: "W", v: v.power },
      ]),
    }),
  },
];

function mac(device: number): string {
  return `AABB00${device.toString(16).padStart(6, "0").toUpperCase()}`;
}

function dialectOf(mixed: boolean, device: number): Dialect {
  return mixed ? DIALECTS[device % DIALECTS.length]! : native;
}

/** What a device says; the values differ from message to message. */
export function spoken(mixed: boolean, device: number, variant: number): Spoken {
  const temperature = Math.round((24 + Math.sin(variant) * 2) * 100) / 100;
  return dialectOf(mixed, device).say(device, { setpoint: 26, temperature, power: 600 + ((variant * 37) % 400), variant });
}

/** The codec and address of a device in the site file. */
export function sourceOf(mixed: boolean, device: number): { readonly codec?: string; readonly address?: string } {
  const { codec, address } = dialectOf(mixed, device);
  return codec === "native" ? {} : { codec, address: address(device) };
}

/** What sources that describe their devices say first, retained. */
export function descriptions(devices: number): readonly Spoken[] {
  const numbers = Array.from({ length: devices }, (_, i) => i + 1);
  const of = (codec: string) => numbers.filter((n) => dialectOf(true, n).codec === codec);
  const numeric = (name: string, unit: string, access = 1) => ({ type: "numeric", name, property: name, access, unit });
  const exposes = [
    {
      type: "climate",
      features: [
        { type: "enum", name: "system_mode", property: "system_mode", access: 7, values: ["off", "cool"] },
        { ...numeric("occupied_cooling_setpoint", "°C", 7), value_min: 8, value_max: 30 },
        numeric("local_temperature", "°C", 5),
      ],
    },
    numeric("power", "W"),
  ];
  const bridge = of("zigbee2mqtt").map((n) => ({
    friendly_name: `office/ac-${n}`,
    ieee_address: `0x${n.toString(16).padStart(16, "0")}`,
    type: "Router",
    supported: true,
    interview_completed: true,
    definition: { model: "AC201", vendor: "OWON", description: "HVAC controller", exposes },
  }));
  const tasmota = of("tasmota").map((n) => ({
    topic: `tasmota/discovery/${mac(n)}/config`,
    payload: JSON.stringify({
      dn: `AC ${n}`,
      fn: [`AC ${n}`],
      hn: `ac-${n}`,
      mac: mac(n),
      md: "POW",
      ofln: "Offline",
      onln: "Online",
      state: ["OFF", "ON", "TOGGLE", "HOLD"],
      sw: "14.0.0",
      t: `ac_${n}`,
      ft: "%prefix%/%topic%/",
      tp: ["cmnd", "stat", "tele"],
      rl: [1, 0, 0, 0, 0, 0, 0, 0],
      so: {},
      ver: 1,
    }),
  }));
  return [{ topic: "zigbee2mqtt/bridge/devices", payload: JSON.stringify(bridge) }, ...tasmota];
}
