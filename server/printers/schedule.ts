/** When a printer is asked next. Pure. */
import type { DeviceState, House } from "../core/house.ts";
import { powerMeter } from "../core/proof.ts";
import type { Millis } from "../core/reading.ts";

/** Between two questions, ms. */
export interface Pace {
  /** A queue on a server: nobody sleeps there. */
  readonly server: Millis;
  /** A copier whose socket's meter says that it is awake. */
  readonly awake: Millis;
  /** Any other copier: asked more often, some never fall asleep. */
  readonly gentle: Millis;
}
export const PACE: Pace = { server: 2_000, awake: 60_000, gentle: 10 * 60_000 };

/** A meter that has been quiet for so many of its intervals says nothing. */
const QUIET_INTERVALS = 3;

/** When it may be asked, given when it was asked last (null = never since the start), and between what pace. */
export function nextPoll(last: Millis | null, now: Millis, every: Millis): Millis {
  // A clock that was set back must not silence it for long.
  return last === null || last > now ? now : last + every;
}

/** How often the copier itself may be asked; `awake` is null where nothing measures it. */
export function copierPace(awake: boolean | null, pace: Pace = PACE): Millis {
  return awake === true ? pace.awake : pace.gentle;
}

/** Whether a device draws more than its standby by the meter of its socket; null where none has measured it lately. */
export function isAwake(house: House, state: DeviceState, now: Millis): boolean | null {
  const meter = powerMeter(house, state);
  const power = meter?.points.get("power");
  if (meter === undefined || typeof power?.value !== "number" || power.quality === "bad") return null;
  return now - power.received > QUIET_INTERVALS * meter.device.interval * 1000 ? null : power.value > state.device.standby;
}
