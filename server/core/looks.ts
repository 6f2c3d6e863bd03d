/**
 * What moves at every report (a load) wakes no policy each time. A judgement that rests on it says which edges matter, and is looked at
 * again when one was crossed, at its next turn: a cost by what happens, and not by the clock.
 */
import type { DeviceState, House, Standing } from "./house.ts";
import type { Looks } from "./policy.ts";
import type { Millis, PointValue, Quality } from "./reading.ts";

interface Said {
  readonly value: PointValue;
  readonly quality: Quality;
}

/** Remembers (or forgets) what a subject's judgement at `now` rests on. */
export function keepLooks(state: DeviceState, standing: Standing, looks: Looks | undefined, now: Millis): void {
  if (looks === undefined) {
    standing.looks = null;
    if (state.looked?.delete(standing) === true && state.looked.size === 0) state.looked = null;
    return;
  }
  standing.looks = { of: looks, from: now };
  (state.looked ??= new Set()).add(standing);
}

/** A point of the device is about to become another (`before` undefined: it was never there). */
export function lookAfter(house: House, state: DeviceState, point: string, before: Said | undefined, after: Said, now: Millis): void {
  for (const standing of state.looked ?? []) {
    const { of } = standing.looks!;
    if (of.point !== point || bandOf(before, of.edges) === bandOf(after, of.edges)) continue;
    // Nothing was asked since the last judgement because nothing was otherwise: what was well then was well until now.
    if (standing.last?.state === "fine" && standing.free !== "excused") standing.free = now;
    lookAtTurn(house, standing, now);
  }
}

/** A point of the device is believed no longer, or again. */
export function lookAfterDoubt(house: House, state: DeviceState, point: string, now: Millis): void {
  for (const standing of state.looked ?? []) if (standing.looks!.of.point === point) lookAtTurn(house, standing, now);
}

/** Looks at a subject again at `at`, unless it is going to be looked at sooner anyway. */
export function wake(house: House, standing: Standing, at: Millis, now: Millis): void {
  if (standing.wake !== null && standing.wake > now && standing.wake <= at) return;
  standing.wake = at;
  house.timers.add(Math.max(at, now + 1), { kind: "judge", policy: standing.policy, device: standing.device, job: standing.job });
}

function lookAtTurn(house: House, standing: Standing, now: Millis): void {
  const { of, from } = standing.looks!;
  wake(house, standing, from + (Math.floor((now - from) / of.every) + 1) * of.every, now);
}

/** How many edges lie below a value; -1 for one that tells nothing, -2 where there never was any. */
function bandOf(said: Said | undefined, edges: readonly number[]): number {
  if (said === undefined) return -2;
  if (said.quality !== "good" || typeof said.value !== "number") return -1;
  let band = 0;
  for (const edge of edges) if (said.value > edge) band++;
  return band;
}
