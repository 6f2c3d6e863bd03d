/** The ecosystems that devices come from, and what the settings say of them. */
import { z } from "zod";
import { LANGS } from "./words/languages.ts";

/** Codecs by what a device's `codec` may be in the site file. `native` is our own format, `manual` has no wire, a `printer` is asked by us. */
export const CODECS = [
  "native",
  "manual",
  "zigbee2mqtt",
  "tasmota",
  "shelly",
  "shelly-gen1",
  "sparkplug",
  "chirpstack",
  "the-things-stack",
  "wmbusmeters",
  "rtl433",
  "openmqttgateway",
  "senml",
  "neuron",
  "alink",
  "acrel",
  "thingsboard",
  "homeassistant",
  "mapping",
  "printer",
] as const;
export type CodecId = (typeof CODECS)[number];

/** Those that hear a device on topics of its own: it is named by its `address`. */
export const FOREIGN_CODECS = CODECS.filter((c) => c !== "native" && c !== "manual" && c !== "printer");

/** How our own entities name who offers them: what is offered so is never taken in as a device. */
export const OUR_ORIGIN = "Jieyue";

const prefix = (usual: string, description: string) =>
  z
    .string()
    .max(200)
    .regex(/^[^#+\0]*$/, "a topic's beginning has no + or #")
    .regex(/^(?!\/?(?:jieyue|\$)(?:\/|$)|.*\/$)/, "must not begin with jieyue or $, nor end with /")
    .default(usual)
    .meta({ description });

export const sourcesSchema = z
  .strictObject({
    building: z
      .string()
      .max(64)
      .default("")
      .meta({ description: "Building that discovered devices belong to until they are adopted; empty = the site's first." }),
    off: z
      .array(z.enum(FOREIGN_CODECS))
      .default([])
      .meta({ description: "Ecosystems that are not listened to. All others are, and what they tell of stays without effect until somebody adopts it." }),
    zigbee2mqtt: z.array(prefix("", "Base topic of a bridge.")).default(["zigbee2mqtt"]).meta({ description: "Base topics of Zigbee2MQTT bridges." }),
    wmbusmeters: z
      .array(prefix("", "Base topic of telegrams."))
      .default(["wmbusmeters"])
      .meta({ description: "Base topics under which wmbusmeters' shell line publishes telegrams." }),
    senml: z
      .array(prefix("", "Base topic of packs."))
      .default(["senml"])
      .meta({ description: "Base topics of SenML packs; what follows one names the device." }),
    openmqttgateway: z
      .array(prefix("", "Base topic of gateways."))
      .default(["home"])
      .meta({ description: "Base topics of OpenMQTTGateways: what they hear by Bluetooth and on 433 MHz." }),
    sparkplugHost: z
      .string()
      .max(64)
      .regex(/^[^/+#\0]*$/, "an id has no /, + or #")
      .default("")
      .meta({ description: "Id under which this server is the primary host of Sparkplug's edge nodes (`spBv1.0/STATE/<id>`); empty = it is none." }),
    homeassistant: prefix("homeassistant", "Prefix of Home Assistant discovery; empty = it is not listened to."),
    offer: z.enum(["nothing", "figures", "switch"]).default("nothing").meta({
      description:
        "What is offered to others at the broker by Home Assistant discovery: each space's power and each building's open findings (`figures`), with a switch that takes the policies' hands off a building (`switch`).",
    }),
    offerAs: z
      .string()
      .max(64)
      .default("")
      .meta({ description: "Id of the person in whose name the offered switch acts; whoever may publish on its topic acts as this person." }),
    offerIn: z.enum(LANGS).default("zh-CN").meta({ description: "The language of the names under which it is offered." }),
  })
  .prefault({});
export type SourcesSettings = z.infer<typeof sourcesSchema>;
