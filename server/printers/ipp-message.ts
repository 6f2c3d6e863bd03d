/**
 * IPP messages (RFC 8010): a request as bytes, an answer read from bytes. Pure. What is read is bounded and never throws: what no printer can mean ends
 * the reading with a sentence. Collections, which nothing here asks for, are passed over.
 */
import type { Millis } from "../core/reading.ts";

export const OPERATIONS = {
  "Cancel-Job": 0x0008,
  "Get-Job-Attributes": 0x0009,
  "Get-Jobs": 0x000a,
  "Get-Printer-Attributes": 0x000b,
  "Hold-Job": 0x000c,
  "Release-Job": 0x000d,
  /** CUPS's own. */
  "CUPS-Get-Document": 0x4027,
} as const;
export type Operation = keyof typeof OPERATIONS;

/** Tags of values, as far as they are written or read here. */
const TAG = {
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  dateTime: 0x31,
  range: 0x33,
  begin: 0x34,
  end: 0x37,
  uri: 0x45,
  name: 0x42,
  keyword: 0x44,
  charset: 0x47,
  language: 0x48,
};
const GROUP = { operation: 0x01, job: 0x02, end: 0x03, printer: 0x04 };

export interface IppRange {
  readonly from: number;
  readonly to: number;
}
/** Times (`dateTime`) are ms. */
export type IppValue = number | boolean | string | IppRange;
export type IppAttributes = ReadonlyMap<string, readonly IppValue[]>;

export interface IppAnswer {
  /** 0x0000 to 0x00ff: it worked. */
  readonly status: number;
  readonly request: number;
  readonly operation: IppAttributes;
  readonly printer: IppAttributes;
  readonly jobs: readonly IppAttributes[];
  /** What follows the attributes: a document, mostly nothing. */
  readonly data: Uint8Array;
}

/** One attribute of a request's operation group, after charset and language. */
export interface Asked {
  readonly name: string;
  readonly as: "uri" | "name" | "keyword" | "integer" | "boolean";
  readonly values: readonly Exclude<IppValue, IppRange>[];
}

export const MAX_ANSWER_BYTES = 20 * 1024 * 1024;
const MAX_ATTRIBUTES = 20_000;
const MAX_JOBS = 5_000;
const MAX_VALUES = 500;
const MAX_TEXT = 1023;

const utf8 = new TextEncoder();
const text = new TextDecoder();

export function encodeRequest(operation: Operation, request: number, asked: readonly Asked[]): Uint8Array {
  const bytes: number[] = [2, 0, ...int16(OPERATIONS[operation]), ...int32(request), GROUP.operation];
  const put = (tag: number, name: string, value: readonly number[]) =>
    bytes.push(tag, ...int16(name.length), ...utf8.encode(name), ...int16(value.length), ...value);
  put(TAG.charset, "attributes-charset", [...utf8.encode("utf-8")]);
  put(TAG.language, "attributes-natural-language", [...utf8.encode("en")]);
  for (const { name, as, values } of asked) {
    values.forEach((value, i) => {
      const raw = as === "integer" ? int32(Number(value)) : as === "boolean" ? [Number(value === true)] : [...utf8.encode(String(value)).subarray(0, MAX_TEXT)];
      put(TAG[as], i === 0 ? name : "", raw);
    });
  }
  bytes.push(GROUP.end);
  return Uint8Array.from(bytes);
}

