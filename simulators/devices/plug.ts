/** A socket strip with computers, screens or a drinks machine: draws by who is there, and a little when nobody is. */
import { headcount } from "../office/room.ts";
import type { Making, SimDevice } from "./device.ts";
import { counted } from "./device.ts";

export function createPlug({ device, room, random }: Making): SimDevice {
  const standby = random.between(8, 45);
  const perPerson = random.between(60, 110);
  const seats = Math.max(1, Math.round((room?.space.area ?? 20) / 9));
  let seated = 0;
  const values = { on: true, power: standby, energy: random.between(20, 1200), voltage: 228, current: 0 };
  const self: SimDevice = {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    step({ dt }) {
      const people = Math.min(seats, room === null ? 0 : headcount(room));
      // Whoever comes to an empty room switches on; what is cut while people sit there stays cut until they mind.
      if (people > 0 && seated === 0) values.on = true;
      seated = people;
      values.power = values.on ? standby + people * perPerson : 0;
      values.voltage += dt > 0 ? (229 - values.voltage) * 0.05 + random.between(-0.6, 0.6) : 0;
      values.current = values.power / values.voltage;
      self.draw = values.power;
      self.heat = values.power;
      values.energy = counted(values.energy, values.power, dt);
    },
    set(change) {
      if (typeof change["on"] === "boolean") values.on = change["on"];
      return null;
    },
  };
  return self;
}
