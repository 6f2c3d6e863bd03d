/** What was made of messages, for whoever looks: made only then, so that taking them in costs nothing. */
import { tryMapping } from "./codecs/mapping.ts";
import { officeUnit } from "./core/description.ts";
import type { DeviceKind } from "./core/device.ts";
import type { House } from "./core/house.ts";
import type { Mapping } from "./core/mapping.ts";
import { filterOf, matchTopic, readTopic } from "./core/mapping.ts";
import type { Normalised } from "./core/normalise.ts";
import { MAX_VALUES, normalise } from "./core/normalise.ts";
import type { DeviceId, Millis, Observation, PointValue } from "./core/reading.ts";
import type { Suggestion } from "./core/suggest.ts";
import { suggest } from "./core/suggest.ts";
import type { MessageBook, NotedMessage, StrayTopic } from "./message-book.ts";
import { bytesOf, deviceOf } from "./message-book.ts";
import type { MappingTrial, SeenFact, SeenMessage, SeenPayload, SeenValue, UnknownTopic } from "./core/seen.ts";
import type { SourceView } from "./ports/device-word.ts";
import type { Fact } from "./sources.ts";

/** Topics that a mapping is tried against. */
const MOST_TRIED = 20;

export function suggestionFor(house: House, id: DeviceId, source: SourceView | null, gaps: readonly Millis[]): Suggestion | null {
  const state = house.devices.get(id);
  if (state === undefined || state.device.adopted) return null;
  return suggest({
    device: state.device,
    description: source?.description ?? null,
    heard: state.points.keys(),
    gaps,
    spaces: house.site.spaces,
    policies: house.policies.values(),
  });
}

export function seenMessages(device: DeviceId, kind: DeviceKind | null, noted: readonly NotedMessage[]): readonly SeenMessage[] {
  return noted.map(({ at, topic, payload, size, retained, facts, outcomes }) => {
    const values: SeenValue[] = [];
    const others: SeenFact[] = [];
    facts.forEach((fact, i) => {
      const about = deviceOf(fact);
      if (about !== null && about !== device) return;
      if (fact.kind === "observation") values.push(...seenValues(fact.observation, kind, outcomes[i] ?? null, at));
      else others.push(...seenFact(fact));
    });
    return { at, topic, ...payloadText(bytesOf(payload), size), retained, values, facts: others };
  });
}

function seenValues({ values, bad = {}, device }: Observation, kind: DeviceKind | null, outcome: Normalised | null, at: Millis): SeenValue[] {
  const readings = new Map((outcome?.report?.readings ?? []).map((r) => [r.name, r]));
  const late = outcome?.report?.late === true;
  const seen = Object.keys(values)
    .slice(0, MAX_VALUES + 1)
    .map((name, i): SeenValue => {
      const reading = readings.get(name);
      if (reading !== undefined)
        return { name, value: reading.value, quality: reading.quality, doubt: reading.doubt ?? null, fate: late ? "late" : "taken", reason: null };
      const raw = shown(values[name]);
      if (i >= MAX_VALUES) return { name: name.slice(0, 64), value: raw, quality: null, doubt: null, fate: "too-many-values", reason: null };
      // By itself it would be taken: then the message as a whole told nothing new.
      const alone = normalise({ device, ts: null, values: { [name]: values[name] } }, { kind, points: null }, at, false);
      const fate = alone.report === null ? (alone.fates[0] ?? "malformed") : "duplicate";
      return { name: name.slice(0, 64), value: alone.report?.readings[0]?.value ?? raw, quality: null, doubt: null, fate, reason: null };
    });
  for (const [name, reason] of Object.entries(bad).slice(0, MAX_VALUES))
    seen.push({ name, value: readings.get(name)?.value ?? null, quality: "bad", doubt: null, fate: "bad-quality", reason: reason.slice(0, 200) });
  return seen;
}

function shown(raw: unknown): PointValue | null {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === "boolean" || typeof raw === "number") return Number.isNaN(raw) ? "NaN" : raw;
  return (typeof raw === "string" ? raw : (JSON.stringify(raw) ?? "")).slice(0, 200);
}

function seenFact(fact: Fact): SeenFact[] {
  switch (fact.kind) {
    case "described":
      return [{ kind: "described", detail: fact.as.name }];
    case "availability":
      return [{ kind: fact.online ? "online" : "offline", detail: null }];
    case "ack":
      return [{ kind: fact.accepted ? "accepted" : "refused", detail: fact.error }];
    case "job":
      return [{ kind: "job", detail: null }];
    case "rejected":
      return [{ kind: "rejected", detail: fact.detail }];
    default:
      return [];
  }
}

/** Topics that nobody understands, newest first; what a mapping takes by now waits for its next message only. */
export function unknownTopics(strays: readonly StrayTopic[], mappings: Iterable<Mapping>): readonly UnknownTopic[] {
  const taken = [...mappings].flatMap((m) => {
    const levels = readTopic(m.topic);
    return "wrong" in levels ? [] : [levels];
  });
  return strays.filter((s) => taken.every((levels) => matchTopic(levels, s.topic) === null)).map(unknownTopic);
}

function unknownTopic({ topic, at, payload, size }: StrayTopic): UnknownTopic {
  return { topic, at, ...payloadText(bytesOf(payload), size) };
}

/** What a mapping would make of what was heard, and which topics it would hear. */
export function trial(mapping: Mapping, book: MessageBook): { readonly filters: readonly string[]; readonly tried: Omit<MappingTrial, "listening"> } {
  const levels = readTopic(mapping.topic);
  // The schema has refused such a topic already.
  if ("wrong" in levels) throw new Error(`topic "${mapping.topic}" ${levels.wrong}`);
  const filter = filterOf(levels);
  const messages = book.on(levels, MOST_TRIED).map((m) => {
    const reading = tryMapping(mapping, m.topic, bytesOf(m.payload));
    const cut = m.size > m.payload.length ? ` (only the first ${m.payload.length} of its ${m.size} bytes are kept here)` : "";
    if (reading.kind !== "read") {
      const wrong = reading.kind === "unreadable" ? reading.wrong + cut : null;
      return { ...unknownTopic(m), device: null, ts: null, wrong, points: [] };
    }
    const points = reading.points.map((p, i) => ({
      point: p.point,
      raw: p.raw,
      value: shown(p.value),
      unit: officeUnit(p.point) ?? mapping.points[i]?.unit ?? "",
      wrong: p.wrong,
      why: p.why,
    }));
    return { ...unknownTopic(m), device: reading.device, ts: reading.ts !== null && Number.isFinite(reading.ts) ? reading.ts : null, wrong: null, points };
  });
  return { filters: [filter], tried: { filter, messages } };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The beginning of a payload as text, or as hexadecimal digits where it is none. A character that the cut went through is left out. */
function payloadText(payload: Uint8Array, size: number): SeenPayload {
  const cut = payload.length < size;
  for (let less = 0; less <= (cut ? 3 : 0); less++) {
    try {
      const text = utf8.decode(payload.subarray(0, payload.length - less));
      // oxlint-disable-next-line no-control-regex -- what cannot be shown is no text
      if (!/[\u0000-\u0008\u000e-\u001f]/.test(text)) return { payload: text, binary: false, size, cut };
    } catch {
      continue;
    }
  }
  const hex = [...payload.subarray(0, 512)].map((b) => b.toString(16).padStart(2, "0")).join(" ");
  return { payload: hex, binary: true, size, cut: size > Math.min(payload.length, 512) };
}
