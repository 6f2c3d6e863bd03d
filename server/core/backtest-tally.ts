/** Counts what a back-test decided, what it would have saved, how surely, and what it would have cost in comfort. */
import type { Device } from "./device.ts";
import type { Decision } from "./event.ts";
import type { Finding } from "./finding.ts";
import type { House } from "./house.ts";
import { standingKey } from "./house.ts";
import type { PolicyDefinition } from "./policy.ts";
import type { Millis } from "./reading.ts";
import { HouseView } from "./view.ts";
import { wasteOf } from "./waste.ts";

/** A figure and the bounds that it lies in. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BacktestResult {
  readonly findings: number;
  /** Commands that would have gone, and those that something would have held back (counted as saving nothing). */
  readonly commands: number;
  readonly held: number;
  /** h, summed over the findings; overlapping ones of different devices count each. */
  readonly hours: number;
  /** kWh, m³, CNY while the findings lasted, as it was. */
  readonly wasted: { readonly kwh: number; readonly m3: number; readonly cny: number };
  /** The part of it that would not have been wasted. */
  readonly saved: { readonly kwh: Estimate; readonly m3: Estimate; readonly cny: Estimate };
  /** h of findings at devices that nothing measures. */
  readonly unmeteredHours: number;
  readonly sheets: number;
  readonly comfort: {
    /** Switchings-off after which somebody came back within ten minutes (or was there). */
    readonly returns: number;
    /** h during which people were in the room and the device would have been off or at another setpoint. */
    readonly occupiedHours: number;
    /** °C·h of moved setpoints while people were there. */
    readonly degreeHours: number;
    /** Commands in rooms where no sensor would have told. */
    readonly unknown: number;
  };
  readonly byDay: readonly { readonly date: string; readonly findings: number; readonly commands: number; readonly kwh: number; readonly m3: number }[];
  /** The twenty with the most hours. */
  readonly byDevice: readonly { readonly device: string; readonly findings: number; readonly hours: number; readonly kwh: number; readonly m3: number }[];
  readonly devices: number;
  /** Share (0–1) of the devices' time without a word. */
  readonly gaps: number;
  readonly readings: number;
}

export interface Tally {
  begin(at: Millis): void;
  decided(decisions: readonly Decision[], now: Millis): void;
  /** Somebody's presence in a space may have changed. */
  moved(space: string | null, now: Millis): void;
  heard(device: string, from: Millis, until: Millis): void;
  result(now: Millis, readings: number): BacktestResult;
}

interface Quantities {
  kwh: number;
  m3: number;
  cny: number;
}

interface Case {
  finding: Finding;
  from: Millis;
  /** What was wasted before the period began, and before the command. */
  before: Quantities;
  atCommand: Quantities | null;
  commandAt: Millis | null;
  share: number;
  occupiedSince: Millis | null;
  occupiedMs: number;
  returned: boolean;
  watched: boolean;
  degrees: number;
  /** Whether the command takes the device away from people; another setpoint only costs comfort. */
  switchesOff: boolean;
}

const HOUR = 3_600_000;
/** Somebody who comes back so soon would have switched it on again. */
const RETURN_MS = 10 * 60_000;
/** Active energy meters of class 2 (IEC 62053-21) and water meters of class 2 (OIML R 49, upper zone) err by so much. */
const METER_ERROR = 0.02;
/** A degree of setpoint is worth 4 to 8 % of a cooling load; 6 % is counted (DOMAIN §3). */
const SHARE_LOW = 4 / 6;
const SHARE_HIGH = 8 / 6;
const LISTED = 20;
const NOTHING: Quantities = { kwh: 0, m3: 0, cny: 0 };

