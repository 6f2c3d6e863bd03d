/** Keys that devices call things by, in the office's words and units: for ecosystems that leave names to whoever sets them up. Pure. */
import type { DeviceKind } from "../core/device.ts";
import { officePoint } from "../core/description.ts";
import { keyOf } from "../core/key.ts";
import { isPointName } from "../core/normalise.ts";
import type { PointValue } from "../core/reading.ts";
import { convert } from "../core/units.ts";
import { remembered } from "./codec.ts";

/** Office points by what others call them, in small letters without anything but letters and digits. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  power: ["power", "activepower", "apower", "currentpower", "currentpowerconsumption", "totalactivepower", "pt", "有功功率", "总有功功率"],
  energy: [
    "energy",
    "energytotal",
    "totalenergy",
    "totalenergyconsumption",
    "activeenergy",
    "totalactiveenergy",
    "ept",
    "epi",
    "有功电能",
    "总有功电能",
    "正向有功电能",
  ],
  voltage: ["voltage", "volt", "ua", "voltageatphase1", "a相电压"],
  current: ["current", "ia", "a相电流"],
  temperature: [
    "temperature",
    "temp",
    "tempc",
    "currenttemperature",
    "localtemperature",
    "roomtemperature",
    "indoortemperature",
    "sensortemperature",
    "温度",
    "室内温度",
  ],
  setpoint: ["setpoint", "targettemperature", "targettemperaturefloat", "temperaturesetpoint", "settemperature", "设定温度"],
  humidity: ["humidity", "hum", "relativehumidity", "rh", "湿度"],
  illuminance: ["illuminance", "illumination", "lux", "light", "照度"],
  on: ["on", "state", "switch", "powerswitch", "relay", "output", "onoff", "开关"],
  mode: ["mode", "workmode", "systemmode", "hvacmode"],
  occupied: ["occupied", "occupancy", "presence", "pir", "motion", "humandetection"],
  count: ["count", "people", "peoplecount"],
  open: ["open", "opened", "openwindow", "dooropen", "windowopen"],
  volume: ["volume", "watertotal", "totalvolume", "waterconsumed", "waterconsumption", "currentvolume", "累计流量"],
  flow: ["flow", "waterflow", "volumeflow", "instvolumeflow", "瞬时流量"],
  valve: ["valve", "valvestate"],
  gas: ["gas", "gastotal", "gasvolume"],
  brightness: ["brightness", "dimmer"],
  pages: ["pages", "pagecount"],
  supply: ["supply", "flowtemperature", "supplytemperature"],
  return: ["return", "returntemperature"],
};

const BY_WORD = new Map(Object.entries(WORDS).flatMap(([point, words]) => words.map((word) => [word, point] as const)));

/** The units a key may end with (`power_kw`, `total_m3`), as wmbusmeters and many templates write them. */
const SUFFIXES: readonly (readonly [suffix: string, unit: string])[] = [
  ["_kwh", "kWh"],
  ["_wh", "Wh"],
  ["_gj", "GJ"],
  ["_mj", "MJ"],
  ["_kw", "kW"],
  ["_w", "W"],
  ["_m3h", "m³/h"],
  ["_m3", "m³"],
  ["_lh", "L/h"],
  ["_l", "L"],
  ["_c", "°C"],
  ["_f", "°F"],
  ["_v", "V"],
  ["_mv", "mV"],
  ["_a", "A"],
  ["_ma", "mA"],
  ["_lx", "lx"],
];

export interface OfficeKey {
  /** The office's point, or the key itself where the office has no word for it. */
  readonly point: string;
  /** The unit that the key ends with; null where it names none. */
  readonly unit: string | null;
}

/** A key without its unit, and the unit. */
export function splitUnit(key: string): OfficeKey {
  const lower = key.toLowerCase();
  for (const [suffix, unit] of SUFFIXES) if (lower.endsWith(suffix) && lower.length > suffix.length) return { point: key.slice(0, -suffix.length), unit };
  return { point: key, unit: null };
}

const MAX_KEYS = 5_000;

/** The office's word for a key; null where it has none. */
export const wordFor = remembered(MAX_KEYS, (key): string | null =>
  key.length > 80 ? null : (BY_WORD.get(key.toLowerCase().replaceAll(/[\s_.\-/:]+/g, "")) ?? null),
);

