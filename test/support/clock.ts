/** A clock that only the test's hand moves. */
import type { FollowedClock } from "../../server/clock.ts";
import { followedClock } from "../../server/clock.ts";
import type { Millis } from "../../server/core/reading.ts";

export interface HandClock extends FollowedClock {
  /** Lets so many milliseconds pass. */
  advance(ms: number): Millis;
}

/** A clock that stands at `start` (ms) until it is moved; it may be given wherever a followed clock is. */
export function handClock(start: Millis): HandClock {
  let passed = 0;
  const clock = followedClock(() => passed);
  clock.wind(start, 1);
  return {
    now: () => clock.now(),
    get speed() {
      return clock.speed;
    },
    simulated: true,
    wind: (now, speed) => clock.wind(now, speed),
    advance(ms) {
      passed += ms;
      return clock.now();
    },
  };
}
