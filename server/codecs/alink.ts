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
    const id = shortText(own(body, "id"), 64) ?? (typeof body["id"] === "number" ? String(body["id"]) : "0");
    return [{ kind: "reply", message: { topic: `${topic}_reply`, payload: JSON.stringify({ id, code: 200, data: {} }) } }];
  }

  /** Properties of one device: each a value, one with its time, or (in a pack) a list of such. */
  function said(topic: string, address: string, params: Record<string, unknown>): Heard[] {
    const names = properties.get(address) ?? new Map<string, string>();
    keep(properties, address, names, MAX_DEVICES);
    const byTime = new Map<Millis | null, Record<string, unknown>>();
    const all: Record<string, unknown> = {};
    for (const [key, given] of Object.entries(params).slice(0, MAX_PARAMS).flatMap(eachOf)) {
      const timed = isObject(given) && Object.hasOwn(given, "value");
      const found = inOffice(key, timed ? given["value"] : given);
      if (found === null) continue;
      const ts = timed ? parseTime(own(given, "time")) : null;
      const values = byTime.get(ts) ?? {};
      byTime.set(ts, values);
      values[found[0]] = found[1];
      all[found[0]] = found[1];
      if (names.size < MAX_PARAMS) names.set(found[0], key);
    }
    const name = address.slice(address.indexOf("/") + 1);
    const heard = known.meet(address, { name, model: address.slice(0, address.indexOf("/")), topic, values: all, writable: [...names.keys()] });
    const inOrder = [...byTime].toSorted(([a], [b]) => (a ?? Infinity) - (b ?? Infinity));
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
    const asked = pending.get(shortText(own(body, "id"), 64) ?? "");
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
      const [product = "", device = "", thing, ...what] = topic.slice(PREFIX.length).split("/");
      const path = what.join("/");
      // Our own answers and wishes coming by.
      if (path.endsWith("/post_reply") || path === "service/property/set" || path === "service/property/get") return [];
      if (product === "" || device === "" || thing !== "thing" || product.length + device.length > 200)
        return rejected("bad-topic", "The topic must be /sys/<productKey>/<deviceName>/thing/….");
      if (payload.length > MAX_PAYLOAD_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      if (!isObject(parsed.value)) return rejected("malformed", "What Alink sends is a JSON object with `id`, `params` and `method`.");
      const address = `${product}/${device}`;
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

function eachOf([key, told]: [string, unknown]): (readonly [string, unknown])[] {
  return Array.isArray(told) ? (told as unknown[]).slice(0, MAX_TIMES).map((one) => [key, one] as const) : [[key, told]];
}
