/** What is said of sources and suggestions, in the page's language. */
import type { SourceDto, SuggestionDto } from "../../../server/contract/adopting.ts";
import { t, word } from "../i18n.ts";
import { floorName, policyName, spaceName } from "../names.ts";

/** Names of ecosystems, which are the same in every language. */
const CODECS: Readonly<Record<string, string>> = {
  zigbee2mqtt: "Zigbee2MQTT",
  tasmota: "Tasmota",
  shelly: "Shelly",
  "shelly-gen1": "Shelly Gen 1",
  sparkplug: "Sparkplug B",
  chirpstack: "ChirpStack",
  "the-things-stack": "The Things Stack",
  wmbusmeters: "wmbusmeters",
  rtl433: "rtl_433",
  openmqttgateway: "OpenMQTTGateway",
  senml: "SenML",
  neuron: "Neuron",
  alink: "Alink",
  acrel: "Acrel",
  thingsboard: "ThingsBoard",
  homeassistant: "Home Assistant",
};

export function codecName(codec: string): string {
  return CODECS[codec] ?? word("codec", codec);
}

/** Maker, model and where it speaks. */
export function sourceLine(codec: string, source: SourceDto | null): string {
  return [source?.maker, source?.model, codecName(source?.codec ?? codec)].filter((s) => s != null && s !== "").join(" · ");
}

function kindReason({ kind }: SuggestionDto): string | null {
  if (kind === null) return null;
  if (kind.by === "source") return t("suggest.by-source");
  if (kind.by === "name") return t("suggest.by-name", { match: kind.match });
  return t("suggest.by-points", {
    points: kind.match
      .split(", ")
      .map((p) => word("point", p))
      .join(t("suggest.comma")),
  });
}

function spaceReason({ space, between }: SuggestionDto): string | null {
  if (space === null) return between.length === 0 ? null : t("suggest.between", { spaces: between.map(spaceName).join(t("suggest.comma")) });
  // The same word may speak by the room's id and by its name: once is enough.
  const said = new Set(space.why.map((w) => t("suggest.space-why", { by: word("said-by", w.by), match: w.what === "floor" ? floorName(w.match) : w.match })));
  return [...said].join(t("suggest.semicolon"));
}

/** Why a device is taken for what it is suggested as; null where nothing speaks for anything. */
export function because(suggestion: SuggestionDto): string | null {
  const why = [kindReason(suggestion), spaceReason(suggestion)].filter((w) => w !== null);
  return why.length === 0 ? null : t("suggest.because", { why: why.join(t("suggest.semicolon")) });
}

/** Which rules would judge it. */
export function judgedBy({ policies }: SuggestionDto): string {
  return policies.length === 0 ? t("suggest.no-policies") : t("suggest.policies", { policies: policies.map(policyName).join(t("suggest.comma")) });
}
