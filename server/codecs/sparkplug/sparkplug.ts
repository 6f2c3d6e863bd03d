/**
 * Sparkplug B (Eclipse Sparkplug 3.0): `spBv1.0/<group>/<message>/<edge>[/<device>]`. Births name every metric, its alias, type and unit; data may name only the alias. An alias
 * holds until the next birth; after a gap in the sequence, or data before a birth, nothing that has only an alias is believed until the edge node was born anew, which it
 * is asked for. A death counts only with the number of the birth that it belongs to. What is historical never is the present. Metrics that hold more than one value (data sets,
 * templates, arrays, bytes) are not read, and that is said. What they say while we are away is heard from their next birth on, unless they wait for
 * us as their primary host (`sparkplug-host.ts`).
 */
import type { Millis } from "../../core/reading.ts";
import type { Said } from "../../ports/device-word.ts";
import type { Codec, Heard, Outgoing } from "../codec.ts";
import { rejected, textOf } from "../codec.ts";
import { createAcquaintances } from "../acquaintances.ts";
import { inOffice, pointNameOf, wordFor } from "../names.ts";
import type { WireMetric, WirePayload } from "./proto.ts";
import { decodePayload, encodePayload, metricOf, TYPES, valueOf } from "./proto.ts";

const PREFIX = "spBv1.0/";
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const MAX_METRICS = 2_000;
const MAX_NODES = 1_000;
/** An edge node is asked for a new birth at most so often (ms). */
const REBIRTH_EVERY = 60_000;
const REBIRTH = "Node Control/Rebirth";
const KINDS = new Set(["NBIRTH", "NDATA", "NDEATH", "NCMD", "DBIRTH", "DDATA", "DDEATH", "DCMD"]);

interface Known {
  readonly name: string;
  /** By which its data may name it; undefined where its birth gave none. */
  readonly alias: number | undefined;
  readonly datatype: number;
  /** The unit that a property of its birth names. */
  readonly unit: string | null;
}

/** What a message tells, what of it cannot be read, and whether it names something that no birth told of. */
interface Told {
  readonly said: readonly Said[];
  readonly skipped: readonly string[];
  readonly strange: boolean;
}

interface Node {
  /** The last sequence number; null before a birth, or after a gap. */
  seq: number | null;
  bdSeq: number | null;
  askedAt: Millis;
  /** By device (empty: the node itself), its metrics by name, and names by alias. */
  readonly devices: Map<string, { readonly metrics: Map<string, Known>; readonly aliases: Map<number, string> }>;
}

/** The last level of a metric's name says what it is: `Inputs/Temperature`. */
function keyOf(name: string): string {
  const last = name.slice(name.lastIndexOf("/") + 1);
  return wordFor(name) === null && wordFor(last) !== null ? last : name;
}

function unitOf({ properties }: WireMetric): string | null {
  const at = properties?.keys?.findIndex((key) => key === "engUnit" || key === "Engineering Units" || key === "unit") ?? -1;
  return at === -1 ? null : (properties?.values?.[at]?.string_value?.slice(0, 20) ?? null);
}

function notRead(names: readonly string[]): readonly Heard[] {
  if (names.length === 0) return [];
  const some = names.slice(0, 5).map((name) => name.slice(0, 60));
  return rejected("wrong-type", `Metrics without one value that can be read (data sets, templates, arrays, bytes, numbers beyond 2^53): ${some.join(", ")}.`);
}

