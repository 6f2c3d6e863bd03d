/** The weather station on the roof. */
import type { Making, SimDevice } from "./device.ts";

export function createOutdoor({ device, room }: Making): SimDevice {
  const values = { temperature: 20, humidity: 50, illuminance: 0 };
  return {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    step({ weather }) {
      values.temperature = weather.temperature;
      values.humidity = weather.humidity;
      values.illuminance = weather.illuminance;
    },
    set: () => "a sensor cannot be set",
  };
}
