/**
 * One packet of rtl_433's decoders as a JSON object, whoever passes it on (rtl_433 itself, OpenMQTTGateway): decoded two to six times within a second; wM-Bus ids are eight
 * decimal digits whose leading zeros are lost; values may carry their unit in the text (`123.529 m3`); `time` is local without a zone unless it was asked otherwise.
 */
import type { Millis } from "../core/reading.ts";
import { quantityIn } from "../core/units.ts";
import type { Heard } from "./codec.ts";
import { isObject, keep, own, rejected, shortText, shown } from "./codec.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { inOffice, kindOfMedium } from "./names.ts";
import { parseTime } from "./native.ts";

const REPEATS_MS = 2_000;
const MAX_REPEATS = 5_000;
/** What says how it was received, and not what was measured. */
const RADIO = new Set([
  "time",
  "model",
  "id",
  "channel",
  "subtype",
  "mode",
  "M",
  "version",
  "type",
  "type_string",
  "C",
  "data_length",
  "data",
  "mic",
  "CI",
  "AC",
  "ST",
  "CW",
  "mod",
  "freq",
  "freq1",
  "freq2",
  "rssi",
  "snr",
  "noise",
  "protocol",
  "sequence_num",
]);

/** What its keys end with where they name a unit (rtl_433's DATA_FORMAT.md). */
const ENDINGS: readonly (readonly [ending: string, unit: string])[] = [
  ["_hPa", "hPa"],
  ["_kPa", "kPa"],
  ["_PSI", "psi"],
  ["_km_h", "km/h"],
  ["_mi_h", "mph"],
  ["_m_s", "m/s"],
  ["_mm", "mm"],
  ["_mm_h", "mm/h"],
  ["_in", "in"],
  ["_C", "°C"],
  ["_F", "°F"],
  ["_mV", "mV"],
  ["_V", "V"],
  ["_A", "A"],
  ["_W", "W"],
  ["_kWh", "kWh"],
  ["_lux", "lx"],
  ["_dB", "dB"],
];

/** Their spelling in that of `names`: `inst_volume_flow_h_0` → flow, `temperature_C` → temperature in °C. */
function keyOf(key: string): string {
  const plain = key.replace(/_\d+$/, "");
  if (plain === "inst_volume" || plain === "volume") return "volume";
  if (plain.startsWith("inst_volume_flow")) return "flow";
  if (plain === "inst_energy") return "energy";
  if (plain === "inst_power") return "power";
  return plain.toLowerCase();
}

export interface RadioEvents {
  hear(topic: string, event: unknown, now: Millis): readonly Heard[];
}

export function createRadioEvents(): RadioEvents {
  const known = createAcquaintances();
  /** Packets of the last moments, by what they say. */
  const repeats = new Map<string, number>();
  function hear(topic: string, event: unknown, now: Millis): readonly Heard[] {
    const model = isObject(event) ? shortText(own(event, "model"), 60) : null;
    if (!isObject(event) || model === null) return rejected("malformed", "An event of rtl_433 is a JSON object with its `model`.");
    const wireless = model === "Wireless-MBus";
    const raw = own(event, "id");
    const id = typeof raw === "number" && Number.isFinite(raw) ? String(raw) : (shortText(raw, 40) ?? shown(own(event, "channel") ?? "0"));
    const address = `${model}/${wireless ? id.padStart(8, "0") : id}`;

    const values: Record<string, unknown> = {};
    const units: Record<string, string> = {};
    for (const [key, said] of Object.entries(event)) {
      if (RADIO.has(key) || typeof said === "object") continue;
      const quantity = typeof said === "string" ? quantityIn(said) : null;
      const found = quantity === null ? inOffice(keyOf(key), said) : inOffice(keyOf(key), quantity.value, quantity.unit === "" ? null : quantity.unit);
      if (found === null) continue;
      values[found[0]] = found[1];
      const unit = quantity !== null && quantity.unit !== "" ? quantity.unit : ENDINGS.find(([ending]) => key.endsWith(ending))?.[1];
      if (unit !== undefined) units[found[0]] = unit;
    }
    // How strong it came in differs from one decoding to the next, what it says does not.
    const same = `${address}\n${JSON.stringify(values)}`;
    const last = repeats.get(same);
    repeats.delete(same);
    keep(repeats, same, now, MAX_REPEATS);
    if (last !== undefined && now - last < REPEATS_MS) return [];

    const medium = shortText(own(event, "type_string"), 60);
    const met = {
      name: address.replace("/", " "),
      model,
      hardware: wireless ? [`wmbus:${id.padStart(8, "0")}`] : [],
      kind: medium === null ? null : kindOfMedium(medium),
      topic,
      values,
      units,
    };
    const heard: Heard[] = known.meet(address, met);
    heard.push({ kind: "said", address, said: { ts: parseTime(own(event, "time")), values } });
    return heard;
  }
  return { hear };
}
