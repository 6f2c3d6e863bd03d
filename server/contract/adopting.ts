/** `/devices/discovered`, `/devices/adopt`, `/devices/table`, messages as they came, `/mappings`: how devices get into the house. */
import { z } from "zod";
import type { Description } from "../core/description.ts";
import { DEVICE_KINDS } from "../core/device.ts";
import type { Mapping } from "../core/mapping.ts";
import { MAPPING_WRONGS } from "../core/mapping.ts";
import { SITE_COLUMNS, SITE_TROUBLES } from "../core/site-table.ts";
import type { MappingTrial, SeenMessage, UnknownTopic } from "../core/seen.ts";
import type { Suggestion } from "../core/suggest.ts";
import { may } from "../core/roles.ts";
import { adoptRequest, deviceDto } from "./devices.ts";
import { problemDto } from "./problem.ts";
import { mappingSchema } from "./mapping.ts";
import type { Eyes } from "./present/eyes.ts";
import { time, value } from "./fields.ts";

export const sourceDto = z.object({
  codec: z.string(),
  address: z.string().nullable().meta({ description: "What it is called there; null where that is its topic" }),
  name: z.string().nullable(),
  maker: z.string().nullable(),
  model: z.string().nullable(),
  area: z.string().nullable(),
  interval: z.number().nullable().meta({ description: "Seconds between its messages, where its source says so" }),
  wakes: z.number().nullable().meta({ description: "Seconds within which it hears a command, where it sleeps" }),
  openLoop: z.boolean(),
  points: z.array(
    z.object({
      name: z.string(),
      key: z.string(),
      unit: z.string().nullable(),
      writable: z.boolean(),
      min: z.number().nullable(),
      max: z.number().nullable(),
      values: z.array(value).nullable(),
    }),
  ),
  unread: z.array(z.string()).meta({ description: "What of its description could not be read, each with why" }),
  also: z.array(z.string()).meta({ description: "Other sources of the same hardware, which are not listened to for it" }),
});
export type SourceDto = z.infer<typeof sourceDto>;

export const suggestionDto = z.object({
  kind: z
    .object({
      value: z.enum(DEVICE_KINDS),
      by: z.enum(["source", "points", "name"]),
      match: z.string().meta({ description: "The word in its name, or the points, that speak for it" }),
    })
    .nullable(),
  space: z
    .object({
      value: z.string(),
      why: z.array(
        z.object({
          by: z.enum(["area", "name", "tag", "id", "topic"]),
          text: z.string(),
          what: z.enum(["id", "name", "number", "floor", "class"]),
          match: z.string(),
        }),
      ),
    })
    .nullable(),
  between: z.array(z.string()).meta({ description: "Spaces that fit equally, where none is suggested for that" }),
  interval: z.object({ value: z.number(), by: z.enum(["source", "heard"]) }).nullable(),
  points: z.array(z.object({ name: z.string(), is: z.enum(["kind", "office", "own"]) })),
  policies: z.array(z.string()),
});
export type SuggestionDto = z.infer<typeof suggestionDto>;

export const deviceDetailDto = deviceDto.extend({
  source: sourceDto.nullable(),
  suggestion: suggestionDto.nullable().meta({ description: "Of a device that nobody adopted" }),
  fixed: z.boolean().meta({ description: "The site file describes it: it is changed and taken out there" }),
  interval: z.number().meta({ description: "Seconds between its messages" }),
  standby: z.number().meta({ description: "W below which it counts as off" }),
  meter: z.string().nullable().meta({ description: "The device whose power measures it" }),
  openLoop: z.boolean().meta({ description: "It tells back what it was told: only a measured effect proves a command" }),
});
export type DeviceDetailDto = z.infer<typeof deviceDetailDto>;
export const discoveredDto = z.object({ device: deviceDto, source: sourceDto.nullable(), suggestion: suggestionDto });
export type DiscoveredDto = z.infer<typeof discoveredDto>;

