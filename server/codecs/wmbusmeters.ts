/**
 * wmbusmeters: one JSON telegram a message, on whatever topic its shell line names (`sources.wmbusmeters`); `wmbusmeters/…` is what its documentation shows. A key's suffix is its unit, for
 * every driver alike. What `target_…` and `…_at_set_date_…` say are billing values of a past day and not the present.
 */
import type { DeviceKind } from "../core/device.ts";
import { basesOf } from "./bases.ts";
import type { Codec, Heard } from "./codec.ts";
import { isObject, jsonOf, MAX_PAYLOAD_BYTES, own, rejected, shortText } from "./codec.ts";
import { createAcquaintances } from "./acquaintances.ts";
import { kindOfMedium, officeValue, pointNameOf, splitUnit } from "./names.ts";
import { parseTime } from "./native.ts";

const NOT_NOW = /^(target_|.*_at_(?:set|history)_|.*_(?:prev|last)_(?:month|year))/;
/** A sensor that is not there, in °C (kamwater). */
const ABSENT_C = 127;
/** Units of its own words beside those of `names`. */
const MORE_UNITS: ReadonlyMap<string, string> = new Map([
  ["kvarh", "kvarh"],
  ["kvar", "kvar"],
  ["kva", "kVA"],
  ["hz", "Hz"],
  ["rh", "%"],
  ["pct", "%"],
  ["bar", "bar"],
  ["hca", "HCA"],
]);
const ABOUT = new Set(["_", "media", "meter", "name", "id", "timestamp", "status", "current_status"]);

/** A key in the office's words: totals by medium, the present power, flow and temperatures; null where the office has no word. */
function wordOf(stem: string, unit: string | null, media: string): string | null {
  if (stem === "total" && unit === "m³") return media.includes("gas") ? "gas" : "volume";
  if (stem === "total_volume" && unit === "m³") return "volume";
  if (stem === "total_energy_consumption") return media.includes("heat") || media.includes("cooling") ? "heat" : "energy";
  if (stem === "current_power_consumption" || stem === "power") return "power";
  if (stem === "volume_flow" || stem === "flow") return "flow";
  if (stem === "voltage_at_phase_1") return "voltage";
  if (stem === "t1_temperature" && media.includes("heat")) return "supply";
  if (stem === "t2_temperature" && media.includes("heat")) return "return";
  if (stem === "current_temperature" || stem === "temperature") return "temperature";
  return null;
}

export function createWmbusmeters(bases: readonly string[] = ["wmbusmeters"]): Codec {
  const { roots, heads, rest } = basesOf(bases);
  const known = createAcquaintances();
  return {
    id: "wmbusmeters",
    filters: roots.map((root) => `${root}#`),
    heads,
    decode({ topic, payload }) {
      if (rest(topic) === null) return null;
      if (payload.length > MAX_PAYLOAD_BYTES)
        return rejected("oversized", `The payload has ${payload.length} bytes; a telegram has at most ${MAX_PAYLOAD_BYTES}.`);
      const parsed = jsonOf(payload);
      if ("wrong" in parsed) return rejected("malformed", parsed.wrong);
      const { value: telegram } = parsed;
      const id = isObject(telegram) ? shortText(own(telegram, "id"), 40) : null;
      // Old drivers have no `_`.
      if (!isObject(telegram) || id === null || (own(telegram, "_") ?? "telegram") !== "telegram")
        return rejected("malformed", "A telegram of wmbusmeters is a JSON object with the meter's `id` as a text.");
      const media = shortText(own(telegram, "media"), 60) ?? "";
      const values: Record<string, unknown> = {};
      const units: Record<string, string> = {};
      for (const [key, raw] of Object.entries(telegram)) {
        if (ABOUT.has(key) || NOT_NOW.test(key) || typeof raw === "object") continue;
        const { point: stem, unit } = splitUnit(key);
        if (unit === "°C" && raw === ABSENT_C) continue;
        const word = wordOf(stem, unit, media);
        const value = word === null ? undefined : officeValue(word, raw, unit);
        if (word !== null && value !== undefined) values[word] = value;
        // Clocks of meters have no zone, and texts of theirs are no readings.
        else if (typeof raw === "number") {
          const name = pointNameOf(key);
          values[name] = raw;
          const said = unit ?? MORE_UNITS.get(key.slice(key.lastIndexOf("_") + 1).toLowerCase());
          if (said !== undefined) units[name] = said;
        }
      }
      const kind: DeviceKind | null = kindOfMedium(media);
      const heard: Heard[] = known.meet(id, {
        name: shortText(own(telegram, "name"), 100) ?? id,
        model: shortText(own(telegram, "meter"), 60),
        hardware: [`wmbus:${id}`],
        kind,
        topic,
        values,
        units,
      });
      const status = shortText(own(telegram, "status")) ?? shortText(own(telegram, "current_status"));
      if (status !== null) values["status"] = status;
      heard.push({ kind: "said", address: id, said: { ts: parseTime(own(telegram, "timestamp")), values } });
      return heard;
    },
    encode: () => ({ kind: "cannot", why: "A wireless M-Bus meter only tells; it takes no commands." }),
  };
}
