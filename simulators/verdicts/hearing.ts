/** Which words a rule rests on, and when they did not come through or were not true. */
import type { Device, DeviceKind } from "../../server/core/device.ts";
import type { Site } from "../../server/core/space.ts";
import type { Truth } from "../record.ts";

export interface Hearing {
  /** Whether the sensors stand there without which a rule judges nothing. */
  sensed(policy: string, device: Device): boolean;
  /** The fault that kept one of them from being heard between two instants; null where none did. */
  deaf(policy: string, device: Device, from: number, until: number): string | null;
  /** The fault by which a device could not be heard, or not be understood. */
  away(device: Device, from: number, until: number): string | null;
  /** The fault because of which one of them may have told what was not so. */
  lied(policy: string, device: Device, from: number, until: number): string | null;
  /** ms within which the slowest of them speaks again. */
  lag(policy: string, device: Device): number;
}

const SENSORS: Readonly<Record<string, readonly DeviceKind[]>> = {
  "window-open-no-ac": ["contact"],
  "vacant-lights-off": ["presence"],
  "vacant-ac-off": ["presence"],
  "vacant-water-off": ["presence"],
  "daylight-lights-off": ["lux"],
  "after-hours-shutoff": ["presence"],
  "standby-cut": ["presence"],
};
/** Rules that do without where no such sensor stands. */
const DO_WITHOUT: ReadonlySet<string> = new Set(["daylight-lights-off", "after-hours-shutoff", "standby-cut"]);
/** Rules that the station on the roof informs. */
const OUTDOOR: ReadonlySet<string> = new Set(["daylight-lights-off", "natural-air-first"]);
/** Faults by which a device tells what is not so. */
const LYING: ReadonlySet<string> = new Set(["fault:stuck", "fault:says-off"]);
/** Faults by which nothing of a device comes through, or not all. */
const AWAY: ReadonlySet<string> = new Set(["fault:offline", "fault:malformed"]);
/** Kinds that are no longer believed when they repeat themselves for long. */
const DOUBTED: ReadonlySet<string> = new Set(["lux", "outdoor"]);
const SECOND = 1000;

export function createHearing(record: readonly Truth[], site: Site, end: number): Hearing {
  const bySpace = Map.groupBy(site.devices, (d) => d.space);
  const stations = site.devices.filter((d) => d.kind === "outdoor");
  const troubles = Map.groupBy(
    record.filter((t) => t.kind.startsWith("fault:") || t.kind === "told:silent" || t.kind === "told:nonsense"),
    (t) => t.device,
  );
  const named = (t: Truth, device: Device): string => `${t.kind.slice(t.kind.indexOf(":") + 1)} of ${device.kind ?? "?"}`;
  const meets = (t: Truth, from: number, until: number, after: number): boolean => t.at - SECOND < until && (t.until ?? end) + after > from;

  /** The devices whose word a rule needs about a device: itself, its room's sensors, the station on the roof. */
  function sources(policy: string, device: Device): readonly Device[] {
    const kinds = SENSORS[policy] ?? [];
    const around = device.space === null ? [] : (bySpace.get(device.space) ?? []).filter((d) => d.kind !== null && kinds.includes(d.kind));
    return [device, ...around, ...(OUTDOOR.has(policy) ? stations : [])];
  }

  function deafened(device: Device, t: Truth): boolean {
    if (t.kind === "fault:offline" || t.kind === "told:silent") return true;
    if (t.kind === "fault:stuck") return DOUBTED.has(device.kind ?? "");
    // A counter that cannot be true leaves the rest of the message as it is; a message of sentinels does not.
    return t.kind === "told:nonsense" && troubles.get(device.id)!.some((f) => f.kind === "fault:malformed" && meets(f, t.at, t.at, SECOND));
  }

  function firstOf(from: readonly Device[], find: (device: Device, troubles: readonly Truth[]) => Truth | undefined): string | null {
    for (const device of from) {
      const found = find(device, troubles.get(device.id) ?? []);
      if (found !== undefined) return named(found, device);
    }
    return null;
  }

  return {
    sensed: (policy, device) => SENSORS[policy] === undefined || DO_WITHOUT.has(policy) || sources(policy, device).length > 1,
    deaf: (policy, device, from, until) =>
      firstOf(sources(policy, device), (d, all) =>
        all.find((t) => deafened(d, t) && meets(t, from, until, t.kind === "told:nonsense" ? 1100 * d.interval : SECOND)),
      ),
    away: (device, from, until) => firstOf([device], (_, all) => all.find((t) => AWAY.has(t.kind) && meets(t, from, until, SECOND))),
    lied: (policy, device, from, until) =>
      firstOf(sources(policy, device), (d, all) => all.find((t) => LYING.has(t.kind) && meets(t, from, until, 1100 * d.interval))),
    lag: (policy, device) => 1100 * Math.max(...sources(policy, device).map((d) => d.interval)),
  };
}
