/** One turn of the house: what is being looked at again, and what was decided so far. */
import type { Decision } from "./event.ts";
import type { DeviceState, House, PolicyState, Timer } from "./house.ts";
import { standingKey } from "./house.ts";
import type { DeviceId, Millis } from "./reading.ts";

export interface Turn {
  readonly house: House;
  readonly now: Millis;
  /** Who is behind it: a person's id, or "system". */
  readonly by: string;
  readonly decisions: Decision[];
  /** Devices whose status or description changed. */
  readonly touched: Set<DeviceId>;
  /** Subjects to judge again, in the order they were marked. */
  readonly toJudge: Map<string, { readonly policy: PolicyState; readonly device: DeviceState; readonly job: string | null }>;
  /** Devices whose wants are to be arbitrated again. */
  readonly toAct: Set<DeviceId>;
}

export function createTurn(house: House, now: Millis, by = "system"): Turn {
  return { house, now, by, decisions: [], touched: new Set(), toJudge: new Map(), toAct: new Set() };
}

export function markSubject(turn: Turn, policy: PolicyState, device: DeviceState, job: string | null = null): void {
  turn.toJudge.set(standingKey(policy.definition.id, device.device.id, job), { policy, device, job });
}

/** Every policy that judges this device looks again (its description, an override or an approval changed). */
export function markDevice(turn: Turn, state: DeviceState): void {
  const { kind } = state.device;
  if (kind !== null) {
    for (const policy of turn.house.policiesByKind.get(kind) ?? []) {
      if (policy.definition.subject === "device") markSubject(turn, policy, state);
      else for (const job of state.jobs.keys()) markSubject(turn, policy, state, job);
    }
  }
  turn.toAct.add(state.device.id);
}

export function markSpace(turn: Turn, space: string): void {
  for (const device of turn.house.devicesBySpace.get(space) ?? []) markDevice(turn, turn.house.devices.get(device.id)!);
}

/** A point changed: the policies that watch it look at the subjects it concerns, and no others. */
export function markPoint(turn: Turn, state: DeviceState, point: string): void {
  const { house } = turn;
  const { kind, space, building } = state.device;
  if (kind === null || !state.device.adopted) return;
  for (const policy of house.watchers.own.get(kind)?.get(point) ?? []) markSubject(turn, policy, state);
  const around = house.watchers.neighbours.get(kind)?.get(point);
  if (around !== undefined && space !== null) {
    for (const device of house.devicesBySpace.get(space) ?? []) {
      for (const policy of around)
        if (device.kind !== null && policy.definition.kinds.includes(device.kind)) markSubject(turn, policy, house.devices.get(device.id)!);
    }
  }
  if (kind === "outdoor") {
    const policies = house.watchers.outdoor.get(point);
    if (policies === undefined) return;
    for (const other of house.devices.values()) {
      const { device } = other;
      // What is off has nothing to find by the weather; it is looked at when it goes on.
      if (!device.adopted || device.building !== building || device.kind === null || other.points.get("on")?.value === false) continue;
      for (const policy of policies) if (policy.definition.kinds.includes(device.kind)) markSubject(turn, policy, other);
    }
  }
}

export function schedule(turn: Turn, at: Millis, what: Timer): void {
  turn.house.timers.add(at, what);
}
