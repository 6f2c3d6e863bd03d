/** Every ecosystem, in the order of its rank: of two that describe one device the earlier tells more. */
import type { SourcesSettings } from "../contract/sources.ts";
import { createAcrel } from "./acrel.ts";
import { createAlink } from "./alink.ts";
import type { Codec } from "./codec.ts";
import { createHomeAssistant } from "./homeassistant/codec.ts";
import { createChirpstack } from "./lorawan/chirpstack.ts";
import { createSparkplug } from "./sparkplug/sparkplug.ts";
import { createTheThingsStack } from "./lorawan/the-things-stack.ts";
import type { MappingCodec } from "./mapping.ts";
import { createMappingCodec } from "./mapping.ts";
import { createNeuron } from "./neuron.ts";
import { createOpenMqttGateway } from "./openmqttgateway.ts";
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
    ...(settings.homeassistant === "" ? [] : [createHomeAssistant(settings.homeassistant)]),
    mappings,
  ];
  return codecs.filter((c) => !settings.off.some((off) => off === c.id));
}
