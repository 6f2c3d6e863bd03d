/** What `SENSOR`, `STATE` and their kin say, in the office's points and units. A value may be a number, a list or an object (of phases), or a text. */
import type { Millis, PointValue } from "../../core/reading.ts";
import { convert } from "../../core/units.ts";
import { isObject, own, remembered } from "../codec.ts";
import { parseTime } from "../native.ts";
import type { Box } from "./discovery.ts";
import type { Values } from "./words.ts";
import { inputOf, numberOf, ownName, wordOf } from "./words.ts";

export interface Told {
  readonly ts: Millis | null;
  /** Of the box itself. */
  readonly box: Readonly<Values>;
  /** Of single relays, by their number. */
  readonly relays: ReadonlyMap<number, Readonly<Values>>;
}

const MAX_DEPTH = 3;
const MAX_PASSED = 60;
/** Of the box's own running, not of what it measures. */
const DIAGNOSTIC = new Set([
  "Uptime",
  "UptimeSec",
  "Heap",
  "SleepMode",
  "Sleep",
  "LoadAvg",
  "MqttCount",
  "Berry",
  "BerryHeap",
  "ESP32",
  "Vcc",
  "Hostname",
  "IPAddress",
]);
/** Codes and registers of devices behind this one, of which only somebody else can say what they mean. */
const CODED = ["ModbusReceived", "SerialReceived", "SSerialReceived", "RfReceived", "LwReceived"];
/** Answers of devices behind this one: nothing of its own. */
const BEHIND = new Set([...CODED, "ZbReceived", "ZbState", "ZbInfo", "IrReceived"]);
const META = new Set(["Time", "Epoch", "TempUnit", "SpeedUnit", "PressureUnit"]);
/** What is made of a message's own keys. */
type Key = "nothing" | "energy" | "boiler" | "sensor" | { readonly input: number };

const MAX_KEYS = 5_000;

const keyIs = remembered(MAX_KEYS, (key): Key => {
  const input = /^Switch(\d{1,2})$/.exec(key);
  return META.has(key) || DIAGNOSTIC.has(key) || BEHIND.has(key) || key === "Wifi" || key === "Dimmer" || /^POWER\d*$/.test(key)
    ? "nothing"
    : key === "ENERGY"
      ? "energy"
      : key === "OPENTHERM"
        ? "boiler"
        : input === null
          ? "sensor"
          : { input: Number(input[1]) };
});

/** Fields of sensors, which may be numbered (`Temperature1`). */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ["Temperature", "temperature"],
  ["Humidity", "humidity"],
  ["Illuminance", "illuminance"],
]);
/** Of a current clamp at an analogue input (`ANALOG.CTEnergy1`), in kWh, W, A and V as `ENERGY` has them. */
const CLAMP: ReadonlyMap<string, string> = new Map([
  ["Energy", "energy"],
  ["Power", "power"],
  ["Current", "current"],
  ["Voltage", "voltage"],
]);

/** When it was told: by `Epoch`, or by a `Time` with a zone. Without a zone it is the device's own local time, which says no instant. */
export function timeOf(message: Readonly<Record<string, unknown>>): Millis | null {
  const epoch = own(message, "Epoch");
  if (typeof epoch === "number") return parseTime(epoch);
  const time = own(message, "Time");
  return typeof time === "string" ? parseTime(time) : null;
}

/** One number, or one for each phase; undefined where one of them is none. */
function phasesOf(value: unknown): readonly number[] | undefined {
  const list = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [value];
  const numbers = list.slice(0, 12).map(numberOf);
  return numbers.length === 0 || numbers.includes(undefined) ? undefined : (numbers as number[]);
}

const sum = (numbers: readonly number[]) => Number(numbers.reduce((a, b) => a + b, 0).toPrecision(12));

/** The key of what only a mapping can read; null where there is none. */
export function codedIn(message: Readonly<Record<string, unknown>>): string | null {
  for (const key in message) if (key !== "Time") return CODED.includes(key) ? key : null;
  return null;
}

/** A value of a sensor or of a part of one, by where it stands in the message. */
interface Leaf {
  readonly path: string;
  readonly point: string | null;
  /** As what it is passed on where it is no point. */
  readonly own: string;
  /** Of a clamp: several of them are one device's phases or circuits. */
  readonly clamp: boolean;
}

/** The leaves of a parent by their fields. */
const leavesOf = remembered(MAX_KEYS, (parent) => {
  const clamp = /(?:^|\.)CTEnergy\d*$/.test(parent);
  return remembered(MAX_PASSED, (field): Leaf => {
    const path = parent === "" ? field : `${parent}.${field}`;
    const point = parent === "" ? null : ((clamp ? CLAMP.get(field) : FIELDS.get(field.replace(/\d+$/, ""))) ?? null);
    return { path, point, own: ownName(path), clamp };
  });
});

/** One message as it is read. */
interface Reading {
  readonly points: Values;
  readonly passed: Values;
  /** How many more values are passed on. */
  room: number;
  readonly fahrenheit: boolean;
  /** Remembers which of several sensors is the office's, so that it is the same in every message. */
  readonly chosen: Map<string, string>;
}

function pass(reading: Reading, name: string, value: unknown): void {
  if (reading.room <= 0) return;
  if (typeof value === "string" ? value.length <= 200 : typeof value === "number" || typeof value === "boolean") {
    reading.room--;
    reading.passed[name] = numberOf(value) ?? (value as PointValue);
  }
}

