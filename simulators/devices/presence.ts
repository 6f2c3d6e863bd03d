/** A people counter at the door. */
import { headcount } from "../office/room.ts";
import type { Making, SimDevice } from "./device.ts";

export function createPresence({ device, room }: Making): SimDevice {
  const values = { occupied: false, count: 0 };
  return {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    step() {
      values.count = room === null ? 0 : headcount(room);
      values.occupied = values.count > 0;
    },
    set: () => "a sensor cannot be set",
  };
}
