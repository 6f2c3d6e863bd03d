/** A day of a building, and which of what is known of it a model counts with. */
import { civilFromDays, daysFromCivil } from "../zone.ts";
import type { Fit } from "./regress.ts";

export interface EnergyDay {
  /** Local date `YYYY-MM-DD`. */
  readonly date: string;
  /** null where it was not measured whole. */
  readonly kwh: number | null;
  /** Mean outdoor °C; null where it was not measured. */
  readonly temperature: number | null;
  readonly working: boolean;
  /** Hours that its rooms were occupied, added up; null where too few of them were heard. */
  readonly occupancy: number | null;
}

/** A day on which a model can say something. */
export type KnownDay = EnergyDay & { readonly kwh: number; readonly temperature: number };

export const REGRESSORS = ["constant", "working", "cooling", "heating", "occupancy"] as const;
export type Regressor = (typeof REGRESSORS)[number];

/** Which regressors count, and from which °C on cooling and heating begin. */
export interface Shape {
  readonly regressors: readonly Regressor[];
  readonly coolingFrom: number | null;
  readonly heatingFrom: number | null;
}

export function isKnown(day: EnergyDay): day is KnownDay {
  return day.kwh !== null && day.temperature !== null && Number.isFinite(day.kwh) && Number.isFinite(day.temperature);
}

/** Whether a model of this shape can say something of a day. */
export function isSayable({ regressors }: Shape, day: EnergyDay): day is KnownDay {
  return isKnown(day) && (day.occupancy !== null || !regressors.includes("occupancy"));
}

export function regressorsOf({ regressors, coolingFrom, heatingFrom }: Shape, day: KnownDay): number[] {
  return regressors.map((r) => {
    switch (r) {
      case "constant":
        return 1;
      case "working":
        return day.working ? 1 : 0;
      case "cooling":
        return Math.max(0, day.temperature - coolingFrom!);
      case "heating":
        return Math.max(0, heatingFrom! - day.temperature);
      case "occupancy":
        return day.occupancy ?? 0;
    }
  });
}

/** kWh that the model expects of a day. */
export function expectedOf({ shape, fit }: { readonly shape: Shape; readonly fit: Fit }, day: KnownDay): number {
  return regressorsOf(shape, day).reduce((sum, x, k) => sum + x * fit.coefficients[k]!, 0);
}

/** Days since 1970 of a date `YYYY-MM-DD`. */
export function dayNumber(date: string): number {
  const [year, month, day] = date.split("-").map(Number);
  return daysFromCivil(year!, month!, day!);
}

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const { month, day } = civilFromDays(dayNumber(text));
  // A 31st that its month does not have is a day of the next one.
  return month === Number(text.slice(5, 7)) && day === Number(text.slice(8));
}
