/** The components of a Shelly of the second generation and later in the office's words: units are W, V, A and Wh, temperatures °C. */
import type { DeviceKind } from "../../core/device.ts";
import type { PointValue } from "../../core/reading.ts";
import { isObject, remembered } from "../codec.ts";
import { pointNameOf } from "../names.ts";

interface Component {
  readonly type: string;
  readonly id: number;
}

const MAX_COMPONENTS = 5_000;

/** `switch:0` → its type and number; null for what is no component (`sys`, `wifi`). */
export const componentOf = remembered(MAX_COMPONENTS, (name): Component | null => {
  const parts = /^([a-z0-9_]{1,24}):(\d{1,4})$/.exec(name);
  return parts === null ? null : { type: parts[1]!, id: Number(parts[2]) };
});

/** Components that stand for a load or a meter of their own; the others are sensors of the whole device. */
const OWN_DEVICE: Readonly<Record<string, DeviceKind>> = {
  switch: "plug",
  light: "light",
  rgb: "light",
  rgbw: "light",
  cct: "light",
  pm1: "meter",
  em: "meter",
  em1: "meter",
  thermostat: "ac",
  blutrv: "ac",
};
/** What a meter counts stands in a component of its own, beside what it measures. */
const DATA_OF: Readonly<Record<string, string>> = { emdata: "em", em1data: "em1" };

/** Which device of a Shelly a component belongs to: empty for the Shelly itself. */
export function partOf(component: { readonly type: string; readonly id: number }): string {
  const type = DATA_OF[component.type] ?? component.type;
  return Object.hasOwn(OWN_DEVICE, type) ? `${type}:${component.id}` : "";
}

export function kindOf(part: string): DeviceKind | null {
  return OWN_DEVICE[part.slice(0, part.indexOf(":"))] ?? null;
}

const number = (value: unknown): number | undefined => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const kwh = (wh: unknown): number | undefined => (number(wh) === undefined ? undefined : Number((number(wh)! / 1000).toFixed(9)));

/** Of what the office has no word for. */
export const SHELLY_UNITS: Readonly<Record<string, string>> = {
  device_temperature: "°C",
  valve_opening: "%",
  battery: "%",
  ...Object.fromEntries(
    ["1", "2", "3"].flatMap((phase) => [
      [`power.${phase}`, "W"],
      [`voltage.${phase}`, "V"],
      [`current.${phase}`, "A"],
    ]),
  ),
};

/** Puts what one component says, possibly only what changed, into `said`; keys that it says nothing of are absent. */
export function saidBy(type: string, status: Record<string, unknown>, said: Record<string, unknown>): void {
  const put = (point: string, value: unknown) => void (value !== undefined && value !== null && (said[point] = value));
  const counter = isObject(status["aenergy"]) ? status["aenergy"]["total"] : undefined;
  switch (type) {
    case "switch":
    case "light":
    case "rgb":
    case "rgbw":
    case "cct":
    case "pm1":
      put("on", status["output"]);
      put("brightness", status["brightness"]);
      put("power", status["apower"]);
      put("voltage", status["voltage"]);
      put("current", status["current"]);
      put("energy", kwh(counter));
      // Its own, not the room's.
      if (isObject(status["temperature"])) put("device_temperature", number(status["temperature"]["tC"]));
      if (Array.isArray(status["errors"]) && status["errors"].length > 0)
        put(
          "error",
          status["errors"]
            .filter((e) => typeof e === "string")
            .join(" ")
            .slice(0, 100),
        );
      break;
    case "em":
      put("power", status["total_act_power"]);
      put("current", status["total_current"]);
      put("voltage", status["a_voltage"]);
      for (const [i, phase] of ["a", "b", "c"].entries()) {
        put(`power.${i + 1}`, status[`${phase}_act_power`]);
        put(`voltage.${i + 1}`, status[`${phase}_voltage`]);
        put(`current.${i + 1}`, status[`${phase}_current`]);
      }
      break;
    case "em1":
      put("power", status["act_power"]);
      put("voltage", status["voltage"]);
      put("current", status["current"]);
      break;
    case "emdata":
      put("energy", kwh(status["total_act"]));
      break;
    case "em1data":
      put("energy", kwh(status["total_act_energy"]));
      break;
    case "thermostat":
      // Its output goes with the room's temperature; whether it is on is whether it minds it.
      put("on", status["enable"]);
      put("output", status["output"]);
      put("setpoint", status["target_C"]);
      put("temperature", status["current_C"]);
      break;
    case "blutrv":
      put("setpoint", status["target_C"]);
      put("temperature", status["current_C"]);
      put("valve_opening", status["pos"]);
      break;
    case "temperature":
      put("temperature", status["tC"]);
      break;
    case "humidity":
      put("humidity", status["rh"]);
      break;
    case "illuminance":
      put("illuminance", status["lux"]);
      break;
    case "occupancy":
    case "presence":
      put("occupied", status["value"]);
      break;
    case "input":
      if (typeof status["state"] === "boolean") put(`input${Number(status["id"] ?? 0)}`, status["state"]);
      break;
    case "devicepower":
      if (isObject(status["battery"])) put("battery", number(status["battery"]["percent"]));
      break;
    default:
      if (typeof status["value"] === "number" || typeof status["value"] === "boolean") put(pointNameOf(`${type}${Number(status["id"] ?? 0)}`), status["value"]);
  }
}

const NOTHING: ReadonlySet<string> = new Set();
const WRITABLE: Readonly<Record<string, ReadonlySet<string>>> = {
  switch: new Set(["on"]),
  light: new Set(["on", "brightness"]),
  rgb: new Set(["on", "brightness"]),
  rgbw: new Set(["on", "brightness"]),
  cct: new Set(["on", "brightness"]),
  thermostat: new Set(["on", "setpoint"]),
  blutrv: new Set(["setpoint"]),
};

/** What a part can be told. */
export function writableOf(part: string): ReadonlySet<string> {
  const type = componentOf(part)?.type ?? "";
  return Object.hasOwn(WRITABLE, type) ? WRITABLE[type]! : NOTHING;
}

/** The RPC that asks a part for this, or the sentence that says why there is none. */
export function rpcFor(
  part: string,
  set: Readonly<Record<string, PointValue>>,
): { readonly method: string; readonly params: Record<string, unknown> } | { readonly cannot: string } {
  const component = componentOf(part);
  const cannot = { cannot: `A Shelly's ${part === "" ? "sensors take" : `${part} takes`} no ${Object.keys(set).join(", ")}.` };
  if (component === null) return cannot;
  const { type, id } = component;
  if (Object.keys(set).some((point) => !writableOf(part).has(point))) return cannot;
  if (type === "thermostat") {
    const config = { ...("on" in set ? { enable: set["on"] } : {}), ...("setpoint" in set ? { target_C: set["setpoint"] } : {}) };
    return { method: "Thermostat.SetConfig", params: { id, config } };
  }
  if (type === "blutrv") return { method: "BluTRV.Call", params: { id, method: "TRV.SetTarget", params: { id: 0, target_C: set["setpoint"] } } };
  const names: Readonly<Record<string, string>> = { switch: "Switch.Set", light: "Light.Set", rgb: "RGB.Set", rgbw: "RGBW.Set", cct: "CCT.Set" };
  return { method: names[type]!, params: { id, ...set } };
}
