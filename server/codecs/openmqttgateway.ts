/**
 * OpenMQTTGateway (`<base>/<gateway>/<module>toMQTT/…`, base `home`): what it hears by Bluetooth (`BTtoMQTT/<MAC>`, decoded by Theengs) and on 433 MHz (`RTL_433toMQTT/<model>/…`, as
 * rtl_433 writes it). Its own Home Assistant discovery names these by topics with wildcards (`+/+/BTtoMQTT/<MAC>`, for several gateways hear one sensor), so they are read
 * here; what the gateway measures and switches itself it describes by plain topics, and comes by discovery. Raw remote codes (`433toMQTT`) are left to mappings.
 */
import { isOfficePoint } from "../core/description.ts";
import { basesOf } from "./bases.ts";
import type { Codec, Heard } from "./codec.ts";
import { isObject, jsonOf, own, rejected, shortText } from "./codec.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { inOffice } from "./names.ts";
import { createRadioEvents } from "./radio-events.ts";

/** How its discovery names what any of several gateways may hear. */
export const ANY_GATEWAYS = /^\+\/\+\/(?:BTtoMQTT|RTL_433toMQTT)\//;
const MODULE = /^[^/]+\/(BTtoMQTT|RTL_433toMQTT)\/(.+)$/;
const MAC = /^[0-9a-f]{12}$/;
const MAX_EVENT_BYTES = 8 * 1024;
/** How it was received and who it is, not what was measured; a temperature is there in both units. */
const ABOUT = new Set(
  "id name rssi brand model model_id type mac mac_type adv_type mfid uuid major minor txpower distance servicedata servicedatauuid manufacturerdata cidc acts cont track prmac tempf".split(
    " ",
  ),
);
const DECIMAL = /^\s*[+-]?\d+(\.\d+)?\s*$/;

export function createOpenMqttGateway(bases: readonly string[]): Codec {
  const known = createAcquaintances();
  const events = createRadioEvents();
  const { roots, heads, rest } = basesOf(bases);

  function beacon(topic: string, id: string, message: unknown): readonly Heard[] {
    if (!isObject(message)) return rejected("malformed", "A sensor that OpenMQTTGateway hears by Bluetooth is told as a JSON object.");
    const mac = id.replaceAll(/[:-]/g, "").toLowerCase();
    const values: Record<string, unknown> = {};
    for (const [key, raw] of Object.entries(message).slice(0, 100)) {
      if (ABOUT.has(key)) continue;
      // Older gateways write numbers as texts.
      const found = inOffice(key, typeof raw === "string" && DECIMAL.test(raw) ? Number(raw) : raw);
      if (found !== null) values[found[0]] ??= found[1];
    }
    // Phones and watches come by under a new address every quarter of an hour: what measures nothing of the office is nobody.
    if (!MAC.test(mac) || !Object.keys(values).some(isOfficePoint)) return [];
    const [maker, model] = [shortText(own(message, "brand"), 60), shortText(own(message, "model"), 60)];
    const name = `${shortText(own(message, "name"), 60) ?? model ?? "BLE"} ${mac.slice(-6)}`;
    const heard = known.meet(mac, { name, maker, model, hardware: [`mac:${mac}`], topic: topic.slice(0, 400), values });
    heard.push({ kind: "said", address: mac, said: { ts: null, values } });
    return heard;
  }

  return {
    id: "openmqttgateway",
    filters: roots.flatMap((root) => [`${root}+/BTtoMQTT/+`, `${root}+/RTL_433toMQTT/#`]),
    heads,
    decode({ topic, payload, now }) {
      const parts = MODULE.exec(rest(topic) ?? "");
      if (parts === null) return null;
      if (payload.length > MAX_EVENT_BYTES)
        return rejected("oversized", `The payload has ${payload.length} bytes; what a gateway heard has at most ${MAX_EVENT_BYTES}.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      const [, module, heard = ""] = parts;
      // How the receiver itself is, where somebody asked.
      if (module !== "BTtoMQTT") return isObject(parsed.value) && parsed.value["model"] === "status" ? [] : events.hear(topic, parsed.value, now);
      return beacon(topic, heard, parsed.value);
    },
    encode: () => ({
      kind: "cannot",
      why: "OpenMQTTGateway only hears this device; what is to be sent by radio (commands/MQTTto433) is described by a mapping.",
    }),
  };
}
