/**
 * The Things Stack v3: `v3/<app>[@<tenant>]/devices/<id>/up` with what its formatter decoded, and `down/{queued,sent,ack,nack,failed}` about our own downlinks, which
 * name the command in their correlation ids. Empty fields are left out (`f_cnt` 0). The open-source server takes QoS 0 only.
 */
import type { Codec, Heard } from "../codec.ts";
import { isObject, jsonOf, MAX_PAYLOAD_BYTES, own, rejected, shortText } from "../codec.ts";
import { timeOf } from "./decoded.ts";
import { createDownlinks, objectFor } from "./downlinks.ts";
import { createUplinks } from "./uplinks.ts";

const TOPIC = /^v3\/([^/]{1,100})\/devices\/([^/]{1,64})\/(up|join|down\/[a-z]+|service\/[a-z]+|location\/[a-z]+)$/;
/** How our downlinks are known among those of others. */
const OURS = "jieyue:";
const REFUSALS: Readonly<Record<string, string>> = {
  "down/nack": "the device did not acknowledge the downlink",
  "down/failed": "the downlink could not be sent",
};

export function createTheThingsStack(): Codec {
  const uplinks = createUplinks();
  const downlinks = createDownlinks();

  function up(topic: string, address: string, message: Record<string, unknown>): readonly Heard[] {
    const uplink = isObject(message["uplink_message"]) ? message["uplink_message"] : {};
    const ids = isObject(message["end_device_ids"]) ? message["end_device_ids"] : {};
    const version = isObject(uplink["version_ids"]) ? uplink["version_ids"] : {};
    const eui = shortText(own(ids, "dev_eui"), 16)?.toLowerCase() ?? null;
    const count = typeof uplink["f_cnt"] === "number" ? uplink["f_cnt"] : 0;
    const at = timeOf(own(uplink, "received_at")) ?? timeOf(own(message, "received_at"));
    if (uplinks.again(`${address}\n${count}\n${at}`)) return [];
    return uplinks.hear(address, {
      topic,
      at,
      port: own(uplink, "f_port"),
      object: own(uplink, "decoded_payload"),
      undecoded: "The uplink has no `decoded_payload`: give the device a payload formatter in The Things Stack; raw bytes are not read.",
      about: {
        name: address.slice(address.indexOf("/") + 1),
        maker: shortText(own(version, "brand_id")),
        model: shortText(own(version, "model_id")),
        hardware: eui === null ? [] : [`eui:${eui}`],
      },
    });
  }

  return {
    id: "the-things-stack",
    filters: ["v3/+/devices/+/up", "v3/+/devices/+/down/+"],
    heads: ["v3"],
    decode({ topic, payload }) {
      const parts = TOPIC.exec(topic);
      if (parts === null) return topic.startsWith("v3/") ? rejected("bad-topic", "The topic must be v3/<application>@<tenant>/devices/<device>/up.") : null;
      const [, application = "", device = "", what = ""] = parts;
      // Our own wishes coming by.
      if (what === "down/push" || what === "down/replace") return [];
      if (payload.length > MAX_PAYLOAD_BYTES)
        return rejected("oversized", `The payload has ${payload.length} bytes; a message has at most ${MAX_PAYLOAD_BYTES}.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      if (!isObject(parsed.value)) return rejected("malformed", "A message of The Things Stack is a JSON object.");
      const address = `${application}/${device}`;
      if (what === "up") return up(topic, address, parsed.value);
      const taken = what === "down/sent" || what === "down/ack";
      const refusal = Object.hasOwn(REFUSALS, what) ? REFUSALS[what]! : null;
      return (taken || refusal !== null) && concernsUs(parsed.value) ? downlinks.answer(address, taken, refusal) : [];
    },
    encode({ address }, set, id) {
      const made = objectFor(address, uplinks.device(address), set);
      if ("cannot" in made) return { kind: "cannot", why: made.cannot };
      downlinks.sent(address, id);
      const slash = address.indexOf("/");
      const payload = JSON.stringify({
        downlinks: [{ f_port: made.port, decoded_payload: made.object, confirmed: true, priority: "NORMAL", correlation_ids: [`${OURS}${id}`] }],
      });
      return { kind: "messages", messages: [{ topic: `v3/${address.slice(0, slash)}/devices/${address.slice(slash + 1)}/down/replace`, payload }] };
    },
  };
}

/** Whether a message about a downlink is about one of ours: it repeats the correlation ids of the downlink, where it has any. */
function concernsUs(message: Record<string, unknown>): boolean {
  const told = [message, ...Object.values(message).filter(isObject)].flatMap((part) => {
    const { correlation_ids: ids } = part;
    return Array.isArray(ids) ? (ids as unknown[]) : [];
  });
  return told.length === 0 || told.some((id) => typeof id === "string" && id.startsWith(OURS));
}
