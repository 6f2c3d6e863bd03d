/**
 * Air conditioners and radiator valves. They have a mode, one or two set temperatures, and not always an off: then the nearest to it is what their own
 * description has (a pause, the lowest set temperature), and `on` is read from the same.
 */
import type { DescribedPoint } from "../../core/description.ts";
import type { PointValue } from "../../core/reading.ts";
import { convert } from "../../core/units.ts";
import type { Property } from "./exposes.ts";
import { SETTABLE } from "./exposes.ts";
import { bounded, limits } from "./points.ts";

/** How it is switched off. */
export type Off =
  | { readonly kind: "mode"; readonly property: Property; readonly word: string }
  | { readonly kind: "pause"; readonly property: Property; readonly word: string }
  /** `switch`: by a binding of its own. */
  | { readonly kind: "switch" }
  | { readonly kind: "setpoint"; readonly property: Property; readonly raw: number }
  | { readonly kind: "none" };

export interface Climate {
  readonly mode: Property | null;
  readonly heating: Property | null;
  readonly cooling: Property | null;
  readonly running: Property | null;
  readonly off: Off;
  /** Properties that this reads, so that nobody passes them on. */
  readonly properties: ReadonlySet<string>;
}

type Raw = (property: string) => unknown;
export type Changes = { readonly changes: Readonly<Record<string, PointValue>> } | { readonly why: string };

/** Their words for modes in the office's, the usual first. */
const MODES: ReadonlyMap<string, string> = new Map([
  ["cool", "cool"],
  ["heat", "heat"],
  ["dry", "dry"],
  ["fan_only", "fan"],
  ["auto", "auto"],
  ["heat_cool", "auto"],
  ["emergency_heating", "heat"],
  ["precooling", "cool"],
  ["off", "off"],
]);
const HEATING = ["occupied_heating_setpoint", "current_heating_setpoint"];
const COOLING = ["occupied_cooling_setpoint", "current_cooling_setpoint"];

const settable = (p: Property) => (p.access & SETTABLE) !== 0;

/** Null where it has none of a climate. `switched`: it has a switch beside it. */
export function climateOf(properties: readonly Property[], switched: boolean): Climate | null {
  const features = properties.filter((p) => p.of === "climate");
  if (features.length === 0) return null;
  const named = (...names: readonly string[]) => names.map((n) => features.find((p) => p.name === n)).find((p) => p !== undefined) ?? null;
  const mode = named("system_mode");
  const heating = named(...HEATING);
  const cooling = named(...COOLING);
  const running = named("running_state");
  const off = offOf(mode, properties, switched, heating, cooling);
  const parts = [mode, heating, cooling, ...(off.kind === "pause" ? [off.property] : [])];
  return { mode, heating, cooling, running, off, properties: new Set(parts.flatMap((p) => (p === null ? [] : [p.property]))) };
}

function offOf(mode: Property | null, all: readonly Property[], switched: boolean, heating: Property | null, cooling: Property | null): Off {
  if (mode !== null && settable(mode) && mode.values.includes("off")) return { kind: "mode", property: mode, word: "off" };
  if (switched) return { kind: "switch" };
  const operating = all.find((p) => p.name === "operating_mode" && p.type === "enum" && settable(p) && p.values.includes("pause"));
  if (operating !== undefined) return { kind: "pause", property: operating, word: "pause" };
  if (heating !== null && settable(heating) && heating.min !== undefined) return { kind: "setpoint", property: heating, raw: heating.min };
  if (cooling !== null && settable(cooling) && cooling.max !== undefined) return { kind: "setpoint", property: cooling, raw: cooling.max };
  return { kind: "none" };
}

/** Which of two set temperatures counts now; null where nothing says. `last` is the mode in which it last ran. */
function side({ heating, cooling, mode, running }: Climate, raw: Raw, last: string | null): Property | null {
  if (heating === null || cooling === null) return heating ?? cooling;
  const now = mode === null ? null : raw(mode.property);
  const means = MODES.get(String(now === "off" ? last : now));
  if (means === "heat") return heating;
  if (means === "cool" || means === "dry" || means === "fan") return cooling;
  const runs = running === null ? null : raw(running.property);
  return runs === "heat" ? heating : runs === "cool" ? cooling : null;
}

/** What it says of itself by all that is known of it. `last`: the mode in which it last ran. */
export function readClimate(climate: Climate, raw: Raw, last: string | null): Record<string, PointValue> {
  const values: Record<string, PointValue> = {};
  const { mode, off } = climate;
  const said = mode === null ? undefined : raw(mode.property);
  if (typeof said === "string") values["mode"] = MODES.get(said) ?? said;
  const counts = side(climate, raw, last);
  for (const p of [climate.heating, climate.cooling]) {
    const value = p === null ? undefined : raw(p.property);
    if (p === null || typeof value !== "number") continue;
    const celsius = convert(value, p.unit ?? "°C", "°C");
    if (p === counts && celsius !== undefined) values["setpoint"] = celsius;
    // Of two set temperatures both are passed on.
    if (climate.heating !== null && climate.cooling !== null) values[p.property] = value;
  }
  const on = isOn(off, raw, said);
  if (on !== undefined) values["on"] = on;
  return values;
}

