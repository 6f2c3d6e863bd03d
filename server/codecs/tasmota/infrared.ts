/**
 * Air conditioners that a Tasmota commands by infrared (`IRHVAC`). Nothing ever answers: what it says is what it was told, by us or by a person's remote
 * that its receiver saw, and the whole state is sent every time. One is met when its remote is used before the receiver.
 */
import type { DescribedPoint, Description } from "../../core/description.ts";
import type { PointValue } from "../../core/reading.ts";
import { convert } from "../../core/units.ts";
import type { Addressed } from "../codec.ts";
import { own, shortText } from "../codec.ts";
import type { Box } from "./discovery.ts";

const MODES: ReadonlyMap<string, string> = new Map([
  ["auto", "auto"],
  ["automatic", "auto"],
  ["cool", "cool"],
  ["cooling", "cool"],
  ["heat", "heat"],
  ["heating", "heat"],
  ["hot", "heat"],
  ["dry", "dry"],
  ["drying", "dry"],
  ["dehumidify", "dry"],
  ["fan", "fan"],
  ["fan_only", "fan"],
  ["fan-only", "fan"],
  ["fanonly", "fan"],
  ["off", "off"],
  ["stop", "off"],
]);
const WRITTEN: Readonly<Record<string, string>> = { auto: "Auto", cool: "Cool", heat: "Heat", dry: "Dry", fan: "Fan" };
/** What else belongs to the whole state, under the device's own names. */
const REST = ["Model", "FanSpeed", "SwingV", "SwingH", "Quiet", "Turbo", "Econo", "Light", "Filter", "Clean", "Beep", "Sleep"] as const;
/** Which protocols take what differs; these are the bounds of nearly all of them. */
const LOWEST = 16;
const HIGHEST = 30;

/** Some remotes also send timers and what they measure: only a control command is a state. */
export function isWhole(state: Readonly<Record<string, unknown>>): boolean {
  const command = own(state, "Command");
  return typeof command !== "string" || /^control/i.test(command);
}

export function infraredAddress(box: Box, state: Readonly<Record<string, unknown>>): string | null {
  const vendor = shortText(own(state, "Vendor") ?? own(state, "Protocol"), 40);
  return vendor === null || !/^[A-Za-z0-9_-]+$/.test(vendor) ? null : `${box.mac}/ir/${vendor}`;
}

export function describeInfrared(box: Box, address: string): Description {
  const vendor = address.slice(address.lastIndexOf("/") + 1);
  const point = (name: string, key: string, more: Partial<DescribedPoint> = {}): DescribedPoint => ({ name, key, unit: null, writable: true, ...more });
  return {
    address,
    aliases: [`${box.topic}/ir/${vendor}`],
    name: `${box.name} ${vendor}`,
    hardware: [`mac:${box.mac}/ir/${vendor.toLowerCase()}`],
    maker: vendor,
    model: null,
    area: null,
    kind: "ac",
    points: [
      point("on", "Power"),
      point("mode", "Mode", { values: ["auto", "cool", "heat", "dry", "fan", "off"] }),
      point("setpoint", "Temp", { unit: "°C", min: LOWEST, max: HIGHEST }),
      ...REST.map((name) => point(name, name, { writable: false })),
    ],
    topic: `${box.tele}RESULT`,
    // It speaks when it is told something, and not otherwise: a day's silence means nothing.
    interval: 86_400,
    openLoop: true,
    unread: [],
  };
}

/** The state in the office's words; `by` says who told it. */
export function readInfrared(state: Readonly<Record<string, unknown>>, by: "remote" | "command"): Readonly<Record<string, PointValue>> {
  const values: Record<string, PointValue> = {};
  const power = shortText(own(state, "Power"), 10)?.toLowerCase();
  const mode = MODES.get(shortText(own(state, "Mode"), 20)?.toLowerCase() ?? "");
  const temp = own(state, "Temp");
  if (power === "on" || power === "off") values["on"] = power === "on" && mode !== "off";
  if (mode !== undefined) values["mode"] = mode;
  if (mode !== undefined && mode !== "off") values["lastMode"] = mode;
  if (typeof temp === "number" && Number.isFinite(temp)) {
    const fahrenheit = shortText(own(state, "Celsius"), 10)?.toLowerCase() === "off";
    values["setpoint"] = fahrenheit ? Number(convert(temp, "°F", "°C")!.toFixed(2)) : temp;
  }
  for (const key of REST) {
    const value = own(state, key);
    if (typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value.length <= 40)) values[key] = value;
  }
  values["toldBy"] = by;
  // What its remote sends the receiver takes in itself, where there is one.
  if (by === "remote") values["receiver"] = true;
  return values;
}

/** The whole state that fulfils a wish, made of what was last told; or the sentence that says what is missing. */
export function writeInfrared(
  device: Addressed,
  set: Readonly<Record<string, PointValue>>,
): { readonly state: Readonly<Record<string, PointValue>> } | { readonly why: string } {
  const strange = Object.keys(set).find((point) => point !== "on" && point !== "mode" && point !== "setpoint");
  if (strange !== undefined) return { why: `By infrared it is told on, mode and setpoint, and no ${strange}.` };
  const off = set["on"] === false || set["mode"] === "off";
  const mode = set["mode"] ?? (device.value("mode") === "off" ? undefined : device.value("mode")) ?? device.value("lastMode");
  const temp = set["setpoint"] ?? device.value("setpoint");
  const word = typeof mode === "string" ? WRITTEN[mode] : undefined;
  // A set temperature alone must not start what stands still.
  const on = !off && (set["on"] === true || set["mode"] !== undefined || device.value("on") === true);
  if (!off && !on) return { why: "It is off, and by infrared a set temperature cannot be told without switching it on." };
  if (on && (word === undefined || typeof temp !== "number"))
    return { why: "Its whole state must be sent, and its mode or set temperature was never heard: use its remote once before the receiver, or name both." };
  if (typeof temp === "number" && (temp < LOWEST || temp > HIGHEST)) return { why: `It takes ${LOWEST} to ${HIGHEST} °C, not ${temp}.` };
  const rest = REST.flatMap((key) => {
    const value = device.value(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    state: {
      Vendor: device.address.slice(device.address.lastIndexOf("/") + 1),
      Power: on ? "On" : "Off",
      Mode: on ? word! : "Off",
      ...(typeof temp === "number" ? { Celsius: "On", Temp: temp } : {}),
      ...Object.fromEntries(rest),
      // Some makes are told what to change, reckoned from the state before: without a receiver that must be kept with the sending.
      ...(device.value("receiver") === true ? {} : { StateMode: "SendStore" }),
    },
  };
}

/** Whether an answer's state is the one that was sent. */
export function sameInfrared(sent: Readonly<Record<string, PointValue>>, answer: Readonly<Record<string, unknown>>): boolean {
  const a = readInfrared(sent, "command");
  const b = readInfrared(answer, "command");
  return a["on"] === b["on"] && (a["on"] === false || (a["mode"] === b["mode"] && a["setpoint"] === b["setpoint"]));
}
