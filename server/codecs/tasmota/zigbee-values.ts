/** What Zigbee2Tasmota tells of a device, in the office's points: attributes by their names, everything at one level (its documentation's Zigbee page). */
import type { PointValue } from "../../core/reading.ts";
import { isObject, own, shortText } from "../codec.ts";
import { numberOf, ownName } from "./words.ts";

/** One device's part of a message. */
export interface Told {
  /** `0x8F20`: where it is found now. It may have another after it joined again. */
  readonly short: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** All that the bridge knows of it (`ZbInfo`), with its IEEE address; else what it has just said. */
  readonly whole: boolean;
}

const SHORT = /^0x[0-9A-F]{1,4}$/i;
/** A command that it sent to others (a remote's button): it says nothing of its own state. */
const SENDS = /^(?:0006|0008|0102|0300)!/i;
/** Clusters and attributes by their numbers, which nothing was made of. */
const NUMBERED = /^[0-9A-F]{4}[!<_/?]/i;
const ABOUT = new Set(
  "Device Name IEEEAddr ModelId Manufacturer Endpoint Endpoints Config Group Groups Reachable LastSeen LastSeenEpoch BatteryLastSeenEpoch PressureUnit LinkQuality".split(
    " ",
  ),
);
/** Numbers in the office's units. Illuminance is not among them: some sensors tell lux, others a logarithm. */
const NUMBERS: ReadonlyMap<string, string> = new Map([
  ["Temperature", "temperature"],
  ["LocalTemperature", "temperature"],
  ["Humidity", "humidity"],
  ["ActivePower", "power"],
  ["RMSVoltage", "voltage"],
  ["OccupiedHeatingSetpoint", "setpoint"],
  ["TuyaTempTarget", "setpoint"],
  ["Voltage", "battery_voltage"],
  ["BatteryPercentage", "battery"],
  ["Battery", "battery"],
]);
const FLAGS: ReadonlyMap<string, string> = new Map([
  ["Power", "on"],
  ["Occupancy", "occupied"],
  // As an alarm zone says it: 1 is the alarm, an open door.
  ["Contact", "open"],
]);
const MAX_VALUES = 60;
/** Devices in one message. */
const MAX_DEVICES = 50;
/** Its full brightness. */
export const FULL = 254;

export const ZIGBEE_UNITS: Readonly<Record<string, string>> = { battery_voltage: "V", battery: "%" };

/** The devices that a message tells of, whichever way the bridge is set up to write it; null where it tells of none. `last`: the topic's last level. */
export function devicesIn(last: string, message: Readonly<Record<string, unknown>>): readonly Told[] | null {
  const info = own(message, "ZbInfo");
  // `SetOption118` writes the word into the topic, `SetOption100` nowhere.
  const said = own(message, "ZbReceived") ?? (last === "ZbReceived" || isBare(message) ? message : undefined);
  if (!isObject(info) && !isObject(said)) return null;
  return [...listOf(info, true), ...listOf(said, false)];
}

function isBare(message: Readonly<Record<string, unknown>>): boolean {
  for (const key in message) {
    if (!Object.hasOwn(message, key) || key === "Time") continue;
    const value = message[key];
    return isObject(value) && (SHORT.test(key) || typeof value["Device"] === "string") && Object.hasOwn(value, "LinkQuality");
  }
  return false;
}

function listOf(devices: unknown, whole: boolean): readonly Told[] {
  if (!isObject(devices)) return [];
  return Object.entries(devices)
    .slice(0, MAX_DEVICES)
    .flatMap(([key, body]) => {
      if (!isObject(body)) return [];
      // By `SetOption83` the key is its name.
      const short = [own(body, "Device"), key].find((word): word is string => typeof word === "string" && SHORT.test(word));
      return short === undefined ? [] : [{ short: `0x${short.slice(2).toUpperCase().padStart(4, "0")}`, body, whole }];
    });
}

function flagOf(value: unknown): boolean | undefined {
  const word = typeof value === "string" ? value.toLowerCase() : value;
  if (word === 1 || word === true || word === "on" || word === "true") return true;
  return word === 0 || word === false || word === "off" || word === "false" ? false : undefined;
}

/** `main`: the endpoint whose switch is the device's own; null where it has one only, or nobody said. */
export function valuesOf(body: Readonly<Record<string, unknown>>, main: number | null): Readonly<Record<string, PointValue>> {
  const values: Record<string, PointValue> = {};
  const sends = Object.keys(body).some((key) => SENDS.test(key));
  const endpoint = own(body, "Endpoint");
  const other = main !== null && typeof endpoint === "number" && endpoint !== main ? `.${endpoint}` : "";
  let room = MAX_VALUES;
  for (const [key, value] of Object.entries(body)) {
    if (ABOUT.has(key) || NUMBERED.test(key) || room-- <= 0) continue;
    if (sends && (key === "Power" || key.startsWith("Dimmer"))) continue;
    const flag = FLAGS.get(key);
    const number = NUMBERS.get(key);
    if (key === "Power" && other !== "") put(`Power${other}`, flagOf(value));
    else if (flag !== undefined) put(flag, flagOf(value));
    else if (number !== undefined) put(number, numberOf(value));
    else if (key === "Dimmer") put("brightness", numberOf(value) === undefined ? undefined : Math.min(100, Math.round((Number(value) / FULL) * 100)));
    else if (typeof value === "number" || typeof value === "boolean" || shortText(value) !== null) put(ownName(key), value as PointValue);
  }
  return values;

  function put(name: string, value: PointValue | undefined): void {
    if (value !== undefined && !Object.hasOwn(values, name)) values[name] = value;
  }
}
