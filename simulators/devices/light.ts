/** Lamps on one switch: power by area and brightness, light at the desks. */
import { isOutside } from "../office/room.ts";
import type { Making, SimDevice } from "./device.ts";
import { counted } from "./device.ts";

/** W/m² of a lit room, and lx that it gives at the desks. */
const DENSITY = 8;
const LUX = 300;

export function createLight({ device, room, random }: Making): SimDevice {
  const decorative = device.tags.includes("decorative");
  const outside = room === null || isOutside(room.space);
  const rated = decorative ? random.between(600, 1800) : outside ? random.between(200, 500) : Math.max(24, DENSITY * room.space.area);
  const values = { on: false, brightness: 100, power: 0.4, energy: random.between(20, 900) };
  const self: SimDevice = {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    step({ dt }) {
      values.power = values.on ? rated * (0.04 + 0.0096 * values.brightness) : 0.4;
      self.draw = values.power;
      self.heat = outside ? 0 : values.power;
      self.lamp = values.on && !outside ? (LUX * values.brightness) / 100 : 0;
      values.energy = counted(values.energy, values.power, dt);
    },
    set(change) {
      if (typeof change["brightness"] === "number") {
        if (change["brightness"] > 0) values.brightness = change["brightness"];
        values.on = change["brightness"] > 0;
      }
      if (typeof change["on"] === "boolean") values.on = change["on"];
      return null;
    },
  };
  return self;
}