export function tallyOf(
  house: House,
  devices: readonly Device[],
  { definition, from, to }: { readonly definition: PolicyDefinition; readonly from: Millis; readonly to: Millis },
): Tally {
  const open = new Map<string, Case>();
  const done: { readonly case: Case; readonly until: Millis; readonly wasted: Quantities | null }[] = [];
  const subjects = devices.filter((d) => definition.kinds.includes(d.kind!));
  const hearing = new Map(subjects.map((d) => [d.id, { until: from, ms: 0 }]));
  let held = 0;

  const wastedNow = (f: Finding, now: Millis): Quantities | null => {
    const standing = house.standings.get(standingKey(f.policy, f.subject.device, f.subject.job));
    const state = house.devices.get(f.subject.device)!;
    return standing?.waste == null ? null : wasteOf(house, state, standing.waste, now);
  };

  function occupied(c: Case, now: Millis): boolean | null {
    const state = house.devices.get(c.finding.subject.device)!;
    return new HouseView(house, state, {}, null, now).occupancy()?.occupied ?? null;
  }

  function follow(c: Case, now: Millis, ended: boolean): void {
    if (c.commandAt === null) return;
    const there = occupied(c, now);
    if (there !== null) c.watched = true;
    if (c.occupiedSince !== null && (there !== true || ended)) {
      c.occupiedMs += now - c.occupiedSince;
      c.occupiedSince = null;
    }
    if (there === true && c.switchesOff && now - c.commandAt <= RETURN_MS) c.returned = true;
    if (there === true && c.occupiedSince === null && !ended) c.occupiedSince = now;
  }

  function close(c: Case, until: Millis, wasted: Quantities | null, now: Millis): void {
    follow(c, now, true);
    open.delete(c.finding.id);
    if (until > from) done.push({ case: c, until: Math.min(until, to), wasted });
  }

  return {
    begin(at) {
      for (const c of open.values()) {
        c.from = at;
        c.before = wastedNow(c.finding, at) ?? NOTHING;
      }
    },
    decided(decisions, now) {
      for (const d of decisions) {
        if (d.kind !== "finding") continue;
        const f = d.finding;
        let c = open.get(f.id);
        if (c === undefined) {
          if (f.state === "closed") continue;
          c = {
            finding: f,
            from: f.openedAt,
            before: NOTHING,
            atCommand: null,
            commandAt: null,
            share: 1,
            occupiedSince: null,
            occupiedMs: 0,
            returned: false,
            watched: false,
            degrees: 0,
            switchesOff: false,
          };
          open.set(f.id, c);
        }
        c.finding = f;
        if (d.why === "would" && f.would !== null) {
          if (f.would.held !== null) held += now >= from ? 1 : 0;
          else {
            c.commandAt = now;
            c.atCommand = wastedNow(f, now) ?? NOTHING;
            c.share = house.standings.get(standingKey(f.policy, f.subject.device, f.subject.job))?.waste?.share ?? 1;
            const set = f.would.set["setpoint"];
            const was = house.devices.get(f.subject.device)?.points.get("setpoint")?.value;
            c.degrees = typeof set === "number" && typeof was === "number" ? Math.abs(set - was) : 0;
            const { on, mode, valve } = f.would.set;
            c.switchesOff = on === false || mode === "off" || valve === "closed";
            follow(c, now, false);
          }
        }
        if (f.state === "closed") close(c, f.closedAt ?? now, f.wasted, now);
      }
    },
    moved(space, now) {
      for (const c of open.values()) if (c.commandAt !== null && c.finding.subject.space === space) follow(c, now, false);
    },
    heard(device, since, until) {
      const known = hearing.get(device);
      if (known === undefined || until < from) return;
      const interval = 3000 * house.devices.get(device)!.device.interval;
      // A stretch that goes on counts from where the last one ended.
      known.ms += Math.max(0, Math.min(until, to) - Math.max(from, since - known.until <= interval ? known.until : since));
      known.until = Math.max(known.until, until);
    },
    result(now, readings) {
      for (const c of open.values()) close(c, to, wastedNow(c.finding, now), now);
      const total = { kwh: 0, m3: 0, cny: 0 };
      const saved = { kwh: range(), m3: range(), cny: range() };
      const days = new Map<string, { date: string; findings: number; commands: number; kwh: number; m3: number }>();
      const byDevice = new Map<string, { device: string; findings: number; hours: number; kwh: number; m3: number }>();
      let hours = 0;
      let unmeteredHours = 0;
      let commands = 0;
      let sheets = 0;
      const comfort = { returns: 0, occupiedHours: 0, degreeHours: 0, unknown: 0 };
      for (const { case: c, until, wasted } of done) {
        const { finding } = c;
        const lasted = Math.max(0, until - Math.max(c.from, from)) / HOUR;
        hours += lasted;
        const date = house.calendar.day(Math.max(c.from, from)).date;
        const day = days.get(date) ?? { date, findings: 0, commands: 0, kwh: 0, m3: 0 };
        days.set(date, day);
        day.findings++;
        const device = byDevice.get(finding.subject.device) ?? { device: finding.subject.device, findings: 0, hours: 0, kwh: 0, m3: 0 };
        byDevice.set(device.device, device);
        device.findings++;
        device.hours += lasted;
        if (typeof finding.evidence["sheets"] === "number") sheets += finding.evidence["sheets"];
        if (wasted === null) unmeteredHours += lasted;
        const here = minus(wasted ?? NOTHING, c.before);
        for (const q of ["kwh", "m3", "cny"] as const) total[q] += here[q];
        device.kwh += here.kwh;
        device.m3 += here.m3;
        if (c.commandAt === null || c.commandAt < from) continue;
        commands++;
        day.commands++;
        if (c.returned) comfort.returns++;
        if (!c.watched) comfort.unknown++;
        comfort.occupiedHours += c.occupiedMs / HOUR;
        comfort.degreeHours += (c.degrees * c.occupiedMs) / HOUR;
        if (wasted === null) continue;
        const gain = minus(wasted, c.atCommand ?? NOTHING);
        day.kwh += gain.kwh;
        day.m3 += gain.m3;
        const shared = c.share < 1;
        for (const q of ["kwh", "m3", "cny"] as const) {
          saved[q].value += gain[q];
          // People who came straight back would have switched it on again: the low bound does not count on them.
          if (!c.returned) saved[q].low += gain[q] * (1 - METER_ERROR) * (shared ? SHARE_LOW : 1);
          saved[q].high += gain[q] * (1 + METER_ERROR) * (shared ? SHARE_HIGH : 1);
        }
      }
      const silent = [...hearing.values()].reduce((sum, h) => sum + Math.max(0, to - from - h.ms), 0);
      return {
        findings: done.length,
        commands,
        held,
        hours: round(hours),
        wasted: { kwh: round(total.kwh), m3: round(total.m3), cny: round(total.cny) },
        saved: { kwh: rounded(saved.kwh), m3: rounded(saved.m3), cny: rounded(saved.cny) },
        unmeteredHours: round(unmeteredHours),
        sheets,
        comfort: { ...comfort, occupiedHours: round(comfort.occupiedHours), degreeHours: round(comfort.degreeHours) },
        byDay: [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1)).map((d) => ({ ...d, kwh: round(d.kwh), m3: round(d.m3) })),
        byDevice: [...byDevice.values()]
          .sort((a, b) => b.hours - a.hours || (a.device < b.device ? -1 : 1))
          .slice(0, LISTED)
          .map((d) => ({ ...d, hours: round(d.hours), kwh: round(d.kwh), m3: round(d.m3) })),
        devices: subjects.length,
        gaps: subjects.length === 0 ? 0 : round(silent / (subjects.length * Math.max(1, to - from))),
        readings,
      };
    },
  };
}

function minus(a: Quantities, b: Quantities): Quantities {
  return { kwh: Math.max(0, a.kwh - b.kwh), m3: Math.max(0, a.m3 - b.m3), cny: Math.max(0, a.cny - b.cny) };
}
function range() {
  return { value: 0, low: 0, high: 0 };
}
function rounded(e: { value: number; low: number; high: number }): Estimate {
  return { value: round(e.value), low: round(e.low), high: round(e.high) };
}
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
