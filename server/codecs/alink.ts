/**
 * Alibaba Cloud's Alink JSON, spoken to us as its cloud: `/sys/<productKey>/<deviceName>/thing/event/property/post` is answered (many devices stop without it), and properties are set
 * on `…/thing/service/property/set`, whose reply is only acceptance. Times are ms, one for each property. A gateway posts several devices and times in one pack.
 */
import type { Millis } from "../core/reading.ts";
import type { Codec, Heard } from "./codec.ts";
import { isObject, jsonOf, keep, MAX_PAYLOAD_BYTES, own, rejected, shortText, shown } from "./codec.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { inOffice, plainValue } from "./names.ts";
import { parseTime } from "./native.ts";

const PREFIX = "/sys/";
const MAX_PARAMS = 300;
/** Values of one property, and devices, in a pack. */
const MAX_TIMES = 100;
const MAX_BEHIND = 100;
const MAX_PENDING = 1000;
const MAX_DEVICES = 20_000;

/** The device's address (null where there is none) and what stands behind `/thing/`. */
function splitTopic(topic: string): readonly [address: string | null, path: string] {
  const slash = topic.indexOf("/", PREFIX.length);
  const end = slash === -1 ? -1 : topic.indexOf("/", slash + 1);
  if (end === -1 || !topic.startsWith("/thing/", end)) return [null, ""];
  const named = slash > PREFIX.length && end > slash + 1 && end - PREFIX.length <= 200;
  return [named ? topic.slice(PREFIX.length, end) : null, topic.slice(end + "/thing/".length)];
}