function isOn(off: Off, raw: Raw, mode: unknown): boolean | undefined {
  switch (off.kind) {
    case "mode":
      return typeof mode === "string" ? mode !== off.word : undefined;
    case "pause": {
      const word = raw(off.property.property);
      return typeof word === "string" ? word !== off.word : undefined;
    }
    case "setpoint": {
      const value = raw(off.property.property);
      return typeof value === "number" ? value !== off.raw : undefined;
    }
    case "switch":
    case "none":
      return undefined;
  }
}

/** What to write for a wish; `before` is what its set temperature was before it was last switched off by it. */
export function writeClimate(
  climate: Climate,
  set: Readonly<Record<string, PointValue>>,
  raw: Raw,
  last: string | null,
  before: PointValue | undefined,
): Changes {
  const { mode, off } = climate;
  if (set["on"] === false || set["mode"] === "off") return switchOff(off);
  const changes: Record<string, PointValue> = {};
  let now: Raw = raw;
  if (typeof set["mode"] === "string") {
    const word = mode?.values.find((w) => MODES.get(w) === set["mode"]);
    if (mode === null || !settable(mode) || word === undefined)
      return { why: `It has no mode ${set["mode"]}; by its own description it has ${mode?.values.join(", ") || "none"}.` };
    changes[mode.property] = word;
    now = (property) => (property === mode.property ? word : raw(property));
  } else if (set["on"] === true) {
    const on = switchOn(climate, last, before, set["setpoint"]);
    if ("why" in on) return on;
    Object.assign(changes, on.changes);
  }
  if (set["setpoint"] !== undefined) {
    const property = side(climate, now, last);
    if (property === null && climate.heating === null) return { why: "It has no set temperature, by its own description." };
    if (property === null)
      return { why: "It has a set temperature for heating and one for cooling, and its mode does not say which counts; name the mode too." };
    if (!settable(property)) return { why: `Its ${property.property} is told and cannot be set.` };
    const value = bounded(property, set["setpoint"]);
    if ("why" in value) return value;
    changes[property.property] = value.raw;
  }
  return { changes };
}

function switchOff(off: Off): Changes {
  switch (off.kind) {
    case "mode":
    case "pause":
      return { changes: { [off.property.property]: off.word } };
    case "setpoint":
      return { changes: { [off.property.property]: off.raw } };
    case "none":
      return { why: "It cannot be switched off: its description has no off, no pause and no set temperature with a bound." };
    case "switch":
      return { changes: {} };
  }
}

function switchOn({ mode, off }: Climate, last: string | null, before: PointValue | undefined, setpoint: PointValue | undefined): Changes {
  switch (off.kind) {
    case "mode": {
      const heats = off.property.values.filter((w) => w !== "off" && MODES.get(w) !== "fan" && MODES.get(w) !== "dry");
      const word = last ?? heats.find((w) => MODES.get(w) === "auto") ?? (heats.length === 1 ? heats[0] : undefined);
      return word === undefined
        ? { why: `It is switched on by its mode: name one of ${mode!.values.join(", ")}.` }
        : { changes: { [off.property.property]: word } };
    }
    case "pause": {
      const word = off.property.values.find((w) => w === "manual") ?? off.property.values.find((w) => w !== off.word);
      return word === undefined ? { why: "Its description says nothing but a pause." } : { changes: { [off.property.property]: word } };
    }
    case "setpoint":
      if (setpoint !== undefined) return { changes: {} };
      return typeof before === "number"
        ? { changes: { [off.property.property]: before } }
        : { why: "It was switched off by its set temperature: name the one that it is to have." };
    case "switch":
      return { changes: {} };
    case "none":
      return { why: "It cannot be switched: its description has neither an off nor an on." };
  }
}

export function describeClimate({ mode, heating, cooling, off }: Climate): readonly DescribedPoint[] {
  const set = heating ?? cooling;
  const points: DescribedPoint[] = [];
  if (off.kind !== "switch" && off.kind !== "none") points.push({ name: "on", key: off.property.property, unit: null, writable: true });
  if (mode !== null) points.push({ name: "mode", key: mode.property, unit: null, writable: settable(mode), values: mode.values.map((w) => MODES.get(w) ?? w) });
  if (set !== null) points.push({ name: "setpoint", key: set.property, unit: set.unit, writable: settable(set), ...limits(set) });
  return points;
}
