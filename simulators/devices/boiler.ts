/** A gas boiler with its pump: the supply follows the setpoint slowly, gas is burnt for what the radiators take. */
import type { Making, SimDevice } from "./device.ts";

/** Seconds of the water's inertia, and W·s (J) in a m³ of gas at 92 % efficiency. */
const INERTIA = 900;
const GAS = 33_400_000;

export interface SimBoiler extends SimDevice {
  /** W that the radiators took in the last step; the hall sets it. */
  taken: number;
}

export function createBoiler({ device, room, random }: Making): SimBoiler {
  let enabled = true;
  const values = { on: false, supply: 22, return: 22, setpoint: 55, power: 4, gas: random.between(2000, 90_000) };
  const self: SimBoiler = {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    taken: 0,
    step({ dt, heating }) {
      values.on = enabled && heating;
      const target = values.on ? values.setpoint : 22;
      values.supply += (target - values.supply) * (1 - Math.exp(-dt / INERTIA));
      values.return = values.supply - (values.on ? Math.min(18, (values.supply - 20) * 0.28) : 0);
      values.power = values.on ? 620 : 4;
      self.draw = values.power;
      if (values.on) values.gas += (self.taken * dt) / GAS;
    },
    set(change) {
      if (typeof change["setpoint"] === "number") values.setpoint = change["setpoint"];
      if (typeof change["on"] === "boolean") enabled = change["on"];
      return null;
    },
  };
  return self;
}
