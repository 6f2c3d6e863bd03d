/** What a Zigbee device says of itself in `bridge/devices`: `definition.exposes`, flattened to its properties. */
import { isObject, own, shortText } from "../codec.ts";
import type { PointValue } from "../../core/reading.ts";

/** Bits of `access`. */
export const PUBLISHED = 1;
export const SETTABLE = 2;
export const READABLE = 4;

export interface Property {
  /** The key in its messages; `name` is what it means (`state` of a two-gang switch is said as `state_left`). */
  readonly property: string;
  readonly name: string;
  /** What it is a feature of: `switch`, `light`, `climate` …; null where it stands alone. */
  readonly of: string | null;
  readonly endpoint: string | null;
  readonly type: "binary" | "numeric" | "enum" | "text";
  readonly access: number;
  readonly unit: string | null;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** Of an enum. */
  readonly values: readonly string[];
  /** Of a binary: what it says for true and for false. */
  readonly on: PointValue;
  readonly off: PointValue;
}

/** A device with more than these is a fault or a flood. */
const MAX_PROPERTIES = 256;
const MAX_DEPTH = 4;
const MAX_VALUES = 64;
const SCALARS = new Set(["binary", "numeric", "enum", "text"]);

/** The properties in the order of their description; what could not be read is said in `unread`. */
export function propertiesOf(exposes: unknown, unread: string[]): readonly Property[] {
  const found: Property[] = [];
  const taken = new Set<string>();
  walk(exposes, null, null, MAX_DEPTH);
  return found;

  function walk(list: unknown, of: string | null, endpoint: string | null, depth: number): void {
    if (!Array.isArray(list) || depth === 0) return;
    for (const item of list.slice(0, MAX_PROPERTIES)) {
      if (!isObject(item)) continue;
      const type = shortText(own(item, "type"), 40);
      if (type === null) continue;
      const at = shortText(own(item, "endpoint"), 40) ?? endpoint;
      if (SCALARS.has(type)) take(item, type as Property["type"], of, at);
      // A composite is an object within the message: nothing of it is a point. A list says nothing of one value either.
      else if (type !== "composite" && type !== "list") walk(own(item, "features"), type, at, depth - 1);
    }
  }

  function take(item: Record<string, unknown>, type: Property["type"], of: string | null, endpoint: string | null): void {
    const name = shortText(own(item, "name"), 100);
    const property = shortText(own(item, "property"), 100) ?? name;
    const access = own(item, "access");
    if (name === null || property === null || taken.has(property)) return;
    if (found.length >= MAX_PROPERTIES) {
      if (found.length === MAX_PROPERTIES && !unread.includes("more")) unread.push(`More than ${MAX_PROPERTIES} properties: the rest is passed on as it is.`);
      return;
    }
    if (typeof access !== "number" || !Number.isInteger(access)) {
      unread.push(`${property}: its access is no number, so it is only read.`);
    }
    taken.add(property);
    const values = own(item, "values");
    found.push({
      property,
      name,
      of,
      endpoint,
      type,
      access: typeof access === "number" && Number.isInteger(access) ? access & 7 : PUBLISHED,
      unit: shortText(own(item, "unit"), 20),
      ...finite("min", own(item, "value_min")),
      ...finite("max", own(item, "value_max")),
      ...finite("step", own(item, "value_step")),
      values: Array.isArray(values) ? values.filter((v): v is string => typeof v === "string" && v.length <= 100).slice(0, MAX_VALUES) : [],
      on: scalar(own(item, "value_on"), true),
      off: scalar(own(item, "value_off"), false),
    });
  }
}

function finite(key: "min" | "max" | "step", value: unknown): { readonly [k in typeof key]?: number } {
  return typeof value === "number" && Number.isFinite(value) ? { [key]: value } : {};
}

function scalar(value: unknown, fallback: PointValue): PointValue {
  return typeof value === "boolean" || typeof value === "string" || (typeof value === "number" && Number.isFinite(value)) ? value : fallback;
}
