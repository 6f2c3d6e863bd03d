/** A leak is seen by the night: the least hour between two and five is held against the nights before. */
import type { Device } from "../../server/core/device.ts";
import type { LocalClock } from "../local-time.ts";
import type { Truth } from "../record.ts";
import type { Hearing } from "./hearing.ts";
import type { Verdict } from "./verdict.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Local minutes between which nobody needs water. */
const NIGHT = [120, 300] as const;
const KNOWN_NIGHTS = 3;

/** What a time of running water (`t`) comes to; `flows` are all such times of the same meter. */
export function leakVerdicts(t: Truth, device: Device, flows: readonly Truth[], clock: LocalClock, hearing: Hearing, from: number, end: number): Verdict[] {
  /** How many of the seven nights before a night's beginning had water running, too: what is usual is no news. */
  const before = (two: number): number =>
    [1, 2, 3, 4, 5, 6, 7].filter((back) => {
      const [begin, finish] = [two - back * 24 * HOUR, two - back * 24 * HOUR + 3 * HOUR];
      return flows.some((f) => Math.min(f.until ?? end, finish) - Math.max(f.at, begin) > HOUR / 2);
    }).length;
  const [at, until] = [Math.max(t.at, from), Math.min(t.until ?? end, end)];
  const found: Verdict[] = [];
  for (let day = clock.day(at); clock.midnight(day) < until; day++) {
    const [two, five] = NIGHT.map((minute) => clock.midnight(day) + minute * MINUTE) as [number, number];
    const [longest, least] = [Math.min(until, five) - Math.max(at, two), five - two];
    if (longest < HOUR || five > end) continue;
    const nights = Math.floor((five - from) / (24 * HOUR));
    const sure = longest >= least && nights > KNOWN_NIGHTS && found.length === 0 && before(two) <= (nights > 5 ? 1 : 0);
    found.push({
      policy: "night-flow",
      device: device.id,
      job: null,
      at: five,
      until: five + 24 * HOUR,
      sure,
      unknowable: hearing.deaf("night-flow", device, two, five),
      lie: null,
    });
  }
  if (until - at > 23 * HOUR)
    found.push({
      policy: "night-flow",
      device: device.id,
      job: null,
      at: at + 24 * HOUR,
      until,
      sure: until - at > 25 * HOUR && found.length === 0,
      unknowable: hearing.deaf("night-flow", device, at, until),
      lie: null,
    });
  return found;
}
