/**
 * Shelly of the first generation: one plain text a topic under `shellies/<id>`, no times, values of one instant in several messages. A relay's counter is in watt-minutes
 * and begins anew at every restart; an energy meter's `total` is in Wh. `overpower` is a third state of a relay: it has switched itself off.
 */
import { convert } from "../../core/units.ts";
import type { Codec, Heard } from "../codec.ts";
import { EVENT_SECONDS, isObject, jsonOf, keep, own, rejected, shortText, textOf } from "../codec.ts";
import { createAcquaintances } from "../acquaintances.ts";
import { pointNameOf } from "../names.ts";
import { SHELLY_UNITS } from "./components.ts";

const PREFIX = "shellies/";
const MAX_PAYLOAD_BYTES = 4096;
const CHANNEL = /^(relay|emeter|light|white|color)\/(\d)(?:\/(.+))?$/;
/** What a Shelly of the first generation can have. */
const CHANNELS = ["relay", "light", "white", "color", "emeter"].flatMap((type) => [0, 1, 2, 3].map((n) => `${type}/${n}`));
const DECIMAL = /^[+-]?\d+(\.\d+)?$/;

function numberIn(text: string): number | undefined {
  return DECIMAL.test(text) ? Number(text) : undefined;
}

const UNITS: Readonly<Record<string, string>> = { ...SHELLY_UNITS, tilt: "°", reactive_power: "var" };

/** What a channel's topic says; empty where it says nothing, null where its text is none of its values. */
function channelSays(type: string, key: string | undefined, text: string): Record<string, unknown> | null {
  if (key === undefined) {
    if (text === "overpower") return { on: false, overpower: true };
    return text === "on" || text === "off" ? { on: text === "on", ...(type === "relay" ? { overpower: false } : {}) } : null;
  }
  if (key === "status") {
    const parsed = jsonOf(new TextEncoder().encode(text));
    if ("wrong" in parsed || !isObject(parsed.value)) return null;
    const brightness = own(parsed.value, "brightness");
    return typeof brightness === "number" ? { brightness } : {};
  }
  const number = numberIn(text);
  if (number === undefined) return key === "power" || key === "energy" || key === "total" ? null : {};
  if (key === "energy") return type === "emeter" ? {} : { energy: convert(number, "W·min", "kWh") };
  if (key === "total") return type === "emeter" ? { energy: convert(number, "Wh", "kWh") } : {};
  return ["power", "voltage", "current"].includes(key) ? { [key]: number } : { [pointNameOf(key.replaceAll("/", "."))]: number };
}

/** What a topic of the Shelly itself says. */
function deviceSays(key: string, text: string): Record<string, unknown> | null {
  switch (key) {
    case "sensor/state":
      return text === "open" || text === "close" ? { open: text === "open" } : null;
    case "sensor/motion":
      return text === "true" || text === "false" ? { occupied: text === "true" } : null;
    case "sensor/lux":
      return numberIn(text) === undefined ? null : { illuminance: numberIn(text) };
    case "sensor/temperature":
    case "sensor/humidity":
    case "sensor/battery":
    case "sensor/tilt":
      return numberIn(text) === undefined ? null : { [key.slice("sensor/".length)]: numberIn(text) };
    // The relay's own warmth.
    case "temperature":
      return numberIn(text) === undefined ? null : { device_temperature: numberIn(text) };
    case "status": {
      const parsed = jsonOf(new TextEncoder().encode(text));
      if ("wrong" in parsed || !isObject(parsed.value)) return null;
      const { motion, lux, bat } = parsed.value;
      return {
        ...(typeof motion === "boolean" ? { occupied: motion } : {}),
        ...(typeof lux === "number" ? { illuminance: lux } : {}),
        ...(typeof bat === "number" ? { battery: bat } : {}),
      };
    }
    default:
      return {};
  }
}

const NOTHING: ReadonlySet<string> = new Set();
const SWITCHED: ReadonlySet<string> = new Set(["on"]);
const DIMMED: ReadonlySet<string> = new Set(["on", "brightness"]);