/** A key as a point may be called: itself where it can, else its letters with something that tells it from its like. */
export function pointNameOf(key: string): string {
  if (isPointName(key)) return key;
  const plain = key.replaceAll(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 48);
  return `${plain}-${keyOf(key).slice(-6)}`;
}

const TRUE = new Set(["on", "true", "yes", "1", "open", "opened", "occupied", "detected"]);
const FALSE = new Set(["off", "false", "no", "0", "close", "closed", "clear", "vacant"]);
const MODES: Readonly<Record<string, string>> = {
  cool: "cool",
  cooling: "cool",
  heat: "heat",
  heating: "heat",
  dry: "dry",
  fan: "fan",
  fan_only: "fan",
  auto: "auto",
  off: "off",
};

/**
 * A value of an office point as a device writes it, in the office's unit: switches in words or 0 and 1, valves, modes, numbers in `unit` (null: the office's
 * own). `undefined` where the unit cannot be turned into the office's, so that the value must not stand under this name.
 */
export function officeValue(point: string, raw: unknown, unit: string | null): unknown {
  const definition = officePoint(point);
  if (definition === undefined || (typeof raw === "number" && definition.type === "number" && (unit === null || unit === definition.unit))) return raw;
  const word = typeof raw === "string" ? raw.trim().toLowerCase() : raw;
  if (definition.type === "boolean") {
    if (typeof word === "number") return word === 1 ? true : word === 0 ? false : raw;
    return typeof word === "string" ? (TRUE.has(word) ? true : FALSE.has(word) ? false : raw) : raw;
  }
  if (point === "valve") return word === true || word === 1 || word === "opened" ? "open" : word === false || word === 0 || word === "close" ? "closed" : word;
  if (point === "mode") return typeof word === "string" && Object.hasOwn(MODES, word) ? MODES[word] : raw;
  if (unit === null || definition.type !== "number") return raw;
  const number = typeof raw === "string" && /^\s*[+-]?[\d.]+(e[+-]?\d+)?\s*$/i.test(raw) ? Number(raw) : raw;
  return typeof number === "number" ? convert(number, unit, definition.unit) : raw;
}

/** What a key was found to be: its office point (null: none), the unit that it ends with, its own name as a point. */
interface Known {
  readonly point: string | null;
  readonly unit: string | null;
  readonly own: string;
}

const knownOf = remembered(MAX_KEYS, (key): Known => {
  const split = splitUnit(key);
  return { point: wordFor(split.point) ?? wordFor(key), unit: split.unit, own: pointNameOf(key) };
});

/** What one key and value are in the office's words, `unit` being what was said beside it; null where they say nothing (null, an object). */
export function inOffice(key: string, raw: unknown, unit: string | null = null): readonly [point: string, value: unknown] | null {
  if (raw === null || raw === undefined || typeof raw === "object") return null;
  const known = knownOf(key);
  let point = unit === null ? known.point : (wordFor(key) ?? known.point);
  // `power: on` is a switch.
  if (point === "power" && typeof raw === "string" && /^\s*(on|off)\s*$/i.test(raw)) point = "on";
  if (point !== null) {
    const value = officeValue(point, raw, unit ?? known.unit);
    if (value !== undefined) return [point, value];
  }
  return [known.own, raw];
}

/** All keys of a flat object in the office's words; of two that mean the same point the first one counts. */
export function allInOffice(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const office: Record<string, unknown> = {};
  for (const [key, raw] of Object.entries(values)) {
    const found = inOffice(key, raw);
    if (found === null) continue;
    const [point, value] = found;
    // A second word for the same point stays under its own name.
    if (!Object.hasOwn(office, point)) office[point] = value;
    else if (isPointName(key) && !Object.hasOwn(office, key)) office[key] = raw;
  }
  return office;
}

/** A command's value as most gateways take it: switches as 1 and 0, numbers as they are, words as they are. */
export function plainValue(value: PointValue): number | string {
  return typeof value === "boolean" ? Number(value) : value;
}

/** What a medium's name says of a meter (wM-Bus media, EN 13757-3 table 22). */
export function kindOfMedium(medium: string): DeviceKind | null {
  const m = medium.toLowerCase();
  if (m.includes("water")) return "water";
  if (m.includes("electricity") || m.includes("gas") || m.includes("heat") || m.includes("cooling")) return "meter";
  return m.includes("room") || m.includes("temperature") ? "outdoor" : null;
}