export const messageDto = z.object({
  at: time,
  topic: z.string(),
  payload: z.string().nullable().meta({ description: "Its beginning as text; null where it tells what you may not see" }),
  binary: z.boolean().meta({ description: "It is no text: the payload is hexadecimal" }),
  size: z.number(),
  cut: z.boolean(),
  retained: z.boolean(),
  values: z.array(
    z.object({
      name: z.string(),
      value: value.nullable(),
      quality: z.enum(["good", "suspect", "bad"]).nullable(),
      doubt: z.string().nullable(),
      fate: z.string().meta({ description: "taken, or why not" }),
      reason: z.string().nullable(),
    }),
  ),
  facts: z.array(z.object({ kind: z.enum(["described", "online", "offline", "accepted", "refused", "job", "rejected"]), detail: z.string().nullable() })),
});
export type MessageDto = z.infer<typeof messageDto>;

const adopting = adoptRequest.extend({ id: z.string().min(3).max(300) });
export const bulkAdoptRequest = z.strictObject({
  devices: z.array(adopting).min(1).max(1000),
  only: z.enum(["all", "valid"]).default("valid").meta({ description: "all: none is adopted where one cannot be" }),
});
export const bulkAdoptDto = z.object({
  adopted: z.number(),
  items: z.array(
    z.object({
      id: z.string(),
      outcome: z.enum(["adopted", "unchanged", "refused", "held"]).meta({ description: "held: another one of all was refused" }),
      problem: problemDto.nullable(),
    }),
  ),
});
export type BulkAdoptDto = z.infer<typeof bulkAdoptDto>;
export const ignoreRequest = z.strictObject({ ignored: z.boolean() });

export const siteRowDto = z.object({
  line: z.number(),
  id: z.string().meta({ description: "As it was found; what stood there where it was not" }),
  outcome: z.enum(["adopt", "change", "same", "site-file", "wrong"]),
  changes: z.array(z.object({ column: z.enum(SITE_COLUMNS), from: z.string(), to: z.string() })),
  troubles: z.array(z.object({ code: z.enum(SITE_TROUBLES), column: z.enum(SITE_COLUMNS), given: z.string(), detail: z.string() })),
});
export type SiteRowDto = z.infer<typeof siteRowDto>;
export const siteTableDto = z.object({
  adopted: z.number().meta({ description: "With dry=1: how many would be" }),
  changed: z.number(),
  same: z.number(),
  bad: z.number(),
  rows: z.array(siteRowDto),
});
export type SiteTableDto = z.infer<typeof siteTableDto>;

export const mappingRequest = z
  .strictObject({
    text: z.string().min(1).max(32_000).optional().meta({ description: "The mapping as YAML or JSON, as in the site file" }),
    mapping: mappingSchema.optional(),
  })
  .refine((r) => (r.text === undefined) !== (r.mapping === undefined), "give either text or mapping");
export const mappingDto = z.object({
  id: z.string(),
  where: z.enum(["site-file", "here"]),
  topic: z.string(),
  points: z.array(z.string()),
  commands: z.array(z.string()).meta({ description: "Points that it can set" }),
  devices: z.number().meta({ description: "Devices that speak through it" }),
  text: z.string().meta({ description: "All of it, as YAML" }),
});
export type MappingDto = z.infer<typeof mappingDto>;
const topicDto = z.object({ topic: z.string(), at: time, payload: z.string(), binary: z.boolean(), size: z.number(), cut: z.boolean() });
export const unknownTopicDto = topicDto;
export type UnknownTopicDto = z.infer<typeof unknownTopicDto>;
export const mappingTrialDto = z.object({
  id: z.string(),
  mapping: z.record(z.string(), z.unknown()).meta({ description: "All of it, also what nobody wrote" }),
  text: z.string().meta({ description: "The same as YAML, without what is so anyway" }),
  filter: z.string(),
  listening: z.boolean().meta({ description: "This broker tells only what it is asked for: it was asked, ask again in a moment" }),
  messages: z.array(
    topicDto.extend({
      device: z.string().nullable(),
      ts: time.nullable(),
      wrong: z.string().nullable(),
      points: z.array(
        z.object({
          point: z.string(),
          raw: z.string(),
          value: value.nullable(),
          unit: z.string(),
          wrong: z.string().nullable(),
          why: z.enum(MAPPING_WRONGS).nullable(),
        }),
      ),
    }),
  ),
});
export type MappingTrialDto = z.infer<typeof mappingTrialDto>;

