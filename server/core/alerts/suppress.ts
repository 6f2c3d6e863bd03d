/** Suppressed by design (ISA-18.2-2016 §5.4): what is silent behind a gateway or a circuit that failed is not at fault itself. */
import type { Alert } from "../finding.ts";
import type { House } from "../house.ts";
import type { DeviceId, Millis } from "../reading.ts";
import type { Turn } from "../turn.ts";
import { schedule } from "../turn.ts";
import { alarmOf } from "./group.ts";
import { keepAlert } from "./keep.ts";

/** Alarms that a failed gateway or circuit explains. */
const EXPLAINED: ReadonlySet<string> = new Set(["policy.device-silent", "command"]);
/** Alarms of a gateway or a circuit's meter that explain others. */
const EXPLAINING: ReadonlySet<string> = new Set(["policy.device-silent", "policy.supply-failed"]);
/** What fell silent so long before its gateway did has a fault of its own. */
const BEFORE_MS = 15 * 60_000;
/** Devices have so long to come back after what they stood behind. */
const BACK_MS = 5 * 60_000;
const DEEPEST = 5;

function standsFor(house: House, device: DeviceId): Alert | undefined {
  return [...house.alerts.values()].find(
    (a) => a.device === device && EXPLAINING.has(alarmOf(a.title)) && a.clearedAt === null && a.state !== "out-of-service",
  );
}

/** The alert that explains one of this title at a device, if any: of its gateway, its circuit, or what these stand behind. */
export function causeOf(house: House, title: string, device: DeviceId | null, depth = 0): string | null {
  if (device === null || depth > DEEPEST || !EXPLAINED.has(alarmOf(title))) return null;
  const own = house.devices.get(device)?.device;
  for (const behind of [own?.gateway, own?.feeder]) {
    if (behind == null || behind === device) continue;
    const alert = standsFor(house, behind);
    const cause = causeOf(house, "policy.device-silent", behind, depth + 1);
    if (cause !== null) return cause;
    // What it stood behind itself is over, or it would have been found: it is the cause now.
    if (alert !== undefined) return alert.id;
  }
  return null;
}

/** A gateway or a circuit failed: the alerts that it explains stand behind it from now on. */
export function suppressBehind(turn: Turn, alert: Alert): void {
  const { house, now } = turn;
  if (alert.device === null || !house.dependents.has(alert.device) || !EXPLAINING.has(alarmOf(alert.title)) || alert.state === "out-of-service") return;
  for (const each of house.alerts.values()) {
    if (each.id === alert.id || each.state !== "unacknowledged" || each.clearedAt !== null || each.raisedAt < alert.raisedAt - BEFORE_MS) continue;
    const cause = causeOf(house, each.title, each.device);
    if (cause === null || cause === each.id) continue;
    keepAlert(
      turn,
      { ...each, state: "suppressed", cause, climbsAt: null, log: [...each.log, { at: now, by: null, what: "suppressed", note: cause }] },
      "suppressed",
    );
  }
}

/** What explained others is over: they have a while to come back, then each stands for itself. */
export function watchBehind(turn: Turn, over: Alert): void {
  if (over.device === null || !EXPLAINING.has(alarmOf(over.title))) return;
  for (const each of turn.house.alerts.values()) {
    if (each.state !== "suppressed" || each.cause !== over.id) continue;
    schedule(turn, turn.now + backWithin(turn.house, each), { kind: "unsuppress", alert: each.id });
  }
}

function backWithin(house: House, { device }: Alert): number {
  const interval = device === null ? 0 : (house.devices.get(device)?.device.interval ?? 0);
  return Math.max(BACK_MS, 3000 * interval);
}

/** After a restart, when all alerts are there: what stands behind something that is over has its while to come back from now on. */
export function resumeBehind(house: House, now: Millis): void {
  for (const alert of house.alerts.values()) {
    if (alert.state !== "suppressed") continue;
    const cause = alert.cause === null ? undefined : house.alerts.get(alert.cause);
    if (cause === undefined || cause.clearedAt !== null) house.timers.add(now + backWithin(house, alert), { kind: "unsuppress", alert: alert.id });
  }
}