function walk(reading: Reading, parent: string, field: string, value: unknown, depth: number): void {
  const leaf = leavesOf(parent)(field);
  if (isObject(value)) {
    if (depth > 0) for (const key of Object.keys(value)) walk(reading, leaf.path, key, value[key], depth - 1);
    return;
  }
  const { path, point, own: name } = leaf;
  const number = point === null ? undefined : numberOf(value);
  if (point === null || number === undefined) return pass(reading, name, value);
  if (leaf.clamp) return clamped(reading, name, point, number);
  const by = reading.chosen.get(point);
  if (by === undefined) reading.chosen.set(point, path);
  const measured = point === "temperature" && reading.fahrenheit ? convert(number, "°F", "°C")! : number;
  if (by === undefined || by === path) reading.points[point] = measured;
  else pass(reading, name, measured);
}

/** Clamps add up; of their volts, which are set and not measured, one stands for all. */
function clamped(reading: Reading, name: string, point: string, value: number): void {
  const before = reading.points[point];
  if (typeof before !== "number") reading.points[point] = value;
  else if (point !== "voltage") reading.points[point] = sum([before, value]);
  pass(reading, name, value);
}

/** `chosen` remembers which of several sensors is the office's. */
export function readSensors(box: Box, message: Readonly<Record<string, unknown>>, chosen: Map<string, string>): Told {
  const reading: Reading = { points: {}, passed: {}, room: MAX_PASSED, fahrenheit: own(message, "TempUnit") === "F", chosen };
  const { points, passed } = reading;
  const relays = new Map<number, Values>();
  for (const key of Object.keys(message)) {
    const value = message[key];
    const is = keyIs(key);
    const named = box.switches.length === 0 ? -1 : box.switches.indexOf(key);
    if (is === "nothing") continue;
    const on = named !== -1 || typeof is === "object" ? wordOf(box, value) : undefined;
    if (on !== undefined) {
      const means = inputOf(box, named !== -1 ? named + 1 : (is as { readonly input: number }).input);
      passed[ownName(key)] = on;
      if (means !== null) points[means] = on;
    } else if (is === "energy" && isObject(value)) readEnergy(box, value, reading, relays);
    else if (is === "boiler" && isObject(value)) readBoiler(value, reading);
    else walk(reading, "", key, value, MAX_DEPTH);
  }
  return { ts: timeOf(message), box: Object.assign(points, passed), relays };
}

function readEnergy(box: Box, energy: Readonly<Record<string, unknown>>, reading: Reading, relays: Map<number, Values>): void {
  const { points } = reading;
  for (const field of Object.keys(energy)) {
    const value = energy[field];
    const point = ENERGY.get(field);
    const whole = point !== undefined && box.relays.length < 2 ? numberOf(value) : undefined;
    const phases = whole === undefined ? phasesOf(value) : undefined;
    if (whole !== undefined) points[point!] = whole;
    else if (phases === undefined) pass(reading, leavesOf("ENERGY")(field).own, value);
    // As many numbers as relays are one for each; else they are phases of one circuit.
    else if (point !== undefined && phases.length > 1 && phases.length === box.relays.length)
      box.relays.forEach(({ index }, i) => relays.set(index, { ...relays.get(index), [point]: phases[i]! }));
    else if (point !== undefined && phases.length === 1) points[point] = phases[0]!;
    else if (point !== undefined) {
      // Of volts there is no sum: one phase stands for the circuit.
      points[point] = point === "voltage" ? phases[0]! : sum(phases);
      phases.forEach((phase, i) => pass(reading, `${point}.${i + 1}`, phase));
    } else if (phases.length === 1) pass(reading, leavesOf("ENERGY")(field).own, phases[0]);
    else phases.forEach((phase, i) => pass(reading, ownName(`ENERGY.${field}.${i + 1}`), phase));
  }
}

/** Of `ENERGY`; today's and yesterday's are no counters: they begin anew every midnight. */
const ENERGY: ReadonlyMap<string, string> = new Map([
  ["Power", "power"],
  ["Total", "energy"],
  ["Voltage", "voltage"],
  ["Current", "current"],
]);

/** OpenTherm: TB is the boiler's own water (data id 25), TRET what comes back (28), BTMP what was asked of it (1), CH whether it heats rooms (0). */
function readBoiler(boiler: Readonly<Record<string, unknown>>, reading: Reading): void {
  const { points } = reading;
  const part = (key: string, inner: string) => {
    const object = own(boiler, key);
    return isObject(object) ? own(object, inner) : undefined;
  };
  const supply = numberOf(own(boiler, "TB"));
  const back = numberOf(own(boiler, "TRET"));
  const setpoint = numberOf(part("BTMP", "ACT"));
  const heats = part("SLAVE", "CH");
  if (supply !== undefined) points["supply"] = supply;
  if (back !== undefined) points["return"] = back;
  if (setpoint !== undefined) points["setpoint"] = setpoint;
  if (heats === 0 || heats === 1) points["on"] = heats === 1;
  for (const [key, value] of Object.entries(boiler)) if (key !== "TB" && key !== "TRET") walk(reading, "OPENTHERM", key, value, MAX_DEPTH);
}
