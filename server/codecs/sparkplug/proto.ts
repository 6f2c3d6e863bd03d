/**
 * The payload of Sparkplug B as far as it is read and written here, in our own words after the specification (Eclipse Sparkplug 3.0, §6.4): what is left out (data sets, templates,
 * nested property sets, files) is skipped on the wire. 64-bit values are exact up to 2⁵³ and count as no number beyond.
 */
import protobuf from "protobufjs";

const PROTO = `
syntax = "proto2";
message PropertyValue {
  optional uint32 type = 1;
  optional bool is_null = 2;
  optional uint32 int_value = 3;
  optional uint64 long_value = 4;
  optional float float_value = 5;
  optional double double_value = 6;
  optional bool boolean_value = 7;
  optional string string_value = 8;
}
message PropertySet {
  repeated string keys = 1;
  repeated PropertyValue values = 2;
}
message Metric {
  optional string name = 1;
  optional uint64 alias = 2;
  optional uint64 timestamp = 3;
  optional uint32 datatype = 4;
  optional bool is_historical = 5;
  optional bool is_transient = 6;
  optional bool is_null = 7;
  optional PropertySet properties = 9;
  optional uint32 int_value = 10;
  optional uint64 long_value = 11;
  optional float float_value = 12;
  optional double double_value = 13;
  optional bool boolean_value = 14;
  optional string string_value = 15;
}
message Payload {
  optional uint64 timestamp = 1;
  repeated Metric metrics = 2;
  optional uint64 seq = 3;
}
`;

const Payload = protobuf.parse(PROTO, { keepCase: true }).root.lookupType("Payload");

export interface WireProperty {
  readonly string_value?: string;
}
export interface WireMetric {
  readonly name?: string;
  readonly alias?: number;
  readonly timestamp?: number;
  readonly datatype?: number;
  readonly is_historical?: boolean;
  readonly is_null?: boolean;
  readonly properties?: { readonly keys?: readonly string[]; readonly values?: readonly WireProperty[] };
  readonly int_value?: number;
  /** As decimal text: a signed 64-bit value travels as an unsigned one. */
  readonly long_value?: string;
  readonly float_value?: number;
  readonly double_value?: number;
  readonly boolean_value?: boolean;
  readonly string_value?: string;
}
export interface WirePayload {
  readonly timestamp?: number;
  readonly metrics?: readonly WireMetric[];
  readonly seq?: number;
}

/** Sparkplug's data types that have values here. */
export const TYPES = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint8: 5,
  uint16: 6,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
  string: 12,
  dateTime: 13,
  text: 14,
} as const;

/** Null for bytes that are no payload. */
export function decodePayload(bytes: Uint8Array): WirePayload | null {
  try {
    const plain = Payload.toObject(Payload.decode(bytes), { longs: String }) as Record<string, unknown>;
    const metrics = (plain["metrics"] as Record<string, unknown>[] | undefined) ?? [];
    return {
      ...plain,
      ...numbers(plain, ["timestamp", "seq"]),
      metrics: metrics.map((m) => ({ ...m, ...numbers(m, ["timestamp", "alias"]) })),
    } as WirePayload;
  } catch {
    return null;
  }
}

/** Long fields as numbers; NaN beyond 2⁵³. */
function numbers(object: Record<string, unknown>, keys: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const key of keys) {
    if (object[key] === undefined) continue;
    const value = Number(object[key]);
    found[key] = Number.isSafeInteger(value) ? value : Number.NaN;
  }
  return found;
}

export function encodePayload(payload: WirePayload): Uint8Array {
  return Payload.encode(Payload.fromObject(payload)).finish();
}

/** A metric's value as its data type means it; null where it has none that can be read. */
export function valueOf(metric: WireMetric, datatype: number): number | boolean | string | null {
  if (metric.is_null === true) return null;
  if (metric.boolean_value !== undefined) return metric.boolean_value;
  if (metric.string_value !== undefined) return metric.string_value;
  // A float's shortest decimal: 60.20000076293945 was written as 60.2.
  if (metric.float_value !== undefined) return Number(metric.float_value.toPrecision(7));
  if (metric.double_value !== undefined) return metric.double_value;
  if (metric.int_value !== undefined) return signed(metric.int_value, datatype);
  if (metric.long_value === undefined) return null;
  const long = datatype === TYPES.int64 ? BigInt.asIntN(64, BigInt(metric.long_value)) : BigInt(metric.long_value);
  const value = Number(long);
  return Number.isSafeInteger(value) ? value : null;
}

/** Signed whole numbers travel as unsigned ones of 32 bits. */
function signed(value: number, datatype: number): number {
  if (datatype === TYPES.int8) return (value << 24) >> 24;
  if (datatype === TYPES.int16) return (value << 16) >> 16;
  return datatype === TYPES.int32 ? value | 0 : value;
}

/** A value as a metric of this type carries it; null where it cannot. */
export function metricOf(name: string, datatype: number, value: number | boolean | string, now: number): WireMetric | null {
  const base = { name, datatype, timestamp: now };
  if (datatype === TYPES.boolean) return typeof value === "boolean" ? { ...base, boolean_value: value } : null;
  if (datatype === TYPES.string || datatype === TYPES.text) return { ...base, string_value: String(value) };
  const number = typeof value === "boolean" ? Number(value) : value;
  if (typeof number !== "number") return null;
  if (datatype === TYPES.float) return { ...base, float_value: number };
  if (datatype === TYPES.double) return { ...base, double_value: number };
  if (datatype === TYPES.int64 || datatype === TYPES.uint64) return { ...base, long_value: BigInt.asUintN(64, BigInt(Math.round(number))).toString() };
  return datatype >= TYPES.int8 && datatype <= TYPES.uint32 ? { ...base, int_value: Math.round(number) >>> 0 } : null;
}
