/** What a space draws now: its devices' own measurements, none of them counted twice. */
import type { House } from "./house.ts";
import { powerMeter } from "./proof.ts";
import type { DeviceState } from "./house.ts";
import type { DeviceId, Millis } from "./reading.ts";
import { isFresh } from "./view.ts";

function powerNow(state: DeviceState, now: Millis): number | null {
  const power = state.points.get("power");
  return power?.quality === "good" && typeof power.value === "number" && isFresh(state, now) ? power.value : null;
}

/**
 * W; null where all that measures there is silent or doubted, undefined where nothing there ever measured. A meter that feeds a space also measures what measures itself there: it counts only where nothing else does.
 */
export function spacePower(house: House, space: string, now: Millis): number | null | undefined {
  const counted = new Map<DeviceId, number>();
  const feeding: number[] = [];
  let measured = false;
  for (const { id, kind, adopted } of house.devicesBySpace.get(space) ?? []) {
    const state = house.devices.get(id);
    if (state === undefined || !adopted) continue;
    const measuring = kind === "meter" ? state : powerMeter(house, state);
    if (measuring?.points.has("power") !== true) continue;
    measured = true;
    const power = powerNow(measuring, now);
    if (power === null) continue;
    if (kind === "meter") feeding.push(power);
    else counted.set(measuring.device.id, power);
  }
  const parts = counted.size > 0 ? [...counted.values()] : feeding;
  if (parts.length === 0) return measured ? null : undefined;
  return parts.reduce((sum, watts) => sum + watts, 0);
}
