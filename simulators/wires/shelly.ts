/** Shelly devices of the second generation and later: `NotifyStatus` under each device's own prefix, RPC answered where it was asked from. */
import type { Device, DeviceKind } from "../../server/core/device.ts";
import type { Outgoing } from "../office/speaker.ts";
import { commandTo, nativeOf, objectIn } from "./native.ts";
import type { Values, Wire } from "./wire.ts";

type Json = Readonly<Record<string, unknown>>;
/** Its model, and the component that speaks for it. */
const MODELS: Readonly<Partial<Record<DeviceKind, { readonly id: string; readonly model: string; readonly app: string; readonly component: string }>>> = {
  plug: { id: "shellyplusplugs", model: "SNPL-00112EU", app: "PlusPlugS", component: "switch:0" },
  light: { id: "shellyddimmerg3", model: "S3DM-0A1WW", app: "DDimmerG3", component: "light:0" },
  presence: { id: "shellypresenceg4", model: "S4SN-0U61X", app: "PresenceG4", component: "occupancy:0" },
  lux: { id: "shellyblugw", model: "SNGW-BT01", app: "BluGw", component: "illuminance:0" },
};

interface Known {
  readonly device: Device;
  readonly prefix: string;
  readonly mac: string;
  readonly component: string;
  readonly model: string;
  readonly app: string;
  values: Values | null;
  /** Calls under way, by the ids that we gave their commands. */
  readonly asked: Map<string, { readonly id: unknown; readonly src: string }>;
}

/** What one component says of itself, whole. Wh, never kWh; its temperature is its own. */
function statusOf({ component }: Known, values: Values): Json {
  if (component === "occupancy:0") return { id: 0, value: values["occupied"] === true };
  if (component === "illuminance:0") return { id: 0, lux: values["illuminance"] };
  return {
    id: 0,
    source: "MQTT",
    output: values["on"] === true,
    ...(component === "light:0" ? { brightness: values["brightness"] } : {}),
    apower: values["power"],
    voltage: values["voltage"] ?? 230.1,
    current: values["current"] ?? Number((Number(values["power"]) / 230).toFixed(3)),
    aenergy: { total: Number((Number(values["energy"]) * 1000).toFixed(3)), by_minute: [0, 0, 0], minute_ts: 0 },
    temperature: { tC: 41.2, tF: 106.2 },
  };
}

export function createShellyWire(devices: readonly Device[]): Wire {
  const byDevice = new Map<string, Known>();
  const byPrefix = new Map<string, Known>();
  for (const [i, device] of devices.entries()) {
    const made = device.kind === null || device.manual != null ? undefined : MODELS[device.kind];
    if (made === undefined) continue;
    const mac = `A8032A${(i + 1).toString(16).padStart(6, "0").toUpperCase()}`;
    const known: Known = { ...made, device, mac, prefix: `${made.id}-${mac.toLowerCase()}`, values: null, asked: new Map() };
    byDevice.set(device.id, known);
    byPrefix.set(known.prefix, known);
  }
  let asks = 0;

  const json = (topic: string, payload: Json): Outgoing => ({ topic, payload: JSON.stringify(payload) });
  const online = ({ prefix }: Known, is: boolean): Outgoing => ({ topic: `${prefix}/online`, payload: String(is), retain: true });
  const notify = (one: Known, status: Json, now: number): Outgoing =>
    json(`${one.prefix}/events/rpc`, {
      src: one.prefix,
      dst: `${one.prefix}/events`,
      method: "NotifyStatus",
      params: { ts: now / 1000, [one.component]: status },
    });
  const answer = (one: Known, { id, src }: { readonly id: unknown; readonly src: string }, said: Json): Outgoing =>
    json(`${src}/rpc`, { id, src: one.prefix, dst: src, ...said });

  /** What a call sets; null for one that this device does not know. */
  function meant({ component }: Known, method: unknown, params: Json): Values | null {
    if (component !== "switch:0" && component !== "light:0") return null;
    if (method !== (component === "switch:0" ? "Switch.Set" : "Light.Set")) return null;
    const set: Record<string, boolean | number> = {};
    if (typeof params["on"] === "boolean") set["on"] = params["on"];
    if (component === "light:0" && typeof params["brightness"] === "number") set["brightness"] = params["brightness"];
    return Object.keys(set).length === 0 ? null : set;
  }

  return {
    subscribe: ["+/rpc"],
    introduce: () => [...byPrefix.values()].map((one) => online(one, true)),
    say(native, now) {
      const said = nativeOf(native);
      const one = said.device === null ? undefined : byDevice.get(said.device);
      if (one === undefined) return [native];
      switch (said.kind) {
        case "availability":
          return [online(one, said.online)];
        case "ack": {
          const call = one.asked.get(said.id);
          one.asked.delete(said.id);
          if (call === undefined) return [];
          const failed = said.error === null ? { result: { was_on: one.values?.["on"] === true } } : { error: { code: -103, message: said.error } };
          return [answer(one, call, failed)];
        }
        case "state": {
          const whole = statusOf(one, said.values);
          const before: Json = one.values === null ? {} : statusOf(one, one.values);
          one.values = said.values;
          // Only what changed is told.
          const changed = Object.entries(whole).filter(([key, value]) => key === "id" || JSON.stringify(value) !== JSON.stringify(before[key]));
          return [notify(one, Object.fromEntries(changed), now)];
        }
        case "other":
          return [];
      }
    },
    hear(topic, payload) {
      const one = topic.endsWith("/rpc") ? byPrefix.get(topic.slice(0, -"/rpc".length)) : undefined;
      const call = objectIn(payload);
      if (one === undefined || call === null || typeof call["src"] !== "string") return { commands: [], answers: [] };
      const from = { id: call["id"], src: call["src"] };
      const reply = (said: Json) => ({ commands: [], answers: [answer(one, from, said)] });
      if (call["method"] === "Shelly.GetDeviceInfo")
        return reply({
          result: { name: one.device.id, id: one.prefix, mac: one.mac, slot: 0, model: one.model, gen: 3, ver: "1.7.1", app: one.app, auth_en: false },
        });
      if (call["method"] === "Shelly.GetStatus") {
        const status = one.values === null ? {} : { [one.component]: statusOf(one, one.values) };
        return reply({
          result: { ble: {}, cloud: { connected: false }, mqtt: { connected: true }, ...status, sys: { mac: one.mac, restart_required: false } },
        });
      }
      const { params } = call;
      const set = meant(one, call["method"], typeof params === "object" && params !== null ? (params as Json) : {});
      if (set === null) return reply({ error: { code: 404, message: `No handler for ${String(call["method"])}` } });
      const id = `s${++asks}`;
      one.asked.set(id, from);
      return { commands: [commandTo(one.device.id, set, id)], answers: [] };
    },
    farewell: () => [...byPrefix.values()].map((one) => online(one, false)),
  };
}
