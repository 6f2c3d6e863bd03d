/**
 * ChirpStack v4: `application/<id>/device/<devEui>/event/<up|ack|txack|…>` in the JSON mapping of protobuf, where fields of value zero are left out (`fCnt` 0). The tags
 * of a device are read as where it is, and what its pulses are. A downlink is *accepted* when a gateway sent it (txack) or the device acknowledged it; that it did it, its next uplink says.
 */
import type { Codec, Heard } from "../codec.ts";
import { isObject, jsonOf, keep, MAX_PAYLOAD_BYTES, own, rejected, shortText } from "../codec.ts";
import { timeOf } from "./decoded.ts";
import { createDownlinks, objectFor } from "./downlinks.ts";
import { createUplinks } from "./uplinks.ts";

const TOPIC = /^application\/([^/]{1,64})\/device\/([0-9a-fA-F]{16})\/(event|command)\/([a-z]+)$/;
const AREA_TAGS = ["room", "space", "area", "location", "place"];
/** Codes of its log that are about downlinks (LogCode in ChirpStack's integration.proto). */
const DOWNLINK_LOG = new Set(["DOWNLINK_PAYLOAD_SIZE", "DOWNLINK_CODEC", "DOWNLINK_GATEWAY", "F_CNT_DOWN", "EXPIRED"]);
const MAX_DEVICES = 20_000;

const PULSES = ["pulse", "pulses", "pulse_count", "total_pulse"];
/** Tags that say what one pulse is, and what the meter showed when none was counted; and the key under which that is told. */
const PER_PULSE = [
  ["m3_per_pulse", "m3_offset", "volume_m3"],
  ["kwh_per_pulse", "kwh_offset", "energy_kwh"],
] as const;

/** A counter of pulses, as the meter beside it shows: only a person knows what a pulse is, and writes it into the device's tags. */
function counted(object: unknown, tags: Record<string, unknown>): unknown {
  if (!isObject(object)) return object;
  const pulses = PULSES.map((key) => own(object, key)).find((told) => typeof told === "number");
  const [per, offset, key] = PER_PULSE.find(([tag]) => Object.hasOwn(tags, tag)) ?? [];
  if (pulses === undefined || per === undefined) return object;
  const value = Number(own(tags, offset) ?? 0) + pulses * Number(own(tags, per));
  return Number.isFinite(value) ? { ...object, [key]: Number(value.toFixed(6)) } : object;
}

export function createChirpstack(): Codec {
  const uplinks = createUplinks();
  const downlinks = createDownlinks();
  /** Which application a device belongs to, for its downlinks. */
  const applications = new Map<string, string>();

  function up(topic: string, application: string, address: string, event: Record<string, unknown>): readonly Heard[] {
    const once = shortText(own(event, "deduplicationId"), 64);
    if (once !== null && uplinks.again(once)) return [];
    keep(applications, address, application, MAX_DEVICES);
    const info = isObject(event["deviceInfo"]) ? event["deviceInfo"] : {};
    const tags = isObject(info["tags"]) ? info["tags"] : {};
    const name = shortText(own(info, "deviceName")) ?? address;
    return uplinks.hear(address, {
      topic,
      at: timeOf(own(event, "time")),
      port: own(event, "fPort"),
      object: counted(own(event, "object"), tags),
      undecoded: "The uplink has no `object`: give the device's profile a payload codec in ChirpStack; raw bytes are not read.",
      about: {
        name,
        aliases: [name],
        model: shortText(own(info, "deviceProfileName")),
        hardware: [`eui:${address}`],
        area: AREA_TAGS.map((tag) => shortText(own(tags, tag))).find((area) => area !== null) ?? null,
      },
    });
  }

  return {
    id: "chirpstack",
    filters: ["application/+/device/+/event/+"],
    heads: ["application"],
    decode({ topic, payload }) {
      const parts = TOPIC.exec(topic);
      if (parts === null)
        return topic.startsWith("application/") ? rejected("bad-topic", "The topic must be application/<id>/device/<devEui>/event/<event>.") : null;
      const [, application = "", eui = "", direction, what] = parts;
      if (direction === "command") return [];
      if (payload.length > MAX_PAYLOAD_BYTES)
        return rejected("oversized", `The payload has ${payload.length} bytes; an event has at most ${MAX_PAYLOAD_BYTES}.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      if (!isObject(parsed.value)) return rejected("malformed", "An event of ChirpStack is a JSON object; set its marshaler to JSON.");
      const address = eui.toLowerCase();
      if (what === "up") return up(topic, application, address, parsed.value);
      if (what === "txack") return downlinks.answer(address, true, null);
      if (what === "ack") {
        // Left out where it is false.
        const got = parsed.value["acknowledged"] === true;
        return downlinks.answer(address, got, got ? null : "the device did not acknowledge the downlink");
      }
      if (what === "log" && parsed.value["level"] === "ERROR" && DOWNLINK_LOG.has(String(own(parsed.value, "code"))))
        return downlinks.answer(address, false, shortText(own(parsed.value, "description"), 200) ?? "ChirpStack reports an error");
      return [];
    },
    encode({ address }, set, id) {
      const made = objectFor(address, uplinks.device(address), set);
      if ("cannot" in made) return { kind: "cannot", why: made.cannot };
      downlinks.sent(address, id);
      const payload = JSON.stringify({ devEui: address, confirmed: true, fPort: made.port, object: made.object });
      return { kind: "messages", messages: [{ topic: `application/${applications.get(address)}/device/${address}/command/down`, payload }] };
    },
  };
}
