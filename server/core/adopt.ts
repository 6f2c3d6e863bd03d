/** Taking a discovered device into the house, describing one anew, or putting a stranger out of sight. */
import { cancelCommand } from "./command.ts";
import type { Device } from "./device.ts";
import type { PersonRequest } from "./event.ts";
import type { House } from "./house.ts";
import { placeDevice } from "./house.ts";
import type { Answer, Refusal } from "./answer.ts";
import { refuse } from "./answer.ts";
import type { DeviceId } from "./reading.ts";
import type { Turn } from "./turn.ts";
import { markDevice, markSpace } from "./turn.ts";

export type AdoptAs = Extract<PersonRequest, { kind: "adopt" }>["as"];

/** Why a device cannot be adopted so; null where it can. */
export function adoptRefused(house: House, id: DeviceId, as: AdoptAs): Refusal | null {
  if (!house.devices.has(id)) return { code: "unknown-device", detail: `There is no device '${id.slice(0, 200)}'.` };
  if (house.site.devices.some((d) => d.id === id))
    return { code: "in-site-file", detail: `'${id}' is described in the site file; change its kind and place there.` };
  if (as.space !== null && !house.spaces.has(as.space)) return { code: "unknown-space", detail: `There is no space '${as.space.slice(0, 200)}'.` };
  if (as.meter != null && !house.devices.has(as.meter)) return { code: "unknown-device", detail: `There is no meter '${as.meter.slice(0, 200)}'.` };
  if (as.meter === id) return { code: "bad-subject", detail: "A device cannot be measured by itself; leave its meter out." };
  return null;
}

/** The device as it would be once adopted so. */
export function adoptedAs(house: House, before: Device, as: AdoptAs): Device {
  const space = as.space === null ? undefined : house.spaces.get(as.space);
  const { ignored: _, ...rest } = before;
  return {
    ...rest,
    kind: as.kind,
    space: space?.id ?? null,
    department: space?.department ?? null,
    name: as.name ?? before.name,
    interval: as.interval ?? before.interval,
    standby: as.standby ?? before.standby,
    ...(as.meter === undefined ? {} : { meter: as.meter }),
    ...(as.openLoop === undefined ? {} : { openLoop: as.openLoop }),
    ...(as.tags === undefined ? {} : { tags: as.tags }),
    adopted: true,
  };
}

/** Whether adopting it so would change nothing. */
export function isAdoptedAs(house: House, id: DeviceId, as: AdoptAs): boolean {
  const device = house.devices.get(id)?.device;
  if (device?.adopted !== true) return false;
  const after = adoptedAs(house, device, as);
  const plain = (d: Device) => JSON.stringify([d.kind, d.space, d.department, d.name, d.interval, d.standby, d.meter ?? null, d.openLoop === true, d.tags]);
  return plain(after) === plain(device);
}

export function adopt(turn: Turn, request: Extract<PersonRequest, { kind: "adopt" }>): Answer {
  const { house } = turn;
  const refusal = adoptRefused(house, request.device, request.as);
  if (refusal !== null) return { ok: false, refusal };
  const state = house.devices.get(request.device)!;
  const { space: left, meter: before } = state.device;
  const device = adoptedAs(house, state.device, request.as);
  // It is measured by the new one alone.
  if (before !== device.meter) unmeter(house, state.device);
  // Rules for what it was until now look once more: they end what they found.
  if (state.device.adopted && state.device.kind !== device.kind) markDevice(turn, state);
  if (!state.device.adopted || state.device.kind !== device.kind) state.adoptedAt = turn.now;
  placeDevice(house, device);
  turn.decisions.push({ kind: "device", device, why: "adopted" });
  turn.touched.add(device.id);
  markDevice(turn, state);
  if (left !== null && left !== device.space) markSpace(turn, left);
  if (device.space !== null) markSpace(turn, device.space);
  return { ok: true, subject: device.id };
}

function unmeter(house: House, { id, meter }: Device): void {
  if (meter == null) return;
  house.metered.set(
    meter,
    (house.metered.get(meter) ?? []).filter((other) => other !== id),
  );
}

/** Lets a device go: what was found of it ends, what it was commanded is not waited for, and its place and tags are forgotten. */
export function release(turn: Turn, id: DeviceId): Answer {
  const { house } = turn;
  const state = house.devices.get(id);
  if (state === undefined) return refuse("unknown-device", `There is no device '${id.slice(0, 200)}'.`);
  if (house.site.devices.some((d) => d.id === id)) return refuse("in-site-file", `'${id}' is described in the site file; take it out there.`);
  if (!state.device.adopted) return refuse("not-adopted", `'${id}' does not belong to the house.`);
  markDevice(turn, state);
  const { space } = state.device;
  if (space !== null) markSpace(turn, space);
  unmeter(house, state.device);
  const { meter: _, ...rest } = state.device;
  const device: Device = { ...rest, space: null, department: null, tags: [], adopted: false };
  placeDevice(house, device);
  for (const command of house.commands.values()) if (command.device === id) cancelCommand(turn, command, turn.by);
  turn.decisions.push({ kind: "device", device, why: "released" });
  turn.touched.add(id);
  return { ok: true, subject: id };
}

export function ignore(turn: Turn, id: DeviceId, ignored: boolean): Answer {
  const state = turn.house.devices.get(id);
  if (state === undefined) return refuse("unknown-device", `There is no device '${id.slice(0, 200)}'.`);
  if (state.device.adopted) return refuse("adopted-already", `'${id}' belongs to the house; only strangers can be put out of sight.`);
  const { ignored: _, ...rest } = state.device;
  const device: Device = ignored ? { ...rest, ignored } : rest;
  placeDevice(turn.house, device);
  turn.decisions.push({ kind: "device", device, why: ignored ? "ignored" : "seen-again" });
  turn.touched.add(id);
  return { ok: true, subject: id };
}
