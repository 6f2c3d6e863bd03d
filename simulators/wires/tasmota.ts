/** Tasmota boxes: discovery, `STATE` and `SENSOR` in local time without a zone, answers on `stat/…/RESULT`; air conditioners behind an infrared sender. */
import type { Device, DeviceKind } from "../../server/core/device.ts";
import type { Outgoing } from "../office/speaker.ts";
import { commandTo, nativeOf, objectIn } from "./native.ts";
import type { Values, Wire } from "./wire.ts";

type Json = Readonly<Record<string, unknown>>;
const KINDS: ReadonlySet<DeviceKind> = new Set<DeviceKind>(["ac", "light", "plug", "presence", "contact", "lux"]);
const HVAC: readonly (readonly [ours: string, theirs: string])[] = [
  ["cool", "cool"],
  ["heat", "heat"],
  ["dry", "dry"],
  ["fan", "fan_only"],
  ["auto", "auto"],
];

interface Known {
  readonly device: Device;
  readonly mac: string;
  readonly topic: string;
  values: Values | null;
  /** Commands under way, with what is answered when they are taken. */
  readonly asked: Map<string, Json>;
  /** What an air conditioner was last told, by whomever. */
  hvac: string;
}

const relays = (kind: number): readonly number[] => [kind, 0, 0, 0, 0, 0, 0, 0];
const onOff = (value: unknown): string => (value === true ? "ON" : "OFF");

function hvacOf(values: Values): Json {
  const on = values["on"] === true;
  return {
    Vendor: "MIDEA",
    Model: -1,
    Command: "Control",
    Mode: on ? (HVAC.find(([ours]) => ours === values["mode"])?.[1] ?? "auto") : "off",
    Power: on ? "on" : "off",
    Celsius: "on",
    Temp: values["setpoint"],
    FanSpeed: "auto",
    SwingV: "off",
    SwingH: "off",
    Quiet: "off",
    Turbo: "off",
    Econo: "off",
    Light: "off",
    Filter: "off",
    Clean: "off",
    Beep: "off",
    Sleep: -1,
  };
}

function sensorsOf({ kind }: Device, values: Values): Json {
  switch (kind) {
    case "light":
    case "plug":
      return {
        ENERGY: {
          TotalStartTime: "2026-01-01T00:00:00",
          Total: values["energy"],
          Yesterday: 0.4,
          Today: 0.1,
          Period: 0,
          Power: Math.round(Number(values["power"])),
          Factor: 0.97,
          Voltage: Math.round(Number(values["voltage"] ?? 229)),
          Current: Number((Number(values["power"]) / 229).toFixed(3)),
        },
      };
    case "presence":
      return { Switch1: onOff(values["occupied"]) };
    case "contact":
      return { Switch1: onOff(values["open"]) };
    case "lux":
      return { BH1750: { Illuminance: values["illuminance"] } };
    default:
      return { AM2301: { Temperature: values["temperature"] }, TempUnit: "C" };
  }
}

