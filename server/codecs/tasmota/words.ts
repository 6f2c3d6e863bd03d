/** A Tasmota's words: states in its own language, its inputs and relays, and what its own names are called here. */
import { isOfficePoint } from "../../core/description.ts";
import type { PointValue } from "../../core/reading.ts";
import { isObject, own } from "../codec.ts";
import type { Box } from "./discovery.ts";

export type Values = Record<string, PointValue>;

const PLAIN_NAME = /^[A-Za-z0-9_.-]{1,60}$/;
const DOOR = /door|window|contact|门|窗/i;
const PEOPLE = /\bpir\b|motion|presence|occup|人体|人感|移动|存在/i;

/** A number, also where it is written as text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" && /^\s*[+-]?\d{1,15}(\.\d{1,15})?\s*$/.test(value) ? Number(value) : undefined;
}

/** A point's name of one of the device's own, which never is one of the office's words. */
export function ownName(path: string): string {
  const name = PLAIN_NAME.test(path) ? path : path.replaceAll(/[^A-Za-z0-9_.-]/g, "-").slice(0, 60);
  return isOfficePoint(name) ? `raw.${name}` : name;
}

/** What a switch input means by the names that people gave it; null where none of them says. */
export function inputOf(box: Box, index: number): "open" | "occupied" | null {
  // The box's own name says what its first input is.
  for (const name of [box.switches[index - 1] ?? "", index === 1 ? box.name : ""]) {
    if (PEOPLE.test(name)) return "occupied";
    if (DOOR.test(name)) return "open";
  }
  return null;
}

/** `{"Switch1":{"Action":"ON"}}`: an input that tells at once when it changes (SetOption114). */
export function readInputs(box: Box, message: Readonly<Record<string, unknown>>): Readonly<Values> {
  const values: Values = {};
  for (const [key, value] of Object.entries(message)) {
    const action = isObject(value) ? own(value, "Action") : undefined;
    const on = action === undefined ? undefined : wordOf(box, action);
    const named = on === undefined ? -1 : box.switches.indexOf(key);
    const index = named !== -1 ? named + 1 : Number(/^Switch(\d{1,2})$/.exec(key)?.[1] ?? 0);
    if (on === undefined || index === 0) continue;
    const means = inputOf(box, index);
    values[ownName(key)] = on;
    if (means !== null) values[means] = on;
  }
  return values;
}

/** What a `STATE` (or an answer) says of relays and dimmer, by relay; the sole relay is 1 whatever its key. */
export function readPower(box: Box, message: Readonly<Record<string, unknown>>): ReadonlyMap<number, Readonly<Values>> {
  const relays = new Map<number, Values>();
  const sole = box.relays.length === 1 ? box.relays[0]!.index : null;
  for (const [key, value] of Object.entries(message)) {
    if (!key.startsWith("POWER")) continue;
    const found = /^POWER(\d{0,2})$/.exec(key);
    const on = found === null ? undefined : wordOf(box, value);
    if (found === null || on === undefined) continue;
    const index = sole ?? (found[1] === "" ? 1 : Number(found[1]));
    if (box.relays.some((r) => r.index === index)) relays.set(index, { ...relays.get(index), on });
  }
  const dimmer = numberOf(own(message, "Dimmer"));
  const light = box.relays.find((r) => r.light);
  if (dimmer !== undefined && light !== undefined && box.dims) relays.set(light.index, { ...relays.get(light.index), brightness: dimmer });
  return relays;
}

/** A state's word in the device's own language; undefined where it is none. */
export function wordOf(box: Box, value: unknown): boolean | undefined {
  if (value === box.on) return true;
  if (value === box.off) return false;
  return value === "ON" ? true : value === "OFF" ? false : undefined;
}