/** What an answer says, or why it is none. */
export function decodeAnswer(bytes: Uint8Array): { readonly answer: IppAnswer } | { readonly wrong: string } {
  if (bytes.length > MAX_ANSWER_BYTES) return { wrong: `the answer has ${bytes.length} bytes; at most ${MAX_ANSWER_BYTES} are read` };
  if (bytes.length < 9) return { wrong: "the answer is too short to be IPP" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] !== 1 && bytes[0] !== 2) return { wrong: `the answer is no IPP of version 1 or 2; it begins with byte ${bytes[0]}` };
  const groups: Groups = { operation: new Map(), printer: new Map(), jobs: [] };
  let group: Map<string, IppValue[]> = new Map();
  let name = "";
  let depth = 0;
  let attributes = 0;
  let at = 8;
  for (;;) {
    if (at >= bytes.length) return { wrong: "the answer breaks off before its end" };
    const tag = bytes[at++]!;
    if (tag === GROUP.end) break;
    if (tag < 0x10) {
      group = openGroup(groups, tag);
      if (groups.jobs.length > MAX_JOBS) return { wrong: `the answer names more than ${MAX_JOBS} jobs` };
      name = "";
      depth = 0;
      continue;
    }
    const field = at + 2 > bytes.length ? 0 : view.getUint16(at);
    const lengthAt = at + 2 + field;
    if (lengthAt + 2 > bytes.length) return { wrong: "the answer breaks off in an attribute's name" };
    const valueAt = lengthAt + 2;
    const length = view.getUint16(lengthAt);
    if (valueAt + length > bytes.length) return { wrong: "the answer breaks off in an attribute's value" };
    const own = text.decode(bytes.subarray(at + 2, lengthAt));
    const raw = bytes.subarray(valueAt, valueAt + length);
    at = valueAt + length;
    if (++attributes > MAX_ATTRIBUTES) return { wrong: `the answer has more than ${MAX_ATTRIBUTES} values` };
    if (tag === TAG.begin) depth++;
    else if (tag === TAG.end) depth = Math.max(0, depth - 1);
    if (depth > 0 || tag === TAG.end) {
      if (depth === 1 && tag === TAG.begin && own !== "") name = own;
      continue;
    }
    if (own !== "") name = own;
    const value = valueOf(tag, raw);
    if (value === null || name === "") continue;
    const values = group.get(name);
    if (values === undefined) group.set(name, [value]);
    else if (values.length < MAX_VALUES) values.push(value);
  }
  return { answer: { status: view.getUint16(2), request: view.getInt32(4), ...groups, data: bytes.subarray(at) } };
}

interface Groups {
  readonly operation: Map<string, IppValue[]>;
  readonly printer: Map<string, IppValue[]>;
  readonly jobs: Map<string, IppValue[]>[];
}

/** The group that a delimiter opens; one that nobody asked for is read and forgotten. */
function openGroup(groups: Groups, tag: number): Map<string, IppValue[]> {
  if (tag === GROUP.operation) return groups.operation;
  if (tag === GROUP.printer) return groups.printer;
  const fresh = new Map<string, IppValue[]>();
  if (tag === GROUP.job) groups.jobs.push(fresh);
  return fresh;
}

/** One value; null where it is out-of-band (unknown, no-value) or of a form that is not read. */
function valueOf(tag: number, raw: Uint8Array): IppValue | null {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  if (tag === TAG.integer || tag === TAG.enum) return raw.length === 4 ? view.getInt32(0) : null;
  if (tag === TAG.boolean) return raw.length === 1 ? raw[0] !== 0 : null;
  if (tag === TAG.range) return raw.length === 8 ? { from: view.getInt32(0), to: view.getInt32(4) } : null;
  if (tag === TAG.dateTime) return raw.length === 11 ? timeOf(view, raw) : null;
  // Text and name with a language carry it before themselves; keywords, URIs and plain texts are as they are.
  if (tag === 0x35 || tag === 0x36) {
    const language = raw.length < 4 ? raw.length : view.getUint16(0);
    return raw.length < language + 4 ? null : text.decode(raw.subarray(language + 4).subarray(0, MAX_TEXT));
  }
  return tag >= 0x40 && tag <= 0x4f ? text.decode(raw.subarray(0, MAX_TEXT)) : null;
}

/** RFC 2579 DateAndTime with its offset from UTC, as ms; null where it is no date. */
function timeOf(view: DataView, raw: Uint8Array): Millis | null {
  const sign = raw[8] === 0x2b ? 1 : raw[8] === 0x2d ? -1 : 0;
  const [month, day, hour, minute, second] = [raw[2]!, raw[3]!, raw[4]!, raw[5]!, raw[6]!];
  if (sign === 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  return Date.UTC(view.getUint16(0), month - 1, day, hour, minute, second) - sign * (raw[9]! * 60 + raw[10]!) * 60_000;
}

const int16 = (value: number) => [(value >> 8) & 255, value & 255];
const int32 = (value: number) => [(value >> 24) & 255, (value >> 16) & 255, (value >> 8) & 255, value & 255];

/** An attribute's first value where it is a number, or a text; null for all else. */
export function numberIn(attributes: IppAttributes, name: string): number | null {
  const value = attributes.get(name)?.[0];
  return typeof value === "number" ? value : null;
}
export function rangesIn(attributes: IppAttributes, name: string): readonly IppRange[] {
  return (attributes.get(name) ?? []).filter((value) => typeof value === "object");
}
export function textIn(attributes: IppAttributes, name: string): string | null {
  const value = attributes.get(name)?.[0];
  return typeof value === "string" && value.trim() !== "" ? value.trim().slice(0, 300) : null;
}
