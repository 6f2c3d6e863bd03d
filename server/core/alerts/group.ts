/** Which alarm an alert is of, and with which others it arrives. */
import type { Alert } from "../finding.ts";
import type { House } from "../house.ts";
import type { Millis } from "../reading.ts";
import { buildingOf } from "./chain.ts";

/** Alerts that are alike and come within so long of one another have one cause. */
const WINDOW_MS = 15 * 60_000;

/** `policy.vacant-ac-off.empty` is of the alarm `policy.vacant-ac-off`; `command.ignored` of `command`. */
export function alarmOf(title: string): string {
  const parts = title.split(".");
  return parts[0] === "policy" ? parts.slice(0, 2).join(".") : parts[0] === "command" ? "command" : title;
}

/** An alarm at a device, whatever its reason is today. */
export function alarmKey(title: string, device: string | null): string {
  return `${alarmOf(title)}\n${device ?? ""}`;
}

/** The group of a new alert: that of the newest alike one on its floor that still comes within the window, else one of its own. */
export function groupOf(house: House, title: string, of: Pick<Alert, "device" | "space" | "department">, now: Millis): string {
  const space = of.space === null ? undefined : house.spaces.get(of.space);
  const base = `${alarmOf(title)}@${buildingOf(house, of) ?? ""}/${space?.floor ?? ""}`;
  const open = house.groups.get(base);
  const id = open !== undefined && now - open.at <= WINDOW_MS ? open.id : `${base}@${now}`;
  house.groups.set(base, { id, at: now });
  return id;
}

/** Takes a restored alert's group up again. */
export function resumeGroup(house: House, { group, raisedAt }: Pick<Alert, "group" | "raisedAt">): void {
  const base = group.slice(0, group.lastIndexOf("@"));
  const known = house.groups.get(base);
  if (base !== "" && (known === undefined || known.at <= raisedAt)) house.groups.set(base, { id: group, at: raisedAt });
}
