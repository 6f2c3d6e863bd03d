/** Devices that no codec knows, by declarative mappings (`core/mapping.ts`): what is read and how it is commanded is data, and nothing of it is run. */
import { guessKind, officePoint } from "../core/description.ts";
import type { Level, MappedPoint, Mapping, MappingWrong, Step } from "../core/mapping.ts";
import { fill, filterOf, follow, matchTopic, numberAt, readPath, readTopic } from "../core/mapping.ts";
import type { Millis, PointValue } from "../core/reading.ts";
import { convert, quantityIn } from "../core/units.ts";
import type { Codec, Encoded, Heard, Outgoing } from "./codec.ts";
import { jsonOf, keep, MAX_PAYLOAD_BYTES, rejected, shown, textOf } from "./codec.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { officeValue, plainValue } from "./names.ts";
import { parseTime } from "./native.ts";

const MAX_DEVICES = 10_000;
const MAX_PENDING = 1_000;

/** What a mapping makes of one point of a message: its value, or why there is none. */
export interface Understood {
  readonly point: string;
  readonly raw: string;
  readonly value: unknown;
  /** In a sentence, and which of all. */
  readonly wrong: string | null;
  readonly why: MappingWrong | null;
}

/** What a mapping makes of a message. */
export type Reading =
  | { readonly kind: "not-its-topic" }
  | { readonly kind: "unreadable"; readonly wrong: string }
  | {
      readonly kind: "read";
      readonly device: string;
      readonly name: string;
      readonly ts: Millis | null;
      readonly points: readonly Understood[];
      readonly levels: ReadonlyMap<string, string>;
    };

export interface MappingCodec extends Codec {
  /** Puts a mapping in place of the one with its id; answers the topic filters that it wants to hear. */
  put(mapping: Mapping): readonly string[];
  remove(id: string): void;
  list(): readonly Mapping[];
}

interface Compiled {
  readonly mapping: Mapping;
  readonly topic: readonly Level[];
  readonly paths: readonly (readonly Step[])[];
  readonly time: readonly Step[] | null;
  readonly availability: readonly Level[] | null;
  readonly ack: { readonly topic: readonly Level[]; readonly id: readonly Step[]; readonly accepted: readonly Step[] | null } | null;
}

const levelsOf = (pattern: string): readonly Level[] => {
  const read = readTopic(pattern);
  if ("wrong" in read) throw new Error(`topic "${pattern}" ${read.wrong}`);
  return read;
};
const stepsOf = (path: string): readonly Step[] => {
  const read = readPath(path);
  if ("wrong" in read) throw new Error(`path "${path}" ${read.wrong}`);
  return read;
};

/** Throws for a topic or a path that the schema would have refused. */
function compile(mapping: Mapping): Compiled {
  const { time, availability, ack } = mapping;
  return {
    mapping,
    topic: levelsOf(mapping.topic),
    paths: mapping.points.map((p) => stepsOf(p.path)),
    time: time === null ? null : stepsOf(time.path),
    availability: availability === null ? null : levelsOf(availability.topic),
    ack: ack === null ? null : { topic: levelsOf(ack.topic), id: stepsOf(ack.id), accepted: ack.accepted === null ? null : stepsOf(ack.accepted.path) },
  };
}

/** One point's value in the office's unit, or why there is none. */
function valueAt(mapped: MappedPoint, raw: unknown): { readonly value: unknown } | { readonly wrong: string; readonly why: MappingWrong } {
  const { point, values, none, unit } = mapped;
  if (raw === undefined) return { wrong: "there is nothing at this path", why: "nothing" };
  if (raw === null || none.some((n) => n === raw || String(n) === raw)) return { wrong: "the device says that it has no value", why: "none" };
  if (typeof raw === "object") return { wrong: "there is an object or a list at this path, and no value", why: "no-value" };
  if (values !== undefined) {
    const key = String(raw as string | number | boolean);
    return Object.hasOwn(values, key) ? { value: values[key] } : { wrong: `'${key.slice(0, 40)}' stands in no table of its values`, why: "no-word" };
  }
  const definition = officePoint(point);
  const numeric = definition === undefined ? unit !== null || mapped.scale !== 1 || mapped.offset !== 0 : definition.type === "number";
  if (!numeric) return { value: officeValue(point, raw, null) };
  const said = typeof raw === "string" ? quantityIn(raw) : null;
  const number = typeof raw === "number" ? raw : said?.value;
  if (number === undefined || !Number.isFinite(number)) return { wrong: `'${shown(raw)}' is no number`, why: "no-number" };
  const scaled = number * mapped.scale + mapped.offset;
  const from = unit ?? (said === null || said.unit === "" ? null : said.unit);
  if (from === null || definition === undefined) return { value: Number(scaled.toPrecision(12)) };
  const converted = convert(scaled, from, definition.unit);
  return converted === undefined ? { wrong: `${from} cannot be turned into ${definition.unit}`, why: "unit" } : { value: converted };
}

