/** Every ecosystem, in the order of its rank: of two that describe one device the earlier tells more. */
import type { SourcesSettings } from "../contract/sources.ts";
import { createAcrel } from "./acrel.ts";
import { createAlink } from "./alink.ts";
import { basesOf } from "./bases.ts";
import type { Codec } from "./codec.ts";
import { createHomeAssistant } from "./homeassistant/codec.ts";
import { createChirpstack } from "./lorawan/chirpstack.ts";
import { createSparkplug } from "./sparkplug/sparkplug.ts";
import { createTheThingsStack } from "./lorawan/the-things-stack.ts";
import type { MappingCodec } from "./mapping.ts";
import { createMappingCodec } from "./mapping.ts";
import { createNeuron } from "./neuron.ts";
import { ANY_GATEWAYS, createOpenMqttGateway } from "./openmqttgateway.ts";
import { createRtl433 } from "./rtl433.ts";
import { createShellyGen1 } from "./shelly/gen1.ts";
import { createShelly } from "./shelly/shelly.ts";
import { createSenml } from "./senml.ts";
import { createTasmota } from "./tasmota/codec.ts";
import { createThingsboard } from "./thingsboard.ts";
import { createWmbusmeters } from "./wmbusmeters.ts";
import { createZigbee2mqtt } from "./zigbee2mqtt/codec.ts";

/** `mappings` come last: what a codec knows is no mapping's. */
export function createCodecs(settings: SourcesSettings, mappings: MappingCodec = createMappingCodec([])): readonly Codec[] {
  const codecs: readonly Codec[] = [
    createZigbee2mqtt(settings.zigbee2mqtt),
    createSparkplug(),
    createTasmota(),
    createShelly(),
    createShellyGen1(),
    createChirpstack(),
    createTheThingsStack(),
    createWmbusmeters(settings.wmbusmeters),
    createRtl433(),
    createOpenMqttGateway(settings.openmqttgateway),
    createSenml(settings.senml),
    createNeuron(),
    createAlink(),
    createAcrel(),
    createThingsboard(),
    ...(settings.homeassistant === "" ? [] : [createHomeAssistant(settings.homeassistant, readElsewhere(settings))]),
    mappings,
  ];
  return codecs.filter((c) => !settings.off.some((off) => off === c.id));
}

/** What scripts beside these ecosystems describe by Home Assistant's discovery, too: it tells no hardware by which it would be known as the same device. */
function readElsewhere({ off, wmbusmeters }: SourcesSettings): (topic: string) => boolean {
  const telegrams = basesOf(wmbusmeters);
  return (topic) =>
    (ANY_GATEWAYS.test(topic) && !off.includes("openmqttgateway")) ||
    (topic.startsWith("shellies/") && !off.includes("shelly-gen1")) ||
    (topic.startsWith("rtl_433/") && !off.includes("rtl433")) ||
    (telegrams.rest(topic) !== null && !off.includes("wmbusmeters"));
}
