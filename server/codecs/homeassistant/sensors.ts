/** What only tells (sensor, binary_sensor), and the settings of devices (number, select). */
import { convert, converts, quantityIn } from "../../core/units.ts";
import type { Config } from "./config.ts";
import type { Component, Read, Values } from "./entity.ts";
import { message, messages, NOTHING, unknown } from "./entity.ts";

interface Quantity {
  readonly point: string;
  readonly unit: string;
  /** It counts: what only measures (`state_class: measurement`) is another thing under the same name. */
  readonly counter?: boolean;
}

/** By `device_class`. */
const CLASSES: ReadonlyMap<string, Quantity> = new Map([
  ["power", { point: "power", unit: "W" }],
  ["energy", { point: "energy", unit: "kWh", counter: true }],
  ["water", { point: "volume", unit: "m³", counter: true }],
  ["gas", { point: "gas", unit: "m³", counter: true }],
  ["volume_flow_rate", { point: "flow", unit: "L/min" }],
  ["temperature", { point: "temperature", unit: "°C" }],
  ["illuminance", { point: "illuminance", unit: "lx" }],
  ["humidity", { point: "humidity", unit: "%" }],
  ["voltage", { point: "voltage", unit: "V" }],
  ["current", { point: "current", unit: "A" }],
]);
/** Where no class is written a unit may still say it; of m³ it does not say of what. */
const BY_UNIT: readonly Quantity[] = [...CLASSES.values()].filter((q) => !["m³", "%", "V", "A"].includes(q.unit));

/** By `device_class` of what is either so or not. */
const STATES: ReadonlyMap<string, string> = new Map([
  ["occupancy", "occupied"],
  ["motion", "occupied"],
  ["presence", "occupied"],
  ["window", "open"],
  ["door", "open"],
  ["opening", "open"],
  ["garage_door", "open"],
]);

const DAY_SECONDS = 86_400;

function quantityOf(config: Config): Quantity | null {
  const deviceClass = config.optional("device_class");
  const unit = config.optional("unit_of_measurement");
  const stateClass = config.optional("state_class");
  const quantity = deviceClass === null ? (unit === null ? undefined : BY_UNIT.find((q) => converts(unit, q.unit))) : CLASSES.get(deviceClass);
  if (quantity === undefined || (quantity.counter === true && stateClass === "measurement")) return null;
  if (deviceClass === null && quantity.counter === true && stateClass?.startsWith("total") !== true) return null;
  if (quantity.counter === true && config.has("last_reset_value_template")) {
    config.unread.push("last_reset_value_template: it begins anew by itself, so it is not taken for the device's counter");
    return null;
  }
  if (unit === null || unit === quantity.unit || converts(unit, quantity.unit)) return quantity;
  config.unread.push(`unit_of_measurement: "${unit.slice(0, 40)}" of ${deviceClass} is not known here, so its values stay as they are`);
  return null;
}

/** A number in the office's unit; what is none stays as it is, to be judged and counted. */
function measured(text: string, unit: string | null, wanted: string | null): unknown {
  const found = quantityIn(text);
  if (found === null || (found.unit !== "" && wanted === null)) return text;
  const from = found.unit === "" ? unit : found.unit;
  return from === null || wanted === null ? found.value : (convert(found.value, from, wanted) ?? text);
}

export function sensor(config: Config): Component {
  const quantity = quantityOf(config);
  const unit = config.optional("unit_of_measurement");
  const source = config.source("state_topic", "value_template");
  const role = { role: "value", office: quantity?.point ?? null, unit, ours: quantity?.unit, writable: false };
  const take: Read["take"] = ({ text }) => {
    if (text === "") return NOTHING;
    return { value: unknown(text) ? null : measured(text, unit, quantity?.unit ?? null) };
  };
  return { roles: [role], reads: source === null ? [] : [{ source, take }], claim: 0, openLoop: false };
}

/** True, false, null for "not known", undefined for a word that means nothing here. */
export function switched(config: Config, on = "payload_on", off = "payload_off"): (text: string) => boolean | null | undefined {
  const [yes, no] = [config.word(on, "ON"), config.word(off, "OFF")];
  return (text) => {
    const word = text.trim().toLowerCase();
    if (word === yes) return true;
    if (word === no) return false;
    return word !== "" && unknown(word) ? null : undefined;
  };
}

export function binarySensor(config: Config): Component {
  const office = STATES.get(config.text("device_class", "")) ?? null;
  const delay = config.number("off_delay");
  const lapses = delay !== null && delay > 0 ? Math.min(delay, DAY_SECONDS) : undefined;
  const source = config.source("state_topic", "value_template");
  const state = switched(config);
  const take: Read["take"] = ({ text }): Values => {
    const value = state(text);
    return value === undefined ? NOTHING : { value };
  };
  // Radar and the like know that somebody sits still; a passive infrared eye does not.
  const claim = config.optional("device_class") === "motion" ? 0 : 1;
  return { roles: [{ role: "value", office, unit: null, writable: false, lapses }], reads: source === null ? [] : [{ source, take }], claim, openLoop: false };
}

/** A number or a choice that can be set: always under its own name. */
export function setting(config: Config, choice: boolean): Component {
  const options = choice ? config.list("options") : undefined;
  const unit = config.optional("unit_of_measurement");
  const [min, max] = choice ? [undefined, undefined] : [config.number("min") ?? 1, config.number("max") ?? 100];
  const source = config.source("state_topic", "value_template");
  const target = config.target("command_topic", "command_template");
  const take: Read["take"] = ({ text }) => {
    if (text === "") return NOTHING;
    return { value: unknown(text) ? null : choice ? text : measured(text, null, null) };
  };
  return {
    roles: [{ role: "value", office: null, unit, writable: target !== null, min, max, values: options }],
    reads: source === null ? [] : [{ source, take }],
    claim: 0,
    openLoop: false,
    ...(target === null
      ? {}
      : {
          write({ value }) {
            if (choice)
              return options!.includes(String(value))
                ? messages([message(target, value!)])
                : `It knows ${options!.join(", ")}; "${String(value)}" is none of them.`;
            if (typeof value !== "number" || !(value >= min! && value <= max!)) return `It takes numbers from ${min} to ${max}.`;
            return messages([message(target, value)]);
          },
        }),
  };
}