export function createTasmotaWire(devices: readonly Device[]): Wire {
  const byDevice = new Map<string, Known>();
  const byTopic = new Map<string, Known>();
  for (const [i, device] of devices.entries()) {
    if (device.kind === null || device.manual != null || !KINDS.has(device.kind)) continue;
    const mac = `5CCF7F${(i + 1).toString(16).padStart(6, "0").toUpperCase()}`;
    const known: Known = { device, mac, topic: `tasmota_${mac.slice(-6)}`, values: null, asked: new Map(), hvac: "" };
    byDevice.set(device.id, known);
    byTopic.set(known.topic, known);
  }
  let asks = 0;

  /** Its clock is set, and its zone is not told. */
  const time = (now: number): string => new Date(now + 8 * 3_600_000).toISOString().slice(0, 19);
  const message = (topic: string, payload: Json | string, retain = false): Outgoing => ({
    topic,
    payload: typeof payload === "string" ? payload : JSON.stringify(payload),
    ...(retain ? { retain } : {}),
  });
  const stateOf = ({ device, values }: Known, now: number): Json => ({
    Time: time(now),
    Uptime: "0T10:04:49",
    UptimeSec: 36_289,
    Heap: 25,
    SleepMode: "Dynamic",
    Sleep: 50,
    LoadAvg: 19,
    MqttCount: 1,
    ...(device.kind === "light" || device.kind === "plug" ? { POWER: onOff(values?.["on"]) } : {}),
    ...(device.kind === "light" ? { Dimmer: values?.["brightness"] } : {}),
    Wifi: { AP: 1, SSId: "office", RSSI: 58, Signal: -71 },
  });
  const infrared = (one: Known, now: number): Outgoing[] => {
    if (one.device.kind !== "ac" || one.values === null) return [];
    const state = hvacOf(one.values);
    const text = JSON.stringify([state["Power"], state["Mode"], state["Temp"]]);
    if (text === one.hvac) return [];
    one.hvac = text;
    // Nobody told it through this box: its receiver saw a person's remote.
    return [message(`tele/${one.topic}/RESULT`, { IrReceived: { Protocol: "MIDEA", Bits: 48, Data: "0xA1826F", Repeat: 0, IRHVAC: state }, Time: time(now) })];
  };

  /** A command and its answer once it is taken; null for a question or what is not known. */
  function meant(one: Known, command: string, payload: string): { readonly set: Values; readonly answer: Json } | null {
    const { kind } = one.device;
    const switchable = kind === "light" || kind === "plug";
    if (switchable && /^POWER1?$/i.test(command) && /^(?:on|off|1|0)$/i.test(payload)) {
      const on = /^(?:on|1)$/i.test(payload);
      return { set: { on }, answer: { POWER: onOff(on) } };
    }
    if (kind === "light" && /^dimmer$/i.test(command) && /^\d{1,3}$/.test(payload))
      return { set: { brightness: Number(payload), on: Number(payload) > 0 }, answer: { POWER: onOff(Number(payload) > 0), Dimmer: Number(payload) } };
    if (kind !== "ac" || !/^irhvac$/i.test(command)) return null;
    const asked = objectIn(payload);
    if (asked === null) return null;
    const on = String(asked["Power"]).toLowerCase() === "on";
    const mode = HVAC.find(([ours]) => ours === String(asked["Mode"]).toLowerCase())?.[0];
    const temp = asked["Temp"];
    const set: Values = { on, ...(on && mode !== undefined ? { mode } : {}), ...(typeof temp === "number" ? { setpoint: temp } : {}) };
    const state = hvacOf({ ...one.values, ...set });
    one.hvac = JSON.stringify([state["Power"], state["Mode"], state["Temp"]]);
    return { set, answer: { IRHVAC: state } };
  }

  return {
    subscribe: ["cmnd/+/+"],
    introduce: () =>
      [...byTopic.values()].flatMap(({ device, mac, topic }) => [
        message(
          `tasmota/discovery/${mac}/config`,
          {
            ip: "192.168.15.10",
            dn: `${device.kind ?? ""} ${device.id.slice(device.building.length + 1)}`,
            fn: [device.id.slice(device.building.length + 1), null, null, null, null, null, null, null],
            hn: topic,
            mac,
            md: device.kind === "plug" ? "Sonoff S31" : "Generic",
            ty: 0,
            if: 0,
            ofln: "Offline",
            onln: "Online",
            state: ["OFF", "ON", "TOGGLE", "HOLD"],
            sw: "14.2.0",
            t: topic,
            ft: "%prefix%/%topic%/",
            tp: ["cmnd", "stat", "tele"],
            rl: relays(device.kind === "light" ? 2 : device.kind === "plug" ? 1 : 0),
            swc: [-1, -1, -1, -1, -1, -1, -1, -1],
            swn: [null, null, null, null, null, null, null, null],
            btn: [0, 0, 0, 0, 0, 0, 0, 0],
            so: { "4": 0, "11": 0, "13": 0, "17": 0, "20": 0, "30": 0, "68": 0, "73": 0, "82": 0, "114": 0, "117": 0 },
            lk: 1,
            lt_st: device.kind === "light" ? 1 : 0,
            ver: 1,
          },
          true,
        ),
        message(`tasmota/discovery/${mac}/sensors`, { sn: { Time: "2026-01-01T00:00:00", ...sensorsOf(device, SAMPLE) }, ver: 1 }, true),
      ]),
    say(native, now) {
      const said = nativeOf(native);
      const one = said.device === null ? undefined : byDevice.get(said.device);
      if (one === undefined) return [native];
      switch (said.kind) {
        case "availability":
          return [message(`tele/${one.topic}/LWT`, said.online ? "Online" : "Offline", true)];
        case "ack": {
          const answer = one.asked.get(said.id);
          one.asked.delete(said.id);
          if (answer === undefined) return [];
          if (said.error !== null) return [message(`stat/${one.topic}/RESULT`, { Command: "Error" })];
          const power = answer["POWER"];
          return [message(`stat/${one.topic}/RESULT`, answer), ...(typeof power === "string" ? [message(`stat/${one.topic}/POWER`, power)] : [])];
        }
        case "state":
          one.values = said.values;
          return [
            ...infrared(one, now),
            message(`tele/${one.topic}/STATE`, stateOf(one, now)),
            message(`tele/${one.topic}/SENSOR`, { Time: time(now), ...sensorsOf(one.device, said.values) }),
          ];
        case "other":
          return [];
      }
    },
    hear(topic, payload, now) {
      const [prefix, name = "", command = ""] = topic.split("/");
      const one = byTopic.get(name);
      if (prefix !== "cmnd" || one === undefined) return { commands: [], answers: [] };
      if (/^status$/i.test(command) && one.values !== null) {
        if (payload === "10" || payload === "8")
          return {
            commands: [],
            answers: [message(`stat/${name}/STATUS${payload}`, { StatusSNS: { Time: time(now), ...sensorsOf(one.device, one.values) } })],
          };
        if (payload === "11") return { commands: [], answers: [message(`stat/${name}/STATUS11`, { StatusSTS: stateOf(one, now) })] };
      }
      const means = meant(one, command, payload.trim());
      if (means === null) return { commands: [], answers: /^status$/i.test(command) ? [] : [message(`stat/${name}/RESULT`, { Command: "Unknown" })] };
      const id = `t${++asks}`;
      one.asked.set(id, means.answer);
      return { commands: [commandTo(one.device.id, means.set, id)], answers: [] };
    },
    farewell: () => [],
  };
}

const SAMPLE: Values = { energy: 0, power: 0, voltage: 230, occupied: false, open: false, illuminance: 0, temperature: 20 };
