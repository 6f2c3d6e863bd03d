/**
 * What a discovered device probably is, where it hangs and how often it speaks: by what its source says, by what it is called, and by what was heard of it.
 * Each suggestion has its reason, and there is none where two fit equally. Pure; everything that a source says is somebody else's word.
 */
import type { Description } from "./description.ts";
import { guessKind, isOfficePoint } from "./description.ts";
import type { Device, DeviceKind } from "./device.ts";
import { POINTS, pointDefinition } from "./device.ts";
import { inScope } from "./evaluate.ts";
import type { PolicyState } from "./house.ts";
import type { Millis } from "./reading.ts";
import type { Space } from "./space.ts";
import type { Said, SpaceReason } from "./suggest-space.ts";
import { plainText, suggestSpace } from "./suggest-space.ts";

/** By which word a kind is suggested: the source's own, the points it has, or its name. */
export type KindReason =
  | { readonly by: "source" }
  | { readonly by: "points"; readonly points: readonly string[] }
  | { readonly by: "name"; readonly word: string };

export interface Suggestion {
  readonly kind: { readonly value: DeviceKind; readonly why: KindReason } | null;
  readonly space: { readonly value: string; readonly why: readonly SpaceReason[] } | null;
  /** Spaces that fit equally well, where none is suggested for that reason; at most five. */
  readonly between: readonly string[];
  /** Seconds between its messages. */
  readonly interval: { readonly value: number; readonly by: "source" | "heard" } | null;
  /** Its points: `kind` are those that a device of the suggested kind has, `office` has a word of the office's, `own` is the device's own word. */
  readonly points: readonly { readonly name: string; readonly is: "kind" | "office" | "own" }[];
  /** Policies that would judge it at once. */
  readonly policies: readonly string[];
}

export interface SuggestFor {
  readonly device: Device;
  readonly description: Description | null;
  /** Points that were heard of it. */
  readonly heard: Iterable<string>;
  /** Ms between its last messages. */
  readonly gaps: readonly Millis[];
  readonly spaces: readonly Space[];
  readonly policies: Iterable<PolicyState>;
}

/** Words in names that mean a kind, the longer ones first where one holds another. */
const KIND_WORDS: readonly (readonly [DeviceKind, readonly string[]])[] = [
  ["outdoor", ["室外", "气象", "氣象", "outdoor", "weather"]],
  ["ac", ["空调", "空調", "冷气", "冷氣", "air conditioner", "aircon", "hvac", "ac"]],
  ["boiler", ["锅炉", "鍋爐", "boiler"]],
  ["copier", ["复印机", "複印機", "影印機", "打印机", "印表機", "打印機", "copier", "printer"]],
  ["presence", ["人感", "人体", "人體", "占用", "presence", "occupancy", "motion", "pir"]],
  ["contact", ["门磁", "門磁", "窗磁", "contact", "window", "door"]],
  ["water", ["水表", "水錶", "水阀", "水閥", "水龙头", "水龍頭", "water"]],
  ["lux", ["照度", "lux", "illuminance"]],
  ["meter", ["电表", "電表", "電錶", "气表", "氣表", "meter"]],
  ["plug", ["插座", "插排", "plug", "socket", "outlet"]],
  ["light", ["照明", "路灯", "路燈", "灯", "燈", "light", "lamp"]],
];

/** What people set as intervals, s. */
const USUAL = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
/** Fewer gaps tell nothing of a rhythm. */
const GAPS = 3;
/** A message may be so late and still be in its rhythm. */
const LATE = 1.1;

