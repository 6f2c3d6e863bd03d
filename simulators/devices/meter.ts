/** A three-phase meter of a floor, of a space or of the whole building, as its name says: meter-3, meter-canteen, meter-main. */
import type { Making, SimDevice } from "./device.ts";
import { counted } from "./device.ts";

export interface MeterMaking extends Making {
  /** The floor or the space's id that it counts, null for the whole building. */
  readonly counts: string | null;
}

/** W of lifts, pumps and fans that no other device of the hall counts, by day. */
const REST = 1800;

export function createMeter({ device, room, random, counts }: MeterMaking): SimDevice {
  const values = { power: 0, energy: random.between(20_000, 400_000), voltage: 398, current: 0 };
  const self: SimDevice = {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    step({ dt, minute, drawn }) {
      const day = minute > 450 && minute < 1110 ? 1 : 0.3;
      values.power = drawn(counts) + (counts === null ? REST * day : 0);
      values.voltage += dt > 0 ? (398 - values.voltage) * 0.05 + random.between(-0.8, 0.8) : 0;
      values.current = values.power / (1.732 * values.voltage * 0.93);
      values.energy = counted(values.energy, values.power, dt);
    },
    set: () => "a meter cannot be set",
  };
  return self;
}
