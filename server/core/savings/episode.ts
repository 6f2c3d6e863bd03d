/** What a command did: from when its device obeyed until it ran again, was commanded anew, or the period ended. No instant of a device belongs to two. */
import { GIVEN_BACK } from "../amends.ts";
import { starts, stops } from "../command-memory.ts";
import type { Command, Finding } from "../finding.ts";
import type { DeviceId, Millis } from "../reading.ts";
import type { LoadSeries } from "./load.ts";
import { loadBefore, STEP, windowOf } from "./load.ts";

/** off: the load ended. less: it went on at a setpoint that wastes less. */
export type EpisodeKind = "off" | "less";
export type Quantity = "kwh" | "m3";

/** How a device's load is read: W for electricity, L/min for water. At or below `standby` it counts as off. */
export interface Metered {
  readonly device: DeviceId;
  /** Devices of one kind are comparable, those of one group (kind and class of space) more so. */
  readonly kind: string;
  readonly group: string;
  readonly quantity: Quantity;
  readonly standby: number;
  readonly load: LoadSeries;
}

export interface Episode {
  readonly command: string;
  readonly policy: string;
  readonly finding: string | null;
  readonly metered: Metered;
  readonly kind: EpisodeKind;
  /** °C by which the setpoint was moved; 0 for a switch-off. */
  readonly degrees: number;
  /** When the device obeyed, and how long the violation stood by then. */
  readonly at: Millis;
  readonly age: Millis;
  /** Windows of the load: the first whole one after it, and the first that does not belong to it any more. */
  readonly first: number;
  readonly last: number;
  readonly endedBy: "runs-again" | "ran-out" | "next-command" | "period";
  /** The load until then: mean of the quarter of an hour before. NaN where nobody heard of it. */
  readonly before: number;
}

/** Switches off, moves a setpoint, shuts a valve, or gives back. null: about something else (a job). */
function effectOf(set: Command["set"]): EpisodeKind | "on" | null {
  if (stops(set) || set["valve"] === "closed") return "off";
  if (starts(set) || set["valve"] === "open") return "on";
  return typeof set["setpoint"] === "number" || typeof set["roomSetpoint"] === "number" ? "less" : null;
}

/** Why nothing is said of what a command avoided. The last two are known only with its device's load and past. */
export const UNSAID = ["not-a-rule", "gives-back", "switches-on", "no-load", "under-way", "not-obeyed", "not-metered", "no-past"] as const;
export type Unsaid = (typeof UNSAID)[number];

/** What the command alone tells of why nothing is said; null: something may be. */
export function unsaidOf(command: Command): Exclude<Unsaid, "not-metered" | "no-past"> | null {
  const effect = effectOf(command.set);
  if (command.source !== "policy") return "not-a-rule";
  if (command.reason === GIVEN_BACK) return "gives-back";
  if (effect === null) return "no-load";
  if (effect === "on") return "switches-on";
  if (obeyedAt(command) !== null) return null;
  return command.endedAt === null ? "under-way" : "not-obeyed";
}

/** When a command's device obeyed it; null where it never did, or nobody can tell. */
export function obeyedAt({ steps, state }: Command): Millis | null {
  if (state !== "proven" && state !== "reported" && state !== "canceled") return null;
  return steps.find((s) => s.state === "reported")?.at ?? null;
}

/** All that was asked of devices and obeyed, by device, in order. */
export function obeyed(commands: readonly Command[]): Map<DeviceId, { readonly command: Command; readonly at: Millis }[]> {
  const byDevice = new Map<DeviceId, { readonly command: Command; readonly at: Millis }[]>();
  for (const command of commands) {
    const at = obeyedAt(command);
    if (at === null || effectOf(command.set) === null) continue;
    const list = byDevice.get(command.device);
    if (list === undefined) byDevice.set(command.device, [{ command, at }]);
    else list.push({ command, at });
  }
  for (const list of byDevice.values()) list.sort((a, b) => a.at - b.at || (a.command.id < b.command.id ? -1 : 1));
  return byDevice;
}

/** The episodes of what policies commanded within [from, to). */
export function episodesOf(
  commands: readonly Command[],
  findings: ReadonlyMap<string, Finding>,
  metered: ReadonlyMap<DeviceId, Metered>,
  from: Millis,
  to: Millis,
): Episode[] {
  const episodes: Episode[] = [];
  for (const [device, list] of obeyed(commands)) {
    const meter = metered.get(device);
    if (meter === undefined) continue;
    list.forEach(({ command, at }, i) => {
      if (at < from || at >= to || unsaidOf(command) !== null) return;
      const finding = command.finding === null ? undefined : findings.get(command.finding);
      episodes.push(episodeOf(command, finding, meter, at, list[i + 1]?.at ?? Infinity, to));
    });
  }
  return episodes.sort((a, b) => a.at - b.at || (a.command < b.command ? -1 : 1));
}

function episodeOf(command: Command, finding: Finding | undefined, metered: Metered, at: Millis, next: Millis, to: Millis): Episode {
  const { load, standby } = metered;
  const kind = effectOf(command.set) === "off" ? "off" : "less";
  const first = windowOf(load, at) + 1;
  const limit = Math.min(windowOf(load, Math.min(next, to) - 1) + 1, load.values.length);
  let last = Math.max(first, limit);
  let endedBy: Episode["endedBy"] = next < to ? "next-command" : "period";
  for (let w = first; w < limit; w++) {
    const runs = load.values[w]! > standby;
    if (Number.isNaN(load.values[w]!) || runs !== (kind === "off")) continue;
    last = w;
    endedBy = kind === "off" ? "runs-again" : "ran-out";
    break;
  }
  return {
    command: command.id,
    policy: command.by,
    finding: command.finding,
    metered,
    kind,
    degrees: degreesOf(command),
    at,
    age: finding === undefined ? 0 : Math.max(0, at - finding.openedAt),
    first,
    last,
    endedBy,
    before: loadBefore(load, standby, first - 1),
  };
}

function degreesOf({ set, before }: Command): number {
  for (const point of ["setpoint", "roomSetpoint"]) {
    const [asked, was] = [set[point], before[point]];
    if (typeof asked === "number" && typeof was === "number") return Math.abs(asked - was);
  }
  return 0;
}

/** ms of the window in which the device obeyed that come after it, as a part (0–1) of a window. */
export function restOfWindow({ at, metered }: Episode): number {
  return (metered.load.from + (windowOf(metered.load, at) + 1) * STEP - at) / STEP;
}
