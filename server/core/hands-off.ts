/** The switch "hands off": no policy commands anything in a part of the house while it stands. People still may. */
import { cancelCommand } from "./command.ts";
import type { PersonRequest } from "./event.ts";
import type { HandsOff } from "./finding.ts";
import type { House } from "./house.ts";
import { keyOf } from "./key.ts";
import type { Answer } from "./answer.ts";
import { refuse } from "./answer.ts";
import type { Device } from "./device.ts";
import type { Turn } from "./turn.ts";
import { schedule } from "./turn.ts";

/** Whether a switch covers a device: the narrowest part that it names. */
export function covers(house: House, off: HandsOff, device: Device): boolean {
  if (off.device !== null) return off.device === device.id;
  if (off.space !== null) return off.space === device.space;
  if (off.building !== null && off.building !== device.building) return false;
  if (off.floor === null) return true;
  return device.space !== null && house.spaces.get(device.space)?.floor === off.floor;
}

/** The switch that covers a device now, or null. */
export function handsOffAt(house: House, device: Device): HandsOff | null {
  for (const off of house.handsOff.values()) if (covers(house, off, device)) return off;
  return null;
}

/** Takes the hand off: what is on its way there is stopped in the same turn. */
export function takeHandsOff(turn: Turn, request: Extract<PersonRequest, { kind: "hands-off" }>): Answer {
  const { house, now } = turn;
  const { building, floor, space, device, until } = request;
  if (device !== null && !house.devices.has(device)) return refuse("unknown-device", `There is no device '${device}'.`);
  if (space !== null && !house.spaces.has(space)) return refuse("unknown-space", `There is no space '${space}'.`);
  const described = house.site.buildings.find((b) => b.id === building);
  if (building !== null && described === undefined) return refuse("unknown-building", `There is no building '${building}'.`);
  if (floor !== null && (described === undefined || !described.floors.includes(floor)))
    return refuse("unknown-floor", "Name a building and one of its floors.");
  if (until !== null && until <= now) return refuse("in-the-past", "It must end in the future, or be left open.");
  const off: HandsOff = {
    id: keyOf("hands-off", turn.by, building, floor, space, device, now),
    building,
    floor,
    space,
    device,
    reason: request.reason,
    by: turn.by,
    from: now,
    until,
    endedAt: null,
    endedBy: null,
  };
  house.handsOff.set(off.id, off);
  turn.decisions.push({ kind: "hands-off", handsOff: off, why: "taken-off" });
  if (until !== null) schedule(turn, until, { kind: "hands-off", handsOff: off.id });
  for (const command of house.commands.values()) {
    const state = house.devices.get(command.device);
    const automatic = command.source === "policy" || command.source === "override";
    if (automatic && state !== undefined && covers(house, off, state.device)) cancelCommand(turn, command, "hands-off");
  }
  return { ok: true, subject: off.id };
}

/** Puts the hand back on (its time is up, or a person says so): what waited is compared again at once. False when there was none. */
export function endHandsOff(turn: Turn, id: string, by: string): boolean {
  const { house, now } = turn;
  const off = house.handsOff.get(id);
  if (off === undefined) return false;
  house.handsOff.delete(id);
  turn.decisions.push({ kind: "hands-off", handsOff: { ...off, endedAt: now, endedBy: by }, why: "ended" });
  const waiting = [
    ...[...house.findings.values()].map((f) => f.subject.device),
    ...[...house.overrides.values()].flatMap((o) => (o.set === null || o.device === null ? [] : [o.device])),
  ];
  for (const device of waiting) {
    const state = house.devices.get(device);
    if (state !== undefined && covers(house, off, state.device)) turn.toAct.add(state.device.id);
  }
  return true;
}
