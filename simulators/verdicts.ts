/**
 * What an attentive office would have to find: what the simulator's record says was broken for as long as the rules allow, and by
 * which faults the office could not have known. Written from the office's rules, not from the server's code.
 */
import type { Device } from "../server/core/device.ts";
import type { Site } from "../server/core/space.ts";
import { createLocalClock } from "./local-time.ts";
import type { Truth } from "./record.ts";
import { sunPosition } from "./weather.ts";

export interface Verdict {
  readonly policy: string;
  readonly device: string;
  readonly job: string | null;
  /** When it truly began and ended (ms); the end of the record where it still lasted. */
  readonly at: number;
  readonly until: number;
  /** It lasted long enough beyond doubt; else it may be found or not (within a message's time of the hold). */
  readonly sure: boolean;
  /** Why nobody could know, or how a sensor lied: a fault's name; null where everything was in order. */
  readonly unknowable: string | null;
}

export interface Judged {
  readonly verdicts: readonly Verdict[];
  /** Which fault lied to a policy about a device in a span, if one did. */
  lied(policy: string, device: string, from: number, until: number): string | null;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Seconds that each rule lets pass. */
const HOLDS: Readonly<Record<string, number>> = {
  "cooling-floor": 60,
  "heating-ceiling": 60,
  "window-open-no-ac": 180,
  "vacant-lights-off": 600,
  "vacant-ac-off": 1200,
  "vacant-water-off": 300,
  "daylight-lights-off": 600,
  "natural-air-first": 900,
  "after-hours-shutoff": 0,
  "decorative-lights-off": 0,
  "standby-cut": 1800,
  "off-but-draws": 300,
};
/** A report, a step of the physics and a rounding may lie between what is and what is known (ms). */
const DOUBT_MS = 150_000;
/** What a sensor said may be believed for so long after its fault ended, and what it will say is unknown before it begins. */
const FAULT_MS = 200_000;

/** Kinds of device whose word a rule needs besides the subject's. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "window-open-no-ac": ["contact"],
  "vacant-lights-off": ["presence"],
  "vacant-ac-off": ["presence"],
  "vacant-water-off": ["presence"],
  "daylight-lights-off": ["lux"],
  "after-hours-shutoff": ["presence"],
  "standby-cut": ["presence"],
};
/** Without such a sensor the rule judges nothing. */
const MUST_HAVE: ReadonlySet<string> = new Set(["window-open-no-ac", "vacant-lights-off", "vacant-ac-off", "vacant-water-off"]);
/** Rules that the station on the roof informs. */
const OUTDOOR: ReadonlySet<string> = new Set(["daylight-lights-off", "natural-air-first"]);
/** Faults that change no word about how things are. */
const HARMLESS: ReadonlySet<string> = new Set(["slow-answer", "lost-answer", "refuses", "duplicate", "no-clock", "counter-dip"]);
/** Told of once, from which kinds of entry. */
const JOBS: Readonly<Record<string, string>> = {
  "print:big": "copier-approval",
  "print:night": "copier-after-hours",
  "print:nameless": "copier-after-hours",
  "print:wasteful": "copier-duplex",
};
/** Pages a day at the glass that need no account. */
const FREE_COPIES = 20;
/** A sensor of light that repeats itself for so long by day is stuck; the sun then stands so high (degrees). */
const STUCK_MS = 2 * HOUR;
const DAYLIGHT = 10;
const NIGHT = [120, 300] as const;
const KNOWN_NIGHTS = 3;

export function verdictsOf(record: readonly Truth[], site: Site, from: number, end: number): Judged {
  const clock = createLocalClock(site.timezone);
  const byId = new Map<string, Device>(site.devices.map((d) => [d.id, d]));
  const spaces = new Map(site.spaces.map((s) => [s.id, s]));
  const bySpace = Map.groupBy(site.devices, (d) => d.space);
  const stations = site.devices.filter((d) => d.kind === "outdoor");
  const faults = Map.groupBy(
    record.filter((t) => t.kind.startsWith("fault:")),
    (t) => t.device,
  );
  /** When each device did what it was told. */
  const obeyed = Map.groupBy(
    record.filter((t) => t.kind === "command:done"),
    (t) => t.device,
  );
  const corrected = (device: string, at: number): boolean => obeyed.get(device)?.some((t) => Math.abs(t.at - at) < 1000) === true;
  const flows = Map.groupBy(
    record.filter((t) => t.kind === "night-flow"),
    (t) => t.device,
  );
  const lasting = (t: Truth) => ({ at: Math.max(t.at, from), until: Math.min(t.until ?? end, end) });

  function faultOf(device: string, at: number, until: number, sought: string | null = null): string | null {
    const found = faults
      .get(device)
      ?.find((f) => f.kind !== sought && !HARMLESS.has(f.kind.slice(6)) && f.at - FAULT_MS < until && (f.until ?? end) + FAULT_MS > at);
    return found === undefined ? null : `${found.kind.slice(6)} of ${byId.get(device)?.kind ?? "?"}`;
  }

  function sensorsOf(policy: string, device: Device): readonly Device[] {
    const kinds = NEEDS[policy] ?? [];
    return device.space === null ? [] : (bySpace.get(device.space) ?? []).filter((d) => d.kind !== null && kinds.includes(d.kind));
  }

  function lied(policy: string, id: string, at: number, until: number): string | null {
    const device = byId.get(id);
    if (device === undefined) return null;
    for (const d of [device, ...sensorsOf(policy, device), ...(OUTDOOR.has(policy) ? stations : [])]) {
      // To find that one lies is this policy's business.
      const fault = faultOf(d.id, at, until, policy === "off-but-draws" ? "fault:says-off" : null);
      if (fault !== null) return fault;
    }
    return null;
  }

  const exempt = (policy: string, device: Device): boolean =>
    site.exemptions.some(
      (e) =>
        (e.policy === null || e.policy === policy) &&
        (e.device !== null
          ? e.device === device.id
          : e.space !== null
            ? e.space === device.space
            : e.spaceClass !== null && device.space !== null && spaces.get(device.space)?.class === e.spaceClass),
    );

  /** A rule that was broken for a while. */
  function broken(t: Truth, device: Device): Verdict[] {
    const policy = t.kind;
    const usual = HOLDS[policy];
    if (usual === undefined || (device.tags.includes("always-on") && policy !== "cooling-floor")) return [];
    // A load that was just left falls with its next reports.
    const hold = policy === "after-hours-shutoff" && (device.kind === "plug" || device.kind === "copier") ? 2 * device.interval : usual;
    const { at, until } = lasting(t);
    const lasted = until - at - hold * 1000;
    const sensors = sensorsOf(policy, device);
    if (lasted < -DOUBT_MS || (MUST_HAVE.has(policy) && sensors.length === 0)) return [];
    // Where no sensor stands the weather station says how bright it is, roughly.
    const guessed = policy === "daylight-lights-off" && sensors.length === 0;
    if (guessed && (device.space === null || spaces.get(device.space)?.windows == null)) return [];
    return [
      {
        policy,
        device: device.id,
        job: null,
        at,
        until,
        sure: !guessed && (lasted > DOUBT_MS || (lasted >= 0 && corrected(device.id, until))),
        unknowable: lied(policy, device.id, at, until),
      },
    ];
  }

  /** A leak is seen by the night: the least hour between two and five is held against three nights before. */
  function leaks(t: Truth, device: Device): Verdict[] {
    /** How many of the seven nights before a night's beginning had water running, too: what is usual is no news. */
    const before = (two: number): number =>
      [1, 2, 3, 4, 5, 6, 7].filter((back) => {
        const [begin, finish] = [two - back * 24 * HOUR, two - back * 24 * HOUR + 3 * HOUR];
        return flows.get(device.id)?.some((f) => Math.min(f.until ?? end, finish) - Math.max(f.at, begin) > HOUR / 2) === true;
      }).length;
    const { at, until } = lasting(t);
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
        unknowable: lied("night-flow", device.id, two, five),
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
        unknowable: lied("night-flow", device.id, at, until),
      });
    return found;
  }

  /** What is wrong with a device itself. */
  function troubles(t: Truth, device: Device): Verdict[] {
    const fault = t.kind.slice(6);
    const { at, until } = lasting(t);
    const others = (policy: string, sure: boolean, since = at): Verdict => {
      const more = faults.get(device.id)?.find((f) => f !== t && f.at - FAULT_MS < until && (f.until ?? end) + FAULT_MS > at);
      return {
        policy,
        device: device.id,
        job: null,
        at: since,
        until,
        sure,
        unknowable: more === undefined ? null : `${more.kind.slice(6)} of ${device.kind ?? "?"}`,
      };
    };
    const interval = device.interval * 1000;
    if (fault === "offline") return until - at < 2 * interval ? [] : [others("device-silent", until - at > 3 * interval + DOUBT_MS, at + 2 * interval)];
    if (fault === "counter-dip") return [others("meter-implausible", until - at > 2 * interval && COUNTED.has(device.kind ?? ""))];
    if (fault === "malformed") return [others("meter-implausible", false), others("device-silent", false)];
    if (fault === "stuck" && (device.kind === "lux" || device.kind === "outdoor")) {
      let light = 0;
      for (let now = at; now < until; now += 5 * MINUTE) if (sunPosition(now, site.latitude, site.longitude).elevation >= DAYLIGHT) light += 5 * MINUTE;
      return light < STUCK_MS - 20 * MINUTE ? [] : [others("device-stuck", light > STUCK_MS + 20 * MINUTE)];
    }
    return [];
  }

  function printed(t: Truth, device: Device): Verdict[] {
    const policy = JOBS[t.kind]!;
    if (t.at < from || t.at > end) return [];
    const minute = clock.minute(t.at);
    const [first, last] = [Math.min(...site.calendar.working.map(([a]) => a)), Math.max(...site.calendar.working.map(([, b]) => b))];
    // Half an hour before and after work people print for the office; a job takes its minutes.
    const edge = t.kind === "print:night" && (Math.abs(minute - (first - 30)) < 10 || Math.abs(minute - (last + 30)) < 10);
    const job = t.note?.split(" ")[0] ?? null;
    return [
      {
        policy,
        device: device.id,
        job,
        at: t.at,
        until: end,
        sure: !edge && t.at < end - 10 * MINUTE,
        unknowable: faultOf(device.id, t.at, t.at + 10 * MINUTE),
      },
    ];
  }

  const verdicts: Verdict[] = [];
  const copies = new Map<string, { device: string; at: number; sides: number }>();
  for (const t of record) {
    const device = t.device === null ? undefined : byId.get(t.device);
    if (device === undefined || (t.until ?? end) < from) continue;
    if (t.kind === "night-flow") verdicts.push(...leaks(t, device));
    else if (t.kind.startsWith("fault:")) verdicts.push(...troubles(t, device));
    else if (JOBS[t.kind] !== undefined) verdicts.push(...printed(t, device));
    else if (t.kind === "story:copies" && t.at >= from) {
      const key = `${device.id} ${String(clock.day(t.at))}`;
      const known = copies.get(key);
      copies.set(key, { device: device.id, at: known?.at ?? t.at, sides: (known?.sides ?? 0) + Number.parseInt(t.note ?? "0", 10) });
    } else verdicts.push(...broken(t, device));
  }
  for (const { device, at, sides } of copies.values()) {
    if (sides <= FREE_COPIES) continue;
    const until = clock.midnight(clock.day(at) + 1);
    verdicts.push({
      policy: "copier-unattributed",
      device,
      job: null,
      at,
      until: Math.min(until, end),
      sure: end - at > HOUR,
      unknowable: faultOf(device, at, at + HOUR),
    });
  }
  const jobs = new Set<string>();
  return {
    verdicts: verdicts.filter((v) => {
      if (exempt(v.policy, byId.get(v.device)!)) return false;
      // A job that nobody owned and that came at night is one finding.
      const key = `${v.policy} ${v.job ?? ""}`;
      if (v.job === null || !jobs.has(key)) return (jobs.add(key), true);
      return false;
    }),
    lied,
  };
}

/** Kinds whose counters must not run backwards. */
const COUNTED: ReadonlySet<string> = new Set(["meter", "plug", "water", "ac", "copier"]);
