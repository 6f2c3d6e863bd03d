/**
 * Where devices come from. Each ecosystem's codec knows its devices by addresses; here they get their names in the house, once: what the site file and
 * adoptions say of an address, else a name made of what the source calls it. A device that two sources describe is one device (by its hardware): who was
 * adopted first stays, among strangers the source that tells more (it stands earlier in the list of codecs).
 */
import type { Codec, Heard, Outgoing } from "./codecs/codec.ts";
import type { MappingCodec } from "./codecs/mapping.ts";
import { keep } from "./codecs/codec.ts";
import { encodeNative } from "./codecs/native.ts";
import type { Description, Lapse } from "./core/description.ts";
import { guessKind, ownUnits } from "./core/description.ts";
import type { DescribedAs } from "./core/event.ts";
import type { DeviceState, House } from "./core/house.ts";
import { keyOf } from "./core/key.ts";
import type { Mapping } from "./core/mapping.ts";
import type { PrintJob } from "./core/policy.ts";
import type { DeviceId, Fate, Millis, Observation, PointValue } from "./core/reading.ts";
import type { DeviceWord, Said, SourceView } from "./ports/device-word.ts";
import type { IncomingMessage } from "./ports/transport.ts";

export type Fact =
  | { readonly kind: "observation"; readonly observation: Observation; readonly codec: string }
  | { readonly kind: "described"; readonly device: DeviceId; readonly as: DescribedAs; readonly lapses?: readonly Lapse[] | undefined }
  | { readonly kind: "availability"; readonly device: DeviceId; readonly online: boolean }
  | { readonly kind: "ack"; readonly device: DeviceId; readonly command: string; readonly accepted: boolean; readonly error: string | null }
  | { readonly kind: "job"; readonly device: DeviceId; readonly job: PrintJob }
  | { readonly kind: "reply"; readonly message: Outgoing }
  | { readonly kind: "listen"; readonly filters: readonly string[] }
  | { readonly kind: "rejected"; readonly fate: Fate; readonly detail: string };

export interface Sources {
  /** Topic filters of every codec, for a broker where one has to subscribe. */
  readonly filters: readonly string[];
  /** What a message that is not in our own format says, in the house's names. `UNTAKEN`: it is for nobody here. */
  read(message: Pick<IncomingMessage, "topic" | "payload" | "retained" | "from">, now: Millis): readonly Fact[];
  /** What was heard of a device by another way than messages, in the house's names. */
  facts(codec: string, word: DeviceWord): readonly Fact[];
  /** A command in its device's own words, or why it cannot be put into them. */
  encode(device: DeviceState, set: Readonly<Record<string, PointValue>>, command: string, now: Millis): ReturnType<Codec["encode"]>;
  /** To be said after each connection. */
  greetings(): readonly Outgoing[];
  view(device: DeviceId): SourceView | null;
  /** Takes a mapping in place of the one of this id, or takes it out (null); answers the topic filters to hear, and those that nobody wants any more. */
  map(id: string, mapping: Mapping | null): { readonly hear: readonly string[]; readonly leave: readonly string[] };
  /** The largest payload taken on a topic, bytes. */
  maxPayload(topic: string): number;
}

const isOurs = (fact: Fact) => fact.kind !== "rejected" || fact.fate !== "second-source";

/** What is made of a message that no codec took. */
export const UNTAKEN: readonly Fact[] = [];

export interface SourcesParts {
  readonly house: House;
  /** In the order of their rank. */
  readonly codecs: readonly Codec[];
  /** Building of those that nobody has placed yet. */
  readonly building: string;
}

/** Strangers beyond these are not taken in: they are a fault or a flood. */
const MAX_STRANGERS = 5_000;
/** Addresses that are remembered as second words of a device. */
const MAX_SECOND = 20_000;
/** How many are refused before it is looked whether some were adopted meanwhile. */
const RECOUNT = 256;
/** A MAC, IEEE address or EUI, with what may follow it. */
const HEXADECIMAL = /^(0x)?[0-9a-f]{12,16}(\/|$)/i;
const NATIVE_MAX = 64 * 1024;
const NOTHING: readonly Fact[] = [];

