/** Units of what a Tasmota tells beside the office's words (its documentation's Commands, Sensors; `TempUnit` and `PressureUnit` stand beside the values). */
import { officeUnit } from "../../core/description.ts";
import { own, shortText } from "../codec.ts";

const FIELDS: ReadonlyMap<string, string> = new Map([
  ["ApparentPower", "VA"],
  ["ReactivePower", "var"],
  ["Power", "W"],
  ["Total", "kWh"],
  ["Today", "kWh"],
  ["Yesterday", "kWh"],
  ["TodaySumImport", "kWh"],
  ["TodaySumExport", "kWh"],
  ["ExportActive", "kWh"],
  ["ExportReactive", "kvarh"],
  ["Period", "Wh"],
  ["Frequency", "Hz"],
  // These are turned into the office's units, also where there are several.
  ["Temperature", "°C"],
  ["Humidity", "%"],
  ["Illuminance", "lx"],
  ["CarbonDioxide", "ppm"],
  ["Signal", "dBm"],
]);

/** The unit of a point as it is passed on (`ENERGY.Today`, `voltage.2`, `BME280.Pressure`); null where nothing says one. `sensors`: the message it stands in. */
export function unitIn(point: string, sensors: Readonly<Record<string, unknown>>): string | null {
  const office = officeUnit(point);
  if (office !== undefined) return office === "" ? null : office;
  const name = point.replace(/\.\d{1,2}$/, "");
  const phase = officeUnit(name);
  if (phase !== undefined && name !== point) return phase === "" ? null : phase;
  if (!name.includes(".")) return null;
  const field = name.slice(name.lastIndexOf(".") + 1).replace(/\d+$/, "");
  if (field === "Pressure" || field === "SeaPressure") return shortText(own(sensors, "PressureUnit"), 20);
  if (field === "DewPoint") return own(sensors, "TempUnit") === "F" ? "°F" : "°C";
  return FIELDS.get(field) ?? null;
}
