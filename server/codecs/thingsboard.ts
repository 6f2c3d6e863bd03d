/**
 * ThingsBoard-style telemetry, as many DTUs speak it. A gateway names its devices in the message (`v1/gateway/telemetry`). A device of its own is known only by the name
 * with which it connected: at our own broker that is heard, at another one it is not.
 */
import type { Said } from "../ports/device-word.ts";
import type { Codec, Heard } from "./codec.ts";
import { isObject, jsonOf, MAX_PAYLOAD_BYTES, own, rejected } from "./codec.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { allInOffice } from "./names.ts";
import { parseTime } from "./native.ts";

const MAX_DEVICES = 500;
const MAX_ITEMS = 1000;

/** One entry of telemetry: `{"ts":…,"values":{…}}`, or the values as they are. */
function saidOf(entry: unknown): Said | null {
  if (!isObject(entry)) return null;
  const { values } = entry;
  if (isObject(values)) return { ts: parseTime(own(entry, "ts")), values: allInOffice(values) };
  return { ts: null, values: allInOffice(entry) };
}

export function createThingsboard(): Codec {
  const known = createAcquaintances();

  function telemetry(topic: string, address: string, given: unknown): readonly Heard[] {
    const list: readonly unknown[] = Array.isArray(given) ? given : [given];
    const said: Said[] = [];
    for (let i = 0; i < list.length && i < MAX_ITEMS; i++) {
      const one = saidOf(list[i]);
      if (one !== null) said.push(one);
    }
    if (said.length === 0) return rejected("malformed", 'Telemetry is {"key":value}, {"ts":ms,"values":{…}}, or an array of such objects.');
    const values = said.length === 1 ? said[0]!.values : (Object.assign({}, ...said.map((s) => s.values)) as Record<string, unknown>);
    const heard = known.meet(address, { name: address, topic, values });
    for (const one of said) heard.push({ kind: "said", address, said: one });
    return heard;
  }

  return {
    id: "thingsboard",
    filters: ["v1/devices/me/telemetry", "v1/gateway/telemetry"],
    heads: ["v1"],
    decode({ topic, payload, from }) {
      if (topic !== "v1/devices/me/telemetry" && topic !== "v1/gateway/telemetry")
        return topic.startsWith("v1/devices/me/") || topic.startsWith("v1/gateway/") ? [] : null;
      if (payload.length > MAX_PAYLOAD_BYTES) return rejected("oversized", `The payload has ${payload.length} bytes; at most ${MAX_PAYLOAD_BYTES} are taken.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      const { value } = parsed;
      if (topic === "v1/devices/me/telemetry") {
        if (from == null)
          return rejected(
            "bad-topic",
            "Only our own broker knows who speaks on v1/devices/me/…: connect the device to it, or let a gateway speak on v1/gateway/telemetry.",
          );
        return telemetry(topic, from, value);
      }
      if (!isObject(value)) return rejected("malformed", 'Telemetry of a gateway is {"<device>":[{"ts":ms,"values":{…}}]}.');
      const heard: Heard[] = [];
      let left = MAX_DEVICES;
      for (const device of Object.keys(value)) {
        if (left-- === 0) break;
        const told =
          device === "" || device.length > 200
            ? rejected("malformed", "A device of a gateway has a name of 1 to 200 characters.")
            : telemetry(topic, device, value[device]);
        for (const one of told) heard.push(one);
      }
      return heard;
    },
    encode: () => ({ kind: "cannot", why: "ThingsBoard's RPC has methods of each device's own: command it by a declarative mapping." }),
  };
}
