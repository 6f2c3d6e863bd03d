/** How what arrives is laid over what is known. Pure; the signals are in store.ts. */
import type { DeviceDto, PointDto } from "../../server/contract/devices.ts";
import type { ClockDto } from "../../server/contract/house.ts";

/** Points by name: new values replace old ones in place, new points come last. */
export function mergePoints(known: readonly PointDto[], heard: readonly PointDto[]): PointDto[] {
  const byName = new Map(known.map((p) => [p.name, p]));
  for (const p of heard) byName.set(p.name, p);
  return [...byName.values()];
}

/** A change carries a whole device, but only the points that changed. */
export function mergeDevice(known: DeviceDto | undefined, heard: DeviceDto): DeviceDto {
  return known === undefined ? heard : { ...heard, points: mergePoints(known.points, heard.points) };
}

/** Ids of the oldest items beyond `keep` among those that are over, so that a page left open all week does not grow. */
export function surplus<T extends { readonly id: string }>(items: Iterable<T>, over: (item: T) => boolean, when: (item: T) => string, keep: number): string[] {
  const done = [...items].filter(over);
  if (done.length <= keep) return [];
  return done
    .sort((a, b) => Date.parse(when(b)) - Date.parse(when(a)))
    .slice(keep)
    .map((item) => item.id);
}

/** The house's time (ms) `elapsed` ms of our own after its clock was heard; a hand-wound clock runs `speed` times as fast. */
export function houseTime(clock: ClockDto, elapsed: number): number {
  return Date.parse(clock.now) + Math.max(0, elapsed) * clock.speed;
}

/** Newest first by an ISO 8601 time; offsets may differ, so it compares instants and not texts. */
export function newestFirst<T>(items: Iterable<T>, when: (item: T) => string): T[] {
  return [...items].sort((a, b) => Date.parse(when(b)) - Date.parse(when(a)));
}
