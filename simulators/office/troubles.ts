/** Which device misbehaves when: drawn once a day per device and fault, so that one more device changes nothing for the others. */
import type { ActiveFault, Fault } from "../faults/fault.ts";
import { FAULTS } from "../faults/catalogue.ts";
import type { SimDevice } from "../devices/device.ts";
import type { Random } from "../random.ts";
import type { Office } from "./office.ts";

export interface Troubles {
  beginDay(day: number, devices: readonly SimDevice[], steady: ReadonlySet<string>): void;
  /** Begins a fault by its name; false when there is none of that name. */
  begin(sim: SimDevice, name: string, minutes: number, now: number): boolean;
  /** The faults that a device has now. */
  of(sim: SimDevice): readonly ActiveFault[];
}

export interface TroubleOptions {
  readonly rate: number;
  /** A device went offline, or came back. */
  readonly left: (sim: SimDevice, now: number) => void;
  readonly returned: (sim: SimDevice, now: number) => void;
}

const MINUTE = 60_000;
const NONE: readonly ActiveFault[] = [];

export function createTroubles(office: Office, root: Random, options: TroubleOptions): Troubles {
  const active = new Map<SimDevice, ActiveFault[]>();

  function start(sim: SimDevice, fault: Fault, random: Random, minutes: number, now: number): void {
    const one = fault.begin(random);
    active.set(sim, [...(active.get(sim) ?? NONE), one]);
    office.record.hold(now, `fault:${fault.name}`, sim.device.id, sim.device.space, true);
    if (one.offline === true) options.left(sim, now);
    office.agenda.at(now + minutes * MINUTE, (end) => {
      const left = (active.get(sim) ?? NONE).filter((other) => other !== one);
      if (left.length > 0) active.set(sim, left);
      else active.delete(sim);
      office.record.hold(end, `fault:${fault.name}`, sim.device.id, sim.device.space, false);
      if (one.offline === true) options.returned(sim, end);
    });
  }

  return {
    beginDay(day, devices, steady) {
      const midnight = office.clock.midnight(day);
      for (const sim of devices) {
        const kind = sim.device.kind;
        if (kind === null || steady.has(sim.device.id)) continue;
        const own = root.split(`${sim.device.id}/${String(day)}`);
        for (const fault of FAULTS) {
          if (fault.kinds !== null && !fault.kinds.includes(kind)) continue;
          const random = own.split(fault.name);
          if (!random.chance(Math.min(1, fault.perDay * options.rate))) continue;
          const minutes = random.between(fault.minutes[0], fault.minutes[1]);
          office.agenda.at(midnight + random.between(0, 1440) * MINUTE, (now) => start(sim, fault, random, minutes, now));
        }
      }
    },
    begin(sim, name, minutes, now) {
      const fault = FAULTS.find((f) => f.name === name);
      if (fault === undefined) return false;
      start(sim, fault, root.split(`${sim.device.id}/${name}/${String(now)}`), minutes, now);
      return true;
    },
    of: (sim) => active.get(sim) ?? NONE,
  };
}
