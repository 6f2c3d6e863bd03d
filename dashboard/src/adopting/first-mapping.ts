/** The text that a new mapping begins with: its topic with a level for the device, and a line for each value that its message holds. */
import type { UnknownTopicDto } from "../../../server/contract/adopting.ts";
import { readPath } from "../../../server/core/mapping.ts";
import { officeUnit } from "../../../server/core/description.ts";

const MOST_POINTS = 30;
const DEEPEST = 4;

interface Leaf {
  readonly path: string;
  readonly key: string;
  readonly value: number | boolean | string;
}

/** 2001 and 2100, s: what lies between under such a key is a time, in s or in ms. */
const TIMES = [978_307_200, 4_102_444_800] as const;

function leaves(value: unknown, path: string, key: string, deep: number): Leaf[] {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "string") return [{ path, key, value }];
  if (typeof value !== "object" || value === null || deep >= DEEPEST) return [];
  if (Array.isArray(value)) return value.slice(0, 5).flatMap((v, i) => leaves(v, `${path}[${i}]`, `${key}${i}`, deep + 1));
  return Object.entries(value).flatMap(([k, v]) => leaves(v, /^[^.[\]'"\s]+$/.test(k) ? `${path}.${k}` : `${path}['${k.replaceAll("'", "")}']`, k, deep + 1));
}

/** The level that most likely tells devices apart: the last with a digit, else the last but one. */
function levelOf(parts: readonly string[]): number {
  const numbered = parts.findLastIndex((p) => /\d/.test(p));
  return numbered > 0 ? numbered : Math.max(1, parts.length - 2);
}

function timeIn({ key, value }: Leaf): "s" | "ms" | null {
  if (typeof value !== "number" || !/^(t|ts|time|timestamp)$/i.test(key)) return null;
  const [first, last] = TIMES;
  return value > first && value < last ? "s" : value > first * 1000 && value < last * 1000 ? "ms" : null;
}

function pointName(key: string, taken: ReadonlySet<string>): string {
  const plain = key.replaceAll(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 60) || "value";
  const office = plain.toLowerCase();
  const name = officeUnit(office) === undefined ? plain : office;
  for (let n = 2; ; n++) {
    const candidate = n === 2 && !taken.has(name) ? name : `${name}_${n}`;
    if (!taken.has(candidate)) return candidate;
  }
}

export function firstMapping(topic: UnknownTopicDto | null): string {
  if (topic === null)
    return [
      "id: my-meter",
      "topic: site/{device}/up",
      "kind: meter",
      "points:",
      "  - { point: power, path: $.p, unit: kW }",
      "  - { point: energy, path: $.e }",
      "",
    ].join("\n");
  const parts = topic.topic.split("/");
  const at = levelOf(parts);
  const pattern = parts.map((p, i) => (parts.length > 1 && i === at ? "{device}" : p)).join("/");
  const id =
    (parts.find((p) => /^[a-z]/i.test(p)) ?? "mapping")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "") || "mapping";
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(topic.payload);
  } catch {
    parsed = null;
  }
  // Some keys (an empty one, one with quotation marks) no path can name.
  const all = (typeof parsed === "object" && parsed !== null ? leaves(parsed, "$", "value", 0) : []).filter((leaf) => !("wrong" in readPath(leaf.path)));
  const time = all.find((leaf) => timeIn(leaf) !== null);
  const found = all.filter((leaf) => leaf !== time);
  const taken = new Set<string>();
  const points = found.slice(0, MOST_POINTS).map(({ path, key }) => {
    const name = pointName(key, taken);
    taken.add(name);
    return `  - { point: ${JSON.stringify(name)}, path: ${JSON.stringify(path)} }`;
  });
  const none = topic.binary ? '  - { point: "power", bytes: { at: 0, type: u16 } }' : '  - { point: "power", path: "" }';
  return [
    `id: ${id}`,
    `topic: ${JSON.stringify(pattern)}`,
    ...(pattern.includes("{device}") ? [] : [`device: ${JSON.stringify(id)}`]),
    ...(time === undefined ? [] : [`time: { path: ${JSON.stringify(time.path)}, as: ${timeIn(time)} }`]),
    "points:",
    ...(points.length === 0 ? [none] : points),
    "",
  ].join("\n");
}
