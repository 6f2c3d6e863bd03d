/** One line of the form in which a rule is written, and the condition that it says. */
import type { DeviceKind } from "../../server/core/device.ts";
import { POINTS } from "../../server/core/device.ts";

export type Operator = "above" | "below" | "between" | "is" | "isNot" | "absent";

export type Row =
  | {
      readonly kind: "point";
      /** Kind of the neighbour; empty: the device itself. */
      readonly of: string;
      readonly point: string;
      readonly operator: Operator;
      /** For `absent` in minutes. */
      readonly value: string;
      /** The upper end of `between`. */
      readonly upTo: string;
      /** Of `above` and `below`: how far back beyond the limit it must come before it is over. */
      readonly deadband?: string;
      readonly minutes: string;
    }
  | { readonly kind: "calendar"; readonly word: string }
  | { readonly kind: "room"; readonly state: "empty" | "occupied"; readonly minutes: string };

function definitionOf(kind: string, point: string) {
  return POINTS[kind as DeviceKind]?.find((p) => p.name === point);
}

export function pointsOf(kind: string): readonly string[] {
  return (POINTS[kind as DeviceKind] ?? []).map((p) => p.name);
}

export function valueOf(kind: string, point: string, text: string): unknown {
  const type = definitionOf(kind, point)?.type;
  return type === "boolean" ? text === "true" : type === "enum" ? text : Number(text);
}

/** What a point may be compared by; the first is the usual one. */
export function operatorsOf(kind: string, point: string): readonly Operator[] {
  return definitionOf(kind, point)?.type === "number" ? ["above", "below", "between", "is", "isNot", "absent"] : ["is", "isNot", "absent"];
}

/** A value to begin with: empty where it is a number that somebody must say. */
export function startValue(kind: string, point: string): string {
  const definition = definitionOf(kind, point);
  return definition?.type === "boolean" ? "true" : (definition?.values?.[0] ?? "");
}

/** A line about a point of a kind (its first, unless told), as it begins. `of` is empty for the device itself. */
export function startRow(kind: string, of = "", point = pointsOf(of || kind)[0] ?? ""): Row {
  return { kind: "point", of, point, operator: operatorsOf(of || kind, point)[0]!, value: startValue(of || kind, point), upTo: "", minutes: "" };
}

/** The condition of a line, for a rule about devices of a kind. */
export function conditionOf(row: Row, kind: string): object {
  if (row.kind === "calendar") return { calendar: row.word };
  const lasting = row.minutes === "" ? {} : { for: Number(row.minutes) * 60 };
  if (row.kind === "room") return { room: row.state, ...lasting };
  const whose = { point: row.point, ...(row.of === "" ? {} : { of: row.of }) };
  if (row.operator === "absent") return { ...whose, absent: Number(row.value) * 60 };
  const value = valueOf(row.of === "" ? kind : row.of, row.point, row.value);
  const limited = row.operator === "above" || row.operator === "below";
  const deadband = limited && row.deadband !== undefined && row.deadband !== "" ? { deadband: Number(row.deadband) } : {};
  return { ...whose, ...deadband, [row.operator]: row.operator === "between" ? [value, Number(row.upTo)] : value, ...lasting };
}