function read({ mapping, topic, paths, time }: Compiled, at: string, payload: Uint8Array): Reading {
  const levels = matchTopic(topic, at);
  if (levels === null) return { kind: "not-its-topic" };
  if (payload.length > MAX_PAYLOAD_BYTES)
    return { kind: "unreadable", wrong: `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.` };
  const needsJson =
    paths.some((steps, i) => steps.length > 0 && mapping.points[i]!.bytes === undefined) || time !== null || /\{\$/.test(mapping.device + mapping.name);
  const parsed = needsJson ? jsonOf(payload) : { value: null };
  if ("wrong" in parsed) return { kind: "unreadable", wrong: parsed.wrong };
  const device = fill(mapping.device, levels, parsed.value);
  if (device === null) return { kind: "unreadable", wrong: `The device's name ${mapping.device} finds nothing in this message.` };
  const text = textOf(payload)?.trim();
  const points = mapping.points.map((mapped, i): Understood => {
    const raw: unknown = mapped.bytes !== undefined ? numberAt(payload, mapped.bytes) : paths[i]!.length === 0 ? text : follow(parsed.value, paths[i]!);
    const made = valueAt(mapped, raw);
    const shownRaw = raw === undefined ? "" : shown(raw);
    return "wrong" in made
      ? { point: mapped.point, raw: shownRaw, value: null, wrong: made.wrong, why: made.why }
      : { point: mapped.point, raw: shownRaw, value: made.value, wrong: null, why: null };
  });
  return {
    kind: "read",
    device,
    name: fill(mapping.name, levels, parsed.value) ?? device,
    ts: time === null ? null : timeAt(follow(parsed.value, time), mapping.time!.as),
    points,
    levels,
  };
}

function timeAt(raw: unknown, as: "ms" | "s" | "iso"): Millis | null {
  if (as === "iso") return parseTime(raw);
  const number = typeof raw === "string" && /^\d{1,16}(\.\d+)?$/.test(raw) ? Number(raw) : raw;
  return typeof number === "number" && Number.isFinite(number) ? (as === "s" ? number * 1000 : number) : null;
}

/** What a mapping would make of a message, for whoever writes it. Throws for a mapping that the schema would have refused. */
export function tryMapping(mapping: Mapping, topic: string, payload: Uint8Array): Reading {
  return read(compile(mapping), topic, payload);
}

export function createMappingCodec(mappings: readonly Mapping[]): MappingCodec {
  const compiled = new Map(mappings.map((m) => [m.id, compile(m)]));
  const known = createAcquaintances();
  /** The levels of the topic that a device last spoke on, for its commands. */
  const spoken = new Map<string, ReadonlyMap<string, string>>();
  const pending = new Map<string, string>();

  const filtersOf = ({ topic, availability, ack }: Compiled): string[] => [topic, availability, ack?.topic ?? null].filter((l) => l !== null).map(filterOf);

  function said(from: Compiled, topic: string, payload: Uint8Array): readonly Heard[] | null {
    const { mapping } = from;
    const found = read(from, topic, payload);
    if (found.kind === "not-its-topic") return null;
    if (found.kind === "unreadable") return rejected("malformed", `Mapping ${mapping.id}: ${found.wrong}`);
    const address = `${mapping.id}/${found.device}`;
    if (spoken.size >= MAX_DEVICES && !spoken.has(address))
      return rejected("too-many-devices", `Mapping ${mapping.id} finds more than ${MAX_DEVICES} devices; is its \`device\` right?`);
    spoken.set(address, found.levels);
    const values: Record<string, unknown> = {};
    const wrong = found.points.filter((p) => p.wrong !== null);
    for (const p of found.points) if (p.wrong === null) values[p.point] ??= p.value;
    const writable = new Set(mapping.commands.flatMap((c) => c.points));
    const units = Object.fromEntries(mapping.points.flatMap((p) => (p.unit === null ? [] : [[p.point, p.unit]])));
    const kind = mapping.kind ?? guessKind([...mapping.points.map((p) => p.point), ...writable]);
    const heard = known.meet(address, {
      name: found.name,
      model: mapping.id,
      kind,
      interval: mapping.interval,
      openLoop: mapping.openLoop,
      topic,
      values,
      units,
      writable,
    });
    if (Object.keys(values).length > 0) heard.push({ kind: "said", address, said: { ts: found.ts, values } });
    // A message that holds only some of the points is usual; one that holds none of them is told.
    else
      heard.push(
        ...rejected("empty-value", `Mapping ${mapping.id} finds no value here: ${wrong.map((p) => `${p.point}: ${p.wrong}`).join("; ")}`.slice(0, 300)),
      );
    return heard;
  }

  function available({ mapping, availability }: Compiled, topic: string, payload: Uint8Array): readonly Heard[] | null {
    const levels = availability === null ? null : matchTopic(availability, topic);
    if (levels === null) return null;
    const device = fill(mapping.device, levels, null);
    const word = textOf(payload)?.trim();
    const { online, offline } = mapping.availability!;
    if (device === null || (word !== online && word !== offline))
      return rejected("malformed", `Mapping ${mapping.id}: availability is ${online} or ${offline}.`);
    return [{ kind: "availability", address: `${mapping.id}/${device}`, online: word === online }];
  }

  function answered({ mapping, ack }: Compiled, topic: string, payload: Uint8Array): readonly Heard[] | null {
    if (ack === null || matchTopic(ack.topic, topic) === null) return null;
    const parsed = jsonOf(payload);
    if ("wrong" in parsed) return rejected("malformed", `Mapping ${mapping.id}: ${parsed.wrong}`);
    const id = follow(parsed.value, ack.id);
    const address = typeof id === "string" ? pending.get(id) : undefined;
    if (address === undefined || typeof id !== "string") return [];
    const word = ack.accepted === null ? null : follow(parsed.value, ack.accepted);
    const accepted = ack.accepted === null || String(shown(word)) === mapping.ack!.accepted!.is;
    return [{ kind: "ack", address, command: id, accepted, error: accepted ? null : `the device answers ${shown(word)}` }];
  }

  return {
    id: "mapping",
    heads: [],
    get filters() {
      return [...compiled.values()].flatMap(filtersOf);
    },
    decode({ topic, payload }) {
      for (const c of compiled.values()) {
        const heard = said(c, topic, payload) ?? available(c, topic, payload) ?? answered(c, topic, payload);
        if (heard !== null) return heard;
      }
      return null;
    },
    encode({ address }, set, id, now): Encoded {
      const slash = address.indexOf("/");
      const mapping = compiled.get(address.slice(0, slash))?.mapping;
      const levels = spoken.get(address);
      if (mapping === undefined) return { kind: "cannot", why: `The mapping of ${address} is no more.` };
      if (levels === undefined) return { kind: "cannot", why: `${address} has not been heard since the start; its topics are known when it speaks.` };
      const messages: Outgoing[] = [];
      const left = new Set(Object.keys(set));
      // What asks for the most points at once comes first, so that a whole state is sent as one.
      for (const command of mapping.commands.toSorted((a, b) => b.points.length - a.points.length)) {
        if (!command.points.every((p) => left.has(p))) continue;
        const topic = fill(command.topic, levels, null);
        if (topic === null || /[+#]/.test(topic)) return { kind: "cannot", why: `The topic ${command.topic} cannot be filled for ${address}.` };
        const values = new Map(command.points.map((p) => [p, written(command.values?.[p], set[p]!)]));
        const missing = command.points.find((p) => values.get(p) === null);
        if (missing !== undefined) return { kind: "cannot", why: `The mapping ${mapping.id} has no word for ${missing} ${String(set[missing])}.` };
        // Whoever publishes chooses its topic's levels: within a payload they are text, never form.
        const places = new Map<string, string>([
          ...[...levels].map(([k, v]) => [k, escaped(v)] as const),
          ["id", id],
          ["now", String(now)],
          ...(values as Map<string, string>),
        ]);
        messages.push({ topic, payload: command.payload.replaceAll(/\{([^{}"':,\s]{1,200})\}/g, (whole, place: string) => places.get(place) ?? whole) });
        for (const p of command.points) left.delete(p);
      }
      if (left.size > 0) return { kind: "cannot", why: `The mapping ${mapping.id} has no command for ${[...left].join(", ")}.` };
      keep(pending, id, address, MAX_PENDING);
      return { kind: "messages", messages };
    },
    put(mapping) {
      const made = compile(mapping);
      compiled.set(mapping.id, made);
      return filtersOf(made);
    },
    remove: (id) => void compiled.delete(id),
    list: () => [...compiled.values()].map((c) => c.mapping),
  };
}

/** A value in the device's words, safe within a JSON text; null where the table has none for it. */
function written(table: Readonly<Record<string, string>> | undefined, value: PointValue): string | null {
  if (table !== undefined) return Object.hasOwn(table, String(value)) ? table[String(value)]! : null;
  return escaped(String(typeof value === "boolean" ? value : plainValue(value)));
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
