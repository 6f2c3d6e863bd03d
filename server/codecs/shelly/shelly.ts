/**
 * Shelly of the second generation and later, by RPC over MQTT. A device speaks under its prefix (its id, or what somebody chose): `<prefix>/events/rpc` tells what changed,
 * `<prefix>/status/<component>` a whole component where that is switched on, `<prefix>/online` whether it is there. Commands carry an id that the device's answer
 * names: the best confirmation in the field. Each load or meter of a Shelly is a device of its own (`<prefix>/switch:0`), its sensors are the Shelly itself.
 */
import type { Millis } from "../../core/reading.ts";
import type { Codec, Heard, Outgoing } from "../codec.ts";
import { EVENT_SECONDS, isObject, jsonOf, keep, MAX_PAYLOAD_BYTES, own, rejected, shortText, shown, textOf } from "../codec.ts";
import type { Acquaintances } from "../acquaintances.ts";
import { createAcquaintances } from "../acquaintances.ts";
import { componentOf, kindOf, partOf, rpcFor, saidBy, SHELLY_UNITS, writableOf } from "./components.ts";

/** Devices answer us on `<this>/rpc`. */
const SELF = "jieyue-server";
/** A device is asked what it is and how it stands at most so often (ms). */
const ASK_EVERY = 10 * 60_000;
/** Components in a message, and parts of a Shelly. */
const MAX_COMPONENTS = 100;
const MAX_PREFIX = 300;
const MAX_SHELLIES = 5_000;
const MAX_PENDING = 2_000;
const USUAL_PARTS = [
  ...["switch", "light", "cct", "rgb", "rgbw", "pm1", "em", "em1"].flatMap((type) => [0, 1, 2, 3].map((n) => `${type}:${n}`)),
  "thermostat:0",
  "blutrv:200",
];

interface Shelly {
  name: string | null;
  model: string | null;
  mac: string | null;
  askedAt: Millis;
  online: boolean | null;
  /** Its parts that spoke so far, and what is known of each; null where that has changed since. */
  readonly parts: Map<string, About | null>;
}

type About = { readonly address: string } & Omit<Parameters<Acquaintances["meet"]>[1], "values">;

type Question =
  | { readonly kind: "command"; readonly address: string; readonly command: string }
  | { readonly kind: "info" | "status"; readonly prefix: string };

/** `<prefix>/events/rpc`, `<prefix>/online` or `<prefix>/status/<component>`; null for other topics. */
function partsOf(topic: string): { readonly prefix: string; readonly what: "events/rpc" | "online" | "status"; readonly component: string } | null {
  let end = topic.lastIndexOf("/");
  let what: "events/rpc" | "online" | "status" = "status";
  const component = topic.slice(end + 1);
  if (component === "online") what = "online";
  else if (component === "rpc" && topic.endsWith("/events/rpc")) [what, end] = ["events/rpc", end - "/events".length];
  else if (topic.endsWith("/status", end) && componentOf(component) !== null) end -= "/status".length;
  else return null;
  return end < 1 || end > MAX_PREFIX ? null : { prefix: topic.slice(0, end), what, component };
}

/** `shellyplus1pm-a8032ab9c910` → its MAC. */
function macIn(id: string): string | null {
  return /(?:^|-)([0-9a-f]{12})$/.exec(id.toLowerCase())?.[1] ?? null;
}

/** Its first load is the Shelly itself to others. */
function hardwareAt(mac: string, part: string): string {
  return componentOf(part)?.id === 0 ? `mac:${mac}` : `mac:${mac}#${part}`;
}

function placeOf(address: string): { readonly prefix: string; readonly part: string } {
  const slash = address.lastIndexOf("/");
  const part = componentOf(address.slice(slash + 1)) === null ? "" : address.slice(slash + 1);
  return { prefix: part === "" ? address : address.slice(0, slash), part };
}

