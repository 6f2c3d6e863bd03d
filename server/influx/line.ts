/** A reading as a line of InfluxDB's line protocol; LAYOUT.md says what stands where. Pure. */
import { escape } from "@influxdata/influxdb-client";
import type { PointId } from "../core/reading.ts";
import type { JournalReading } from "../ports/history.ts";

/** The measurement of raw readings. */
export const READING = "reading";
/** InfluxDB keeps at most so many bytes in a text field. */
const MAX_TEXT_BYTES = 65_536;
/** Bytes of a whole series key; InfluxDB takes 65,535. */
const MAX_TAG_CHARACTERS = 4_096;
/** Prefixes that are remembered; past it the memory begins anew. */
const MAX_PREFIXES = 50_000;

/** What names a point there. */
export interface PointTags {
  readonly building: string;
  readonly device: string;
  readonly point: string;
}

export type Written =
  | { readonly kind: "line"; readonly line: string }
  /** InfluxDB has no way to say it. */
  | { readonly kind: "unwritable"; readonly reason: string };

/** The tags of a point, or null for an id that is not `<building>/<device>/<point>`. */
export function tagsOf(point: PointId): PointTags | null {
  const first = point.indexOf("/");
  const last = point.lastIndexOf("/");
  if (first <= 0 || last <= first + 1 || last === point.length - 1 || point.length > MAX_TAG_CHARACTERS) return null;
  return { building: tagText(point.slice(0, first)), device: tagText(point.slice(first + 1, last)), point: tagText(point.slice(last + 1)) };
}

/** A tag knows neither line ends nor a backslash at its end, so those (and the sign that says so) are written as `%5C`. */
function tagText(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\\%]/gu, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

/** `measurement,building=…,device=…,point=…` with what else names the series, in the order of the keys; null for an id that names no point. */
export function seriesOf(measurement: string, point: PointId, more: readonly (readonly [string, string])[] = []): string | null {
  const tags = tagsOf(point);
  if (tags === null) return null;
  const pairs = [...Object.entries(tags), ...more].sort(([a], [b]) => (a < b ? -1 : 1));
  return [measurement, ...pairs.map(([key, value]) => `${key}=${escape.tag(value)}`)].join(",");
}

/** Writes readings as lines; the same reading is the same line, so that whatever is sent again overwrites itself. */
export function createLines(): (reading: JournalReading) => Written {
  const prefixes = new Map<PointId, string | null>();
  return (reading) => {
    const { point, at, received, value, quality } = reading;
    let prefix = prefixes.get(point);
    if (prefix === undefined) {
      if (prefixes.size >= MAX_PREFIXES) prefixes.clear();
      prefixes.set(point, (prefix = seriesOf(READING, point)));
    }
    if (prefix === null) return unwritable("the point's id is not <building>/<device>/<point>");
    if (!Number.isSafeInteger(at)) return unwritable("its time is not a whole number of milliseconds");
    const fields = fieldsOf(value, quality);
    if (fields.kind === "unwritable") return fields;
    const delay = received - at;
    const late = Number.isSafeInteger(delay) && delay !== 0 ? `,delay=${delay}i` : "";
    return { kind: "line", line: `${prefix} ${fields.line}${late} ${at}` };
  };
}

function fieldsOf(value: JournalReading["value"], quality: JournalReading["quality"]): Written {
  if (typeof value === "number" && !Number.isFinite(value)) return unwritable(`InfluxDB has no number ${value}`);
  if (typeof value === "string" && Buffer.byteLength(value) > MAX_TEXT_BYTES) return unwritable(`its text is longer than ${MAX_TEXT_BYTES} bytes`);
  // What its source says is wrong stands apart: no mean takes it in by accident.
  if (quality === "bad") return { kind: "line", line: `bad=${quoted(JSON.stringify(value))}` };
  const suspect = quality === "suspect" ? "t" : "f";
  if (typeof value === "number") return { kind: "line", line: `value=${value},suspect=${suspect}` };
  if (typeof value === "string") return { kind: "line", line: `text=${quoted(value)},suspect=${suspect}` };
  return { kind: "line", line: `value=${value ? 1 : 0},state=${value ? "t" : "f"},suspect=${suspect}` };
}

function quoted(text: string): string {
  return escape.quoted(text.toWellFormed());
}

function unwritable(reason: string): Written {
  return { kind: "unwritable", reason };
}