interface Told {
  readonly codec: string;
  readonly address: string | null;
  readonly description: Description | null;
  readonly also: readonly string[];
}

export function presentSource(source: Told | null): SourceDto | null {
  if (source === null) return null;
  const d = source.description;
  return {
    codec: source.codec,
    address: source.address,
    name: d?.name ?? null,
    maker: d?.maker ?? null,
    model: d?.model ?? null,
    area: d?.area ?? null,
    interval: d?.interval ?? null,
    wakes: d?.wakes ?? null,
    openLoop: d?.openLoop ?? false,
    points: (d?.points ?? []).map((p) => ({
      name: p.name,
      key: p.key,
      unit: p.unit,
      writable: p.writable,
      min: p.min ?? null,
      max: p.max ?? null,
      values: p.values === undefined ? null : [...p.values],
    })),
    unread: [...(d?.unread ?? [])],
    also: [...source.also],
  };
}

export function presentSuggestion({ kind, space, between, interval, points, policies }: Suggestion): SuggestionDto {
  const match = kind === null || kind.why.by === "source" ? "" : kind.why.by === "points" ? kind.why.points.join(", ") : kind.why.word;
  return {
    kind: kind === null ? null : { value: kind.value, by: kind.why.by, match },
    space: space === null ? null : { value: space.value, why: space.why.map((w) => ({ ...w })) },
    between: [...between],
    interval: interval === null ? null : { ...interval },
    points: points.map((p) => ({ ...p })),
    policies: [...policies],
  };
}

/** Keys that tell who it was, or what was printed. */
const PERSONAL = /"(user|username|user_name|document|requestedBy|owner)"(\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}\]\s]+)/gi;
const PERSONAL_POINTS: ReadonlySet<string> = new Set(["user", "username", "user_name", "document", "requestedby", "owner"]);

/** A message for one reader: who may not see people's doings there gets no print job's text nor what could not be read, and no name in any other. */
export function presentMessage(eyes: Eyes, message: SeenMessage, department: string | null): MessageDto {
  const personal = may(eyes.actor, "view-personal", department);
  const { payload, binary, size, cut } = message;
  // What could not be read may be a job, too.
  const job = message.facts.some((f) => f.kind === "job" || f.kind === "rejected");
  return {
    binary,
    size,
    cut,
    payload: personal ? payload : job || binary ? null : payload.replaceAll(PERSONAL, '"$1"$2"***"'),
    at: eyes.iso(message.at),
    topic: message.topic,
    retained: message.retained,
    values: message.values.map((v) => ({ ...v, value: !personal && PERSONAL_POINTS.has(v.name.toLowerCase()) ? null : v.value })),
    facts: message.facts.map((f) => ({ ...f })),
  };
}

export function presentTopic(iso: (at: number) => string, { topic, at, payload, binary, size, cut }: UnknownTopic): UnknownTopicDto {
  return { topic, at: iso(at), payload, binary, size, cut };
}

/** Beyond this no date has a year. */
const LATEST = 8.64e15 - 86_400_000;

export function presentTrial(iso: (at: number) => string, mapping: Mapping, text: string, { filter, listening, messages }: MappingTrial): MappingTrialDto {
  return {
    id: mapping.id,
    mapping: { ...mapping },
    text,
    filter,
    listening,
    messages: messages.map((m) => ({
      ...presentTopic(iso, m),
      device: m.device,
      ts: m.ts === null || Math.abs(m.ts) > LATEST ? null : iso(m.ts),
      wrong: m.wrong,
      points: m.points.map((p) => ({ ...p })),
    })),
  };
}

export function presentMapping(mapping: Mapping, where: MappingDto["where"], devices: number, text: string): MappingDto {
  const commands = [...new Set(mapping.commands.flatMap((c) => c.points))];
  return { id: mapping.id, where, topic: mapping.topic, points: mapping.points.map((p) => p.point), commands, devices, text };
}
