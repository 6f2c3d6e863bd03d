/** Values that end by themselves: a sensor that says that somebody moves, and never that nobody does; a word that its source lets count only for so long. */
import type { Lapse } from "./core/description.ts";
import type { PointState } from "./core/policy.ts";
import type { DeviceId, Millis, PointReading, Report } from "./core/reading.ts";
import { TimerQueue } from "./core/timers.ts";

type Points = ReadonlyMap<string, PointState> | undefined;

export interface Lapses {
  /** When to look again at the latest; null while nothing ends. */
  readonly next: Millis | null;
  /** What a source says of a device's values now; `points`: how they stand, so that a restart forgets none of them. */
  learn(device: DeviceId, lapses: readonly Lapse[], points: Points, now: Millis): void;
  /** Something was told at `now`. */
  heard(device: DeviceId, values: Readonly<Record<string, unknown>>, now: Millis): void;
  /** What ended by itself until `now`: reports that nobody told. */
  due(now: Millis, pointsOf: (device: DeviceId) => Points): readonly Report[];
}

interface Ending {
  readonly device: DeviceId;
  readonly lapse: Lapse;
}

export function createLapses(): Lapses {
  const rules = new Map<DeviceId, readonly Lapse[]>();
  /** When each ends as it stands now. What waits in the queue looks here first: every message moves it, and the queue stays as it is. */
  const ends = new Map<string, Millis>();
  const queued = new Set<string>();
  const queue = new TimerQueue<Ending>();
  const keyOf = (device: DeviceId, { point, to }: Lapse) => `${device}\n${point}\n${to}`;
  const holds = ({ device, lapse }: Ending) => rules.get(device)?.some((l) => l.point === lapse.point && l.to === lapse.to) === true;

  function arm(device: DeviceId, lapse: Lapse, at: Millis): void {
    const key = keyOf(device, lapse);
    ends.set(key, at);
    if (queued.has(key)) return;
    queued.add(key);
    queue.add(at, { device, lapse });
  }

  return {
    get next() {
      return queue.next;
    },
    learn(device, lapses, points, now) {
      if (lapses.length === 0) return void rules.delete(device);
      rules.set(device, lapses);
      for (const lapse of lapses) {
        const point = points?.get(lapse.point);
        const lasts = point !== undefined && (lapse.to === "false" ? point.value === true : point.quality !== "bad");
        if (lasts && !ends.has(keyOf(device, lapse))) arm(device, lapse, Math.max(now, point.received + lapse.seconds * 1000));
      }
    },
    heard(device, values, now) {
      if (rules.size === 0) return;
      for (const lapse of rules.get(device) ?? []) {
        if (!Object.hasOwn(values, lapse.point)) continue;
        if (lapse.to === "false" && values[lapse.point] !== true) ends.delete(keyOf(device, lapse));
        else arm(device, lapse, now + lapse.seconds * 1000);
      }
    },
    due(now, pointsOf) {
      const reports: Report[] = [];
      for (let next = queue.take(now); next !== undefined; next = queue.take(now)) {
        const { device, lapse } = next.what;
        const key = keyOf(device, lapse);
        const at = ends.get(key);
        if (at !== undefined && at > now && holds(next.what)) {
          queue.add(at, next.what);
          continue;
        }
        queued.delete(key);
        ends.delete(key);
        const known = pointsOf(device)?.get(lapse.point);
        if (at === undefined || known === undefined || !holds(next.what)) continue;
        const reading: PointReading =
          lapse.to === "false" ? { name: lapse.point, value: false, quality: "good" } : { name: lapse.point, value: known.value, quality: "bad" };
        reports.push({ device, at, received: now, late: false, readings: [reading], inferred: true });
      }
      return reports;
    },
  };
}