export function createSparkplug(): Codec {
  const acquaintances = createAcquaintances();
  const nodes = new Map<string, Node>();

  function nodeOf(key: string): Node | null {
    const known = nodes.get(key);
    if (known !== undefined) return known;
    if (nodes.size >= MAX_NODES) return null;
    const node: Node = { seq: null, bdSeq: null, askedAt: -Infinity, devices: new Map() };
    nodes.set(key, node);
    return node;
  }

  function askForBirth(key: string, node: Node, now: Millis): Heard[] {
    if (now - node.askedAt < REBIRTH_EVERY) return [];
    node.askedAt = now;
    const [group, edge] = key.split("/");
    const payload = encodePayload({ timestamp: now, metrics: [{ name: REBIRTH, datatype: TYPES.boolean, timestamp: now, boolean_value: true }] });
    return [{ kind: "reply", message: { topic: `${PREFIX}${group}/NCMD/${edge}`, payload } }];
  }

  function born(topic: string, key: string, device: string, node: Node, payload: WirePayload): Heard[] {
    if (device === "") node.devices.clear();
    const metrics = new Map<string, Known>();
    const aliases = new Map<number, string>();
    for (const metric of payload.metrics?.slice(0, MAX_METRICS) ?? []) {
      if (metric.name === undefined || metric.name === "" || metric.name.length > 200) continue;
      metrics.set(metric.name, { name: metric.name, alias: metric.alias, datatype: metric.datatype ?? 0, unit: unitOf(metric) });
      if (metric.alias !== undefined) aliases.set(metric.alias, metric.name);
      if (device === "" && metric.name === "bdSeq") node.bdSeq = Number(valueOf(metric, TYPES.uint64) ?? Number.NaN);
    }
    if (node.devices.size < MAX_METRICS) node.devices.set(device, { metrics, aliases });
    const address = device === "" ? key : `${key}/${device}`;
    const { said, skipped } = tell(node, device, payload, true);
    const values = Object.assign({}, ...said.map((s) => s.values)) as Record<string, unknown>;
    const own = [...metrics.keys()].filter((name) => !name.startsWith("Node Control/") && name !== "bdSeq");
    const heard: Heard[] = [];
    // An edge node that measures nothing itself is no device.
    if (own.length > 0) {
      const writable = new Set(own.map((name) => inOffice(keyOf(name), 0)?.[0] ?? name));
      const units = Object.fromEntries(
        [...metrics.values()].flatMap(({ name, unit }) => (unit === null ? [] : [[inOffice(keyOf(name), 0, unit)?.[0] ?? name, unit]])),
      );
      heard.push(...acquaintances.meet(address, { name: device === "" ? key : device, topic, values, units, writable }));
    }
    heard.push({ kind: "availability", address, online: true });
    for (const s of said) heard.push({ kind: "said", address, said: s });
    return [...heard, ...notRead(skipped)];
  }

  /** Metrics of a message, each at its own time. `all`: they are named (a birth). */
  function tell(node: Node, device: string, payload: WirePayload, all: boolean): Told {
    const known = node.devices.get(device);
    const skipped: string[] = [];
    let strange = false;
    const groups = new Map<string, { ts: Millis | null; historical: boolean; values: Record<string, unknown>; bad: Record<string, string> }>();
    for (const metric of payload.metrics?.slice(0, MAX_METRICS) ?? []) {
      const name = metric.name ?? (metric.alias === undefined || (node.seq === null && !all) ? undefined : known?.aliases.get(metric.alias));
      if (name === undefined) strange = true;
      if (name === undefined || name.startsWith("Node Control/") || name === "bdSeq") continue;
      const about = known?.metrics.get(name);
      const value = valueOf(metric, metric.datatype ?? about?.datatype ?? 0);
      const ts = metric.timestamp ?? payload.timestamp ?? null;
      const historical = metric.is_historical === true;
      const id = `${ts}\n${historical}`;
      const group = groups.get(id) ?? { ts, historical, values: {}, bad: {} };
      groups.set(id, group);
      if (value === null) {
        // The edge node says itself that it has no value.
        if (metric.is_null === true) group.bad[wordFor(keyOf(name)) ?? pointNameOf(name)] = "no value (is_null)";
        else skipped.push(name);
        continue;
      }
      const found = inOffice(keyOf(name), value, about?.unit ?? null);
      if (found !== null) group.values[found[0]] = found[1];
    }
    const said = [...groups.values()].map(({ ts, historical, values, bad }) => ({
      ts,
      values,
      ...(Object.keys(bad).length === 0 ? {} : { bad }),
      ...(historical ? { historical } : {}),
    }));
    return { said, skipped, strange };
  }

  function message(topic: string, kind: string, key: string, device: string, node: Node, payload: WirePayload, now: Millis): readonly Heard[] {
    const address = device === "" ? key : `${key}/${device}`;
    if (kind === "NDEATH") {
      const bdSeq = payload.metrics?.find((m) => m.name === "bdSeq");
      // A will that comes late belongs to a connection that was replaced.
      if (bdSeq !== undefined && node.bdSeq !== null && Number(valueOf(bdSeq, TYPES.uint64)) !== node.bdSeq) return [];
      node.seq = null;
      const devices = [...node.devices.keys()];
      return devices.map((d): Heard => ({ kind: "availability", address: d === "" ? key : `${key}/${d}`, online: false }));
    }
    const { seq } = payload;
    if (kind === "NBIRTH") {
      node.seq = seq ?? 0;
      return born(topic, key, "", node, payload);
    }
    // QoS 1 may bring one again.
    if (node.seq !== null && seq === node.seq) return [];
    const gap = node.seq === null || seq === undefined || seq !== (node.seq + 1) % 256;
    const heard: Heard[] = gap ? askForBirth(key, node, now) : [];
    node.seq = gap ? null : seq;
    if (kind === "DBIRTH") return [...heard, ...born(topic, key, device, node, payload)];
    if (kind === "DDEATH") return [...heard, { kind: "availability", address, online: false }];
    const { said, skipped, strange } = tell(node, device, payload, false);
    // Its birth was lost without a gap, or it uses an alias that no birth gave.
    if (strange && !gap) heard.push(...askForBirth(key, node, now));
    for (const one of said) if (Object.keys(one.values).length + Object.keys(one.bad ?? {}).length > 0) heard.push({ kind: "said", address, said: one });
    return [...heard, ...notRead(skipped)];
  }

  return {
    id: "sparkplug",
    filters: [`${PREFIX}#`],
    heads: ["spBv1.0", "STATE"],
    maxPayload: MAX_PAYLOAD_BYTES,
    decode({ topic, payload, now }) {
      // Hosts' word about themselves, as versions before 3 had it.
      if (topic.startsWith("STATE/")) return /^(ONLINE|OFFLINE)$/.test(textOf(payload.subarray(0, 8)) ?? "") ? [] : null;
      if (!topic.startsWith(PREFIX)) return null;
      const [group = "", kind = "", edge = "", device, ...more] = topic.slice(PREFIX.length).split("/");
      // Hosts' word about themselves, ours among them.
      if (group === "STATE") return [];
      const ofDevice = kind.startsWith("D");
      if (!KINDS.has(kind) || group === "" || edge === "" || ofDevice !== (device !== undefined && device !== "") || more.length > 0)
        return rejected("bad-topic", "The topic must be spBv1.0/<group>/<message>/<edge node>, with /<device> for D… messages.");
      if (kind.endsWith("CMD")) return [];
      if (payload.length > MAX_PAYLOAD_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
      const decoded = decodePayload(payload);
      if (decoded === null) return rejected("malformed", "The payload is no Sparkplug B payload (protobuf).");
      const key = `${group}/${edge}`;
      const node = nodeOf(key);
      if (node === null) return rejected("too-many-devices", `More than ${MAX_NODES} edge nodes speak here.`);
      return message(topic, kind, key, device ?? "", node, decoded, now);
    },
    encode({ address }, set, _id, now) {
      const [group = "", edge = "", ...rest] = address.split("/");
      const device = rest.join("/");
      const known = nodes.get(`${group}/${edge}`)?.devices.get(device);
      if (known === undefined) return { kind: "cannot", why: `${address} has not been born since the start; it is asked for its birth when it speaks.` };
      const metrics: WireMetric[] = [];
      for (const [point, value] of Object.entries(set)) {
        const metric = [...known.metrics.values()].find((m) => (inOffice(keyOf(m.name), 0)?.[0] ?? m.name) === point);
        const written = metric === undefined ? null : metricOf(metric.name, metric.datatype, value, now);
        if (written === null) return { kind: "cannot", why: `${address} has no metric that takes ${point} ${String(value)}.` };
        // Some find a metric by its name, some by its alias.
        metrics.push(metric?.alias === undefined ? written : { ...written, alias: metric.alias });
      }
      const message: Outgoing = {
        topic: `${PREFIX}${group}/${device === "" ? "NCMD" : "DCMD"}/${edge}${device === "" ? "" : `/${device}`}`,
        payload: encodePayload({ timestamp: now, metrics }),
      };
      return { kind: "messages", messages: [message] };
    },
  };
}
