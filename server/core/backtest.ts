/**
 * What a policy would have done: stored readings go through the same `step` into a house of their own, in which only this policy
 * stands and decides without sending. The devices of the past do not obey, so what a command would have saved is what the same
 * device went on wasting until the recorded breach ended by itself.
 */
import { tallyOf } from "./backtest-tally.ts";
import type { BacktestResult, Tally } from "./backtest-tally.ts";
import type { OfficeEvent, StoredBooking } from "./booking.ts";
import { restoreBookings } from "./bookings.ts";
import type { Calendar } from "./calendar.ts";
import type { Device } from "./device.ts";
import { POINTS } from "./device.ts";
import { inScope } from "./evaluate.ts";
import type { HouseEvent } from "./event.ts";
import type { Approval, Override } from "./finding.ts";
import type { DeviceState, House, Standing } from "./house.ts";
import { createHouse, placeDevice } from "./house.ts";
import { lookAfter } from "./looks.ts";
import type { Params, PointState, PolicyDefinition, PrintJob, Scope } from "./policy.ts";
import type { Millis, PointValue, Report } from "./reading.ts";
import type { Site, Space } from "./space.ts";
import type { ScanSlice, ScanTake } from "./scan.ts";
import { step } from "./step.ts";
import { believeWaste, takeWaste } from "./waste.ts";

export interface BacktestParts {
  readonly site: Site;
  readonly calendar: Calendar;
  /** Every adopted device, also those that the site file does not know. */
  readonly devices: readonly Device[];
  readonly definition: PolicyDefinition;
  readonly params: Params;
  readonly scope: Scope;
  /** Judged within [from, to); `warm` ms before it are gone through so that what had begun is known. */
  readonly from: Millis;
  readonly to: Millis;
  readonly warm: Millis;
  /** What people were given in that time, ended or not. */
  readonly overrides: readonly Override[];
  readonly approvals: readonly Approval[];
  readonly bookings: readonly StoredBooking[];
  readonly events: readonly OfficeEvent[];
  /** Oldest first. */
  readonly jobs: readonly { readonly device: string; readonly job: PrintJob }[];
}

/** A point that is to be read, and how thoroughly; as in `ScanQuery`. */
export interface WantedPoint {
  readonly point: string;
  readonly name: string;
  readonly device: number;
  readonly take: ScanTake;
}

export interface Wanted {
  readonly devices: readonly Device[];
  readonly points: readonly WantedPoint[];
}

