/** The past that a command is held against: what such a device did when nobody commanded it. */
import type { Calendar } from "../calendar.ts";
import type { Finding } from "../finding.ts";
import type { DeviceId, Millis } from "../reading.ts";
import type { Episode, Metered, obeyed } from "./episode.ts";
import type { LoadSeries } from "./load.ts";
import { loadBefore, runningMean, STEP, windowOf } from "./load.ts";

/** Where the past of an estimate comes from: the device's own, that of devices alike under the same rule, or runs at the same time of day. */
export type PastBasis = "own" | "alike" | "own-runs" | "alike-runs";

/** How a device went on from an instant at which it ran and was left alone. */
export interface Past {
  readonly device: DeviceId;
  /** The local date: what happens on one day hangs together. */
  readonly date: string;
  /** Windows of office time that it went on running, as far as is known, and whether it ended then (else it was cut short). */
  readonly length: number;
  readonly ended: boolean;
  /** W before, and while running in general. */
  readonly before: number;
  readonly mean: number;
  /** Sum of the windows' means: `drawn[n]` of the first n. */
  readonly drawn: Float64Array;
}

export interface PastSettings {
  /** Minutes by which the time of day may differ: first, and where too few are found. */
  readonly near: number;
  readonly wide: number;
  /** How many are asked for before what is less alike is looked at. */
  readonly least: number;
  /** Windows after which nobody asks what would have been. */
  readonly horizon: number;
}

/** An hour, three hours; eight, below which a curve has hardly a step; three days: what nobody switched off by then is asked for no longer. */
export const PAST_SETTINGS: PastSettings = { near: 60, wide: 180, least: 8, horizon: 864 };

export interface Found {
  readonly basis: PastBasis;
  /** The device's own, and others' that are alike: what its own are too few to show. */
  readonly own: readonly Past[];
  readonly others: readonly Past[];
}

export interface Pasts {
  /** What the episode is held against; null where there is nothing. The same object for episodes that have one past. */
  of(episode: Episode): Found | null;
  /** W (L/min) of a device while it runs. */
  meanOf(device: DeviceId): number;
  dateOf(at: Millis): string;
  /** Which windows after an instant are of office time, see `officeTime`. */
  clock(load: LoadSeries, first: number, windows: number): OfficeTime;
}

/**
 * Time without the days off that follow a working day: what is still on when the office closes stays on over them, so a Friday evening
 * is comparable with a Thursday's. `skipped`: windows that fall into such days, by how many windows of office time came before.
 */
export interface OfficeTime {
  readonly windows: number;
  readonly skipped: readonly { readonly after: number; readonly windows: number }[];
}

/** A past with the kind of day and the time of day (minutes) at which it begins. */
interface Moment {
  readonly past: Past;
  readonly day: boolean;
  readonly minute: number;
}

const HOUR: Millis = 3_600_000;
/** Minutes: times of day that lie so near have one past. */
const SLOT = 30;
const DAY_WINDOWS = (24 * HOUR) / STEP;

function apart(a: number, b: number): number {
  const d = Math.abs(a - b);
  return Math.min(d, 1440 - d);
}