export function createAlink(): Codec {
  const known = createAcquaintances();
  /** By address, the property that each point is there. */
  const properties = new Map<string, Map<string, string>>();
  /** Our requests' numbers: devices want digits. */
  const pending = new Map<string, { readonly address: string; readonly command: string }>();
  let last = 0;

  function reply(topic: string, body: Record<string, unknown>): Heard[] {
    const { sys } = body;
    if (isObject(sys) && sys["ack"] === 0) return [];
    const id = idOf(body) ?? "0";
    return [{ kind: "reply", message: { topic: `${topic}_reply`, payload: JSON.stringify({ id, code: 200, data: {} }) } }];
  }

  /** Properties of one device: each a value, one with its time, or (in a pack) a list of such. */
  function said(topic: string, address: string, params: Record<string, unknown>): Heard[] {
    const names = properties.get(address) ?? new Map<string, string>();
    if (names.size === 0) keep(properties, address, names, MAX_DEVICES);
    const byTime = new Map<Millis | null, Record<string, unknown>>();
    const all: Record<string, unknown> = {};
    const take = (key: string, given: unknown): void => {
      const timed = isObject(given) && Object.hasOwn(given, "value");
      const found = inOffice(key, timed ? given["value"] : given);
      if (found === null) return;
      const ts = timed ? parseTime(own(given, "time")) : null;
      let values = byTime.get(ts);
      if (values === undefined) byTime.set(ts, (values = {}));
      values[found[0]] = found[1];
      all[found[0]] = found[1];
      if (names.size < MAX_PARAMS) names.set(found[0], key);
    };
    let left = MAX_PARAMS;
    for (const key of Object.keys(params)) {
      if (left-- === 0) break;
      const given = params[key];
      if (Array.isArray(given)) for (const one of given.slice(0, MAX_TIMES) as unknown[]) take(key, one);
      else take(key, given);
    }
    const name = address.slice(address.indexOf("/") + 1);
    const heard = known.meet(address, { name, model: address.slice(0, address.indexOf("/")), topic, values: all, writable: names });
    const inOrder = byTime.size === 1 ? byTime : [...byTime].toSorted(([a], [b]) => (a ?? Infinity) - (b ?? Infinity));
    for (const [ts, values] of inOrder) heard.push({ kind: "said", address, said: { ts, values } });
    return heard;
  }

  function posted(topic: string, address: string, body: Record<string, unknown>): readonly Heard[] {
    const { params } = body;
    if (!isObject(params)) return [...reply(topic, body), ...rejected("malformed", "A property post of Alink has its properties in `params`, an object.")];
    return [...reply(topic, body), ...said(topic, address, params)];
  }

  /** What a gateway posts of itself and of the devices behind it, several times at once. */
  function packed(topic: string, address: string, body: Record<string, unknown>): readonly Heard[] {
    const { params } = body;
    if (!isObject(params))
      return [...reply(topic, body), ...rejected("malformed", "A pack of Alink has `properties` and `subDevices` in `params`, an object.")];
    const heard = reply(topic, body);
    if (isObject(params["properties"]) && Object.keys(params["properties"]).length > 0) heard.push(...said(topic, address, params["properties"]));
    const behind = Array.isArray(params["subDevices"]) ? (params["subDevices"] as unknown[]).slice(0, MAX_BEHIND) : [];
    for (const device of behind) {
      const identity = isObject(device) && isObject(device["identity"]) ? device["identity"] : {};
      const [product, name] = [shortText(own(identity, "productKey"), 100), shortText(own(identity, "deviceName"), 100)];
      if (!isObject(device) || product === null || name === null || product.includes("/"))
        heard.push(...rejected("malformed", "A device of a pack is named by `identity`, with productKey and deviceName."));
      else if (isObject(device["properties"])) heard.push(...said(topic, `${product}/${name}`, device["properties"]));
    }
    return heard;
  }

  function answered(body: Record<string, unknown>): readonly Heard[] {
    const asked = pending.get(idOf(body) ?? "");
    if (asked === undefined) return [];
    const { code } = body;
    const accepted = code === 200;
    const error = accepted
      ? null
      : `The device answers with code ${shown(code)}${shortText(own(body, "message")) === null ? "" : `: ${shortText(own(body, "message"))}`}`;
    return [{ kind: "ack", address: asked.address, command: asked.command, accepted, error }];
  }

  return {
    id: "alink",
    filters: ["/sys/+/+/thing/#"],
    heads: ["/sys"],
    decode({ topic, payload }) {
      if (!topic.startsWith(PREFIX)) return null;
      const [address, path] = splitTopic(topic);
      // Our own answers and wishes coming by.
      if (path.endsWith("/post_reply") || path === "service/property/set" || path === "service/property/get") return [];
      if (address === null) return rejected("bad-topic", "The topic must be /sys/<productKey>/<deviceName>/thing/….");
      if (payload.length > MAX_PAYLOAD_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      if (!isObject(parsed.value)) return rejected("malformed", "What Alink sends is a JSON object with `id`, `params` and `method`.");
      if (path === "event/property/pack/post") return packed(topic, address, parsed.value);
      if (path === "event/property/post") return posted(topic, address, parsed.value);
      if (path === "service/property/set_reply" || path === "service/property/get_reply") return answered(parsed.value);
      // Events are not readings, but whoever sends one waits for its answer.
      if (/^event\/[^/]+\/post$/.test(path)) return reply(topic, parsed.value);
      return rejected("bad-topic", `'${path.slice(0, 80)}' is not read; properties come on …/thing/event/property/post.`);
    },
    encode({ address }, set, id) {
      const names = properties.get(address);
      const params: Record<string, number | string> = {};
      for (const [point, value] of Object.entries(set)) {
        const key = names?.get(point);
        if (key === undefined) return { kind: "cannot", why: `${address} has posted no property for ${point} since the start; it can be set once it has.` };
        params[key] = plainValue(value);
      }
      last = (last % 9_999_999) + 1;
      keep(pending, String(last), { address, command: id }, MAX_PENDING);
      const payload = JSON.stringify({ id: String(last), version: "1.0", params, method: "thing.service.property.set" });
      return { kind: "messages", messages: [{ topic: `${PREFIX}${address}/thing/service/property/set`, payload }] };
    },
  };
}

/** A message's number, which some write as a number. */
function idOf({ id }: Record<string, unknown>): string | null {
  return typeof id === "number" && Number.isFinite(id) ? String(id) : shortText(id, 64);
}
