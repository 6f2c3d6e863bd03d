/** A water meter with a valve: counts what people draw, what a forgotten tap wastes, and what leaks. */
import type { Making, SimDevice } from "./device.ts";

export interface SimWater extends SimDevice {
  /** L/min lost behind the meter. */
  leak: number;
}

export function createWater({ device, room, random }: Making): SimWater {
  const main = device.id.endsWith("/water-main");
  const values = { flow: 0, volume: random.between(50, 4000), valve: "open" };
  const self: SimWater = {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    leak: 0,
    step({ dt, flowing }) {
      if (main) values.flow = flowing + self.leak;
      else values.flow = values.valve === "open" ? (room === null ? 0 : room.tap + room.running) + self.leak : 0;
      values.volume += (values.flow * dt) / 60_000;
    },
    set(change) {
      if (typeof change["valve"] === "string") values.valve = change["valve"];
      return null;
    },
  };
  return self;
}