export function pastsOf(
  metered: ReadonlyMap<DeviceId, Metered>,
  findings: readonly Finding[],
  commands: ReturnType<typeof obeyed>,
  calendar: Calendar,
  settings: PastSettings,
): Pasts {
  const means = new Map<DeviceId, number>();
  const meanOf = (device: DeviceId): number => {
    let mean = means.get(device);
    if (mean === undefined) {
      const m = metered.get(device);
      mean = m === undefined ? Number.NaN : runningMean(m.load, m.standby, 0, m.load.values.length);
      means.set(device, mean);
    }
    return mean;
  };
  const byPolicy = Map.groupBy(findings, (f) => f.policy);
  const chosen = new Map<string, Found | null>();
  const common = new Map<string, readonly Past[]>();
  const momentOf = (at: Millis) => ({ day: calendar.day(at).working, minute: Math.round(calendar.minuteOfDay(at) / SLOT) * SLOT });

  function clock(load: LoadSeries, first: number, windows: number): OfficeTime {
    const begin = load.from + first * STEP;
    const skipped: { after: number; windows: number }[] = [];
    if (!calendar.day(begin).working) return { windows, skipped };
    let office = 0;
    for (let w = 0; w < windows;) {
      const at = begin + w * STEP;
      const until = Math.min(windows, w + Math.max(1, Math.ceil((calendar.midnight(at) + 36 * HOUR - 12 * HOUR - at) / STEP)), w + DAY_WINDOWS);
      if (calendar.day(at).working) office += until - w;
      else if (skipped.at(-1)?.after === office) skipped.at(-1)!.windows += until - w;
      else skipped.push({ after: office, windows: until - w });
      w = until;
    }
    return { windows: office, skipped };
  }

  /** How a device went on from an instant; null where it did not run or was being commanded. */
  function pastFrom(meter: Metered, at: Millis): Past | null {
    const { load, standby, device } = meter;
    const first = windowOf(load, at) + 1;
    const { values } = load;
    if (first < 1 || first >= values.length || !(values[first - 1]! > standby)) return null;
    const mean = meanOf(device);
    const heard = loadBefore(load, standby, first - 1);
    const before = Number.isNaN(heard) ? mean : heard;
    if (!(before > 0) || !(mean > 0)) return null;
    const cut = (commands.get(device) ?? []).find((c) => c.at > at)?.at;
    const limit = Math.min(values.length, first + settings.horizon, cut === undefined ? Infinity : windowOf(load, cut));
    let w = first;
    while (w < limit && values[w]! > standby) w++;
    const { windows, skipped } = clock(load, first, w - first);
    const drawn = new Float64Array(windows + 1);
    let from = first;
    let n = 0;
    for (const gap of [...skipped, { after: windows, windows: 0 }]) {
      for (; n < gap.after; n++) drawn[n + 1] = drawn[n]! + values[from++]!;
      from += gap.windows;
    }
    return { device, date: calendar.day(at).date, length: windows, ended: w < limit && values[w]! <= standby, before, mean, drawn };
  }

  /** What such a device did from every instant of a list on, with the day and the time of day; the same list is made once. */
  const listed = new Map<string, readonly Moment[]>();
  function listOf(key: string, make: () => Iterable<readonly [Metered, Millis]>): readonly Moment[] {
    let list = listed.get(key);
    if (list === undefined) {
      list = [...make()].flatMap(([meter, at]) => {
        const past = pastFrom(meter, at);
        return past === null ? [] : [{ past, ...momentOf(at) }];
      });
      listed.set(key, list);
    }
    return list;
  }

  /** Violations of a rule that stood for so long and that nobody commanded. */
  function* landmarks(policy: string, kind: string, age: Millis): Iterable<readonly [Metered, Millis]> {
    for (const { openedAt, closedAt, command, subject } of byPolicy.get(policy) ?? []) {
      const meter = metered.get(subject.device);
      const at = openedAt + age;
      if (meter?.kind === kind && command === null && (closedAt === null || closedAt > at)) yield [meter, at];
    }
  }

  /** Every day at one time of day. */
  function* daily(kind: string, minute: number): Iterable<readonly [Metered, Millis]> {
    for (const meter of metered.values()) {
      if (meter.kind !== kind) continue;
      const { from, values } = meter.load;
      const end = from + values.length * STEP;
      for (let midnight = calendar.midnight(from); midnight < end; midnight = calendar.midnight(midnight + 36 * HOUR)) {
        const at = midnight + minute * 60_000;
        if (at >= from && at < end) yield [meter, at];
      }
    }
  }

  function choose({ policy, age: stood, at, metered: { device, group, kind } }: Episode): Found | null {
    const age = Math.floor(stood / STEP) * STEP;
    const now = momentOf(at);
    const violations = (minutes: number): Past[] =>
      listOf(`${policy}\n${kind}\n${age}`, () => landmarks(policy, kind, age))
        .filter((m) => m.day === now.day && apart(m.minute, now.minute) <= minutes)
        .map((m) => m.past);
    const runs = (): Past[] =>
      listOf(`${kind}\n${now.minute}`, () => daily(kind, now.minute))
        .filter((m) => m.day === now.day)
        .map((m) => m.past);
    const tries: readonly (readonly ["" | "-runs", () => Past[]])[] = [
      ["", () => violations(settings.near)],
      ["", () => violations(settings.wide)],
      ["-runs", runs],
    ];
    for (const [step, [suffix, tried]] of tries.entries()) {
      const all = tried();
      const own = all.filter((p) => p.device === device);
      const near = all.filter((p) => p.device !== device && metered.get(p.device)!.group === group);
      const others = near.length >= settings.least ? near : all.filter((p) => p.device !== device);
      if (own.length + others.length < settings.least) continue;
      // Devices that have no past of their own have one in common: the same list, whose worlds are drawn once for all.
      if (own.length === 0) {
        const key = `${policy}\n${kind}\n${near.length >= settings.least ? group : ""}\n${age}\n${now.day}\n${now.minute}\n${step}`;
        const known = common.get(key);
        if (known === undefined) common.set(key, others);
        else return { basis: `alike${suffix}`, own, others: known };
      }
      return { basis: `${own.length > 0 ? "own" : "alike"}${suffix}`, own, others };
    }
    return null;
  }

  return {
    meanOf,
    dateOf: (at) => calendar.day(at).date,
    clock,
    of(episode) {
      const now = momentOf(episode.at);
      const key = `${episode.metered.device} ${episode.policy} ${now.day} ${now.minute} ${Math.floor(episode.age / STEP)}`;
      let known = chosen.get(key);
      if (known === undefined) chosen.set(key, (known = choose(episode)));
      return known;
    },
  };
}
