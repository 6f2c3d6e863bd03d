/** A mapping while somebody writes it in the form: numbers as typed, tables as rows. What it comes to is JSON, which is as good as YAML. */
import type { BytesAt, Mapping } from "../../../server/core/mapping.ts";
import type { PointValue } from "../../../server/core/reading.ts";
import { officePoint } from "../../../server/core/description.ts";

export type Pair = readonly [from: string, to: string];

export interface PointDraft {
  readonly point: string;
  readonly path: string;
  readonly bytes: { readonly at: string; readonly type: BytesAt["type"]; readonly order: BytesAt["order"] } | null;
  readonly unit: string;
  readonly scale: string;
  readonly offset: string;
  /** The device's words, each with our value as text. */
  readonly values: readonly Pair[];
  /** What means "none", one after the other, with commas between. */
  readonly none: string;
}

export interface CommandDraft {
  readonly points: readonly string[];
  readonly topic: string;
  readonly payload: string;
  /** By point: our value as text, each with the device's word. */
  readonly values: Readonly<Record<string, readonly Pair[]>>;
}

export interface MappingDraft {
  readonly id: string;
  readonly topic: string;
  readonly device: string;
  readonly name: string;
  readonly kind: string;
  readonly interval: string;
  readonly openLoop: boolean;
  readonly timePath: string;
  readonly timeAs: "ms" | "s" | "iso";
  readonly points: readonly PointDraft[];
  readonly availability: { readonly topic: string; readonly online: string; readonly offline: string };
  readonly commands: readonly CommandDraft[];
  readonly ack: { readonly topic: string; readonly id: string; readonly path: string; readonly is: string };
}

/** Places of templates, as they are written: for texts that tell of them. */
export const PLACES = { level: "{level}", point: "{point}", id: "{id}", now: "{now}" } as const;

export const NO_POINT: PointDraft = { point: "", path: "", bytes: null, unit: "", scale: "", offset: "", values: [], none: "" };
export const NO_COMMAND: CommandDraft = { points: [], topic: "", payload: "", values: {} };

const but = (value: number, usual: number): string => (value === usual ? "" : String(value));

export function draftOfMapping(m: Mapping): MappingDraft {
  return {
    id: m.id,
    topic: m.topic,
    device: m.device,
    name: m.name,
    kind: m.kind ?? "",
    interval: m.interval === null ? "" : String(m.interval),
    openLoop: m.openLoop,
    timePath: m.time?.path ?? "",
    timeAs: m.time?.as ?? "ms",
    points: m.points.map((p) => ({
      point: p.point,
      path: p.path,
      bytes: p.bytes === undefined ? null : { at: String(p.bytes.at), type: p.bytes.type, order: p.bytes.order },
      unit: p.unit ?? "",
      scale: but(p.scale, 1),
      offset: but(p.offset, 0),
      values: Object.entries(p.values ?? {}).map(([word, value]) => [word, String(value)] as const),
      none: p.none.join(", "),
    })),
    availability: m.availability ?? { topic: "", online: "online", offline: "offline" },
    commands: m.commands.map((c) => ({
      points: c.points,
      topic: c.topic,
      payload: c.payload,
      values: Object.fromEntries(Object.entries(c.values ?? {}).map(([point, table]) => [point, Object.entries(table)])),
    })),
    ack: { topic: m.ack?.topic ?? "", id: m.ack?.id ?? "", path: m.ack?.accepted?.path ?? "", is: m.ack?.accepted?.is ?? "" },
  };
}

/** A number as it was typed; what is none stays text, so that the server says so. */
function number(text: string): number | string {
  const plain = text.trim().replace(",", ".");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : text;
}

/** Our value in a table of words: a switch is no text. */
function valueIn(point: string, text: string): PointValue {
  const type = officePoint(point)?.type;
  if (type === "enum") return text;
  if (text === "true" || text === "false") return text === "true";
  return type === "boolean" ? text : number(text);
}

const given = <K extends string, V>(key: K, value: V, when: boolean): Partial<Record<K, V>> => (when ? ({ [key]: value } as Record<K, V>) : {});
const table = <T>(rows: readonly Pair[], value: (to: string) => T): Record<string, T> =>
  Object.fromEntries(rows.filter(([from]) => from !== "").map(([from, to]) => [from, value(to)]));

function pointOf(p: PointDraft): object {
  const none = p.none
    .split(/[,，]/)
    .map((n) => n.trim())
    .filter((n) => n !== "");
  return {
    point: p.point,
    ...(p.bytes === null ? given("path", p.path, p.path !== "") : { bytes: { at: number(p.bytes.at), type: p.bytes.type, order: p.bytes.order } }),
    ...given("unit", p.unit.trim(), p.unit.trim() !== ""),
    ...given("scale", number(p.scale), p.scale.trim() !== ""),
    ...given("offset", number(p.offset), p.offset.trim() !== ""),
    ...given(
      "values",
      table(p.values, (to) => valueIn(p.point, to)),
      p.values.some(([from]) => from !== ""),
    ),
    ...given("none", none.map(number), none.length > 0),
  };
}

function commandOf({ points, topic, payload, values }: CommandDraft): object {
  const tables = points.flatMap((point) => {
    const rows = (values[point] ?? []).filter(([from]) => from !== "");
    return rows.length === 0 ? [] : [[point, table(rows, (to) => to)] as const];
  });
  return { points, topic, payload, ...given("values", Object.fromEntries(tables), tables.length > 0) };
}

/** The mapping as text; only what is said, nothing that is so anyway. */
export function textOfDraft(d: MappingDraft): string {
  const { availability: a, ack } = d;
  return JSON.stringify(
    {
      id: d.id,
      topic: d.topic,
      ...given("device", d.device, d.device !== "" && d.device !== "{device}"),
      ...given("name", d.name, d.name !== ""),
      ...given("kind", d.kind, d.kind !== ""),
      ...given("interval", number(d.interval), d.interval.trim() !== ""),
      ...given("openLoop", true, d.openLoop),
      ...given("time", { path: d.timePath, as: d.timeAs }, d.timePath !== ""),
      points: d.points.map(pointOf),
      ...given("availability", a, a.topic !== ""),
      ...given("commands", d.commands.map(commandOf), d.commands.length > 0),
      ...given("ack", { topic: ack.topic, id: ack.id, ...given("accepted", { path: ack.path, is: ack.is }, ack.path !== "") }, ack.topic !== ""),
    },
    null,
    1,
  );
}

/** What one level of a topic's pattern means. */
export type LevelAs = { readonly kind: "word"; readonly word: string } | { readonly kind: "any" } | { readonly kind: "named"; readonly name: string };

export function levelAs(part: string): LevelAs {
  if (part === "+") return { kind: "any" };
  const named = /^\{([^{}]*)\}$/.exec(part);
  return named === null ? { kind: "word", word: part } : { kind: "named", name: named[1]! };
}

export function partOf(level: LevelAs): string {
  return level.kind === "word" ? level.word : level.kind === "any" ? "+" : `{${level.name}}`;
}

/** The pattern with one level of it changed. */
export function withLevel(pattern: string, at: number, level: LevelAs): string {
  return pattern
    .split("/")
    .map((part, i) => (i === at ? partOf(level) : part))
    .join("/");
}

/** The problem's messages for one field and what is within it. */
export function wrongAt(problems: readonly { readonly path: string; readonly message: string }[], path: string): string | null {
  const own = problems.filter((p) => p.path === path || p.path.startsWith(`${path}.`));
  return own.length === 0 ? null : own.map((p) => p.message).join("; ");
}