export function createShellyGen1(): Codec {
  const known = createAcquaintances();
  const models = new Map<string, { readonly model: string | null; readonly mac: string | null }>();
  /** What a Shelly says of itself on the broker, and its channels so far: its `online`, which a broker keeps, may come before the first of them. */
  const there = new Map<string, { online: boolean | null; readonly channels: Set<string> }>();

  function presenceOf(id: string): { online: boolean | null; readonly channels: Set<string> } {
    const known = there.get(id) ?? { online: null, channels: new Set<string>() };
    if (!there.has(id)) keep(there, id, known, 5_000);
    return known;
  }

  function announced(text: string): readonly Heard[] {
    const parsed = jsonOf(new TextEncoder().encode(text));
    if ("wrong" in parsed || !isObject(parsed.value)) return rejected("malformed", "An announcement of a Shelly is a JSON object with its `id`.");
    const id = shortText(own(parsed.value, "id"), 64);
    if (id === null) return rejected("malformed", "An announcement of a Shelly is a JSON object with its `id`.");
    if (models.size < 5_000)
      models.set(id, { model: shortText(own(parsed.value, "model"), 60), mac: shortText(own(parsed.value, "mac"), 20)?.toLowerCase() ?? null });
    return [];
  }

  return {
    id: "shelly-gen1",
    filters: ["shellies/#"],
    heads: ["shellies"],
    // What they are, and how they stand: what a broker kept of them may be old.
    greet: () => ["announce", "update"].map((payload) => ({ topic: "shellies/command", payload })),
    decode({ topic, payload }) {
      if (!topic.startsWith(PREFIX)) return null;
      const rest = topic.slice(PREFIX.length);
      const slash = rest.indexOf("/");
      const id = slash === -1 ? "" : rest.slice(0, slash);
      const key = slash === -1 ? rest : rest.slice(slash + 1);
      // Our own wishes coming by.
      if (key === "command" || key.endsWith("/command") || key.endsWith("/set")) return [];
      if (payload.length > MAX_PAYLOAD_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
      const text = textOf(payload)?.trim();
      if (text === undefined) return rejected("malformed", "The payload is not UTF-8 text.");
      if (key === "announce") return announced(text);
      if (id === "" || id.length > 64) return rejected("bad-topic", "The topic must be shellies/<id>/….");
      if (key === "online") {
        if (text !== "true" && text !== "false") return rejected("malformed", "`online` of a Shelly is the text true or false.");
        const presence = presenceOf(id);
        presence.online = text === "true";
        // Also those that were adopted and did not speak since our start.
        return [...new Set([id, ...CHANNELS.map((c) => `${id}/${c}`), ...presence.channels])].map((address): Heard => ({
          kind: "availability",
          address,
          online: text === "true",
        }));
      }
      const channel = CHANNEL.exec(key);
      const values = channel === null ? deviceSays(key, text) : channelSays(channel[1]!, channel[3], text);
      if (values === null) return rejected("malformed", `'${text.slice(0, 40)}' is no value of '${key.slice(0, 60)}'.`);
      if (Object.keys(values).length === 0) return [];
      const address = channel === null ? id : `${id}/${channel[1]}/${channel[2]}`;
      const presence = presenceOf(id);
      const about = models.get(id);
      const type = channel?.[1];
      const heard = known.meet(address, {
        name: channel === null || channel[2] === "0" ? id : `${id} ${Number(channel[2]) + 1}`,
        maker: "Shelly",
        model: about?.model ?? null,
        hardware: about?.mac == null ? [] : [`mac:${about.mac}${channel === null || channel[2] === "0" ? "" : `#${type}/${channel[2]}`}`],
        ...(type === undefined ? {} : { kind: type === "relay" ? ("plug" as const) : type === "emeter" ? ("meter" as const) : ("light" as const) }),
        // Relays tell themselves twice a minute; sensors sleep.
        ...(channel === null ? { interval: EVENT_SECONDS } : {}),
        topic: `${PREFIX}${id}/${channel === null ? key : `${type}/${channel[2]}`}`,
        values,
        units: UNITS,
        writable: type === "relay" ? SWITCHED : type === undefined || type === "emeter" ? NOTHING : DIMMED,
      });
      if (!presence.channels.has(address) && presence.online !== null) heard.push({ kind: "availability", address, online: presence.online });
      presence.channels.add(address);
      heard.push({ kind: "said", address, said: { ts: null, values } });
      return heard;
    },
    encode({ address }, set) {
      const [, id, type, channel] = /^(.+)\/(relay|light|white|color)\/(\d)$/.exec(address) ?? [];
      const points = Object.keys(set);
      if (id === undefined || points.some((p) => p !== "on" && (p !== "brightness" || type === "relay")))
        return { kind: "cannot", why: `${address} takes no ${points.join(", ")}.` };
      const at = `${PREFIX}${id}/${type}/${channel}`;
      if (!("brightness" in set)) return { kind: "messages", messages: [{ topic: `${at}/command`, payload: set["on"] === true ? "on" : "off" }] };
      const payload = JSON.stringify({ brightness: set["brightness"], ...("on" in set ? { turn: set["on"] === true ? "on" : "off" } : {}) });
      return { kind: "messages", messages: [{ topic: `${at}/set`, payload }] };
    },
  };
}
