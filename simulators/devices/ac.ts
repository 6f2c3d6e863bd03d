/** A split air conditioner with an inverter: follows its setpoint, protects its compressor, draws by what it moves. */
import type { Making, SimDevice } from "./device.ts";
import { counted } from "./device.ts";

/** Seconds that the compressor rests after it stopped. */
const REST = 180;
const FAN = 38;
const STANDBY = 1.5;

export function createAc({ device, room, random }: Making): SimDevice {
  const area = room?.space.area ?? 25;
  const dense = room?.space.class === "server-room";
  const capacity = dense ? 280 * area : Math.max(2600, 170 * area);
  const bias = random.between(-0.3, 0.3);
  let load = 0;
  let stoppedAt = -Infinity;
  const values = {
    on: device.protection !== null,
    mode: "cool",
    setpoint: device.protection !== null ? 23 : random.pick([25, 26, 26, 27]),
    temperature: 26,
    power: STANDBY,
    energy: random.between(40, 2500),
  };
  const self: SimDevice = {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    step({ now, dt, weather }) {
      const air = room?.heat.air ?? 26;
      values.temperature = air + bias;
      const warm = air + bias - values.setpoint;
      const mode = values.mode === "auto" ? (warm > 0 ? "cool" : "heat") : values.mode;
      let wish = 0;
      if (values.on && now - stoppedAt >= REST * 1000) {
        if (mode === "cool") wish = -Math.min(1, Math.max(0, (warm + 0.4) / 1.6));
        if (mode === "heat") wish = Math.min(1, Math.max(0, (0.4 - warm) / 1.6));
        if (mode === "dry") wish = -0.25;
      }
      // The inverter runs up within a minute or so, and stops at once when switched off.
      if (!values.on) load = 0;
      else if (dt > 0) load += (wish - load) * (1 - Math.exp(-dt / 45));
      else if (load === 0) load = 0.15 * wish;
      const lift = Math.max(0, mode === "heat" ? 20 - weather.temperature : weather.temperature - 25);
      const cop = Math.max(1.8, 3.7 - 0.06 * lift);
      self.heat = load * capacity;
      values.power = values.on ? FAN + Math.abs(self.heat) / cop : STANDBY;
      self.draw = values.power;
      values.energy = counted(values.energy, values.power, dt);
    },
    set(change, now) {
      const was = values.on;
      if (typeof change["setpoint"] === "number") values.setpoint = change["setpoint"];
      if (typeof change["mode"] === "string" && change["mode"] !== "off") values.mode = change["mode"];
      if (typeof change["on"] === "boolean") values.on = change["on"];
      if (change["mode"] === "off") values.on = false;
      if (was && !values.on) stoppedAt = now;
      return null;
    },
  };
  return self;
}
