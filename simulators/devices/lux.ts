/** A light sensor on a desk, or on the roof where its space lies outside. */
import { isOutside } from "../office/room.ts";
import type { Making, SimDevice } from "./device.ts";

export function createLux({ device, room }: Making): SimDevice {
  const values = { illuminance: 0 };
  return {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    step({ weather }) {
      values.illuminance = room === null || isOutside(room.space) ? weather.illuminance : room.daylight + room.lamps;
    },
    set: () => "a sensor cannot be set",
  };
}
