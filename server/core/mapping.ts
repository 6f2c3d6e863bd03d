/**
 * A declarative mapping: what a device that no codec knows says on which topics, and how it is commanded, as data. Nothing in it is run: topics with named levels, paths into JSON,
 * places in raw bytes, units, factors and tables of words.
 */
import type { DeviceKind } from "./device.ts";
import type { PointValue } from "./reading.ts";

/** How a number lies in raw bytes (transparent DTUs): A is the most significant byte of what it means. */
export interface BytesAt {
  readonly at: number;
  readonly type: "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "f32" | "bcd32";
  readonly order: "ABCD" | "DCBA" | "CDAB" | "BADC";
}

export interface MappedPoint {
  readonly point: string;
  /** Path into the JSON payload (`$.data.p`, `$.properties[key=A相电流].value`); empty: the payload itself, as text. */
  readonly path: string;
  /** Raw bytes, in place of a path. */
  readonly bytes?: BytesAt | undefined;
  /** The unit that the device writes; null: the office's own. */
  readonly unit: string | null;
  /** Applied before the unit: value × scale + offset. */
  readonly scale: number;
  readonly offset: number;
  /** Words (or numbers as words) that mean values; what stands in no table is refused. */
  readonly values?: Readonly<Record<string, PointValue>> | undefined;
  /** Values that mean "none" (65535, "--"). */
  readonly none: readonly (string | number)[];
}

export interface MappedCommand {
  /** Points of one command that it carries out; all of them must be asked, and no others, for it to be taken. */
  readonly points: readonly string[];
  /** Topic with levels of the device's own: `usr/{device}/down`. */
  readonly topic: string;
  /** Payload with `{point}` for a value, `{id}` for the command's id, `{now}` for ms. */
  readonly payload: string;
  /** Values in the device's words, by point, then by our value as text. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
}

export interface Mapping {
  readonly id: string;
  /** Topic with named levels (`usr/{device}/up`), `+` for any, a last `{rest...}` for all that follow. */
  readonly topic: string;
  /** What tells devices apart: named levels and paths, such as `{device}` or `{$.sn}`. */
  readonly device: string;
  readonly name: string;
  readonly kind: DeviceKind | null;
  readonly interval: number | null;
  readonly openLoop: boolean;
  readonly time: { readonly path: string; readonly as: "ms" | "s" | "iso" } | null;
  readonly points: readonly MappedPoint[];
  readonly availability: { readonly topic: string; readonly online: string; readonly offline: string } | null;
  readonly commands: readonly MappedCommand[];
  /** The device's answer: where it comes, which path has the command's id, and what it says when it is taken. */
  readonly ack: { readonly topic: string; readonly id: string; readonly accepted: { readonly path: string; readonly is: string } | null } | null;
}

/**
 * Why there is no value at a point: nothing at its path; the device itself says that it has none; an object or a list; a word that no table has; no number; a unit that
 * cannot be turned into the office's.
 */
export const MAPPING_WRONGS = ["nothing", "none", "no-value", "no-word", "no-number", "unit"] as const;
export type MappingWrong = (typeof MAPPING_WRONGS)[number];

/** A topic pattern taken apart. */
export type Level =
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "any"; readonly name: string | null }
  | { readonly kind: "rest"; readonly name: string };