export function createSources({ house, codecs, building }: SourcesParts): Sources {
  const byHead = new Map<string, Codec[]>();
  const anywhere: Codec[] = [];
  const mapper = codecs.find((c): c is MappingCodec => c.id === "mapping" && "put" in c);
  const rank = new Map(codecs.map((codec, i) => [codec.id as string, i]));
  /** What comes by no codec stands behind them. */
  const rankOf = (codec: string) => rank.get(codec) ?? codecs.length;
  const codecOf = new Map(codecs.map((codec) => [codec.id as string, codec]));
  for (const codec of codecs) {
    if (codec.heads.length === 0) anywhere.push(codec);
    for (const head of codec.heads) byHead.set(head, [...(byHead.get(head) ?? []), codec]);
  }
  for (const [head, headed] of byHead) byHead.set(head, [...headed, ...anywhere]);

  /** By `<codec>\n<address>`: every address that was ever bound, aliases too. */
  const bound = new Map<string, DeviceId>();
  /** The address by which its codec knows a device now. */
  const addresses = new Map<DeviceId, { readonly codec: string; readonly address: string }>();
  const descriptions = new Map<DeviceId, Description>();
  const hardware = new Map<string, DeviceId>();
  /** Addresses of devices that speak through a better source already, by their key. */
  const second = new Map<string, DeviceId>();
  /** Devices that the house was told of. */
  const announced = new Set<DeviceId>(house.devices.keys());
  /** By codec, then address: whose words need no more thought than this. */
  const known = new Map<string, Map<string, DeviceId>>(codecs.map((codec) => [codec.id, new Map()]));
  let strangers = 0;
  let refused = 0;

  /** Filters that mean the same topic twice make some brokers send its messages twice. */
  const standing = codecs.flatMap((c) => c.filters.map((f) => f.split("/")));
  const heardAnyway = (topic: string): boolean => {
    const levels = topic.split("/");
    return standing.some((filter) => {
      const more = filter.at(-1) === "#" ? filter.length - 1 : -1;
      return (more === -1 ? filter.length === levels.length : levels.length >= more) && filter.every((f, i) => i === more || f === "+" || f === levels[i]);
    });
  };

  const keyed = (codec: string, address: string) => `${codec}\n${address}`;
  for (const { device } of house.devices.values()) {
    if (device.address === undefined) continue;
    bound.set(keyed(device.codec, device.address), device.id);
    // Labels write hardware addresses in capitals, codecs in small letters.
    const small = keyed(device.codec, device.address.toLowerCase());
    if (HEXADECIMAL.test(device.address) && !bound.has(small)) bound.set(small, device.id);
    if (!device.adopted) strangers++;
    // Who was adopted is known by its hardware before it speaks: a second source may be heard first.
    for (const h of codecOf.get(device.codec)?.hardware?.(device.address) ?? []) if (device.adopted || !hardware.has(h)) hardware.set(h, device.id);
  }

  /** Where a device speaks: as it was last heard, else as it was known before our restart. */
  function placeOf(id: DeviceId): { readonly codec: string; readonly address: string } | undefined {
    const device = house.devices.get(id)?.device;
    return addresses.get(id) ?? (device?.address === undefined ? undefined : { codec: device.codec, address: device.address });
  }

  /** A name that no other device has, and that the same address has again after a restart. */
  function nameFor(codec: string, address: string, name: string): DeviceId {
    const plain = name
      .normalize("NFKD")
      .replaceAll(/[^A-Za-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .toLowerCase()
      .slice(0, 48);
    const id = `${building}/${plain}`;
    if (plain !== "" && !announced.has(id) && !house.devices.has(id)) return id;
    return `${building}/${plain === "" ? codec : plain}-${keyOf(codec, address).slice(-8).toLowerCase()}`;
  }

  function bind(codec: string, address: string, device: DeviceId): DeviceId {
    bound.set(keyed(codec, address), device);
    known.get(codec)?.delete(address);
    addresses.set(device, { codec, address });
    return device;
  }

  /** The device that is known by another word of it only: what has an address of its own is somebody else, whatever it was once called. */
  function byAlias(codec: string, alias: string): DeviceId | undefined {
    const device = bound.get(keyed(codec, alias));
    const at = device === undefined ? undefined : addresses.get(device);
    return at === undefined || at.address === alias ? device : undefined;
  }

  /** The device of an address; null where it speaks through another source, or where there are too many strangers. */
  function find(codec: string, address: string, description: Description | null, name: string): DeviceId | null {
    const key = keyed(codec, address);
    if (second.has(key)) return null;
    const before = bound.get(key) ?? description?.aliases.map((alias) => byAlias(codec, alias)).find((id) => id !== undefined);
    const twin = description?.hardware.map((h) => hardware.get(h)).find((id) => id !== undefined && id !== before);
    if (twin !== undefined) {
      const other = placeOf(twin);
      const adopted = house.devices.get(twin)?.device.adopted === true;
      const ours = before !== undefined && house.devices.get(before)?.device.adopted === true;
      if (!ours && (adopted || (other !== undefined && rankOf(other.codec) <= rankOf(codec)))) {
        keep(second, key, twin, MAX_SECOND);
        known.get(codec)?.delete(address);
        return null;
      }
      // The better source takes the stranger over, under the name that it has.
      if (!ours && other !== undefined) {
        keep(second, keyed(other.codec, other.address), twin, MAX_SECOND);
        known.get(other.codec)?.delete(other.address);
        return bind(codec, address, twin);
      }
    }
    if (before !== undefined) {
      if (addresses.get(before)?.address !== address) bind(codec, address, before);
      return before;
    }
    if (strangers >= MAX_STRANGERS && refused++ % RECOUNT === 0) strangers = [...house.devices.values()].filter((d) => !d.device.adopted).length;
    if (strangers >= MAX_STRANGERS) return null;
    strangers++;
    return bind(codec, address, nameFor(codec, address, name));
  }

  function described(codec: string, topic: string, description: Description): readonly Fact[] {
    const { address, name, kind, interval, openLoop, wakes } = description;
    const device = find(codec, address, description, name);
    // That it describes itself here too is how sources are, and nothing that anybody could mend.
    if (device === null) return second.has(keyed(codec, address)) ? NOTHING : secondOrFull(codec, address);
    for (const alias of description.aliases) {
      bound.set(keyed(codec, alias), device);
      known.get(codec)?.delete(alias);
    }
    for (const h of description.hardware) if (!hardware.has(h)) hardware.set(h, device);
    descriptions.set(device, description);
    const units = ownUnits(description.points);
    const as = { codec, address, topic: description.topic === "" ? topic : description.topic, name, guess: kind, interval, openLoop, wakes, units };
    announced.add(device);
    return [{ kind: "described", device, as, lapses: description.lapses }];
  }

  function secondOrFull(codec: string, address: string): Fact[] {
    if (second.has(keyed(codec, address))) return [{ kind: "rejected", fate: "second-source", detail: "This device speaks through another source already." }];
    return [
      {
        kind: "rejected",
        fate: "too-many-devices",
        detail: `More than ${MAX_STRANGERS} devices wait to be adopted; adopt them, or leave this source out by the setting sources.off.`,
      },
    ];
  }

  function said(codec: string, topic: string, address: string, what: Said): Fact[] {
    const at = known.get(codec)?.get(address);
    return at === undefined ? saidAnew(codec, topic, address, what) : [observed(codec, at, what)];
  }

  function observed(codec: string, device: DeviceId, { ts, values, bad, historical, stands }: Said): Fact {
    return { kind: "observation", observation: { device, ts, values, bad, historical, stands }, codec };
  }

  function saidAnew(codec: string, topic: string, address: string, what: Said): Fact[] {
    const facts: Fact[] = [];
    const key = keyed(codec, address);
    let device = bound.get(key);
    if (device === undefined || second.has(key)) {
      const found = find(codec, address, null, address);
      if (found === null) return secondOrFull(codec, address);
      device = found;
    }
    if (!announced.has(device)) {
      announced.add(device);
      const as = { codec, address, topic, name: address.slice(0, 200), guess: guessKind(Object.keys(what.values)), interval: null, openLoop: false };
      facts.push({ kind: "described", device, as });
    }
    known.get(codec)?.set(address, device);
    facts.push(observed(codec, device, what));
    return facts;
  }

  function factsOf(codec: string, topic: string, heard: Heard): readonly Fact[] {
    switch (heard.kind) {
      case "said":
        return said(codec, topic, heard.address, heard.said);
      case "described":
        return described(codec, topic, heard.description);
      case "reply":
      case "rejected":
        return [heard];
      case "listen": {
        const filters = heard.filters.filter((f) => !heardAnyway(f));
        return filters.length === 0 ? NOTHING : [{ kind: "listen", filters }];
      }
      case "availability":
      case "ack":
      case "job":
      case "gone": {
        const device = bound.get(keyed(codec, heard.address));
        // Whoever was never heard of has nothing that could change.
        if (device === undefined || second.has(keyed(codec, heard.address)) || !announced.has(device)) return NOTHING;
        if (heard.kind === "availability") return [{ kind: "availability", device, online: heard.online }];
        if (heard.kind === "gone") return [{ kind: "availability", device, online: false }];
        if (heard.kind === "job") return [{ kind: "job", device, job: heard.job }];
        return [{ kind: "ack", device, command: heard.command, accepted: heard.accepted, error: heard.error }];
      }
    }
  }

  const offered = (topic: string): readonly Codec[] => {
    const slash = topic.indexOf("/", topic.startsWith("/") ? 1 : 0);
    return byHead.get(slash === -1 ? topic : topic.slice(0, slash)) ?? anywhere;
  };

  return {
    filters: codecs.flatMap((c) => c.filters),
    read({ topic, payload, retained, from }, now) {
      let elsewhere = UNTAKEN;
      for (const codec of offered(topic)) {
        const heard = codec.decode({ topic, payload, retained, now, from });
        if (heard === null) continue;
        const facts = heard.length === 1 ? factsOf(codec.id, topic, heard[0]!) : heard.flatMap((h) => factsOf(codec.id, topic, h));
        // What it is about may have been adopted under a later codec, which hears the same topic.
        if (heard.length === 0 || facts.some(isOurs)) return facts;
        if (facts.length > 0 || elsewhere === UNTAKEN) elsewhere = facts;
      }
      return elsewhere;
    },
    facts: (codec, word) => factsOf(codec, "", word),
    encode(state, set, command, now) {
      const { device } = state;
      if (device.codec === "native") {
        return { kind: "messages", messages: [encodeNative(device.building, device.id.slice(device.building.length + 1), set, command)] };
      }
      const at = placeOf(device.id);
      const codec = at === undefined ? undefined : codecOf.get(at.codec);
      if (at === undefined || codec === undefined)
        return { kind: "cannot", why: `Nothing here speaks ${device.codec} to ${device.id}: its source is switched off (sources.off), or it has no address.` };
      return codec.encode({ address: at.address, kind: device.kind, value: (point) => state.points.get(point)?.value }, set, command, now);
    },
    greetings: () => codecs.flatMap((c) => c.greet?.() ?? []),
    view(id) {
      const device = house.devices.get(id)?.device;
      if (device === undefined) return null;
      const also = [...second].filter(([, twin]) => twin === id).map(([key]) => key.slice(0, key.indexOf("\n")));
      const at = addresses.get(id);
      return {
        codec: at?.codec ?? device.codec,
        address: at?.address ?? device.address ?? null,
        description: descriptions.get(id) ?? null,
        also: [...new Set(also)],
      };
    },
    map(id, mapping) {
      if (mapper === undefined) return { hear: [], leave: [] };
      const before = mapper.filters;
      if (mapping === null) mapper.remove(id);
      else mapper.put(mapping);
      const after = new Set(codecs.flatMap((c) => c.filters));
      return { hear: mapping === null ? [] : mapper.filters, leave: before.filter((f) => !after.has(f)) };
    },
    maxPayload(topic) {
      if (topic.startsWith("jieyue/")) return NATIVE_MAX;
      return offered(topic).reduce((most, c) => Math.max(most, c.maxPayload ?? NATIVE_MAX), NATIVE_MAX);
    },
  };
}
