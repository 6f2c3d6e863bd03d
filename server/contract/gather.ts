/** Alerts that are alike, told in one line. */
import type { Alert } from "../core/finding.ts";
import type { House } from "../core/house.ts";
import type { Severity } from "../core/policy.ts";

/** So many alike make one line. */
const ALIKE = 3;

export interface AlertLine {
  /** What is alike: the title without its reason (`policy.device-silent`), or a whole title (`command.ignored`). */
  readonly alarm: string;
  readonly alerts: readonly Alert[];
  readonly severity: Severity;
  /** Where all of them are: null where they are in different buildings, or in none. */
  readonly building: string | null;
  readonly floor: string | null;
}

/** The alarm of a title: a policy whatever its reason. */
function alarmOf(title: string): string {
  const [group, id] = title.split(".");
  return group === "policy" && id !== undefined ? `policy.${id}` : title;
}

const RANK: Readonly<Record<Severity, number>> = { high: 2, medium: 1, low: 0 };

function worst(alerts: readonly Alert[]): Severity {
  return alerts.reduce<Severity>((most, a) => (RANK[a.severity] > RANK[most] ? a.severity : most), "low");
}

function placeOf(house: House, alert: Alert): { readonly building: string | null; readonly floor: string | null } {
  const space = alert.space === null ? undefined : house.spaces.get(alert.space);
  const building = space?.building ?? (alert.device === null ? undefined : house.devices.get(alert.device)?.device.building);
  return { building: building ?? null, floor: space?.floor ?? null };
}

function gatherBy(house: House, alerts: readonly Alert[], width: "floor" | "building" | "site"): AlertLine[] {
  const sets = new Map<string, { readonly alarm: string; readonly building: string | null; readonly floor: string | null; readonly alerts: Alert[] }>();
  for (const alert of alerts) {
    const at = placeOf(house, alert);
    const place = { building: width === "site" ? null : at.building, floor: width === "floor" ? at.floor : null };
    const alarm = alarmOf(alert.title);
    const key = JSON.stringify([alarm, place.building, place.floor]);
    const set = sets.get(key);
    if (set === undefined) sets.set(key, { alarm, ...place, alerts: [alert] });
    else set.alerts.push(alert);
  }
  return [...sets.values()].flatMap((set) =>
    set.alerts.length >= ALIKE
      ? [{ ...set, severity: worst(set.alerts) }]
      : set.alerts.map((alert) => ({ alarm: set.alarm, alerts: [alert], severity: alert.severity, ...placeOf(house, alert) })),
  );
}

/** Alerts in as few lines as must be: alike on a floor, where that is too long in a building, then anywhere. The most severe lines come first. */
export function gather(house: House, alerts: readonly Alert[], most: number): readonly AlertLine[] {
  let lines: AlertLine[] = [];
  for (const width of ["floor", "building", "site"] as const) {
    lines = gatherBy(house, alerts, width);
    if (lines.length <= most) break;
  }
  return lines.toSorted((a, b) => RANK[b.severity] - RANK[a.severity]);
}