export function createShelly(): Codec {
  const known = createAcquaintances();
  const shellies = new Map<string, Shelly>();
  const pending = new Map<number, Question>();
  let last = 0;

  /** Ids of our questions go on from the clock, so that an answer to a server before us names none of them. */
  function idFor(question: Question, now: Millis): number {
    last = Math.max(last + 1, Math.floor(now / 1000) % 2 ** 30);
    keep(pending, last, question, MAX_PENDING);
    return last;
  }

  function call(prefix: string, id: number, method: string, params?: Record<string, unknown>): Outgoing {
    return { topic: `${prefix}/rpc`, payload: JSON.stringify({ id, src: SELF, method, ...(params === undefined ? {} : { params }) }) };
  }

  /** A Shelly that is heard for the first time is asked what it is and how it stands; nothing of it is retained. */
  function meet(prefix: string, now: Millis): { readonly shelly: Shelly; readonly heard: Heard[] } | null {
    let shelly = shellies.get(prefix);
    if (shelly === undefined) {
      if (shellies.size >= MAX_SHELLIES) return null;
      shelly = { name: null, model: null, mac: macIn(prefix), askedAt: -Infinity, online: null, parts: new Map() };
      shellies.set(prefix, shelly);
    }
    if (now - shelly.askedAt < ASK_EVERY) return { shelly, heard: [] };
    shelly.askedAt = now;
    const heard: Heard[] = [
      { kind: "listen", filters: [`${prefix}/online`, `${prefix}/events/rpc`, `${prefix}/status/+`] },
      { kind: "reply", message: call(prefix, idFor({ kind: "info", prefix }, now), "Shelly.GetDeviceInfo") },
      { kind: "reply", message: call(prefix, idFor({ kind: "status", prefix }, now), "Shelly.GetStatus") },
    ];
    return { shelly, heard };
  }

  /** What is known of its parts is to be told anew. */
  function forget({ parts }: Shelly): void {
    for (const part of parts.keys()) parts.set(part, null);
  }

  function aboutPart(prefix: string, shelly: Shelly, part: string): About {
    const channel = componentOf(part)?.id ?? null;
    const kind = kindOf(part);
    return {
      address: part === "" ? prefix : `${prefix}/${part}`,
      name: channel === null || channel === 0 ? (shelly.name ?? prefix) : `${shelly.name ?? prefix} ${channel + 1}`,
      maker: "Shelly",
      model: shelly.model,
      hardware: shelly.mac === null ? [] : [hardwareAt(shelly.mac, part)],
      ...(kind === null ? {} : { kind }),
      topic: `${prefix}/events/rpc`,
      units: SHELLY_UNITS,
      writable: writableOf(part),
    };
  }

  /** What components say at one time, each for the device that it belongs to. */
  function tell(prefix: string, shelly: Shelly, components: Record<string, unknown>, ts: Millis | null, whole = false): Heard[] {
    const parts = new Map<string, Record<string, unknown>>();
    let left = MAX_COMPONENTS;
    for (const name of Object.keys(components)) {
      const component = componentOf(name);
      const status = components[name];
      if (component === null || !isObject(status) || left-- <= 0) continue;
      const part = partOf(component);
      let values = parts.get(part);
      if (values === undefined) parts.set(part, (values = {}));
      saidBy(component.type, status, values);
    }
    const heard: Heard[] = [];
    for (const [part, values] of parts) {
      let about = shelly.parts.get(part);
      const first = about === undefined;
      if (first && shelly.parts.size >= MAX_COMPONENTS) continue;
      if (about == null) shelly.parts.set(part, (about = aboutPart(prefix, shelly, part)));
      // Whoever measures tells it every minute.
      if (whole && about.interval === undefined && values["power"] === undefined) shelly.parts.set(part, (about = { ...about, interval: EVENT_SECONDS }));
      const { address } = about;
      for (const described of known.meet(address, { ...about, values })) heard.push(described);
      if (first && shelly.online !== null) heard.push({ kind: "availability", address, online: shelly.online });
      if (Object.keys(values).length > 0) heard.push({ kind: "said", address, said: { ts, values } });
    }
    return heard;
  }

  function answer(body: Record<string, unknown>): readonly Heard[] {
    const { id, result, error } = body;
    const asked = typeof id === "number" ? pending.get(id) : undefined;
    if (asked === undefined) return [];
    pending.delete(id as number);
    if (asked.kind === "command") {
      const { address, command } = asked;
      if (error === undefined) return [{ kind: "ack", address, command, accepted: true, error: null }];
      const why = isObject(error) ? `the Shelly answers: ${shown(error["message"])} (${shown(error["code"])})` : "the Shelly refuses";
      return [{ kind: "ack", address, command, accepted: false, error: why }];
    }
    const shelly = shellies.get(asked.prefix);
    if (shelly === undefined || !isObject(result)) return [];
    if (asked.kind === "status") return tell(asked.prefix, shelly, result, null, true);
    shelly.name = shortText(own(result, "name"), 100);
    shelly.model = shortText(own(result, "model"), 60);
    shelly.mac = macIn(shortText(own(result, "mac"), 20) ?? "") ?? shelly.mac;
    forget(shelly);
    return [];
  }

  function online(prefix: string, payload: Uint8Array, now: Millis): readonly Heard[] {
    const word = textOf(payload)?.trim();
    if (word !== "true" && word !== "false") return rejected("malformed", "`online` of a Shelly is the text true or false.");
    const met = word === "true" ? meet(prefix, now) : null;
    const shelly = shellies.get(prefix);
    if (shelly !== undefined) shelly.online = word === "true";
    // Also those that were adopted and did not speak since our start.
    const parts = new Set(["", ...USUAL_PARTS, ...(shelly?.parts.keys() ?? [])]);
    const heard = [...parts].map((part): Heard => ({ kind: "availability", address: part === "" ? prefix : `${prefix}/${part}`, online: word === "true" }));
    return [...(met?.heard ?? []), ...heard];
  }

  function notified(prefix: string, payload: Uint8Array, now: Millis): readonly Heard[] | null {
    const parsed = jsonOf(payload);
    const isTheirs = prefix.startsWith("shelly") || shellies.has(prefix);
    if ("wrong" in parsed) return isTheirs ? rejected("malformed", parsed.wrong) : null;
    const { value } = parsed;
    if (!isObject(value) || typeof value["src"] !== "string" || typeof value["method"] !== "string")
      return isTheirs ? rejected("malformed", "A notification of a Shelly names its `src` and `method`.") : null;
    if (!value["method"].startsWith("Notify")) return [];
    const met = meet(prefix, now);
    if (met === null) return rejected("too-many-devices", `More than ${MAX_SHELLIES} Shelly devices speak here.`);
    if (met.shelly.mac === null) {
      met.shelly.mac = macIn(value["src"]);
      forget(met.shelly);
    }
    const { params } = value;
    if (value["method"] === "NotifyEvent" || !isObject(params)) return met.heard;
    const seconds = own(params, "ts");
    const ts = typeof seconds === "number" && Number.isFinite(seconds) ? Math.round(seconds * 1000) : null;
    return [...met.heard, ...tell(prefix, met.shelly, params, ts)];
  }

  return {
    id: "shelly",
    filters: ["+/online", "+/events/rpc", "+/+/events/rpc", "+/+/+/events/rpc", `${SELF}/rpc`],
    heads: [],
    decode({ topic, payload, now }) {
      const ours = topic === `${SELF}/rpc`;
      const at = ours ? null : partsOf(topic);
      if (!ours && at === null) return null;
      const { prefix, what, component } = at ?? { prefix: "", what: "", component: "" };
      const theirs = ours || what === "events/rpc" || prefix.startsWith("shelly") || shellies.has(prefix);
      if (!theirs) return null;
      if (payload.length > MAX_PAYLOAD_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
      if (what === "events/rpc") return notified(prefix, payload, now);
      if (what === "online") return online(prefix, payload, now);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      if (!isObject(parsed.value)) return rejected("malformed", "What a Shelly says here is a JSON object.");
      if (ours) return answer(parsed.value);
      const met = meet(prefix, now);
      return met === null ? [] : [...met.heard, ...tell(prefix, met.shelly, { [component]: parsed.value }, null)];
    },
    hardware(address) {
      const { prefix, part } = placeOf(address);
      const mac = macIn(prefix);
      return mac === null ? [] : [hardwareAt(mac, part)];
    },
    encode({ address }, set, id, now) {
      const { prefix, part } = placeOf(address);
      const rpc = rpcFor(part, set);
      if ("cannot" in rpc) return { kind: "cannot", why: rpc.cannot };
      return { kind: "messages", messages: [call(prefix, idFor({ kind: "command", address, command: id }, now), rpc.method, rpc.params)] };
    },
  };
}
