/** Air conditioners and heaters (climate), and boilers (water_heater): modes, one setpoint or two, off or what comes nearest. */
import { convert } from "../../core/units.ts";
import type { PointValue } from "../../core/reading.ts";
import type { Addressed, Outgoing } from "../codec.ts";
import type { Config, Source } from "./config.ts";
import type { Component, Read, Role, Values } from "./entity.ts";
import { message, messages, NOTHING, unknown } from "./entity.ts";
import { switched } from "./sensors.ts";

const OURS: ReadonlyMap<string, string> = new Map([
  ["off", "off"],
  ["cool", "cool"],
  ["heat", "heat"],
  ["dry", "dry"],
  ["fan_only", "fan"],
  ["fan", "fan"],
  ["auto", "auto"],
  ["heat_cool", "auto"],
]);
/** Home Assistant's own, where a config names none. */
const USUAL_MODES = ["auto", "off", "cool", "heat", "dry", "fan_only"];
const USUAL_HEATER_MODES = ["off", "eco", "electric", "gas", "heat_pump", "high_demand", "performance"];
const CLIMATE = 40;
const HEATER = 35;

/** `water`: it heats water, and its temperature is that of the supply. */
export function climate(config: Config, water: boolean): Component {
  const fahrenheit = config.word("temperature_unit", "c") === "f";
  const toOurs = (celsius: number) => (fahrenheit ? Math.round(convert(celsius, "°F", "°C")! * 10) / 10 : celsius);
  const toTheirs = (degrees: number) => (fahrenheit ? convert(degrees, "°C", "°F")! : degrees);
  const modes = config.has("modes") ? config.list("modes") : water ? USUAL_HEATER_MODES : USUAL_MODES;
  const [usualMin, usualMax] = water ? [110, 140] : [7, 35];
  const min = config.number("min_temp") ?? (water ? toTheirsUsual(usualMin, fahrenheit) : toTheirs(usualMin));
  const max = config.number("max_temp") ?? (water ? toTheirsUsual(usualMax, fahrenheit) : toTheirs(usualMax));
  const step = config.number("temp_step") ?? 0;

  const modeTo = config.target("mode_command_topic", "mode_command_template");
  const powerTo = config.target("power_command_topic", "power_command_template");
  const oneTo = config.target("temperature_command_topic", "temperature_command_template");
  const highTo = config.target("temperature_high_command_topic", "temperature_high_command_template");
  const lowTo = config.target("temperature_low_command_topic", "temperature_low_command_template");
  const source = (name: string): Source | null => config.source(`${name}_state_topic`, `${name}_state_template`, "value_template");
  const modeFrom = source("mode");
  const powerFrom = config.source("power_state_topic", "power_state_template", "value_template");
  const temperatures = ["temperature", "temperature_high", "temperature_low"].map((name) => ({ name, from: source(name) }));

  /** Where it has no off: the end of its setpoints at which it rests. */
  const canOff = powerTo !== null || (modeTo !== null && modes.includes("off"));
  const heats = modes.includes("heat") || water;
  const cools = modes.includes("cool");
  const rest = canOff || (oneTo ?? highTo ?? lowTo) === null || heats === cools ? null : heats ? min : max;

  const degrees = new Map<string, number>();
  let mode: string | null = null;
  let lastOn: string | null = null;
  let lastSetpoint: number | null = null;
  let power: boolean | null = null;

  /** Of two setpoints the one that counts in a mode; in both units' own numbers. */
  const counting = (inMode: string | null): string =>
    oneTo !== null || degrees.has("temperature")
      ? "temperature"
      : (inMode === "heat" && (lowTo !== null || degrees.has("temperature_low"))) || highTo === null
        ? "temperature_low"
        : "temperature_high";

  function state(): Values {
    const setpoint = degrees.get(counting(mode));
    if (setpoint !== undefined && setpoint !== rest) lastSetpoint = setpoint;
    const on = power ?? (canOff ? (mode === null ? null : mode !== "off") : rest === null || setpoint === undefined ? null : setpoint !== rest);
    return {
      ...(on === null ? {} : { on }),
      ...(mode === null ? {} : { mode: OURS.get(mode) ?? mode }),
      ...(setpoint === undefined ? {} : { setpoint: toOurs(setpoint) }),
    };
  }

  const reads: Read[] = [];
  if (modeFrom !== null) {
    reads.push({
      source: modeFrom,
      take({ text }) {
        if (text === "" || text.length > 60) return NOTHING;
        if (unknown(text)) return { mode: null };
        mode = text.toLowerCase();
        if (mode !== "off" && modes.includes(mode)) lastOn = mode;
        return state();
      },
    });
  }
  const powered = switched(config);
  if (powerFrom !== null) {
    reads.push({
      source: powerFrom,
      take({ text }) {
        const on = powered(text);
        if (typeof on !== "boolean") return NOTHING;
        power = on;
        return state();
      },
    });
  }
  for (const { name, from } of temperatures) {
    if (from === null) continue;
    reads.push({
      source: from,
      take({ text }) {
        if (text === "") return NOTHING;
        const found = Number(text);
        if (unknown(text) || !Number.isFinite(found)) return { setpoint: unknown(text) ? null : text };
        degrees.set(name, found);
        return state();
      },
    });
  }
  const room = config.source("current_temperature_topic", "current_temperature_template", "value_template");
  if (room !== null) {
    const take: Read["take"] = ({ text }) => {
      if (text === "") return NOTHING;
      const found = Number(text);
      return { temperature: unknown(text) ? null : Number.isFinite(found) ? toOurs(found) : text };
    };
    reads.push({ source: room, take });
  }
  const action = config.source("action_topic", "action_template");
  if (action !== null) reads.push({ source: action, take: ({ text }) => (text === "" ? NOTHING : { action: unknown(text) ? null : text }) });

  const settable = oneTo !== null || highTo !== null || lowTo !== null;
  const told = (list: readonly (Source | null)[]) => list.some((s) => s !== null);
  const role = (name: string, office: string | null, writable: boolean, more: Partial<Role> = {}): Role => ({
    role: name,
    office,
    unit: null,
    writable,
    ...more,
  });
  const known = [...new Set(modes.map((m) => OURS.get(m) ?? m))];
  const roles = [
    ...(canOff || rest !== null || powerFrom !== null ? [role("on", "on", canOff || rest !== null)] : []),
    ...(modeTo !== null || modeFrom !== null ? [role("mode", water ? null : "mode", modeTo !== null, { values: known })] : []),
    ...(settable || told(temperatures.map((t) => t.from))
      ? [role("setpoint", "setpoint", settable, { unit: fahrenheit ? "°F" : "°C", min: toOurs(min), max: toOurs(max) })]
      : []),
    ...(room === null ? [] : [role("temperature", water ? "supply" : "temperature", false, { unit: fahrenheit ? "°F" : "°C" })]),
    ...(action === null ? [] : [role("action", null, false)]),
  ];

  function setpointMessage(wish: PointValue, inMode: string | null): Outgoing | string {
    const name = counting(inMode);
    const target = name === "temperature" ? oneTo : name === "temperature_high" ? highTo : lowTo;
    if (target === null || typeof wish !== "number") return "Its setpoint cannot be set.";
    let value = toTheirs(wish);
    if (fahrenheit) value = step > 0 ? Math.round(value / step) * step : Math.round(value);
    if (!(value >= min && value <= max)) return `Its setpoint goes from ${toOurs(min)} to ${toOurs(max)} °C.`;
    if (!fahrenheit && step > 0 && Math.abs(value / step - Math.round(value / step)) > 1e-6) return `Its setpoint goes in steps of ${step} °C.`;
    return message(target, Number(value.toFixed(3)));
  }

  function theirs(wish: PointValue, device: Addressed): string | null {
    if (wish !== "on") return modes.find((m) => m === wish) ?? modes.find((m) => OURS.get(m) === wish) ?? null;
    const running = modes.filter((m) => m !== "off");
    const before = device.value("mode");
    return lastOn ?? running.find((m) => OURS.get(m) === before) ?? (running.length === 1 ? running[0]! : null);
  }

  function write(set: Readonly<Record<string, PointValue>>, device: Addressed): readonly Outgoing[] | string {
    const list: (Outgoing | string)[] = [];
    const off = set["on"] === false || set["mode"] === "off";
    if (set["on"] !== undefined && typeof set["on"] !== "boolean") return "It is switched on or off.";
    if (off && powerTo !== null) list.push(message(powerTo, config.payload("payload_off", "OFF")));
    else if (off && canOff) list.push(message(modeTo!, "off"));
    else if (off && rest !== null) return messages([setpointMessage(toOurs(rest), heats ? "heat" : "cool")]);
    else if (off) return `It has no way to be off, and nothing that comes near: its modes are ${modes.slice(0, 10).join(", ")}.`;
    else if (set["on"] === true && powerTo !== null) list.push(message(powerTo, config.payload("payload_on", "ON")));
    let inMode = mode;
    if (!off && (set["mode"] !== undefined || (set["on"] === true && powerTo === null && canOff))) {
      const wish = theirs(set["mode"] ?? "on", device);
      if (wish === null)
        return set["mode"] === undefined ? "In which mode it ran before is not known: ask for a mode." : `Its modes are ${modes.slice(0, 10).join(", ")}.`;
      if (modeTo === null) return "Its mode cannot be set.";
      inMode = wish;
      list.push(message(modeTo, wish));
    }
    const setpoint = set["setpoint"] ?? (set["on"] === true && !canOff ? (lastSetpoint === null ? undefined : toOurs(lastSetpoint)) : undefined);
    if (set["on"] === true && !canOff && setpoint === undefined) return "At which setpoint it ran before is not known: ask for a setpoint.";
    if (setpoint !== undefined) list.push(setpointMessage(setpoint, inMode));
    return list.length === 0 ? "Nothing of that can be asked of it." : messages(list);
  }

  const writable = modeTo !== null || powerTo !== null || settable;
  const openLoop = writable && !told([modeFrom, powerFrom, ...temperatures.map((t) => t.from)]);
  return { roles, reads, claim: water ? HEATER : CLIMATE, kind: water ? "boiler" : "ac", openLoop, ...(writable ? { write } : {}) };
}

/** Home Assistant's bounds for water are written in Fahrenheit. */
function toTheirsUsual(degrees: number, fahrenheit: boolean): number {
  return fahrenheit ? degrees : Math.round(convert(degrees, "°F", "°C")!);
}