/** The levels of a pattern, or what is wrong with it. */
export function readTopic(pattern: string): readonly Level[] | { readonly wrong: string } {
  if (pattern === "" || pattern.length > 300) return { wrong: "must have 1 to 300 characters" };
  const levels: Level[] = [];
  const names = new Set<string>();
  const parts = pattern.split("/");
  for (const [i, part] of parts.entries()) {
    const named = /^\{([a-z][a-z0-9_]{0,30})(\.\.\.)?\}$/i.exec(part);
    if (part === "+") levels.push({ kind: "any", name: null });
    else if (named !== null) {
      const [, name = "", rest] = named;
      if (names.has(name)) return { wrong: `names the level {${name}} twice` };
      names.add(name);
      if (rest !== undefined && i !== parts.length - 1) return { wrong: `{${name}...} can only be the last level` };
      levels.push(rest === undefined ? { kind: "any", name } : { kind: "rest", name });
    } else if (/[+#{}]/.test(part)) return { wrong: `'${part}' is neither a word, + nor {name}` };
    else levels.push({ kind: "word", word: part });
  }
  const first = parts[0]!;
  if (levels.every((l) => l.kind !== "word")) return { wrong: "needs at least one level that is a word: it would take every topic there is" };
  if (first === "jieyue" || first.startsWith("$")) return { wrong: `${first}/… is not for mappings` };
  return levels;
}

/** The filter to subscribe to. */
export function filterOf(levels: readonly Level[]): string {
  return levels.map((l) => (l.kind === "word" ? l.word : l.kind === "any" ? "+" : "#")).join("/");
}

/** The named levels of a topic that fits; null where it does not. */
export function matchTopic(levels: readonly Level[], topic: string): ReadonlyMap<string, string> | null {
  const parts = topic.split("/");
  const found = new Map<string, string>();
  for (const [i, level] of levels.entries()) {
    if (level.kind === "rest") {
      if (i >= parts.length) return null;
      found.set(level.name, parts.slice(i).join("/"));
      return found;
    }
    const part = parts[i];
    if (part === undefined || (level.kind === "word" && level.word !== part)) return null;
    if (level.kind === "any") {
      if (part === "") return null;
      if (level.name !== null) found.set(level.name, part);
    }
  }
  return parts.length === levels.length ? found : null;
}

export type Step =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "where"; readonly key: string; readonly is: string };

/** The steps of a path (`$.a.b[0]['c d'][key=值]`), or what is wrong with it. An empty path is the payload itself. */
export function readPath(path: string): readonly Step[] | { readonly wrong: string } {
  if (path.length > 200) return { wrong: "is longer than 200 characters" };
  const steps: Step[] = [];
  let rest = path.startsWith("$") ? path.slice(1) : path === "" || path.startsWith("[") ? path : `.${path}`;
  while (rest !== "") {
    const key = /^\.([^.[\]'"]{1,80})/.exec(rest);
    const quoted = /^\['([^']{1,80})'\]/.exec(rest);
    const index = /^\[(\d{1,4})\]/.exec(rest);
    const where = /^\[([^=[\]']{1,40})=([^[\]']{1,80})\]/.exec(rest);
    const found = key ?? quoted ?? index ?? where;
    if (found === null) return { wrong: `cannot be read from '${rest.slice(0, 30)}' on: write $.key, ['key'], [0] or [key=value]` };
    if (index !== null && found === index) steps.push({ kind: "index", index: Number(index[1]) });
    else if (where !== null && found === where) steps.push({ kind: "where", key: where[1]!, is: where[2]! });
    else steps.push({ kind: "key", key: found[1]! });
    if (steps.length > 12) return { wrong: "has more than 12 steps" };
    rest = rest.slice(found[0].length);
  }
  return steps;
}

/** What lies at the end of a path; undefined where nothing does. Only what an object has itself is looked at. */
export function follow(value: unknown, steps: readonly Step[]): unknown {
  let here = value;
  for (const step of steps) {
    if (typeof here !== "object" || here === null) return undefined;
    if (step.kind === "index") here = Array.isArray(here) ? (here as unknown[])[step.index] : undefined;
    else if (step.kind === "key") here = !Array.isArray(here) && Object.hasOwn(here, step.key) ? (here as Record<string, unknown>)[step.key] : undefined;
    else here = Array.isArray(here) ? (here as unknown[]).find((item) => isIt(item, step.key, step.is)) : undefined;
  }
  return here;
}

function isIt(item: unknown, key: string, is: string): boolean {
  if (typeof item !== "object" || item === null || !Object.hasOwn(item, key)) return false;
  const value = (item as Record<string, unknown>)[key];
  return (typeof value === "string" || typeof value === "number" || typeof value === "boolean") && String(value) === is;
}

/** A template's text with its places filled; null where one of them has nothing. Places: `{name}` of a level, `{$.path}` into the payload. */
export function fill(template: string, levels: ReadonlyMap<string, string>, payload: unknown): string | null {
  let missing = false;
  const text = template.replaceAll(/\{([^{}]{1,200})\}/g, (_, place: string) => {
    const steps = place.startsWith("$") ? readPath(place) : null;
    const found = steps === null ? levels.get(place) : "wrong" in steps ? undefined : follow(payload, steps);
    if (typeof found !== "string" && typeof found !== "number") {
      missing = true;
      return "";
    }
    return String(found);
  });
  return missing || text === "" || text.length > 300 ? null : text;
}

const SIZES = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4, bcd32: 4 } as const;

/** A number in raw bytes; undefined where they end before it, or hold no decimal digits. */
export function numberAt(bytes: Uint8Array, { at, type, order }: BytesAt): number | undefined {
  const size = SIZES[type];
  if (at + size > bytes.length) return undefined;
  const raw = [...bytes.subarray(at, at + size)];
  if (size === 4) {
    const [a, b, c, d] = raw as [number, number, number, number];
    raw.splice(0, 4, ...(order === "ABCD" ? [a, b, c, d] : order === "DCBA" ? [d, c, b, a] : order === "CDAB" ? [c, d, a, b] : [b, a, d, c]));
  } else if (size === 2 && (order === "DCBA" || order === "BADC")) raw.reverse();
  const view = new DataView(Uint8Array.from(raw).buffer);
  switch (type) {
    case "u8":
      return view.getUint8(0);
    case "i8":
      return view.getInt8(0);
    case "u16":
      return view.getUint16(0);
    case "i16":
      return view.getInt16(0);
    case "u32":
      return view.getUint32(0);
    case "i32":
      return view.getInt32(0);
    case "f32":
      return view.getFloat32(0);
    case "bcd32": {
      const digits = raw.map((b) => b.toString(16).padStart(2, "0")).join("");
      return /^\d+$/.test(digits) ? Number(digits) : undefined;
    }
  }
}
