/** The text that a new mapping begins with: its topic with a level for the device, and a line for each value that its message holds. */
import type { UnknownTopicDto } from "../../../server/contract/adopting.ts";
import { officeUnit } from "../../../server/core/description.ts";
import { isPointName } from "../../../server/core/normalise.ts";
import { converts } from "../../../server/core/units.ts";
import type { Leaf } from "./message-tree.ts";
import { leavesOf, treeOf } from "./message-tree.ts";

const MOST_POINTS = 30;

/** 2001 and 2100, s: what lies between under such a key is a time, in s or in ms. */
const TIMES = [978_307_200, 4_102_444_800] as const;

/** The level that most likely tells devices apart: the last with a digit, else the last but one. */
export function levelOf(parts: readonly string[]): number {
  const numbered = parts.findLastIndex((p) => /\d/.test(p));
  return numbered > 0 ? numbered : Math.max(1, parts.length - 2);
}

/** As what a value is the message's time; null where it is none. */
export function timeIn({ key, value }: Leaf): "s" | "ms" | null {
  if (typeof value !== "number" || !/^(t|ts|time|timestamp)\s*$/i.test(key)) return null;
  const [first, last] = TIMES;
  return value > first && value < last ? "s" : value > first * 1000 && value < last * 1000 ? "ms" : null;
}

/** A name that no other point has: the office's word where the key is one. */
export function pointName(key: string, taken: ReadonlySet<string>): string {
  const letters = key
    .replaceAll(/[^A-Za-z0-9_.-]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .slice(0, 60);
  const plain = isPointName(letters) ? letters : "value";
  const office = plain.toLowerCase();
  const name = officeUnit(office) === undefined ? plain : office;
  for (let n = 2; ; n++) {
    const candidate = n === 2 && !taken.has(name) ? name : `${name}_${n}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** The unit beside a value, where the point can have it. */
export function unitFor(point: string, { unit }: Leaf): string | null {
  const office = officeUnit(point);
  return unit === null || (office !== undefined && office !== "" && office !== unit && !converts(unit, office)) ? null : unit;
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
  const all = leavesOf(topic.binary ? null : treeOf(topic.payload));
  const time = all.find((leaf) => timeIn(leaf) !== null);
  const taken = new Set<string>();
  const points = all
    .filter((leaf) => leaf !== time && !leaf.about)
    .slice(0, MOST_POINTS)
    .map((leaf) => {
      const name = pointName(leaf.key, taken);
      taken.add(name);
      const unit = unitFor(name, leaf);
      return `  - { point: ${JSON.stringify(name)}, path: ${JSON.stringify(leaf.path)}${unit === null ? "" : `, unit: ${JSON.stringify(unit)}`} }`;
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
