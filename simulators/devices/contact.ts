/** A contact at a window: people open and shut it, commands cannot. */
import type { Making, SimDevice } from "./device.ts";

export function createContact({ device, room }: Making): SimDevice {
  const values = { open: false };
  return {
    device,
    room,
    values,
    heat: 0,
    lamp: 0,
    draw: 0,
    step() {},
    set(change) {
      if (typeof change["open"] !== "boolean") return "a window has no motor";
      if (room !== null && change["open"] !== values.open) room.windows += change["open"] ? 1 : -1;
      values.open = change["open"];
      return null;
    },
  };
}
