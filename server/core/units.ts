/** Units that devices write, and what the office reckons in. Pure. */

/** What one unit is in another of its kind: value × factor + offset. */
interface Unit {
  readonly of: "energy" | "power" | "temperature" | "volume" | "flow" | "voltage" | "current" | "illuminance" | "share" | "pulses";
  readonly factor: number;
  readonly offset: number;
}

const unit = (of: Unit["of"], factor: number, offset = 0): Unit => ({ of, factor, offset });

/** 231 cubic inches (NIST Handbook 44, appendix C). */
const US_GALLON_M3 = 0.003785411784;
const FOOT3_M3 = 0.028316846592;

/** By their spelling in small letters without blanks; the first of each kind of quantity is what others are turned into. */
const UNITS: Readonly<Record<string, Unit>> = {
  kwh: unit("energy", 1),
  wh: unit("energy", 1e-3),
  w·min: unit("energy", 1 / 60_000),
  wmin: unit("energy", 1 / 60_000),
  j: unit("energy", 1 / 3.6e6),
  kj: unit("energy", 1 / 3600),
  mj: unit("energy", 1 / 3.6),
  gj: unit("energy", 1000 / 3.6),
  w: unit("power", 1),
  kw: unit("power", 1e3),
  "°c": unit("temperature", 1),
  c: unit("temperature", 1),
  cel: unit("temperature", 1),
  "℃": unit("temperature", 1),
  "°f": unit("temperature", 5 / 9, -160 / 9),
  f: unit("temperature", 5 / 9, -160 / 9),
  "℉": unit("temperature", 5 / 9, -160 / 9),
  k: unit("temperature", 1, -273.15),
  "m³": unit("volume", 1),
  m3: unit("volume", 1),
  l: unit("volume", 1e-3),
  gal: unit("volume", US_GALLON_M3),
  "ft³": unit("volume", FOOT3_M3),
  ft3: unit("volume", FOOT3_M3),
  ccf: unit("volume", 100 * FOOT3_M3),
  "l/min": unit("flow", 1),
  "l/h": unit("flow", 1 / 60),
  "l/s": unit("flow", 60),
  "m³/h": unit("flow", 1000 / 60),
  "m3/h": unit("flow", 1000 / 60),
  m3h: unit("flow", 1000 / 60),
  "gal/min": unit("flow", US_GALLON_M3 * 1000),
  gpm: unit("flow", US_GALLON_M3 * 1000),
  v: unit("voltage", 1),
  mv: unit("voltage", 1e-3),
  kv: unit("voltage", 1e3),
  a: unit("current", 1),
  ma: unit("current", 1e-3),
  lx: unit("illuminance", 1),
  lux: unit("illuminance", 1),
  klx: unit("illuminance", 1e3),
  "%": unit("share", 1),
  "%rh": unit("share", 1),
  "/": unit("share", 100),
  pulses: unit("pulses", 1),
};

/** Where only a capital tells milli from mega. */
const CASED: Readonly<Record<string, Unit>> = {
  mWh: unit("energy", 1e-6),
  MWh: unit("energy", 1e3),
  mW: unit("power", 1e-3),
  MW: unit("power", 1e6),
};

const spelled = (text: string): string => text.replaceAll(/\s+/g, "").toLowerCase();

function unitOf(text: string): Unit | undefined {
  const cased = text.trim();
  if (Object.hasOwn(CASED, cased)) return CASED[cased];
  const plain = spelled(text);
  return Object.hasOwn(UNITS, plain) ? UNITS[plain] : undefined;
}

/** Twelve digits: what a device measures has fewer, and what the arithmetic adds has more. */
const tidy = (value: number): number => Number(value.toPrecision(12));

/** Whether this is a unit that can be turned into the other; false for a unit that nobody here knows. */
export function converts(from: string, to: string): boolean {
  const [a, b] = [unitOf(from), unitOf(to)];
  return a !== undefined && b !== undefined && a.of === b.of;
}

/**
 * A value in another unit of the same quantity. The same unit, and two that nobody here knows but that are spelled alike, change nothing;
 * `undefined` where one cannot be turned into the other.
 */
export function convert(value: number, from: string, to: string): number | undefined {
  if (from === to) return value;
  const [a, b] = [unitOf(from), unitOf(to)];
  if (a === undefined && b === undefined && spelled(from) === spelled(to)) return value;
  if (a === undefined || b === undefined || a.of !== b.of) return undefined;
  if (a.factor === b.factor && a.offset === b.offset) return value;
  return tidy((value * a.factor + a.offset - b.offset) / b.factor);
}

/** A number with its unit in one text (`123.529 m3`), as rtl_433 writes them; null where it is none. */
export function quantityIn(text: string): { readonly value: number; readonly unit: string } | null {
  if (text.length > 60) return null;
  const found = /^\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*((?!x[\da-f])[a-z°℃℉%/][^\s-]{0,15})?\s*$/i.exec(text);
  return found === null ? null : { value: Number(found[1]), unit: found[2] ?? "" };
}
