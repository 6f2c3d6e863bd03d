/**
 * EMQX Neuron (Modbus, BACnet, DL/T 645 and KNX gateways), MQTT app 2.10: `/neuron/<app>/<driver>/<group>` with values by tag, or as a list of tags. A tag that could not be
 * read has an error code in the place of its value: its quality is bad, it is not missing. Writing asks on `/neuron/<app>/write/req` and is answered by its uuid.
 */
import type { Codec, Heard, Outgoing } from "./codec.ts";
import { isObject, jsonOf, keep, MAX_PAYLOAD_BYTES, own, rejected, shortText, shown } from "./codec.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { inOffice, plainValue, pointNameOf, wordFor } from "./names.ts";
import { parseTime } from "./native.ts";

const PREFIX = "/neuron/";
const MAX_TAGS = 1000;
const MAX_PENDING = 1000;
const MAX_GROUPS = 20_000;

interface Group {
  readonly app: string;
  readonly driver: string;
  readonly group: string;
  /** Its tags by the points that they are here. */
  readonly tags: Map<string, string>;
}

type Tags = readonly (readonly [tag: string, value: unknown])[];
const NO_TAGS: Tags = [];

/** Values and errors of both forms of an upload, by tag; null where it has neither form. */
function tagsOf(upload: Record<string, unknown>): { readonly values: Tags; readonly errors: Tags } | null {
  const { values, errors, tags } = upload;
  if (Array.isArray(tags)) {
    const named = tags.slice(0, MAX_TAGS).filter((t) => isObject(t) && typeof t["name"] === "string") as Record<string, unknown>[];
    return {
      values: named.filter((t) => Object.hasOwn(t, "value")).map((t) => [String(t["name"]), t["value"]]),
      errors: named.filter((t) => Object.hasOwn(t, "error")).map((t) => [String(t["name"]), t["error"]]),
    };
  }
  if (!isObject(values) && !isObject(errors)) return null;
  return { values: entriesOf(values), errors: entriesOf(errors) };
}

function entriesOf(object: unknown): Tags {
  if (!isObject(object)) return NO_TAGS;
  const entries = Object.entries(object);
  return entries.length > MAX_TAGS ? entries.slice(0, MAX_TAGS) : entries;
}

export function createNeuron(): Codec {
  const known = createAcquaintances();
  const groups = new Map<string, Group>();
  const pending = new Map<string, { readonly address: string; readonly command: string }>();

  function upload(topic: string, parts: readonly string[], body: Record<string, unknown>): readonly Heard[] {
    const [app = "", driver = "", group = ""] = parts;
    const read = tagsOf(body);
    if (read === null) return rejected("malformed", "An upload of Neuron has `values` and `errors` by tag, or `tags` as a list.");
    const address = `${driver}/${group}`;
    const before = groups.get(address);
    const tags = before?.tags ?? new Map<string, string>();
    if (before?.app !== app) keep(groups, address, { app, driver, group, tags }, MAX_GROUPS);
    const values: Record<string, unknown> = {};
    const bad: Record<string, string> = {};
    for (const [tag, value] of read.values) {
      const found = inOffice(tag, value);
      if (found === null) continue;
      values[found[0]] = found[1];
      if (tags.size < MAX_TAGS) tags.set(found[0], tag);
    }
    for (const [tag, code] of read.errors) bad[wordFor(tag) ?? pointNameOf(tag)] = `error ${shown(code)}`;
    const heard: Heard[] = known.meet(address, { name: `${driver} ${group}`, topic, values, writable: tags });
    heard.push({ kind: "said", address, said: { ts: parseTime(own(body, "timestamp")), values, ...(read.errors.length === 0 ? {} : { bad }) } });
    return heard;
  }

  function answer(body: Record<string, unknown>): readonly Heard[] {
    const asked = pending.get(shortText(own(body, "uuid"), 100) ?? "");
    if (asked === undefined) return [];
    const error = own(body, "error");
    const refused = error !== 0;
    return [
      {
        kind: "ack",
        address: asked.address,
        command: asked.command,
        accepted: !refused,
        error: refused ? `Neuron answers with error ${shown(error)}` : null,
      },
    ];
  }

  return {
    id: "neuron",
    filters: ["/neuron/#"],
    heads: ["/neuron"],
    decode({ topic, payload }) {
      if (!topic.startsWith(PREFIX)) return null;
      const parts = topic.slice(PREFIX.length).split("/");
      if (parts.at(-1) === "req") return [];
      if (payload.length > MAX_PAYLOAD_BYTES)
        return rejected("oversized", `The payload has ${payload.length} bytes; an upload has at most ${MAX_PAYLOAD_BYTES}.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      if (!isObject(parsed.value)) return rejected("malformed", "What Neuron sends is a JSON object.");
      if (parts.length === 3 && parts[1] === "write" && parts[2] === "resp") return answer(parsed.value);
      if (parts.length === 3 && parts[1] === "read") return [];
      if (parts.length !== 3 || parts.some((p) => p === "" || p.length > 128))
        return rejected("bad-topic", "The topic must be /neuron/<app>/<driver>/<group>.");
      return upload(topic, parts, parsed.value);
    },
    encode({ address }, set, id) {
      const at = groups.get(address);
      if (at === undefined) return { kind: "cannot", why: `Neuron has sent nothing of ${address} since the start; its tags are known with its next upload.` };
      const messages: Outgoing[] = [];
      for (const [point, value] of Object.entries(set)) {
        const tag = at.tags.get(point);
        if (tag === undefined) return { kind: "cannot", why: `${address} has no tag for ${point}.` };
        const uuid = `${id}-${messages.length}`;
        keep(pending, uuid, { address, command: id }, MAX_PENDING);
        messages.push({
          topic: `${PREFIX}${at.app}/write/req`,
          payload: JSON.stringify({ uuid, node: at.driver, group: at.group, tag, value: plainValue(value) }),
        });
      }
      return { kind: "messages", messages };
    },
  };
}