export interface Backtest {
  /** Takes some hours in, thinned: what changed, and since when and until when each device was heard. */
  take(slice: ScanSlice): void;
  /** Takes one whole report in: the plain way, which the thinned one must equal. */
  report(report: Report): void;
  finish(): BacktestResult;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** What had begun before: holds, a leak's nights, a month's paper. */
const WARM_MS = 2 * 3_600_000;
const MONTH_MS = 31 * DAY;
/** Counters and lines that no policy reads unless it watches them. */
const SELDOM = new Set(["energy", "voltage", "current", "gas", "heat", "volume", "color", "mono", "duplex", "humidity", "return"]);
const QUALITIES = ["good", "suspect", "bad"] as const;

/** How far before its period a policy's memory reaches, ms. */
export function warmUp(definition: PolicyDefinition, params: Params): Millis {
  // The nights that are compared, and the one that is.
  if (definition.id === "night-flow") return (params["nights"]! + 1) * DAY;
  return definition.kinds.length === 1 && definition.kinds[0] === "copier" ? MONTH_MS : WARM_MS;
}

/** The devices and points that a policy can look at, and no others. */
export function wantedPoints(definition: PolicyDefinition, scope: Scope, all: readonly Device[], spaces: ReadonlyMap<string, Space>): Wanted {
  const adopted = all.filter((d) => d.adopted && d.kind !== null);
  const subject = (d: Device) =>
    definition.kinds.includes(d.kind!) && (d.kind === "copier" || inScope(scope, d, d.space === null ? undefined : spaces.get(d.space)));
  const subjects = adopted.filter(subject);
  const rooms = new Set(subjects.map((d) => d.space));
  const buildings = new Set(subjects.map((d) => d.building));
  const around = new Set(["presence", "contact", "lux", ...Object.keys(definition.watches.neighbours ?? {})]);
  const devices = adopted.filter(
    (d) => subject(d) || (d.kind === "outdoor" && buildings.has(d.building)) || (d.space !== null && around.has(d.kind!) && rooms.has(d.space)),
  );
  const everything = definition.watches.quality === true || definition.id === "device-stuck";
  const { own, ownOf, neighbours, outdoor } = definition.watches;
  const points = devices.flatMap((d, device) => {
    const kind = d.kind!;
    const watched = new Set([...own, ...(ownOf?.[kind] ?? []), ...(neighbours?.[kind] ?? []), ...(kind === "outdoor" ? (outdoor ?? []) : [])]);
    const names = new Set([...POINTS[kind].map((p) => p.name), ...watched]);
    return [...names].map((name): WantedPoint => {
      // A flow is summed by the hour, with its gaps; of everything else that lasts it is enough to know since when.
      const take = name === "flow" && definition.kinds.includes(kind) ? "all" : !everything && SELDOM.has(name) && !watched.has(name) ? "heard" : "changes";
      return { point: `${d.id}/${name}`, name, device, take };
    });
  });
  return { devices, points };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An empty run. Feed it what was stored from `from - warm` on, then ask for the result. */
export function createBacktest(parts: BacktestParts): Backtest {
  const { site, calendar, definition, from, to, warm } = parts;
  const house = createHouse({ ...site, policies: { [definition.id]: { enabled: true, mode: "shadow", params: parts.params, scope: parts.scope } } }, calendar, [
    definition,
  ]);
  for (const device of parts.devices) placeDevice(house, device);
  house.pulse.listening = from - warm;
  // Whether the server itself was deaf then is no question of the policy.
  house.pulse.shortest = Infinity;
  restoreBookings(house, parts.bookings, parts.events, from - warm);
  house.timers.add(from - warm, { kind: "calendar" });
  const wanted = wantedPoints(definition, parts.scope, parts.devices, house.spaces);
  const states = wanted.devices.map((d) => house.devices.get(d.id)!);
  const texts = new Map<number, string>();
  const tally: Tally = tallyOf(house, wanted.devices, parts);
  const planned = plan(house, parts);
  let now = from - warm;
  let readings = 0;

  function enter(event: HouseEvent, at: Millis): void {
    now = Math.max(now, at);
    const { decisions, touched } = step(house, event, now);
    if (decisions.length > 0) tally.decided(decisions, now);
    for (const id of touched) {
      const { kind, space } = house.devices.get(id)!.device;
      if (kind === "presence") tally.moved(space, now);
    }
  }

  /** Everything that happens by itself before `at`. */
  function passTo(at: Millis): void {
    // What fires at the very beginning already counts.
    if (now < from && at >= from) {
      pass(from);
      now = from;
      tally.begin(from);
    }
    pass(at);
    now = Math.max(now, Math.min(at, to));
  }

  function pass(at: Millis): void {
    for (;;) {
      const timer = house.timers.next;
      const next = planned[0]?.at ?? Infinity;
      if (next < at && next <= (timer ?? Infinity)) {
        const event = planned.shift()!.run();
        enter(event, next);
      } else if (timer !== null && timer < at) enter({ kind: "tick" }, timer);
      else break;
    }
  }

  function report(r: Report): void {
    if (r.received >= to) return;
    readings += r.readings.length;
    const state = house.devices.get(r.device);
    if (state === undefined) return;
    passTo(r.received);
    enter({ kind: "report", report: r, topic: "", codec: "" }, r.received);
    if (state.device.kind === "presence") tally.moved(state.device.space, now);
  }

  /** Who is heard until `until` goes on as it was: what is open there is wasted on. */
  function hear(state: DeviceState, until: Millis): void {
    state.seenAt = until;
    for (const { waste } of state.open) if (waste !== null) believeWaste(state, waste, until);
  }

  /** What would be done about an open finding is decided once; from then on only its waste goes on. */
  function undecided({ finding }: Standing): boolean {
    const open = finding === null ? undefined : house.findings.get(finding);
    return open !== undefined && open.actAt !== null && open.would === null;
  }

  /** Nothing of it is watched: it is only what the next judgement will find. */
  function quietly(state: DeviceState, r: Report): boolean {
    const { own, neighbours, outdoor } = house.watchers;
    const kind = state.device.kind!;
    if (state.silent || kind === "water" || kind === "copier") return false;
    for (const standing of state.open) if (undecided(standing)) return false;
    for (const { name, quality } of r.readings) {
      const known = state.points.get(name);
      if (known === undefined || quality !== "good" || known.quality !== "good") return false;
      if (own.get(kind)?.has(name) === true || neighbours.get(kind)?.has(name) === true || (kind === "outdoor" && outdoor.has(name))) return false;
    }
    for (const { waste } of state.open) if (waste !== null) takeWaste(state, waste, r);
    for (const reading of r.readings) {
      const { name, value } = reading;
      const known = state.points.get(name) as Mutable<PointState>;
      if (state.looked !== null) lookAfter(house, state, name, known, reading, now);
      known.at = r.at;
      known.received = r.received;
      if (known.value === value) continue;
      known.value = value;
      known.changed = r.at;
    }
    return true;
  }

  return {
    report(r) {
      report(r);
      const space = house.devices.get(r.device)?.device.space;
      if (r.received >= from && space !== undefined) tally.heard(r.device, r.received, r.received);
    },
    take(slice) {
      for (const [id, text] of slice.texts) texts.set(id, text);
      readings += slice.seen;
      const { heard, point, at, received, value, type, quality } = slice;
      // Who was never quiet since the slice before is known to be heard until its stretch ends.
      for (let i = 0; i < heard.device.length; i++) {
        const state = states[heard.device[i]!]!;
        if (state.seenAt !== null && !state.silent && heard.from[i]! - state.seenAt <= 3000 * state.device.interval) hear(state, heard.until[i]!);
        tally.heard(state.device.id, heard.from[i]!, heard.until[i]!);
      }
      let stretch = 0;
      let i = 0;
      /** Who comes back with a message that changes something comes back with it. */
      const returning = new Map<DeviceState, Millis>();
      const says = (device: number, when: Millis) => {
        for (let n = i; n < point.length && received[n]! <= when; n++) if (received[n] === when && wanted.points[point[n]!]!.device === device) return true;
        return false;
      };
      const begin = (until: Millis) => {
        for (; stretch < heard.device.length && heard.from[stretch]! <= until; stretch++) {
          const state = states[heard.device[stretch]!]!;
          const since = heard.from[stretch]!;
          if (state.seenAt !== null && state.seenAt >= since) continue;
          if (says(heard.device[stretch]!, since)) {
            returning.set(state, heard.until[stretch]!);
            continue;
          }
          passTo(since);
          enter({ kind: "report", report: { device: state.device.id, at: since, received: since, late: false, readings: [] }, topic: "", codec: "" }, since);
          hear(state, heard.until[stretch]!);
        }
      };
      while (i < point.length) {
        const { device } = wanted.points[point[i]!]!;
        const state = states[device]!;
        const r: {
          device: string;
          at: Millis;
          received: Millis;
          late: boolean;
          readings: { name: string; value: PointValue; quality: (typeof QUALITIES)[number] }[];
        } = {
          device: state.device.id,
          at: at[i]!,
          received: received[i]!,
          late: false,
          readings: [],
        };
        const first = i;
        for (; i < point.length && at[i] === r.at && received[i] === r.received; i++) {
          const next = wanted.points[point[i]!]!;
          if (next.device !== device || (i > first && r.readings.some((x) => x.name === next.name))) break;
          const v = type[i] === 2 ? (texts.get(value[i]!) ?? "") : type[i] === 1 ? value[i] !== 0 : value[i]!;
          r.readings.push({ name: next.name, value: v, quality: QUALITIES[quality[i]!] ?? "bad" });
        }
        i = first;
        begin(r.received);
        i = first + r.readings.length;
        passTo(r.received);
        if (!quietly(state, r)) enter({ kind: "report", report: r, topic: "", codec: "" }, r.received);
        if (state.device.kind === "presence") tally.moved(state.device.space, r.received);
        const until = returning.get(state);
        if (until === undefined) continue;
        hear(state, until);
        returning.delete(state);
      }
      begin(slice.until);
      passTo(slice.until);
    },
    finish() {
      passTo(to);
      return tally.result(now, readings);
    },
  };
}

/** What people did then, in time: exceptions begin and end, jobs arrive. */
function plan(
  house: House,
  { definition, devices, overrides, approvals, jobs, from, to, warm }: BacktestParts,
): { readonly at: Millis; readonly run: () => HouseEvent }[] {
  const planned: { at: Millis; run: () => HouseEvent }[] = [];
  const tick: HouseEvent = { kind: "tick" };
  const lookAgain = (at: Millis, space: string | null, device: string | null) => {
    for (const d of devices) {
      if (d.kind === null || !definition.kinds.includes(d.kind) || (device !== null ? d.id !== device : space !== null && d.space !== space)) continue;
      house.timers.add(at, { kind: "judge", policy: definition.id, device: d.id, job: null });
    }
  };
  for (const o of overrides) {
    const until = Math.min(o.until, o.endedAt ?? Infinity);
    if (until <= from - warm || o.from >= to) continue;
    const at = Math.max(o.from, from - warm);
    planned.push({
      at,
      run() {
        house.overrides.set(o.id, { ...o, until, endedAt: null });
        house.timers.add(until, { kind: "override", override: o.id });
        lookAgain(at, o.space, o.device);
        return tick;
      },
    });
  }
  for (const a of approvals) {
    if (a.kind !== "overtime" || a.state !== "granted" || a.from === null || a.until === null || a.until <= from - warm || a.from >= to) continue;
    house.approvals.set(a.id, a);
    lookAgain(Math.max(a.from, from - warm), a.space, null);
    lookAgain(a.until, a.space, null);
  }
  for (const { device, job } of jobs) {
    if (job.at < from - warm || job.at >= to) continue;
    // Only how a job ended is kept; every one of them was announced first.
    if (definition.subject === "job") planned.push({ at: job.at, run: () => ({ kind: "job", device, job: { ...job, state: "held" } }) });
    planned.push({ at: job.at + MINUTE, run: () => ({ kind: "job", device, job }) });
  }
  return planned.sort((a, b) => a.at - b.at);
}