export function suggest({ device, description, heard, gaps, spaces, policies }: SuggestFor): Suggestion {
  const names = [...new Set([...heard, ...(description?.points ?? []).map((p) => p.name)])];
  const kind = suggestKind(device, description, names);
  const texts = textsOf(device, description);
  const place = suggestSpace(
    texts,
    spaces.filter((s) => s.building === device.building),
  );
  const found = place.space;
  const space = found === null ? undefined : spaces.find((s) => s.id === found.value);
  const as: Device = { ...device, adopted: true, kind: kind?.value ?? null, space: space?.id ?? null, department: space?.department ?? null };
  return {
    kind,
    space: found,
    between: place.between,
    interval: suggestInterval(description, gaps),
    points: names.map((name) => ({
      name,
      is: pointDefinition(as.kind, name) !== undefined ? ("kind" as const) : isOfficePoint(name) ? ("office" as const) : ("own" as const),
    })),
    policies: policiesFor(as, space, policies),
  };
}

/** Policies that judge a device of this kind at this place, by their settings now. */
export function policiesFor(device: Device, space: Space | undefined, policies: Iterable<PolicyState>): readonly string[] {
  const found: string[] = [];
  for (const { definition, settings } of policies)
    if (device.kind !== null && settings.enabled && definition.kinds.includes(device.kind) && inScope(settings.scope, device, space)) found.push(definition.id);
  return found;
}

function textsOf(device: Device, description: Description | null): readonly Said[] {
  const names = typeof device.name === "string" ? [device.name] : Object.values(device.name);
  return [
    ...(description?.area == null ? [] : [{ by: "area" as const, text: description.area }]),
    ...[...new Set([...(description === null ? [] : [description.name]), ...names, ...(description?.aliases ?? [])])].map((text) => ({
      by: "name" as const,
      text,
    })),
    ...device.tags.map((text) => ({ by: "tag" as const, text })),
    { by: "id" as const, text: device.id.slice(device.building.length + 1) },
    { by: "topic" as const, text: device.topic },
  ];
}

function suggestKind(device: Device, description: Description | null, points: readonly string[]): Suggestion["kind"] {
  const office = points.filter(isOfficePoint);
  const byName = kindInName(typeof device.name === "string" ? device.name : Object.values(device.name).join(" "));
  const byPoints = guessKind(points);
  const fits = (kind: DeviceKind) => office.every((name) => POINTS[kind].some((p) => p.name === name));
  // A relay's `on`, with a meter in it or without, says less than a name that says socket or lamp; what feeds an air conditioner is none itself.
  const weak = byPoints === null || byPoints === "light" || byPoints === "plug";
  const steers = byName?.kind !== "ac" || office.some((name) => name === "mode" || name === "setpoint" || name === "temperature");
  if (byName !== null && office.length > 0 && fits(byName.kind) && (byPoints === byName.kind || (weak && steers)))
    return { value: byName.kind, why: { by: "name", word: byName.word } };
  if (description?.kind != null) return { value: description.kind, why: { by: "source" } };
  if (byPoints !== null) return { value: byPoints, why: { by: "points", points: office.slice(0, 6) } };
  if (byName !== null && fits(byName.kind)) return { value: byName.kind, why: { by: "name", word: byName.word } };
  return device.kind === null ? null : { value: device.kind, why: { by: "name", word: device.id.slice(device.building.length + 1) } };
}

/** The one kind whose word a name has; null where it has none, or words of two. */
function kindInName(name: string): { readonly kind: DeviceKind; readonly word: string } | null {
  const text = plainText(name);
  const words = new Set(text.split(/[^\p{L}\p{N}]+|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u));
  const found = KIND_WORDS.flatMap(([kind, list]) => {
    const word = list.find((w) => (/^[a-z]+$/.test(w) ? words.has(w) : text.includes(w)));
    return word === undefined ? [] : [{ kind, word }];
  });
  return found.length === 1 ? found[0]! : null;
}

function suggestInterval(description: Description | null, gaps: readonly Millis[]): Suggestion["interval"] {
  if (description?.interval != null) return { value: description.interval, by: "source" };
  if (gaps.length < GAPS) return null;
  // The longest counts: who is taken for quicker than it is will be called silent.
  const longest = Math.max(...gaps) / 1000;
  const value = USUAL.find((s) => longest <= s * LATE);
  return value === undefined ? null : { value, by: "heard" };
}
