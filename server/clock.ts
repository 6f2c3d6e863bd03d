import type { Millis } from "./core/reading.ts";
import type { Clock } from "./ports/clock.ts";

/** This machine's time; never runs backwards even when the machine's own does. */
export function wallClock(): Clock {
  let last = 0;
  return {
    now: () => (last = Math.max(last, Date.now())),
    speed: 1,
    simulated: false,
  };
}

export interface FollowedClock extends Clock {
  /** Sets the hand: from here on time runs at `speed` simulated ms per real ms (0 = it stands until the next word). */
  wind(now: Millis, speed: number): "wound" | "behind";
}

/** How far back a wind may reach before it is refused instead of waited for. */
const TOLERATED_BACKSTEP_MS = 3_600_000;

/** A clock that somebody else winds (the topic `jieyue/clock`, a test's hand). It stands at 0 until it is first wound and never runs backwards. */
export function followedClock(real: () => number = () => performance.now()): FollowedClock {
  let anchor = 0;
  let anchoredAt = real();
  let speed = 0;
  let last = 0;
  return {
    now: () => (last = Math.max(last, Math.round(anchor + (real() - anchoredAt) * speed))),
    get speed() {
      return speed;
    },
    simulated: true,
    wind(now, newSpeed) {
      if (now < last - TOLERATED_BACKSTEP_MS) return "behind";
      anchor = now;
      anchoredAt = real();
      speed = newSpeed;
      return "wound";
    },
  };
}
